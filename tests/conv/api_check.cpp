#include "api_check.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "api_client.h"
#include "api_find2_check.h"
#include "api_fusion_check.h"
#include "core/driver_line.h"
#include "core/error.h"
#include "guarded_run.h"
#include "running_note.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

using client::check_miopen;

void check(const ConvProblem& asked, unsigned seed) {
  ConvProblem problem = asked;
  problem.epilogue = {.scaled = asked.epilogue.scaled};
  const GuardedRun guarded(problem);
  ConvProblem unscaled = problem;
  unscaled.epilogue = {};
  const GuardedRun plain(unscaled);
  ApiClient client(problem, seed);

  const std::size_t most_workspace = client.workspace_bytes();
  std::vector<miopenConvAlgoPerf_t> found;
  // Find's last run of a solver leaves its result in the output, whichever it was.
  static_cast<void>(plain.run(most_workspace, {}, [&](const Buffers& buffers) {
    found = client.find(buffers, most_workspace);
  }));
  if (found.empty()) throw std::runtime_error("Find found nothing");

  for (const miopenConvAlgoPerf_t& perf : found) {
    const auto algorithm = static_cast<Algorithm>(perf.fwd_algo);
    const std::string how = "run by algorithm " + std::to_string(perf.fwd_algo);
    if (perf.memory > most_workspace)
      throw std::runtime_error(how + " needs more than the workspace query said");
    for (const bool overwrites : {true, false}) {
      if (!problem.epilogue.scaled && !overwrites) continue;
      const EpilogueScalars scalars = scalars_for(problem, overwrites);
      miopenStatus_t status = miopenStatusSuccess;
      bool refused = false;
      std::vector<double> result;
      try {
        result = guarded.run(perf.memory, scalars, [&](const Buffers& buffers) {
          status = client.run(algorithm, buffers, perf.memory);
          refused = problem.epilogue.scaled && problem.spatial_dims == 2 &&
                    status == miopenStatusNotImplemented;
          if (!refused) check_miopen(status, how.c_str());
        });
      } catch (const Error&) {
        if (!refused) throw;  // else the output is as it was, as it has to be
      }
      if (!refused) require_correct(guarded, result, scalars, algorithm, how);
    }
  }

  for (const miopenConvSolution_t& solution : client.solutions()) {
    const std::string how = "solution " + std::to_string(solution.solution_id);
    const std::size_t bytes = client.workspace_bytes(solution.solution_id);
    if (bytes != solution.workspace_size)
      throw std::runtime_error(how + " has a workspace of " + std::to_string(bytes) +
                               " bytes by its query, " + std::to_string(solution.workspace_size) +
                               " in the list");
    const std::vector<double> result = plain.run(bytes, {}, [&](const Buffers& buffers) {
      check_miopen(client.run_immediate(solution.solution_id, buffers, bytes), how.c_str());
    });
    require_correct(plain, result, {}, static_cast<Algorithm>(solution.algorithm), how);
  }
  check_find2(client, plain);
  if (asked.epilogue == Epilogue{}) return;
  // No plan has these; and a plan takes its output for what its input is.
  if (asked.epilogue.scaled || asked.epilogue.adds_z || asked.y_type != asked.x_type) return;
  check_fusion_plan(client, GuardedRun(asked));
}

}  // namespace

std::string fault_of_api(const ConvProblem& problem, unsigned seed) {
  note_running(to_driver_line(problem) + " by the API");
  try {
    check(problem, seed);
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace rdna1conv

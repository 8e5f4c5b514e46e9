// Many threads with handles and streams of their own.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <barrier>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api_client.h"
#include "core/driver_line.h"
#include "device/hip_check.h"
#include "guarded_run.h"
#include "run_call_cases.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

constexpr unsigned kThreads = 6;

// Faults of all threads; GoogleTest's own assertions are for one thread at a time.
class Faults {
 public:
  void add(const std::string& text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(text);
  }
  std::vector<std::string> texts() const { return texts_; }

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
};

// Queries, finds, runs and runs immediately, and checks each result.
void use_as_client(const ConvProblem& problem, hipStream_t stream, unsigned seed) {
  const GuardedRun guarded(problem);
  ApiClient client(problem, seed);
  client::check_miopen(miopenSetStream(client.handle(), stream), "miopenSetStream");
  const auto check = [&](Algorithm algorithm, std::size_t bytes, const auto& call) {
    const EpilogueScalars scalars = scalars_for(problem, false);
    const std::vector<double> result = guarded.run(bytes, scalars, [&](const Buffers& buffers) {
      client::check_miopen(call(buffers), "run call");
      check_hip(hipStreamSynchronize(stream), "hipStreamSynchronize");
    });
    const auto fault = fault_of(result, expected_output(guarded.conv_case(), scalars),
                                tolerance_of(guarded.conv_case().problem, algorithm));
    if (fault) throw std::runtime_error(*fault);
  };
  // Immediate first in every other thread: the kernels are then loaded by a run call.
  const auto immediate = [&] {
    if (problem.epilogue.scaled) return;  // it takes no alpha and beta
    const miopenConvSolution_t best = client.solutions().front();
    check(static_cast<Algorithm>(best.algorithm), best.workspace_size, [&](const Buffers& b) {
      return client.run_immediate(best.solution_id, b, best.workspace_size);
    });
  };
  if (seed % 2 == 0) immediate();
  const std::size_t bytes = client.workspace_bytes();
  std::vector<miopenConvAlgoPerf_t> found;
  static_cast<void>(
      guarded.run(bytes, {}, [&](const Buffers& buffers) { found = client.find(buffers, bytes); }));
  for (const miopenConvAlgoPerf_t& perf : found) {
    const auto algorithm = static_cast<Algorithm>(perf.fwd_algo);
    check(algorithm, perf.memory,
          [&](const Buffers& b) { return client.run(algorithm, b, perf.memory); });
  }
  if (seed % 2 != 0) immediate();
}

TEST(Threads, WithTheirOwnHandlesAndStreamsDoNotDisturbEachOther) {
  const std::vector<ConvProblem> problems = run_call_problems();
  Faults faults;
  std::barrier start(kThreads);
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      hipStream_t stream = nullptr;
      if (hipStreamCreateWithFlags(&stream, hipStreamNonBlocking) != hipSuccess) {
        faults.add("hipStreamCreate failed");
      }
      // All load the same kernels at once, then drift apart.
      start.arrive_and_wait();
      for (std::size_t j = i % 3; j < problems.size(); j += 3) {
        const ConvProblem& problem = problems[(j + i) % problems.size()];
        try {
          use_as_client(problem, stream, i);
        } catch (const std::exception& error) {
          faults.add(to_driver_line(problem) + ": " + error.what());
        }
      }
      static_cast<void>(hipStreamDestroy(stream));
    });
  }
  threads.clear();
  for (const std::string& text : faults.texts()) ADD_FAILURE() << text;
}

// The same problem by all at once, each with a handle of its own.
TEST(Threads, RunTheSameProblemAtOnce) {
  const ConvProblem problem = run_call_problems().front();
  Faults faults;
  std::barrier start(kThreads);
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      try {
        for (int repetition = 0; repetition < 3; ++repetition) use_as_client(problem, nullptr, i);
      } catch (const std::exception& error) {
        faults.add(error.what());
      }
    });
  }
  threads.clear();
  for (const std::string& text : faults.texts()) ADD_FAILURE() << text;
}

}  // namespace
}  // namespace rdna1conv

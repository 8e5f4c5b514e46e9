#pragma once

// conv-bench's command line.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/workload.h"

namespace rdna1conv::bench {

struct Options {
  std::vector<std::string> workloads;  // networks, files and "-", in order
  std::string driver_line;             // a line given in place, or empty
  bool list = false;                   // print networks and solvers, run nothing
  std::string solver;                  // force this one
  Changes changes;                     // --batch, --type, --layout, --direction
  bool cpu = true;                     // false by --no-cpu
  bool find_db = false;                // what Find measured decides, else estimates
  bool profile = false;                // of each kernel, by the clock model
  bool clock_range = false;            // how sure the modelled times are
  bool times_only = false;             // nothing is verified
  bool all_plans = false;              // time every instance, instead or for a report
  bool tune = false;                   // find out what the card does best
  std::string tune_to = ".";           // the folder of the file that --tune leaves
  bool why = false;                    // print estimates and refusals, run nothing
  std::int64_t random = 0;             // so many problems drawn at random, by this seed
  std::uint64_t seed = 1;
  std::string json, html;  // files that a report goes to
  bool wants_report() const { return !json.empty() || !html.empty(); }
  std::vector<std::string> benchmark_args;  // --benchmark_* and --v=, for Google Benchmark
};

// The command line cannot be used; what() says why in one sentence.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `args` is argv without argv[0]. Everything from a driver word (conv, convfp16, ..., or a path
// that ends in MIOpenDriver) on is a driver line, but for the options named here, which may stand
// anywhere. Returns nothing and sets `help` if --help was asked for. Throws UsageError.
std::optional<Options> parse_options(const std::vector<std::string>& args, std::string& help);

// Has the library do as the options say, by its environment variables: one solver alone if one was
// named, and its own choice whatever the user's environment says and Find once measured, unless
// that is asked for. Throws UsageError if there is no such solver.
void set_environment(const Options& options);

}  // namespace rdna1conv::bench

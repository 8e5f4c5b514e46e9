#include "bench/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>

#include "command_line/generate.h"
#include "core/driver_line.h"
#include "core/element_types.h"
#include "core/epilogue.h"
#include "dispatch/solver_table.h"
#include "operators/operator_case.h"

namespace rdna1conv::bench {
namespace {

constexpr const char* kDescription =
    "conv-bench: runs convolutions on an RDNA1 card, or on the software RX 5700 XT where there is "
    "none,\nverifies every result and compares with oneDNN on this machine's CPU.\n\n"
    "  conv-bench resnet50                          the convolutions of a network\n"
    "  conv-bench --list                            the networks and the solvers\n"
    "  conv-bench conv -n 1 -c 64 -H 56 -W 56 ...   one line as MIOpen logs it\n"
    "  conv-bench FILE, conv-bench -                lines from a file, from standard input\n"
    "  conv-bench bnorm -n 64 -c 256 ...            another operator, or a file of their lines:\n"
    "                                               bnorm, pool, ...";
constexpr const char* kFooter =
    "\nGoogle Benchmark's flags work too: --benchmark_format=json, --benchmark_out=FILE,\n"
    "--benchmark_filter=REGEX, --benchmark_min_time=SECONDS, --benchmark_repetitions=N, ...\n\n"
    "Exit status: 0 all verified, or timed with --times-only; 1 a layer failed to verify or none\n"
    "ran; 2 bad command line, bad input or no device.";

const std::map<std::string, DataType> kTypes = [] {
  std::map<std::string, DataType> types;
  for (const ElementTypes& row : kInputTypes) types.emplace(name_of(row.in), row.in);
  return types;
}();
const std::map<std::string, Layout> kLayouts{{"NCHW", Layout::kNchw}, {"NHWC", Layout::kNhwc}};
const std::map<std::string, std::vector<Direction>> kDirections{
    {"forward", {Direction::kForward}},
    {"backward_data", {Direction::kBackwardData}},
    {"backward_weights", {Direction::kBackwardWeights}},
    {"all", {Direction::kForward, Direction::kBackwardData, Direction::kBackwardWeights}}};

// "fp16, fp32, ..."
template <class Value>
std::string names_of(const std::map<std::string, Value>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) names += (names.empty() ? "" : ", ") + name;
  return names;
}

template <class Value>
std::vector<std::string> keys_of(const std::map<std::string, Value>& choices) {
  std::vector<std::string> keys;
  for (const auto& [name, value] : choices) keys.push_back(name);
  return keys;
}

// For the manual page and the shells' completions.
command_line::Facts facts() {
  using command_line::Choices;
  Choices workloads{{}, Choices::Also::kFiles};
  for (const NetworkSummary& network : list_networks(networks_directory())) {
    workloads.words.push_back(network.name);
  }
  Choices solvers;
  for (const SolverRow& row : solver_table()) solvers.words.emplace_back(row.name);
  return {"convolutions on an RDNA1 card, verified, timed and compared with the CPU",
          {{"what", workloads},
           {"--solver", solvers},
           {"--type", {keys_of(kTypes)}},
           {"--layout", {keys_of(kLayouts)}},
           {"--direction", {keys_of(kDirections)}},
           {"--tune-to", {{}, Choices::Also::kFiles}},
           {"--html", {{}, Choices::Also::kFiles}},
           {"--json", {{}, Choices::Also::kFiles}}}};
}

template <class Value>
Value chosen(const std::map<std::string, Value>& choices, const std::string& option,
             const std::string& name) {
  const auto found = choices.find(name);
  if (found == choices.end()) {
    throw UsageError(option + " " + name + " is none of " + names_of(choices));
  }
  return found->second;
}

bool starts_driver_line(std::string_view argument) {
  return is_driver_word(argument) || is_operator_line(argument) ||
         argument.ends_with("MIOpenDriver");
}

// How many arguments from `argument` on are an option of the app, by its long name: 0, 1 or 2.
std::size_t own_option_length(const CLI::App& app, std::string_view argument) {
  if (!argument.starts_with("--")) return 0;
  const std::string_view name = argument.substr(0, argument.find('='));
  const CLI::Option* const option = app.get_option_no_throw(std::string(name));
  if (option == nullptr) return 0;
  const bool is_flag = option->get_items_expected_max() == 0;
  if (is_flag) return name == argument ? 1 : 0;
  return name == argument ? 2 : 1;
}

}  // namespace

std::optional<Options> parse_options(const std::vector<std::string>& args, std::string& help) {
  Options options;
  CLI::App app(kDescription, "conv-bench");
  app.footer(kFooter);
  app.add_option("what", options.workloads, "networks, files of driver lines, or -")
      ->option_text("NETWORK | FILE | -");
  app.add_flag("--list", options.list, "list the networks and the solvers");
  app.add_option("--solver", options.solver, "run this solver and no other")->option_text("NAME");
  app.add_option("--batch", options.changes.batch, "batch size instead of the lines' own")
      ->check(CLI::Range(1, 65536))
      ->option_text("N");
  std::string type, layout, direction;
  app.add_option("--type", type, "element type of all tensors: " + names_of(kTypes))
      ->option_text("TYPE");
  app.add_option("--layout", layout, "memory format of all tensors: " + names_of(kLayouts))
      ->option_text("LAYOUT");
  app.add_option("--direction", direction, names_of(kDirections))->option_text("DIRECTION");
  std::string epilogue;
  app.add_option("--epilogue", epilogue,
                 "fuse this to every forward convolution: words as in a driver line's --epilogue,\n"
                 "such as bias,relu")
      ->option_text("WORDS");
  app.add_flag("--find-db", options.find_db,
               "let what Find has measured (MIOPEN_USER_DB_PATH) decide, as in other programs");
  app.add_flag("--profile", options.profile,
               "on the software device: where each kernel's modelled time goes");
  app.add_flag("--clock-range", options.clock_range,
               "on the software device: how sure the modelled times are");
  app.add_flag("--times-only", options.times_only,
               "verify nothing; the software device executes only what its clock looks at");
  app.add_flag(
      "--all-plans", options.all_plans,
      "time every instance of every solver beside the dispatcher's estimate, and what the\n"
      "choice loses against the best; nothing is verified");
  app.add_flag(
      "--tune", options.tune,
      "find the card's clock and bandwidth, time what may be the fastest for each layer, and\n"
      "leave a file that MIOPEN_SYSTEM_DB_PATH takes");
  app.add_option("--tune-to", options.tune_to, "the folder of that file; this one without it")
      ->option_text("FOLDER");
  app.add_flag("--why", options.why,
               "run nothing; of each solver why it refuses, or its estimate by its terms");
  app.add_option("--random", options.random,
                 "so many problems as networks have them, drawn at random from those that the "
                 "tuner never sees;\nof the --type, --direction and --layout given")
      ->check(CLI::Range(1, 1000000))
      ->option_text("N");
  app.add_option("--seed", options.seed, "which sequence --random draws; 1 without it")
      ->option_text("S");
  app.add_option(
         "--html", options.html,
         "write a report as one page to look at, in any browser and without network: layers,\n"
         "roofline, where time goes, fp32 against fp16, what was passed over (with --all-plans:\n"
         "and how long that takes)")
      ->option_text("FILE");
  app.add_option("--json", options.json, "write the report's numbers as JSON")->option_text("FILE");
  bool no_cpu = false;
  app.add_flag("--no-cpu", no_cpu, "leave out oneDNN; verify in double precision");
  command_line::add_generate_option(app, facts);

  std::vector<std::string> own;
  bool in_line = false;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& argument = args[i];
    if (argument.starts_with("--benchmark_") || argument.starts_with("--v=")) {
      options.benchmark_args.push_back(argument);
      continue;
    }
    in_line = in_line || starts_driver_line(argument);
    const std::size_t own_length = in_line ? own_option_length(app, argument) : 1;
    if (own_length == 0) {
      options.driver_line += (options.driver_line.empty() ? "" : " ") + argument;
      continue;
    }
    own.push_back(argument);
    if (own_length == 2 && i + 1 < args.size()) own.push_back(args[++i]);
  }
  std::ranges::reverse(own);  // as CLI11 wants a vector
  try {
    app.parse(own);
  } catch (const CLI::CallForHelp&) {
    help = app.help();
    return std::nullopt;
  } catch (const CLI::CallForVersion& text) {
    help = std::string(text.what()) + "\n";
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  options.cpu = !no_cpu && !options.times_only;
  if (!type.empty()) options.changes.type = chosen(kTypes, "--type", type);
  if (!layout.empty()) options.changes.layout = chosen(kLayouts, "--layout", layout);
  if (!epilogue.empty()) {
    if (options.all_plans) throw UsageError("--all-plans has no --epilogue");
    try {
      options.changes.epilogue = parse_epilogue(epilogue);
    } catch (const std::exception& error) {
      throw UsageError(error.what());
    }
  }
  if (options.tune && (options.all_plans || options.why || options.wants_report() ||
                       !options.solver.empty() || !epilogue.empty())) {
    throw UsageError(
        "--tune goes with none of --all-plans, --why, --html, --json, --solver, --epilogue");
  }
  if (!direction.empty())
    options.changes.directions = chosen(kDirections, "--direction", direction);
  if (!options.list && options.workloads.empty() && options.driver_line.empty() &&
      options.random == 0) {
    throw UsageError("say what to run: a network, a file, -, a driver line or --random N");
  }
  return options;
}

void set_environment(const Options& options) {
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", options.find_db ? "0" : "1", 1);
  if (options.solver.empty()) return;
  if (find_solver(options.solver) == nullptr) {
    throw UsageError("there is no solver " + options.solver + "; conv-bench --list shows them");
  }
  setenv("MIOPEN_DEBUG_FIND_ONLY_SOLVER", options.solver.c_str(), 1);
}

}  // namespace rdna1conv::bench

// conv-bench: the convolutions of a network, or any others, on an RDNA1 card or the software one,
// verified and set against oneDNN on the CPU. See --help.

#include <benchmark/benchmark.h>

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <regex>

#include "bench/all_plans.h"
#include "bench/break_even.h"
#include "bench/card/tune_card.h"
#include "bench/cpu_convolution.h"
#include "bench/measurement.h"
#include "bench/operator_bench.h"
#include "bench/options.h"
#include "bench/progress.h"
#include "bench/report/write_report.h"
#include "bench/table.h"
#include "bench/why.h"
#include "bench/workload.h"
#include "client/miopen_objects.h"
#include "dispatch/solver_table.h"

namespace rdna1conv::bench {
namespace {

constexpr int kAllVerified = 0, kNotVerified = 1, kCannotRun = 2;

// The software device executes everything, or with "modelled" only what its clock looks at.
constexpr const char* kExecute = "RDNA1CONV_EMULATOR_EXECUTE";

struct Entry {
  const Workload* workload;
  const Layer* layer;
  std::string benchmark_name;
  Measurement measurement;
  bool done = false;
};

struct Session {
  BenchDevice device;
  client::MiopenHandle handle;  // keeps the kernels loaded from layer to layer
  MeasureOptions options;
  std::vector<Workload> workloads;
  std::vector<Entry> entries;
  // The layer being run; its buffers go when the next one comes.
  Entry* current = nullptr;
  std::unique_ptr<GpuConvolution> convolution;
};

// The body of every benchmark. The first call measures and verifies; on a card Google Benchmark
// comes back for as many runs as it needs for a steady time.
void run_layer(benchmark::State& state, Session& session, Entry& entry, Progress& progress) {
  if (session.current != &entry) {
    session.current = &entry;
    session.convolution.reset();
    progress.next(entry.workload->name + " " + entry.layer->name);
    MeasuredLayer layer = measure(session.device, *entry.layer, session.options);
    entry.measurement = std::move(layer.measurement);
    entry.done = true;
    session.convolution = std::move(layer.convolution);
  }
  Measurement& m = entry.measurement;
  if (!session.convolution) {
    state.SkipWithError(m.reason.c_str());
    return;
  }
  while (state.KeepRunningBatch(state.max_iterations)) {
    if (session.device.software) {  // its one run is behind us, with its modelled time if any
      if (m.gpu_seconds) state.SetIterationTime(*m.gpu_seconds);
      continue;
    }
    const double seconds = session.convolution->timed_runs(state.max_iterations);
    state.SetIterationTime(seconds);
    m.gpu_seconds = seconds / static_cast<double>(state.max_iterations);
  }
  state.SetLabel(m.solver + " " + m.instance +
                 (m.outcome == Outcome::kVerified ? " verified"
                  : m.outcome == Outcome::kTimed  ? " not verified"
                                                  : " WRONG"));
  const double flops = entry.layer->problem.direct_flops();
  state.counters["count"] = static_cast<double>(entry.layer->count);
  state.counters["flop"] = flops;
  if (m.outcome != Outcome::kTimed) {
    state.counters["error_rms_range"] = m.error;
    state.counters["tolerance"] = m.tolerance;
  }
  if (m.cpu_seconds) state.counters["cpu_onednn_seconds"] = *m.cpu_seconds;
  if (session.device.software && m.outcome != Outcome::kTimed) {
    state.counters["wave_instructions"] = static_cast<double>(m.instructions.wave_instructions);
    state.counters["fma_wave_instructions"] = static_cast<double>(m.instructions.fma);
  }
  if (m.gpu_seconds) {
    if (m.gpu_range) {
      state.counters["gpu_seconds_low"] = *m.gpu_seconds - m.gpu_range->down;
      state.counters["gpu_seconds"] = *m.gpu_seconds;
      state.counters["gpu_seconds_high"] = *m.gpu_seconds + m.gpu_range->up;
    }
    state.counters["flop_per_second"] = flops / *m.gpu_seconds;
    state.counters["fma_peak_share"] = flops / *m.gpu_seconds / session.device.fma_peak();
  }
}

// Shows Google Benchmark's results as our table. Rows appear as they come where progress is one
// line in place; where progress is lines of its own the table waits for its end, so that the two
// do not mix.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  TableReporter(Session& session, Progress& progress) : session_(session), progress_(progress) {}

  bool ReportContext(const Context&) override {
    std::cout << device_lines(session_.device,
                              session_.options.cpu ? cpu_description() : "left out (--no-cpu)");
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    if (runs.empty()) return;
    for (Entry& entry : session_.entries) {
      if (runs.front().run_name.function_name != entry.benchmark_name) continue;
      progress_.clear();
      if (rows_of_ != entry.workload) {
        finish_table();
        rows_of_ = entry.workload;
        table_.emplace(
            std::cout, session_.device, *entry.workload,
            TableOptions{session_.options.cpu, session_.options.range, session_.options.times_only},
            terminal_of(STDOUT_FILENO));
        if (progress_.in_place()) table_->head();
      }
      rows_.push_back({entry.layer, &entry.measurement});
      if (progress_.in_place()) table_->row(rows_.back());
    }
  }

  void Finalize() override {
    progress_.clear();
    finish_table();
  }

 private:
  void finish_table() {
    if (!table_) return;
    if (!progress_.in_place()) {
      table_->head();
      for (const TableRow& row : rows_) table_->row(row);
    }
    table_->total(rows_);
    print_where_cpu_is_better(session_.device, rows_, std::cout);
    table_.reset();
    rows_.clear();
  }

  Session& session_;
  Progress& progress_;
  const Workload* rows_of_ = nullptr;
  std::optional<Table> table_;
  std::vector<TableRow> rows_;
};

void print_list() {
  std::printf("%-22s %5s %9s %6s %8s  %s\n", "network", "batch", "distinct", "convs", "GFLOP",
              "input; source");
  for (const NetworkSummary& network : list_networks(networks_directory())) {
    std::printf("%-22s %5lld %9lld %6lld %8.1f  %s\n", network.name.c_str(),
                static_cast<long long>(network.batch), static_cast<long long>(network.distinct),
                static_cast<long long>(network.convolutions), network.flops * 1e-9,
                network.description.c_str());
  }
  std::printf("\nsolvers, for --solver:\n");
  for (const SolverRow& row : solver_table()) {
    std::printf("  %.*s\n", static_cast<int>(row.name.size()), row.name.data());
  }
}

std::vector<Workload> load_workloads(const Options& options) {
  std::vector<Workload> workloads;
  for (const std::string& what : options.workloads) {
    workloads.push_back(load_workload(what, networks_directory(), std::cin, options.changes));
  }
  if (!options.driver_line.empty()) {
    workloads.push_back(workload_of_line(options.driver_line, options.changes));
  }
  if (options.random > 0) {
    workloads.push_back(random_workload(options.seed, options.random, options.changes));
  }
  return workloads;
}

std::string benchmark_name_of(const Workload& workload, const Layer& layer) {
  return workload.name + "/" + layer.name;
}

// What --benchmark_filter lets through, as Google Benchmark sees it.
class NameFilter {
 public:
  NameFilter() {
    std::string filter = benchmark::GetBenchmarkFilter();
    is_negative_ = filter.starts_with('-');
    if (is_negative_) filter.erase(0, 1);
    if (!filter.empty() && filter != "all") regex_.emplace(filter, std::regex::extended);
  }
  bool operator()(const std::string& name) const {
    return !regex_ || std::regex_search(name, *regex_) != is_negative_;
  }

 private:
  bool is_negative_ = false;
  std::optional<std::regex> regex_;
};

constexpr const char* kNothingSelected = "--benchmark_filter selects no layer";

// Only the layers that --benchmark_filter lets through; those without any left are gone.
void keep_selected(std::vector<Workload>& workloads) {
  const NameFilter selects;
  for (Workload& workload : workloads) {
    std::erase_if(workload.layers,
                  [&](const Layer& layer) { return !selects(benchmark_name_of(workload, layer)); });
  }
  std::erase_if(workloads, [](const Workload& workload) { return workload.layers.empty(); });
  if (workloads.empty()) throw UsageError(kNothingSelected);
}

void register_benchmarks(Session& session, Progress& progress) {
  for (Entry& entry : session.entries) {
    auto* registered = benchmark::RegisterBenchmark(
        entry.benchmark_name.c_str(),
        [&](benchmark::State& state) { run_layer(state, session, entry, progress); });
    registered->UseManualTime()->Unit(benchmark::kMillisecond);
    if (session.device.software) registered->Iterations(1);
  }
}

void add_context(const Session& session) {
  benchmark::AddCustomContext("device", session.device.facts.name);
  benchmark::AddCustomContext(
      "gpu_times", !session.device.software ? "measured, hipEvent"
                   : session.device.clock
                       ? "modelled by the software device, clock " + session.device.clock->name
                       : "none: the software device counts instructions, real_time means nothing");
  if (session.options.cpu) benchmark::AddCustomContext("cpu", cpu_description());
  if (session.options.times_only) benchmark::AddCustomContext("verified", "nothing: --times-only");
}

// True if --benchmark_format was not given, so that our table is what the user expects.
bool wants_table(const Options& options) {
  return std::ranges::none_of(options.benchmark_args, [](const std::string& argument) {
    return argument.starts_with("--benchmark_format");
  });
}

// Results for programs carry the range of every modelled time; the table does if asked to.
bool wants_range(const Options& options) {
  return options.clock_range || !wants_table(options) ||
         std::ranges::any_of(options.benchmark_args, [](const std::string& argument) {
           return argument.starts_with("--benchmark_out=");
         });
}

// `program` must outlive Google Benchmark, which keeps the pointer.
void initialize_google_benchmark(const Options& options, char* program) {
  std::vector<std::string> arguments = options.benchmark_args;
  std::vector<char*> argv{program};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1) throw UsageError(std::string("Google Benchmark does not know ") + argv[1]);
}

int exit_status(const std::vector<Entry>& entries) {
  bool any_ran = false;
  for (const Entry& entry : entries) {
    if (!entry.done) continue;  // filtered out
    const Outcome outcome = entry.measurement.outcome;
    if (outcome == Outcome::kWrong || outcome == Outcome::kFailed) return kNotVerified;
    any_ran = any_ran || outcome == Outcome::kVerified || outcome == Outcome::kTimed;
  }
  return any_ran ? kAllVerified : kNotVerified;
}

void report(const Session& session, const std::vector<std::string>& networks,
            const Options& options) {
  std::vector<ReportedWorkload> reported;
  for (std::size_t i = 0; i < session.workloads.size(); ++i) {
    ReportedWorkload& workload = reported.emplace_back();
    workload.workload = &session.workloads[i];
    workload.network = networks[i];
    for (const Entry& entry : session.entries) {
      if (entry.workload != workload.workload || !entry.done) continue;
      workload.layers.push_back({entry.layer, &entry.measurement, {}});
    }
  }
  write_report(session.device, session.options.cpu ? cpu_description() : "", std::move(reported),
               options);
}

int run(const Options& options, char* program) {
  if (options.list) {
    print_list();
    return kAllVerified;
  }
  if (const auto lines = operator_lines_of(options); !lines.empty()) {
    if (options.times_only) setenv(kExecute, "modelled", 1);
    return bench_operators(open_device(), lines, options, std::cout) ? kAllVerified : kNotVerified;
  }
  initialize_google_benchmark(options, program);
  if (options.why) {
    std::vector<Workload> workloads = load_workloads(options);
    keep_selected(workloads);
    print_why(open_device(), workloads, options.solver, std::cout);
    return kAllVerified;
  }
  if (options.tune) {
    setenv(kExecute, "modelled", 1);
    check_folder(options.tune_to);
    std::vector<Workload> workloads = load_workloads(options);
    keep_selected(workloads);
    tune_card(open_device(), workloads, options.tune_to, std::cout);
    return kAllVerified;
  }
  if (options.all_plans && !options.wants_report()) {
    const BenchDevice device = open_device();
    if (!device.has_times()) throw UsageError("--all-plans needs the software device's clock");
    std::vector<Workload> workloads = load_workloads(options);
    keep_selected(workloads);
    time_all_plans(device, workloads, options.solver, std::cout);
    return kAllVerified;
  }
  if (options.times_only) {
    setenv(kExecute, "modelled", 1);
  } else if (const char* execute = std::getenv(kExecute); execute != nullptr && *execute != '\0') {
    throw UsageError(std::string(kExecute) + " leaves results incomplete: use --times-only");
  }
  if (options.wants_report()) check_report_can_be_written(options);
  std::vector<Workload> workloads = load_workloads(options);
  const std::vector<std::string> networks =
      options.wants_report() ? add_comparisons(workloads) : std::vector<std::string>();
  Session session{
      open_device(),
      {},
      {options.solver, options.cpu, options.profile, options.times_only, wants_range(options)},
      std::move(workloads)};
  if (options.profile && !session.device.clock) {
    throw UsageError("--profile needs the software device with its clock on");
  }
  if (options.clock_range && !session.device.clock) {
    throw UsageError("--clock-range needs the software device with its clock on");
  }
  if (options.times_only && !session.device.has_times()) {
    throw UsageError("--times-only needs times: a card, or the software device with its clock on");
  }
  for (const Workload& workload : session.workloads) {
    for (const Layer& layer : workload.layers) {
      session.entries.push_back({&workload, &layer, benchmark_name_of(workload, layer), {}});
    }
  }
  const NameFilter selects;
  Progress progress(static_cast<std::size_t>(std::ranges::count_if(
      session.entries, [&](const Entry& entry) { return selects(entry.benchmark_name); })));
  register_benchmarks(session, progress);
  add_context(session);
  TableReporter reporter(session, progress);
  const std::size_t selected =
      benchmark::RunSpecifiedBenchmarks(wants_table(options) ? &reporter : nullptr);
  benchmark::Shutdown();
  if (selected == 0) throw UsageError(kNothingSelected);
  if (options.wants_report()) report(session, networks, options);
  return exit_status(session.entries);
}

}  // namespace
}  // namespace rdna1conv::bench

int main(int argc, char** argv) {
  using namespace rdna1conv::bench;
  try {
    std::string help;
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::optional<Options> options = parse_options(arguments, help);
    if (!options) {
      std::cout << help;
      return kAllVerified;
    }
    set_environment(*options);
    return run(*options, argv[0]);
  } catch (const UsageError& error) {
    std::cerr << "conv-bench: " << error.what() << "\nconv-bench --help shows how to use it\n";
  } catch (const std::exception& error) {
    std::cerr << "conv-bench: " << error.what() << "\n";
  }
  return kCannotRun;
}

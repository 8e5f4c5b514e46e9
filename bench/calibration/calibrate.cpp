// calibrate: repeats measurements of real boards on the current HIP device, by default the software
// one, and prints what it gives against what was measured.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/calibration/corners.h"
#include "bench/calibration/document.h"
#include "bench/calibration/groups.h"
#include "bench/calibration/kernel_timer.h"
#include "bench/calibration/measurement.h"
#include "bench/calibration/modelled.h"
#include "bench/calibration/report.h"

using namespace rdna1conv::calibration;

namespace {

struct Options {
  std::filesystem::path measurements = RDNA1CONV_MEASUREMENTS;
  std::vector<std::string> groups;
  std::string board;
  unsigned jobs = 0;   // 0: as many as processors
  unsigned share = 0;  // of a board's rows that this process runs: every jobs-th one
  std::filesystem::path document;
  std::filesystem::path modelled;
  std::filesystem::path compare;
  std::size_t sample = 0;  // rows; 0 is all
  std::vector<std::filesystem::path> results;
  bool corners = false;
  bool ranges = false;
  std::string clock;  // settings that follow each board's own
};

bool wanted(const Options& options, const Measurement& row) {
  const Group& group = group_of(row);
  if (!options.board.empty() && options.board != group.board) return false;
  const auto is = [&](const std::string& name) { return row.group == name; };
  if (options.groups.empty() || std::any_of(options.groups.begin(), options.groups.end(), is)) {
    return true;
  }
  // The rows that others are percent of.
  for (const Group& each : groups()) {
    if (row.group == each.reference && std::find(options.groups.begin(), options.groups.end(),
                                                 each.name) != options.groups.end()) {
      return true;
    }
  }
  return false;
}

// The child's side: one line a row, "number<tab>value<tab>how it was run", and a value of - where
// nothing was run. With ranges "<tab>down<tab>up" follow.
void run_board(const Options& options, const std::vector<Measurement>& rows) {
  if (options.ranges) keep_ranges();
  std::size_t number = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!wanted(options, rows[i])) continue;
    if (number++ % std::max(options.jobs, 1u) != options.share) continue;
    std::fprintf(stderr, "calibrate: %s %s\n", rows[i].group.c_str(), rows[i].parameters.c_str());
    const std::optional<Outcome> outcome = group_of(rows[i]).run(rows[i]);
    if (outcome) {
      std::printf("%zu\t%.9g\t%s", i, outcome->value, outcome->as_run.c_str());
      const auto range = options.ranges ? take_range() : std::nullopt;
      if (range) std::printf("\t%.6g\t%.6g", range->down, range->up);
      std::printf("\n");
    } else {
      std::printf("%zu\t-\t\n", i);
    }
    std::fflush(stdout);
  }
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// Lines that run_board() printed.
void take_results(const std::string& output, std::vector<Comparison>& comparisons) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    std::string number;
    std::string value;
    std::string as_run;
    std::getline(cells, number, '\t');
    std::getline(cells, value, '\t');
    std::getline(cells, as_run, '\t');
    if (value == "-") continue;
    Outcome outcome{std::stod(value), as_run};
    RelativeRange range;
    if (cells >> range.down >> range.up) outcome.range = range;
    comparisons.at(std::stoul(number)).outcome = outcome;
  }
}

// A process that runs the experiments of a board. The device reads its settings once, at the start
// of a process: each board has one of its own.
struct BoardRun {
  std::string command;
  FILE* pipe;
};

// `settings` of the clock follow the board's own.
BoardRun start_board(const Options& options, const Board& board, const std::string& settings,
                     unsigned jobs, unsigned share) {
  // Only the times matter, and they follow from some of the workgroups.
  std::string command = "env RDNA1CONV_EMULATOR_EXECUTE=modelled";
  command += " RDNA1CONV_EMULATOR_CLOCK=" +
             quoted(settings.empty() ? board.clock : board.clock + ("," + settings));
  command += ' ' + quoted(std::filesystem::read_symlink("/proc/self/exe").string());
  command += " --board " + quoted(board.name);
  command += " --jobs " + std::to_string(jobs) + " --share " + std::to_string(share);
  if (options.sample > 0) command += " --sample " + std::to_string(options.sample);
  if (!options.compare.empty()) command += " --compare " + quoted(options.compare.string());
  if (options.ranges) command += " --ranges";
  command += " --measurements " + quoted(options.measurements.string());
  if (!options.groups.empty()) command += " --groups";
  for (const std::string& group : options.groups) command += ' ' + quoted(group);
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start " + command);
  return {command, pipe};
}

void collect_board(const BoardRun& run, std::vector<Comparison>& comparisons) {
  std::string output;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), run.pipe)) {
    output.append(buffer, size);
  }
  if (pclose(run.pipe) != 0) throw std::runtime_error("failed: " + run.command);
  take_results(output, comparisons);
}

void run_boards(const Options& options, const std::vector<Measurement>& rows,
                const std::string& settings, std::vector<Comparison>& comparisons) {
  // On the software device all boards at a time, in shares: none disturbs another's clock.
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const unsigned wanted_jobs = options.jobs != 0 ? options.jobs : processors;
  const unsigned jobs = on_software_device() ? wanted_jobs : 1;
  std::vector<BoardRun> runs;
  for (const Board& board : boards()) {
    const bool any = std::any_of(rows.begin(), rows.end(), [&](const Measurement& row) {
      return wanted(options, row) && std::string(group_of(row).board) == board.name;
    });
    if (!any) continue;
    for (unsigned share = 0; share < jobs; ++share) {
      runs.push_back(start_board(options, board, settings, jobs, share));
    }
    if (on_software_device()) continue;
    collect_board(runs.back(), comparisons);
    runs.pop_back();
  }
  for (const BoardRun& run : runs) collect_board(run, comparisons);
}

std::vector<Comparison> without_outcomes(const std::vector<Measurement>& rows) {
  std::vector<Comparison> comparisons;
  for (const Measurement& row : rows) comparisons.push_back({&row, std::nullopt});
  return comparisons;
}

void print_counts(const std::string& corner, const std::vector<Comparison>& comparisons) {
  const Counts counts = count_met(comparisons);
  std::printf("%-8s %zu of %zu rows within their limits, %zu of %zu limits met\n", corner.c_str(),
              counts.within, counts.rows, counts.met, counts.limits);
}

// The same experiments where the clock's constants are at the ends of what is known of them.
void print_corners(const Options& options, const std::vector<Measurement>& rows,
                   const std::vector<Comparison>& at_default) {
  std::printf("\nsummary at the clock's corners\n");
  print_counts("default", at_default);
  for (const Corner& corner : corners()) {
    std::vector<Comparison> comparisons = without_outcomes(rows);
    run_boards(options, rows,
               options.clock.empty() ? corner.settings : options.clock + ',' + corner.settings,
               comparisons);
    std::erase_if(comparisons, [&](const Comparison& each) { return !wanted(options, *each.row); });
    print_counts(corner.name, comparisons);
  }
}

// Whether other rows are percent of this one.
bool is_reference(const Measurement& row) {
  const auto table = groups();
  return std::any_of(table.begin(), table.end(),
                     [&](const Group& each) { return row.group == each.reference; });
}

// A sample to compare with the table of modelled values is one of the rows that it has. Another one
// is of the rows that are wanted, and of what they are percent of.
std::vector<Measurement> read_rows(const Options& options) {
  std::vector<Measurement> rows = read_measurements(options.measurements);
  if (options.sample == 0) return rows;
  if (!options.compare.empty()) {
    const ModelledValues known = read_modelled(options.compare);
    std::erase_if(rows, [&](const Measurement& row) { return !known.contains(name_of(row)); });
    return sample_of(std::move(rows), options.sample);
  }
  Options all_boards = options;
  all_boards.board.clear();
  std::vector<Measurement> references, others;
  for (Measurement& row : rows) {
    if (!wanted(all_boards, row)) continue;
    (is_reference(row) ? references : others).push_back(std::move(row));
  }
  others = sample_of(std::move(others), options.sample);
  references.insert(references.end(), others.begin(), others.end());
  return references;
}

int run(const Options& options) {
  const std::vector<Measurement> rows = read_rows(options);
  if ((options.corners || options.ranges) && !on_software_device()) {
    throw std::runtime_error(
        "--corners and --ranges are of the software device's clock, and this is a card");
  }
  if (!options.board.empty()) {
    run_board(options, rows);
    return 0;
  }
  std::vector<Comparison> comparisons = without_outcomes(rows);
  for (const std::filesystem::path& file : options.results) {
    std::ifstream stream(file);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    std::ostringstream text;
    text << stream.rdbuf();
    take_results(text.str(), comparisons);
  }
  if (options.results.empty()) run_boards(options, rows, options.clock, comparisons);
  std::erase_if(comparisons, [&](const Comparison& each) { return !wanted(options, *each.row); });
  if (!options.compare.empty()) {
    return same_as_modelled(std::cout, read_modelled(options.compare), comparisons) ? 0 : 1;
  }
  print_rows(std::cout, comparisons, Format::kText);
  if (options.ranges) print_ranges(std::cout, comparisons);
  const bool met = print_summary(std::cout, comparisons, Format::kText);
  if (!options.modelled.empty()) write_modelled(options.modelled, comparisons);
  if (!options.document.empty()) write_document(options.document, comparisons);
  if (options.corners) {
    std::cout.flush();
    print_corners(options, rows, comparisons);
  }
  return met ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app(
      "Repeats measurements of real RDNA1 boards and prints what this device gives against them. "
      "Exit status 1: a criterion is not met");
  Options options;
  app.add_option("--groups", options.groups, "Groups of measurements; all without it");
  app.add_option("--measurements", options.measurements, "The table of measurements");
  app.add_option("--document", options.document,
                 "Also write the tables into this document, between its markers");
  app.add_option("--modelled", options.modelled, "Also write what was modelled into this table");
  app.add_option("--compare", options.compare,
                 "Only compare what is modelled with this table of --modelled");
  app.add_option("--sample", options.sample,
                 "About so many rows, the same ones each time, of the table with --compare");
  app.add_option("--board", options.board,
                 "Run the experiments of this board here and print raw results");
  app.add_flag("--corners", options.corners,
               "Also say how many limits are met at the clock's corners kind and harsh: software "
               "device only, three times the time");
  app.add_flag("--ranges", options.ranges,
               "Also say how many measurements lie within the range of their modelled time: "
               "software device only, some seconds a row");
  app.add_option("--clock", options.clock,
                 "Settings of RDNA1CONV_EMULATOR_CLOCK that follow each board's own, to see what a "
                 "constant does: software device only");
  app.add_option(
         "--jobs", options.jobs,
         "Processes that share a board's rows; as many as processors without it, with --board "
         "alone one")
      ->check(CLI::Range(1, 64));
  app.add_option("--share", options.share, "With --board: which of these shares");
  app.add_option("--results", options.results,
                 "Files of what --board printed, instead of running anything");
  CLI11_PARSE(app, argc, argv);
  return run(options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "calibrate: %s\n", error.what());
  return 2;
}

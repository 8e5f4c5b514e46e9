#include "bench/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <ostream>

#include "core/driver_line.h"
#include "reference/element_type.h"

namespace rdna1conv::bench {
namespace {

constexpr int kSolverWidth = 36, kNarrowestSolver = 14, kNarrowestLayer = 14;
constexpr int kBarWidth = 10;
constexpr const char* kNothing = "-";
constexpr std::string_view kGap = "  ";
constexpr std::size_t kSolver = 3;  // the column of solvers, or of why there is none

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string solver_cell(const Measurement& m) {
  return m.instance.empty() ? m.solver : m.solver + " " + m.instance;
}

// The name, and the shape where the name does not say it.
std::string layer_cell(const Layer& layer) {
  const std::string shape = shape_name(layer.problem);
  return layer.name.starts_with(shape) ? layer.name : layer.name + " " + shape;
}

std::string layout_of(const ConvProblem& problem) {
  if (problem.is_packed_nchw()) return "NCHW";
  return problem.is_packed_nhwc() ? "NHWC" : "other strides";
}

// What all layers have in common, in words.
std::string kind_of(const Workload& workload) {
  const ConvProblem& first = workload.layers.front().problem;
  std::string types = types_text(first), layout = layout_of(first);
  for (const Layer& layer : workload.layers) {
    if (types_text(layer.problem) != types) types = "several types";
    if (layout_of(layer.problem) != layout) layout = "several layouts";
  }
  return types + ", " + layout;
}

std::string verdict(Outcome outcome) {
  switch (outcome) {
    case Outcome::kVerified:
      return "ok";
    case Outcome::kWrong:
      return "WRONG";
    case Outcome::kFailed:
      return "FAILED";
    case Outcome::kNoSolver:
      return "no solver";
    case Outcome::kTimed:
      return "not verified";
  }
  return {};
}

// Of a verdict its own, else the column's.
Style style_of(const std::string& cell, Style column) {
  if (cell == verdict(Outcome::kVerified)) return Style::kGood;
  if (cell == verdict(Outcome::kWrong)) return Style::kBad;
  if (cell == verdict(Outcome::kTimed)) return Style::kDoubtful;
  return column;
}

bool ran(const Measurement& m) {
  return m.outcome == Outcome::kVerified || m.outcome == Outcome::kWrong ||
         m.outcome == Outcome::kTimed;
}

// Sums over layers, each as often as its network has it.
struct Sums {
  double flops = 0, instructions = 0, fma = 0, gpu_seconds = 0, cpu_seconds = 0, worst = 0;
  // A constant that is off is so for every layer: ends of ranges add up.
  double low_seconds = 0, high_seconds = 0;
  std::int64_t convolutions = 0;

  void add(const Layer& layer, const Measurement& m, std::int64_t times) {
    const auto count = static_cast<double>(times);
    convolutions += times;
    flops += count * layer.problem.direct_flops();
    instructions += count * static_cast<double>(m.instructions.wave_instructions);
    fma += count * static_cast<double>(m.instructions.fma);
    gpu_seconds += count * m.gpu_seconds.value_or(0);
    const TimeRange range = m.gpu_range.value_or(TimeRange{});
    low_seconds += count * (m.gpu_seconds.value_or(0) - range.down);
    high_seconds += count * (m.gpu_seconds.value_or(0) + range.up);
    cpu_seconds += count * m.cpu_seconds.value_or(0);
    if (!std::isnan(worst) && !(m.error <= worst)) worst = m.error;
  }
};

// Cells from the column after the solver to the one before the error.
std::vector<std::string> speed_cells(const Sums& s, const BenchDevice& device,
                                     TableOptions options) {
  std::vector<std::string> cells;
  if (device.software && !options.times_only) {
    const bool counted = s.instructions > 0;
    cells.push_back(counted ? number("%.3f", s.instructions * 1e-6) : kNothing);
    cells.push_back(counted ? number("%.1f", 100 * s.fma / s.instructions) : kNothing);
  }
  if (device.has_times()) {
    const bool timed = s.gpu_seconds > 0;
    cells.push_back(timed ? number("%.4f", s.gpu_seconds * 1e3) : kNothing);
    if (options.range) {
      cells.push_back(timed ? number("%.4f", s.low_seconds * 1e3) : kNothing);
      cells.push_back(timed ? number("%.4f", s.high_seconds * 1e3) : kNothing);
    }
    cells.push_back(timed ? number("%.3f", s.flops / s.gpu_seconds * 1e-12) : kNothing);
    const double peak_share = timed ? s.flops / s.gpu_seconds / device.fma_peak() : 0;
    cells.push_back(timed ? number("%.1f", 100 * peak_share) : kNothing);
    cells.push_back(bar_of(peak_share, kBarWidth));
  }
  if (options.cpu) {
    const bool timed = s.cpu_seconds > 0;
    cells.push_back(timed ? number("%.3f", s.cpu_seconds * 1e3) : kNothing);
    cells.push_back(timed ? number("%.1f", s.flops / s.cpu_seconds * 1e-9) : kNothing);
    if (!device.software) {
      const bool both = timed && s.gpu_seconds > 0;
      cells.push_back(both ? number("%.1f", s.cpu_seconds / s.gpu_seconds) : kNothing);
    }
  }
  return cells;
}

}  // namespace

std::string device_lines(const BenchDevice& device, const std::string& cpu) {
  const std::string what =
      device.facts.name + ", " + device.facts.architecture +
      (device.facts.poses_as.empty() ? "" : " posing as " + device.facts.poses_as) + ", " +
      std::to_string(device.facts.workgroup_processors) + " workgroup processors, " +
      number("%.0f", device.facts.clock_khz / 1e3) + " MHz" +
      (device.clock
           ? " by HIP, " + number("%.0f", device.clock->core_mhz) + " MHz by the clock model"
           : "");
  std::string first = "Card: GPU times are measured (hipEvent)\n";
  if (device.software) {
    first = "Software RX 5700 XT: no card, its machine code is executed on this CPU, ";
    first += device.clock
                 ? "and GPU times are modelled, not measured (clock " + device.clock->name + ")\n"
                 : "so there are no GPU times\n";
  }
  return first + "device: " + what + "\n" + "CPU:    " + cpu + "\n";
}

Table::Table(std::ostream& out, const BenchDevice& device, const Workload& workload,
             TableOptions options, const Terminal& terminal)
    : out_(out), device_(device), workload_(workload), options_(options), terminal_(terminal) {
  std::size_t width = 24;
  for (const Layer& layer : workload.layers) width = std::max(width, layer_cell(layer).size());
  columns_ = {{"layer (filter, stride, channels, input)", -static_cast<int>(width), kNeverLeftOut,
               kNarrowestLayer},
              {"count", 5, 6},
              {"GFLOP", 8, 8},
              {"solver, kernel", -kSolverWidth, kNeverLeftOut, kNarrowestSolver}};
  if (width < columns_[0].title.size()) columns_[0].title = "layer";
  if (device.software && !options.times_only) {
    columns_.insert(columns_.end(), {{"Minstr", 10, 11}, {"FMA %", 6, 10}});
  }
  if (device.has_times()) {
    columns_.push_back({device.software ? "modelled ms" : "GPU ms", 11});
    if (options.range) columns_.insert(columns_.end(), {{"low", 9, 1}, {"high", 9, 1}});
    columns_.insert(columns_.end(), {{"TFLOP/s", 8, 5}, {"% peak", 7}});
    columns_.push_back({"", -kBarWidth, 7, 0, Style::kBar, terminal.bars});
  }
  if (options.cpu) {
    columns_.insert(columns_.end(), {{"CPU ms", 10, 2}, {"GFLOP/s", 8, 9}});
    if (!device.software) columns_.push_back({"CPU/GPU", 8, 1});
  }
  if (device.clock) columns_.push_back({"held up by", -11, 4, 0, Style::kQuiet});
  if (!options.times_only) columns_.insert(columns_.end(), {{"error", 9, 3}, {"", -9}});
  fit();
}

std::size_t Table::line_width() const {
  std::size_t width = 0;
  for (const Column& column : columns_) {
    if (column.shown) width += static_cast<std::size_t>(std::abs(column.width)) + kGap.size();
  }
  return width - kGap.size();
}

void Table::fit() {
  if (terminal_.width == 0) return;
  const auto too_wide = [&] { return line_width() > terminal_.width; };
  const auto cut = [&] {
    for (Column& column : columns_) {
      while (too_wide() && column.narrowest > 0 && -column.width > column.narrowest) ++column.width;
    }
  };
  // A little may be cut before anything goes.
  for (Column& column : columns_) {
    while (too_wide() && column.narrowest > 0 && -column.width > 2 * column.narrowest) {
      ++column.width;
    }
  }
  while (too_wide()) {
    Column* least = nullptr;
    for (Column& column : columns_) {
      if (!column.shown || column.rank == kNeverLeftOut) continue;
      if (least == nullptr || column.rank > least->rank) least = &column;
    }
    if (least == nullptr) break;
    least->shown = false;
  }
  cut();
}

void Table::line(const std::vector<std::string>& cells, Style style) {
  std::string text;
  std::string blanks;  // that only what follows them makes
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Column& column = columns_[i];
    if (!column.shown) continue;
    if (i > 0) blanks += kGap;
    const auto width = static_cast<std::size_t>(std::abs(column.width));
    // What is last in a short row may be as long as it likes: a reason.
    const bool is_reason = i + 1 == cells.size() && cells.size() < columns_.size() && i == kSolver;
    const std::string cell = column.narrowest > 0 && terminal_.width > 0 && !is_reason
                                 ? cut_to(cells[i], width, terminal_)
                                 : cells[i];
    const std::size_t missing = width - std::min(width, columns_of(cell));
    if (column.width > 0) blanks.append(missing, ' ');
    if (!cell.empty()) {
      text += blanks + styled(cell, style != Style::kPlain ? style : style_of(cell, column.style),
                              terminal_);
      blanks.clear();
    }
    if (column.width < 0) blanks.append(missing, ' ');
  }
  out_ << text << "\n";
}

void Table::head() {
  out_ << "\n" << workload_.name << ", " << kind_of(workload_) << ", ";
  if (options_.times_only) out_ << "NOTHING IS VERIFIED, ";
  if (device_.software) {
    out_ << (options_.times_only
                 ? "on the software RX 5700 XT: only the workgroups that its clock looks at are "
                   "executed, "
                 : "on the software RX 5700 XT: executed wave instructions in millions and the "
                   "FMAs' share of them, ");
    if (device_.clock) {
      out_ << "GPU times modelled (first run, caches cold); peak "
           << number("%.2f", device_.fma_peak() * 1e-12)
           << " TFLOP/s of fp32 FMA at the clock model's "
           << number("%.0f", device_.clock->core_mhz) << " MHz";
      if (options_.range) out_ << "; low and high: what the clock's constants leave open";
      out_ << "\n";
    } else {
      out_ << "no GPU times\n";
    }
  } else {
    out_ << "GPU times measured; peak " << number("%.2f", device_.fma_peak() * 1e-12)
         << " TFLOP/s of fp32 FMA at the clock HIP reports\n";
  }
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  line(titles, Style::kHeading);
}

void Table::row(const TableRow& row) {
  const Measurement& m = *row.measurement;
  std::vector<std::string> cells{layer_cell(*row.layer), std::to_string(row.layer->count),
                                 number("%.4f", row.layer->problem.direct_flops() * 1e-9)};
  if (!ran(m)) {
    cells.push_back(verdict(m.outcome) + ": " + m.reason);
    line(cells, m.outcome == Outcome::kFailed ? Style::kBad : Style::kDoubtful);
    out_ << std::flush;
    return;
  }
  cells.push_back(solver_cell(m));
  Sums one;
  one.add(*row.layer, m, 1);
  for (std::string& cell : speed_cells(one, device_, options_)) cells.push_back(std::move(cell));
  if (device_.clock) cells.push_back(m.first_stall);
  if (!options_.times_only) {
    cells.push_back(number("%.1e", m.error));
    cells.push_back(verdict(m.outcome));
  }
  line(cells);
  out_ << std::flush;
}

void Table::total(std::span<const TableRow> rows) {
  Sums sums;
  std::size_t verified = 0, wrong = 0, failed = 0, no_solver = 0, timed = 0;
  double tightest = std::numeric_limits<double>::infinity(), loosest = 0;
  for (const TableRow& row : rows) {
    verified += row.measurement->outcome == Outcome::kVerified;
    wrong += row.measurement->outcome == Outcome::kWrong;
    failed += row.measurement->outcome == Outcome::kFailed;
    no_solver += row.measurement->outcome == Outcome::kNoSolver;
    timed += row.measurement->outcome == Outcome::kTimed;
    if (!ran(*row.measurement)) continue;
    sums.add(*row.layer, *row.measurement, row.layer->count);
    tightest = std::min(tightest, row.measurement->tolerance);
    loosest = std::max(loosest, row.measurement->tolerance);
  }
  const std::size_t ran_rows = verified + wrong + timed;
  if (ran_rows > 0) {
    std::vector<std::string> cells{
        ran_rows == rows.size() ? "total, by count" : "total of those that ran, by count",
        std::to_string(sums.convolutions), number("%.4f", sums.flops * 1e-9), ""};
    for (std::string& cell : speed_cells(sums, device_, options_)) cells.push_back(std::move(cell));
    if (device_.clock) cells.push_back("");
    if (!options_.times_only) cells.push_back(number("%.1e", sums.worst));
    line(cells, Style::kHeading);
  }
  if (options_.times_only) {
    out_ << timed << " of " << rows.size() << " layers timed, none verified";
  } else {
    out_ << verified << " of " << rows.size() << " layers verified";
  }
  if (verified + wrong > 0) {
    out_ << ", worst error " << number("%.2e", sums.worst) << ", tolerance "
         << (tightest == loosest ? number("%.1e", tightest)
                                 : number("%.1e", tightest) + " to " + number("%.1e", loosest))
         << " (MIOpen's rms_range)";
  }
  if (no_solver > 0) out_ << "; " << no_solver << " without a solver";
  if (failed > 0) out_ << "; " << failed << " failed";
  if (wrong > 0) out_ << "; " << wrong << " WRONG";
  out_ << "\n";
  for (const TableRow& row : rows) {
    const Outcome outcome = row.measurement->outcome;
    if (outcome != Outcome::kWrong && outcome != Outcome::kFailed) continue;
    out_ << verdict(outcome) << " " << row.layer->name << "; to reproduce: conv-bench "
         << to_driver_line(row.layer->problem) << "\n";
  }
  for (const TableRow& row : rows) {
    if (row.measurement->profile.empty()) continue;
    out_ << "\nprofile of " << layer_cell(*row.layer) << ", modelled\n\n"
         << row.measurement->profile;
  }
  out_ << std::flush;
}

}  // namespace rdna1conv::bench

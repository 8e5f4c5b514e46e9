#include "bench/calibration/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <vector>

#include "bench/calibration/groups.h"

namespace rdna1conv::calibration {
namespace {

std::string formatted(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

// Four digits or so, whatever the unit.
std::string number(double value) {
  return formatted(std::abs(value) >= 1000  ? "%.0f"
                   : std::abs(value) >= 100 ? "%.1f"
                                            : "%.2f",
                   value);
}

struct Line {
  const Measurement* row;
  double measured;
  std::optional<double> modelled;
  std::string as_run;
  std::optional<RelativeRange> range = {};

  double relative_error() const { return (*modelled / measured - 1) * 100; }
  double points() const { return *modelled - measured; }
  double error(Judgement judgement) const {
    return judgement == Judgement::kEachInPoints ? points() : relative_error();
  }
};

struct Reference {
  double measured = 0;
  double modelled = 0;
};

Reference find_reference(std::span<const Comparison> comparisons, const std::string& name) {
  const auto found = std::find_if(comparisons.begin(), comparisons.end(),
                                  [&](const Comparison& each) { return each.row->group == name; });
  if (found == comparisons.end()) return {};
  return {found->row->value, found->outcome ? found->outcome->value : 0};
}

std::vector<Line> lines_of(std::span<const Comparison> comparisons, const Group& group) {
  const Reference reference = find_reference(comparisons, group.reference);
  const Reference measured = find_reference(comparisons, group.measured_reference);
  const bool relative = group.reference[0] != '\0';
  std::vector<Line> lines;
  for (const Comparison& each : comparisons) {
    if (each.row->group != group.name) continue;
    Line line{each.row, each.row->value, std::nullopt, {}, {}};
    if (group.measured_reference[0] != '\0') line.measured *= 100 / measured.measured;
    if (each.outcome) {
      line.as_run = each.outcome->as_run;
      line.range = each.outcome->range;
      if (!relative) {
        line.modelled = each.outcome->value;
      } else if (reference.modelled > 0) {
        line.modelled = each.outcome->value / reference.modelled * 100;
      }
    }
    lines.push_back(line);
  }
  return lines;
}

// The keys that tell rows of a group apart; the rest is in the table of measurements.
std::string short_name(const Measurement& row) {
  std::string text;
  for (const char* key : {"type", "iters", "path", "order", "dwords", "offset", "trans", "M", "N",
                          "K", "batch", "MT", "TT", "WG", "WGs", "kB", "stride"}) {
    const auto found = row.keys.find(key);
    if (found == row.keys.end()) continue;
    if (std::string(key) == "batch" && found->second == "1") continue;
    if (std::string(key) == "offset" && found->second == "0") continue;
    if (!text.empty()) text += ' ';
    if (std::isupper(static_cast<unsigned char>(key[0])) || std::string(key) == "iters" ||
        std::string(key) == "batch" || std::string(key) == "offset" ||
        std::string(key) == "stride") {
      text += std::string(key) + "=";
    }
    text += found->second;
    if (std::string(key) == "dwords") text += " dw";
    if (std::string(key) == "kB") text += " kB";
  }
  return text;
}

void print_cells(std::ostream& out, const std::vector<std::string>& cells,
                 const std::vector<int>& widths, Format format) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (format == Format::kMarkdown) {
      out << "| " << cells[i] << ' ';
      continue;
    }
    const auto width = static_cast<std::size_t>(std::abs(widths[i]));
    const std::string space(width > cells[i].size() ? width - cells[i].size() : 0, ' ');
    const bool last = i + 1 == cells.size();
    out << (i > 0 ? "  " : "") << (widths[i] > 0 ? space : "") << cells[i]
        << (widths[i] < 0 && !last ? space : "");
  }
  out << (format == Format::kMarkdown ? "|\n" : "\n");
}

void print_group(std::ostream& out, const Group& group, const std::vector<Line>& lines,
                 Format format) {
  static const std::vector<int> widths = {-64, 9, 9, 8, 8, -8, -30};
  if (format == Format::kMarkdown) {
    out << "\n### " << group.title << " (" << group.unit << ")\n\n";
  } else {
    out << '\n' << group.title << ", " << group.unit << '\n';
  }
  print_cells(out, {"experiment", "measured", "model", "error %", "points", "use", "run as"},
              widths, format);
  if (format == Format::kMarkdown) out << "|---|--:|--:|--:|--:|---|---|\n";
  const bool percent = group.unit[0] == '%';
  for (const Line& line : lines) {
    std::vector<std::string> cells = {short_name(*line.row),
                                      number(line.measured),
                                      "-",
                                      "",
                                      "",
                                      name_of(line.row->use),
                                      line.as_run};
    if (line.modelled) {
      cells[2] = number(*line.modelled);
      cells[3] = formatted("%+.1f", line.relative_error());
      if (percent) cells[4] = formatted("%+.1f", line.points());
    } else {
      cells[6] = "no kernel of ours does this";
    }
    print_cells(out, cells, widths, format);
  }
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// A criterion's rows that are evidence and were run.
struct Verdict {
  std::size_t rows = 0;
  std::size_t within = 0;
  double median = 0;
  double mean = 0;
  double bias = 0;
  double largest = 0;
  bool met = false;
};

Verdict judge(const Criterion& criterion, const std::vector<Line>& lines) {
  std::vector<double> sizes;
  Verdict found;
  for (const Line& line : lines) {
    if (line.row->use != Use::kEvidence || !line.modelled || !criterion.counts(*line.row)) continue;
    const double error = line.error(criterion.judgement);
    sizes.push_back(std::abs(error));
    found.within += std::abs(error) <= criterion.limit;
    found.mean += std::abs(error);
    found.bias += error;
    found.largest = std::max(found.largest, std::abs(error));
  }
  found.rows = sizes.size();
  if (found.rows == 0) return found;
  found.mean /= static_cast<double>(found.rows);
  found.bias /= static_cast<double>(found.rows);
  found.median = median(sizes);
  switch (criterion.judgement) {
    case Judgement::kEach:
    case Judgement::kEachInPoints:
      found.met = found.within == found.rows;
      break;
    case Judgement::kMedian:
      found.met = found.median <= criterion.limit;
      break;
    case Judgement::kBias:
      found.met = std::abs(found.bias) <= criterion.limit;
      break;
  }
  return found;
}

std::vector<Line> lines_of(std::span<const Comparison> comparisons, const Criterion& criterion) {
  const auto table = groups();
  const auto group = std::find_if(table.begin(), table.end(), [&](const Group& each) {
    return std::string(each.name) == criterion.group;
  });
  return lines_of(comparisons, *group);
}

void print_criterion(std::ostream& out, const Criterion& criterion, const Verdict& found,
                     const std::vector<int>& widths, Format format) {
  const char* unit = criterion.judgement == Judgement::kEachInPoints ? " points" : " %";
  print_cells(out,
              {criterion.title, formatted("%.0f", criterion.limit) + unit,
               std::to_string(found.within) + " of " + std::to_string(found.rows),
               formatted("%.1f", found.median), formatted("%.1f", found.mean),
               formatted("%+.1f", found.bias), formatted("%.1f", found.largest),
               found.met ? "met" : "NOT MET"},
              widths, format);
}

}  // namespace

void print_rows(std::ostream& out, std::span<const Comparison> comparisons, Format format) {
  for (const Group& group : groups()) {
    const std::vector<Line> lines = lines_of(comparisons, group);
    if (!lines.empty()) print_group(out, group, lines, format);
  }
}

bool print_summary(std::ostream& out, std::span<const Comparison> comparisons, Format format) {
  static const std::vector<int> widths = {-34, 9, 12, 8, 8, 8, 8, -8};
  if (format == Format::kText) out << "\nsummary: rows that are evidence\n";
  print_cells(
      out, {"rows that are evidence", "limit", "within", "median", "mean", "bias", "largest", ""},
      widths, format);
  if (format == Format::kMarkdown) out << "|---|--:|--:|--:|--:|--:|--:|---|\n";
  bool met = true;
  for (const Criterion& criterion : criteria()) {
    const std::vector<Line> lines = lines_of(comparisons, criterion);
    if (lines.empty()) continue;
    const Verdict found = judge(criterion, lines);
    print_criterion(out, criterion, found, widths, format);
    met &= found.met;
  }
  return met;
}

Counts count_met(std::span<const Comparison> comparisons) {
  Counts counts;
  for (const Criterion& criterion : criteria()) {
    const std::vector<Line> lines = lines_of(comparisons, criterion);
    if (lines.empty()) continue;
    const Verdict found = judge(criterion, lines);
    counts.rows += found.rows;
    counts.within += found.within;
    ++counts.limits;
    counts.met += found.met;
  }
  return counts;
}

void print_ranges(std::ostream& out, std::span<const Comparison> comparisons) {
  std::size_t all_rows = 0, all_inside = 0;
  const auto print = [&](const char* title, std::size_t inside, std::size_t rows) {
    out << title << ": " << inside << " of " << rows << " measurements ("
        << formatted("%.0f", 100.0 * static_cast<double>(inside) / static_cast<double>(rows))
        << " %) within the range of the modelled time\n";
  };
  out << '\n';
  for (const Group& group : groups()) {
    std::size_t rows = 0, inside = 0;
    for (const Line& line : lines_of(comparisons, group)) {
      if (line.row->use != Use::kEvidence || !line.modelled || !line.range) continue;
      ++rows;
      // Of rates: what takes longer is less.
      const bool is_time = std::string(group.unit) == "us";
      const double longest = 1 + line.range->up, shortest = 1 - line.range->down;
      const double slow = is_time ? line.measured : *line.modelled;
      const double fast = is_time ? *line.modelled : line.measured;
      inside += slow <= fast * longest && slow >= fast * shortest;
    }
    if (rows == 0) continue;
    print(group.title, inside, rows);
    all_rows += rows;
    all_inside += inside;
  }
  if (all_rows > 0) print("all", all_inside, all_rows);
}

}  // namespace rdna1conv::calibration

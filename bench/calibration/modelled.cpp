#include "bench/calibration/modelled.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace rdna1conv::calibration {
namespace {

constexpr double kTolerance = 1e-4;  // relative: the table has five digits and more

// FNV-1a.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

std::string name_of(const Measurement& row) { return row.group + '\t' + row.parameters; }

void write_modelled(const std::filesystem::path& file, std::span<const Comparison> comparisons) {
  std::ofstream stream(file);
  stream << "# What the clock model gives for each row of measurements.tsv. Written by\n"
            "# ./run calibrate --modelled bench/calibration/modelled.tsv\n"
            "group\tparameters\tmodelled\n";
  for (const Comparison& each : comparisons) {
    if (!each.outcome) continue;
    char value[32];
    std::snprintf(value, sizeof(value), "%.6g", each.outcome->value);
    stream << name_of(*each.row) << '\t' << value << '\n';
  }
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

ModelledValues read_modelled(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  ModelledValues values;
  bool head = true;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (head) {
      head = false;
      continue;
    }
    const auto last = line.rfind('\t');
    if (last == std::string::npos || line.find('\t') == last) {
      throw std::runtime_error(file.string() + ": '" + line + "' has not three columns");
    }
    values[line.substr(0, last)] = std::stod(line.substr(last + 1));
  }
  return values;
}

bool same_as_modelled(std::ostream& out, const ModelledValues& known,
                      std::span<const Comparison> comparisons) {
  std::size_t different = 0;
  for (const Comparison& each : comparisons) {
    const auto found = known.find(name_of(*each.row));
    if (!each.outcome && found == known.end()) continue;
    if (each.outcome && found != known.end() &&
        std::abs(each.outcome->value / found->second - 1) <= kTolerance) {
      continue;
    }
    ++different;
    out << name_of(*each.row) << ": ";
    if (found == known.end()) {
      out << "is not in the table, now " << each.outcome->value << '\n';
    } else if (!each.outcome) {
      out << found->second << " in the table, now nothing runs it\n";
    } else {
      out << found->second << " in the table, now " << each.outcome->value << '\n';
    }
  }
  if (different > 0) {
    out << different << " of " << comparisons.size()
        << " rows are modelled differently. Meant? ./run calibrate --modelled "
           "bench/calibration/modelled.tsv --document docs/clock-model.md, and say why\n";
  }
  return different == 0;
}

std::vector<Measurement> sample_of(std::vector<Measurement> rows, std::size_t count) {
  const std::uint64_t every =
      std::max<std::uint64_t>(rows.size() / std::max<std::size_t>(count, 1), 1);
  std::erase_if(rows, [&](const Measurement& row) { return hash_of(name_of(row)) % every != 0; });
  return rows;
}

}  // namespace rdna1conv::calibration

// What the model gave for each row, kept in the project, so that a change of the clock shows as a
// difference of a table.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/calibration/report.h"

namespace rdna1conv::calibration {

// By group and parameters.
using ModelledValues = std::map<std::string, double>;

std::string name_of(const Measurement& row);

// Tab-separated: group, parameters, value in the unit that the group's experiment gives
// (groups.cpp; GFLOP/s of rows that are compared as percent). Throws std::runtime_error.
void write_modelled(const std::filesystem::path& file, std::span<const Comparison> comparisons);
ModelledValues read_modelled(const std::filesystem::path& file);

// Whether what was modelled is what `known` says, to the table's digits; prints what is not.
bool same_as_modelled(std::ostream& out, const ModelledValues& known,
                      std::span<const Comparison> comparisons);

// About `count` of the rows, by a hash of their names: the same ones each time, of all groups.
std::vector<Measurement> sample_of(std::vector<Measurement> rows, std::size_t count);

}  // namespace rdna1conv::calibration

#include "operators/lines.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "core/element_types.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

// Every n-th line is a sample.
constexpr std::size_t kSampleStep = 7;

std::vector<std::string> in_every_type(const std::string& line) {
  const std::size_t end = line.find(' ');
  const std::string word = line.substr(0, end);
  std::vector<std::string> lines;
  for (const ElementTypes& row : float_types())
    lines.push_back(driver_word(word, row.in) + line.substr(end));
  return lines;
}

}  // namespace

std::vector<std::string> operator_lines() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(OPERATOR_SHAPES))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> lines;
  for (const auto& file : files) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
      if (split_at_blanks(line).empty()) continue;
      const std::vector<std::string> typed = in_every_type(line);
      lines.insert(lines.end(), typed.begin(), typed.end());
    }
  }
  if (lines.empty()) throw std::runtime_error("no lines in " OPERATOR_SHAPES);
  return lines;
}

std::vector<std::string> sample_lines() {
  const std::vector<std::string> all = operator_lines();
  std::vector<std::string> samples;
  for (std::size_t i = 0; i < all.size(); i += kSampleStep) samples.push_back(all[i]);
  return samples;
}

}  // namespace rdna1conv

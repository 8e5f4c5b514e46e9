#include "operators/lines.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "core/element_types.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

// Every n-th line is a sample.
constexpr std::size_t kSampleStep = 7;
constexpr int kDraws = 3;  // of each line with numbers to draw
constexpr unsigned kSeed = 1;

std::string in_type(const std::string& line, DataType type) {
  const std::size_t end = line.find(' ');
  return driver_word(line.substr(0, end), type) + line.substr(end);
}

std::vector<std::string> lines_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (!split_at_blanks(line).empty()) lines.push_back(line);
  }
  return lines;
}

// The lines of all files, as they stand.
std::vector<std::string> written_lines() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(OPERATOR_SHAPES))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> lines;
  for (const auto& file : files) {
    const std::vector<std::string> of_file = lines_of_file(file);
    lines.insert(lines.end(), of_file.begin(), of_file.end());
  }
  if (lines.empty()) throw std::runtime_error("no lines in " OPERATOR_SHAPES);
  return lines;
}

// One of "2-9", or of "a|b|".
std::string drawn(const std::string& choices, std::mt19937& numbers) {
  const std::size_t dash = choices.find('-');
  if (choices.find('|') == std::string::npos) {
    const int least = std::stoi(choices), most = std::stoi(choices.substr(dash + 1));
    return std::to_string(least + static_cast<int>(numbers() % unsigned(most - least + 1)));
  }
  auto left = numbers() % (std::count(choices.begin(), choices.end(), '|') + 1);
  std::size_t first = 0;
  for (; left > 0; --left) first = choices.find('|', first) + 1;
  return choices.substr(first, choices.find('|', first) - first);
}

std::vector<std::string> random_lines() {
  std::mt19937 numbers(kSeed);
  std::vector<std::string> lines;
  for (const std::string& pattern : lines_of_file(OPERATOR_RANDOM_LINES)) {
    for (int i = 0; i < kDraws; ++i) {
      std::string line;
      std::size_t at = 0;
      for (std::size_t open; (open = pattern.find('{', at)) != std::string::npos;) {
        const std::size_t close = pattern.find('}', open);
        line += pattern.substr(at, open - at);
        line += drawn(pattern.substr(open + 1, close - open - 1), numbers);
        at = close + 1;
      }
      lines.push_back(line + pattern.substr(at));
    }
  }
  return lines;
}

}  // namespace

std::vector<std::string> operator_lines() {
  std::vector<std::string> lines;
  for (const std::string& line : written_lines()) {
    for (const ElementTypes& row : float_types()) lines.push_back(in_type(line, row.in));
  }
  std::size_t type = 0;
  for (const std::string& line : random_lines())
    lines.push_back(in_type(line, float_types()[type++ % float_types().size()].in));
  return lines;
}

std::vector<std::string> operator_lines(DataType type) {
  std::vector<std::string> lines = written_lines();
  const std::vector<std::string> random = random_lines();
  lines.insert(lines.end(), random.begin(), random.end());
  for (std::string& line : lines) line = in_type(line, type);
  return lines;
}

std::vector<std::string> sample_lines() {
  const std::vector<std::string> all = operator_lines();
  std::vector<std::string> samples;
  for (std::size_t i = 0; i < all.size(); i += kSampleStep) samples.push_back(all[i]);
  return samples;
}

}  // namespace rdna1conv

#include "bench/calibration/measurement.h"

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace rdna1conv::calibration {
namespace {

constexpr std::array<const char*, 7> kColumns = {"group", "parameters", "value", "unit",
                                                 "use",   "device",     "source"};
struct UseName {
  Use use;
  const char* name;
};
constexpr std::array kUseNames = {UseName{Use::kEvidence, "evidence"}, UseName{Use::kFit, "fit"},
                                  UseName{Use::kNoise, "noise"}, UseName{Use::kProxy, "proxy"}};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

double parse_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error("'" + text + "' is not a number");
  }
  return value;
}

Use parse_use(const std::string& text) {
  for (const UseName& each : kUseNames) {
    if (text == each.name) return each.use;
  }
  throw std::runtime_error("'" + text + "' is none of evidence, fit, noise, proxy");
}

Measurement parse(const std::string& line) {
  const std::vector<std::string> cells = split(line, '\t');
  if (cells.size() != kColumns.size()) {
    throw std::runtime_error("it has " + std::to_string(cells.size()) + " columns, not " +
                             std::to_string(kColumns.size()));
  }
  Measurement row{
      cells[0], cells[1], parse_number(cells[2]), cells[3], parse_use(cells[4]), cells[5],
      cells[6], {}};
  for (const std::string& pair : split(row.parameters, ';')) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) throw std::runtime_error("'" + pair + "' is not key=value");
    row.keys[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return row;
}

}  // namespace

const std::string& Measurement::text(const std::string& key) const {
  const auto found = keys.find(key);
  if (found == keys.end()) {
    throw std::runtime_error("measurement '" + group + " " + parameters + "' has no " + key);
  }
  return found->second;
}

int Measurement::number(const std::string& key) const {
  return static_cast<int>(parse_number(text(key)));
}

std::vector<Measurement> read_measurements(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::vector<Measurement> rows;
  bool head = true;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    try {
      if (head) {
        const std::vector<std::string> names = split(line, '\t');
        if (!std::equal(names.begin(), names.end(), kColumns.begin(), kColumns.end())) {
          throw std::runtime_error("its first row does not name the columns");
        }
        head = false;
        continue;
      }
      rows.push_back(parse(line));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(file.string() + ", line " + std::to_string(number) + ": " +
                               error.what());
    }
  }
  return rows;
}

std::string name_of(Use use) {
  for (const UseName& each : kUseNames) {
    if (use == each.use) return each.name;
  }
  return "?";
}

}  // namespace rdna1conv::calibration

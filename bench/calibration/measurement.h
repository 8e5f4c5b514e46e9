// The table of measurements that the calibration compares with.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rdna1conv::calibration {

enum class Use {
  kEvidence,  // counts
  kFit,       // a constant of the clock model was chosen with it, so it proves nothing
  kNoise,     // a dip of a single point that its neighbours contradict
  kProxy,     // of another generation: shown, never fitted to
};

struct Measurement {
  std::string group;
  std::string parameters;  // key=value;...
  double value = 0;
  std::string unit;
  Use use = Use::kEvidence;
  std::string device;
  std::string source;
  std::map<std::string, std::string> keys;  // `parameters`, taken apart

  // The value of a key that must be there; throws std::runtime_error naming row and key.
  const std::string& text(const std::string& key) const;
  int number(const std::string& key) const;
};

// Reads a table of tab-separated columns under the names group, parameters, value, unit, use,
// device, source; lines starting with # are comments. Throws std::runtime_error naming file and
// line.
std::vector<Measurement> read_measurements(const std::filesystem::path& file);

std::string name_of(Use use);

}  // namespace rdna1conv::calibration

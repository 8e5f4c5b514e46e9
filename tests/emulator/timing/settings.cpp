#include "timing/settings.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "observers/checks.h"
#include "timing/cache.h"

namespace emulator::timing {
namespace {

constexpr const char* kClockVariable = "RDNA1CONV_EMULATOR_CLOCK";
constexpr const char* kProfileVariable = "RDNA1CONV_EMULATOR_PROFILE";

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument(std::string(kClockVariable) + ": " + why);
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<Preset> preset(const std::string& name) {
  for (const Preset& each : presets()) {
    if (each.name == name) return each;
  }
  return std::nullopt;
}

bool is_count(std::string_view name) {
  return name == "workgroup_processors" || name == "shader_arrays" || name.ends_with("_ways") ||
         name == "l2_slices" || name == "lds_banks";
}

void set_constant(Constants& constants, const std::string& name, const std::string& text) {
  const ConstantRow* row = find_constant(name);
  if (row == nullptr) refuse("there is no constant " + name);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value) || value < 0) {
    refuse("the value of " + name + " is not a number of zero or more: '" + text + "'");
  }
  constexpr double kMost = 1e12;
  const bool may_be_zero = row->low == 0 || row->unit == "us" || row->unit == "clk";
  if ((value == 0 && !may_be_zero) || value > kMost) {
    refuse("the value of " + name + " is out of range: " + text);
  }
  if (is_count(name) && (value != std::floor(value) || value > 1024)) {
    refuse("the value of " + name + " must be a whole number up to 1024: " + text);
  }
  constants.*row->member = value;
}

void apply_item(Clock& clock, const std::string& item) {
  const std::string text = trimmed(item.substr(0, item.find('#')));
  if (text.empty()) return;
  const auto equals = text.find('=');
  if (equals == std::string::npos) {
    const auto base = preset(text);
    if (!base) refuse("neither a preset nor 'name = value': '" + text + "'");
    clock.constants = base->constants();
    clock.board = *base;
    return;
  }
  set_constant(clock.constants, trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)));
}

std::string content_of(const std::string& name) {
  constexpr std::uintmax_t kMostBytes = 1 << 20;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(name, error);
  if (!std::filesystem::exists(status)) {
    std::string names;
    for (const Preset& each : presets()) names += std::string(each.name) + ", ";
    refuse("'" + name + "' is neither " + names + "off, 'name=value' nor a file");
  }
  // Devices and pipes may never end.
  if (!std::filesystem::is_regular_file(status)) refuse("'" + name + "' is not a regular file");
  if (std::filesystem::file_size(name, error) > kMostBytes) {
    refuse("the file '" + name + "' is over 1 MB");
  }
  std::ifstream file(name);
  if (!file) refuse("the file '" + name + "' cannot be read");
  // Some files that say they are regular have no size (/proc).
  std::string text(kMostBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// Caches must have room for a line of each way.
void check(const Constants& c) {
  struct Cache {
    const char* name;
    double bytes;
    double ways;
    unsigned line;
  };
  constexpr unsigned kVectorLine = 128;
  constexpr unsigned kScalarLine = 64;
  const Cache caches[] = {
      {"l0", c.l0_bytes, c.l0_ways, kVectorLine},
      {"l1", c.l1_bytes, c.l1_ways, kVectorLine},
      {"l2", c.l2_bytes, c.l2_ways * c.l2_slices, kVectorLine},
      {"scalar_cache", c.scalar_cache_bytes, c.scalar_cache_ways, kScalarLine},
      {"instruction_cache", c.instruction_cache_bytes, c.instruction_cache_ways, kScalarLine}};
  constexpr double kMostBytes = 1u << 30;
  for (const Cache& cache : caches) {
    if (cache.ways > TagCache::kMaxWays) refuse(std::string(cache.name) + "_ways is over 4096");
    if (cache.bytes < cache.ways * cache.line || cache.bytes > kMostBytes) {
      refuse(std::string(cache.name) + "_bytes must lie between a line per way and 1 GB");
    }
  }
  if (c.l2_interleave_bytes < kVectorLine) refuse("l2_interleave_bytes is under a line of 128");
  if (c.lds_banks > 64) refuse("lds_banks is over 64");
}

}  // namespace

std::optional<Clock> parse_clock(const std::string& setting) {
  const std::string name = trimmed(setting);
  if (name == "off") return std::nullopt;
  if (const auto base = preset(name)) return Clock{name, base->constants(), *base};
  Clock clock{name, rx5700xt(), presets().front()};
  std::string text = name;
  char separator = ',';
  if (name.find('=') == std::string::npos) {
    text = content_of(name);
    separator = '\n';
  }
  std::istringstream items(text);
  for (std::string item; std::getline(items, item, separator);) apply_item(clock, item);
  check(clock.constants);
  return clock;
}

namespace {

std::optional<Clock> clock_of_environment() {
  const char* text = std::getenv(kClockVariable);
  try {
    return parse_clock(text != nullptr && *text != '\0' ? text : "rx5700xt");
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "software RX 5700 XT: %s\n", error.what());
    std::_Exit(EXIT_FAILURE);
  }
}

const std::optional<Clock>& set_clock() {
  // Never destroyed, as the folder below: queue threads outlive main.
  static const auto& clock = *new std::optional<Clock>(clock_of_environment());
  return clock;
}

std::atomic<bool>& modelled_only() {
  static std::atomic<bool> modelled_only = [] {
    const char* text = std::getenv("RDNA1CONV_EMULATOR_EXECUTE");
    return text != nullptr && std::string_view(text) == "modelled";
  }();
  return modelled_only;
}

}  // namespace

const std::optional<Clock>& device_clock() {
  static const auto& none = *new std::optional<Clock>;
  return watches_execution(enabled_checks()) ? none : set_clock();
}

unsigned device_workgroup_processors() {
  const Constants constants = set_clock() ? set_clock()->constants : rx5700xt();
  return static_cast<unsigned>(constants.workgroup_processors);
}

const Preset& device_board() { return set_clock() ? set_clock()->board : presets().front(); }

bool executes_modelled_only() { return modelled_only(); }

void execute_modelled_only(bool on) { modelled_only() = on; }

const std::string& profile_folder() {
  static const std::string& folder = *[] {
    const char* text = std::getenv(kProfileVariable);
    return new std::string(text != nullptr ? text : "");
  }();
  return folder;
}

}  // namespace emulator::timing

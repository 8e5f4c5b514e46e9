#include "device/posed_card.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOverride = "HSA_OVERRIDE_GFX_VERSION";
constexpr const char* kTopologyVariable = "RDNA1CONV_KFD_TOPOLOGY";
constexpr const char* kTopology = "/sys/class/kfd/kfd/topology/nodes";

// The value of a line "name value", 0 if there is none.
long property(const fs::path& file, std::string_view name) {
  std::ifstream stream(file);
  std::string key;
  for (long value = 0; stream >> key >> value;) {
    if (key == name) return value;
  }
  return 0;
}

// Major, minor and stepping as 100100, the last two in hexadecimal in the name.
std::string architecture_of(long version) {
  constexpr long kMajor = 10000, kMinor = 100;
  constexpr char kDigits[] = "0123456789abcdef";
  return "gfx" + std::to_string(version / kMajor) + kDigits[version / kMinor % kMinor % 16] +
         kDigits[version % kMinor % 16];
}

}  // namespace

bool architecture_is_overridden() {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (std::string_view(*variable).starts_with(kOverride)) return true;
  }
  return false;
}

fs::path driver_topology() {
  const char* const named = std::getenv(kTopologyVariable);
  return named != nullptr && *named != '\0' ? named : kTopology;
}

std::string architecture_by_driver(const fs::path& topology, PciAddress address) {
  std::error_code error;
  for (const fs::directory_entry& node : fs::directory_iterator(topology, error)) {
    const fs::path properties = node.path() / "properties";
    const long version = property(properties, "gfx_target_version");
    const long location = property(properties, "location_id");  // bus, device, function
    if (version == 0 || property(properties, "domain") != address.domain ||
        location >> 8 != address.bus || (location >> 3 & 0x1f) != address.device) {
      continue;
    }
    return architecture_of(version);
  }
  return {};
}

}  // namespace rdna1conv

#include "hsa/pose.h"

#include <cstdio>
#include <cstdlib>

namespace emulator::hsa {
namespace {

constexpr const char* kVariable = "HSA_OVERRIDE_GFX_VERSION";
constexpr const char* kSilicon = "gfx1010";

// Major in decimal, minor and stepping as hexadecimal digits: "10.3.0" is gfx1030.
std::string name_of(const char* version) {
  unsigned major = 0, minor = 0, stepping = 0;
  char more = 0;
  if (std::sscanf(version, "%u.%u.%u%c", &major, &minor, &stepping, &more) != 3 || major > 63 ||
      minor > 15 || stepping > 15) {
    std::fprintf(stderr, "software RX 5700 XT: %s=%s is not MAJOR.MINOR.STEPPING\n", kVariable,
                 version);
    std::exit(1);
  }
  char name[16];
  std::snprintf(name, sizeof name, "gfx%u%x%x", major, minor, stepping);
  return name;
}

}  // namespace

const ShownArchitecture& shown_architecture() {
  static const ShownArchitecture& shown = *[] {
    const char* const version = std::getenv(kVariable);
    const std::string name = version != nullptr ? name_of(version) : kSilicon;
    // Of what it may pose as, RDNA1 alone has XNACK, which these cards run without.
    const bool has_xnack = name.starts_with("gfx101");
    return new ShownArchitecture{name, "amdgcn-amd-amdhsa--" + name + (has_xnack ? ":xnack-" : ""),
                                 has_xnack};
  }();
  return shown;
}

}  // namespace emulator::hsa

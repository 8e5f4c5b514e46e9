#include "installation.h"

#include <array>
#include <stdexcept>

namespace rdna1conv::tool {
namespace {

namespace fs = std::filesystem;

// A part's places relative to the folder of the program: installed, and in the build tree.
struct Part {
  const char* name;
  fs::path Installation::*field;
  std::array<const char*, 2> places;
  bool is_optional;
};
constexpr Part kParts[] = {
    {"libMIOpen.so.1",
     &Installation::miopen,
     {RDNA1CONV_LIBDIR_FROM_BINDIR "/rdna1conv/libMIOpen.so.1", "../../libMIOpen/libMIOpen.so.1"},
     false},
    {"librdna1conv-redirect.so",
     &Installation::redirect,
     {RDNA1CONV_LIBDIR_FROM_BINDIR "/rdna1conv/librdna1conv-redirect.so",
      "librdna1conv-redirect.so"},
     false},
    {"rdna1conv-probe",
     &Installation::probe,
     {RDNA1CONV_LIBDIR_FROM_BINDIR "/rdna1conv/rdna1conv-probe", "rdna1conv-probe"},
     false},
    {"the software RX 5700 XT",
     &Installation::software_card,
     {RDNA1CONV_LIBDIR_FROM_BINDIR "/rdna1conv/software-rx5700xt", "../../software-rx5700xt"},
     true},
};

}  // namespace

Installation find_installation(const fs::path& program) {
  const fs::path folder = fs::canonical(program).parent_path();
  Installation found;
  for (const Part& part : kParts) {
    fs::path& path = found.*part.field;
    for (const char* const place : part.places) {
      if (path.empty() && fs::exists(folder / place)) path = fs::canonical(folder / place);
    }
    if (path.empty() && !part.is_optional) {
      throw std::runtime_error(std::string(part.name) + " is neither at " +
                               (folder / part.places[0]).lexically_normal().string() + " nor at " +
                               (folder / part.places[1]).lexically_normal().string());
    }
  }
  return found;
}

Installation find_installation() { return find_installation("/proc/self/exe"); }

}  // namespace rdna1conv::tool

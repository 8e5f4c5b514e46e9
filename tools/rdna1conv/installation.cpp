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

// The levels that the software card may have a library for, the highest first, and what of the
// processor tells them.
struct Level {
  const char* folder;
  bool (*is_here)();
};
constexpr Level kLevels[] = {
    {"glibc-hwcaps/x86-64-v4",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
     }},
    {"glibc-hwcaps/x86-64-v3",
     [] {
       return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
              __builtin_cpu_supports("fma");
     }},
};

}  // namespace

fs::path software_card_library(const fs::path& folder) {
  constexpr const char* kLibrary = "libhsa-runtime64.so.1";
  for (const Level& level : kLevels) {
    const fs::path library = folder / level.folder / kLibrary;
    if (level.is_here() && fs::exists(library)) return library;
  }
  return folder / kLibrary;
}

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

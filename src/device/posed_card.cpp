#include "device/posed_card.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/error.h"

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOverride = "HSA_OVERRIDE_GFX_VERSION";
constexpr const char* kTopologyVariable = "RDNA1CONV_KFD_TOPOLOGY";
constexpr const char* kTopology = "/sys/class/kfd/kfd/topology/nodes";

// LLVM's AMDGPU usage guide, "Header": the low byte of the flags. None of these has XNACK, so that
// the bits about it are 0.
struct Machine {
  std::string_view name;
  std::uint32_t flags;
};
constexpr Machine kPoses[] = {
    {"gfx1030", 0x36}, {"gfx1031", 0x37}, {"gfx1032", 0x38}, {"gfx1033", 0x39},
    {"gfx1034", 0x3e}, {"gfx1035", 0x3d}, {"gfx1036", 0x45},
};

const Machine* find_pose(std::string_view architecture) {
  const auto* const found = std::ranges::find(kPoses, architecture, &Machine::name);
  return found == std::end(kPoses) ? nullptr : found;
}

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

std::uint64_t read_u64(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t value = 0;
  if (at > bytes.size() || bytes.size() - at < sizeof value) {
    throw Error(Status::kInternalError, "a fat binary of the library ends too early");
  }
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// clang's documentation, "Clang Offload Bundler": a magic text, the number of entries, and of each
// its offset, its size and the length and text of its target.
std::span<const std::byte> entry_for(std::span<const std::byte> fat_binary,
                                     std::string_view architecture) {
  constexpr std::string_view kMagic = "__CLANG_OFFLOAD_BUNDLE__";
  if (fat_binary.size() < kMagic.size() ||
      std::memcmp(fat_binary.data(), kMagic.data(), kMagic.size()) != 0) {
    throw Error(Status::kInternalError, "a fat binary of the library is not in clang's format");
  }
  const std::string ending = "--" + std::string(architecture);
  std::size_t at = kMagic.size();
  const std::uint64_t entries = read_u64(fat_binary, at);
  at += sizeof(std::uint64_t);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t offset = read_u64(fat_binary, at), size = read_u64(fat_binary, at + 8),
                        length = read_u64(fat_binary, at + 16);
    at += 3 * sizeof(std::uint64_t);
    if (length > fat_binary.size() - at || offset > fat_binary.size() ||
        size > fat_binary.size() - offset) {
      throw Error(Status::kInternalError, "a fat binary of the library ends too early");
    }
    const std::string_view target(reinterpret_cast<const char*>(fat_binary.data() + at), length);
    at += length;
    if (target.substr(0, target.find(':')).ends_with(ending)) {
      return fat_binary.subspan(offset, size);
    }
  }
  return {};
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

bool can_pose_as(std::string_view architecture) { return find_pose(architecture) != nullptr; }

std::vector<std::byte> code_object_posing_as(std::span<const std::byte> fat_binary,
                                             std::string_view real, std::string_view posed) {
  const Machine* const pose = find_pose(posed);
  if (pose == nullptr) {
    throw Error(Status::kInternalError, "no code can pose as " + std::string(posed));
  }
  const std::span<const std::byte> entry = entry_for(fat_binary, real);
  std::vector<std::byte> code(entry.begin(), entry.end());
  if (code.empty()) return code;
  Elf64_Ehdr header;
  if (code.size() < sizeof header || std::memcmp(code.data(), ELFMAG, SELFMAG) != 0) {
    throw Error(Status::kInternalError, "a code object of the library is no ELF file");
  }
  std::memcpy(&header, code.data(), sizeof header);
  header.e_flags = pose->flags;
  std::memcpy(code.data(), &header, sizeof header);
  // The metadata name the target, too. All these names have the same length.
  const std::string before = "amdgcn-amd-amdhsa--" + std::string(real);
  std::string_view text(reinterpret_cast<const char*>(code.data()), code.size());
  for (std::size_t at = 0; (at = text.find(before, at)) != std::string_view::npos;
       at += before.size()) {
    std::memcpy(code.data() + at + before.size() - posed.size(), posed.data(), posed.size());
  }
  return code;
}

}  // namespace rdna1conv

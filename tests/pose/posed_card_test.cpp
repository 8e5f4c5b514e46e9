// What the kernel driver says, and code objects with another header: no device.
#include "device/posed_card.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "core/error.h"
#include "device/code_objects.h"

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

class Topology {
 public:
  Topology() {
    std::string name = (fs::temp_directory_path() / "rdna1conv_topology_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = name;
  }
  ~Topology() { fs::remove_all(folder_); }
  Topology(const Topology&) = delete;
  Topology& operator=(const Topology&) = delete;

  void add(int node, const std::string& properties) {
    fs::create_directories(folder_ / std::to_string(node));
    std::ofstream(folder_ / std::to_string(node) / "properties") << properties;
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

TEST(DriverTopology, TellsCardsApartByTheirPlace) {
  Topology topology;
  topology.add(0, "cpu_cores_count 8\nsimd_count 0\ngfx_target_version 0\nlocation_id 0\n");
  topology.add(1, "simd_count 80\ngfx_target_version 100100\nlocation_id 768\ndomain 0\n");
  topology.add(2, "simd_count 160\ngfx_target_version 100300\nlocation_id 1280\ndomain 0\n");
  topology.add(3, "simd_count 48\ngfx_target_version 100102\nlocation_id 776\ndomain 1\n");
  const auto at = [&](PciAddress address) {
    return architecture_by_driver(topology.folder(), address);
  };
  EXPECT_EQ(at({0, 3, 0}), "gfx1010");
  EXPECT_EQ(at({0, 5, 0}), "gfx1030");
  EXPECT_EQ(at({1, 3, 1}), "gfx1012");
  EXPECT_EQ(at({0, 3, 1}), "") << "another slot";
  EXPECT_EQ(at({1, 3, 0}), "") << "another domain";
  EXPECT_EQ(at({0, 0, 0}), "") << "the CPU's node";
}

TEST(DriverTopology, MayBeMissingOrStrange) {
  EXPECT_EQ(architecture_by_driver("/nonexistent", {0, 3, 0}), "");
  Topology topology;
  topology.add(0, "");
  topology.add(1, "gfx_target_version\nlocation_id many\n");
  EXPECT_EQ(architecture_by_driver(topology.folder(), {0, 0, 0}), "");
}

Elf64_Ehdr header_of(const std::vector<std::byte>& code) {
  Elf64_Ehdr header{};
  if (code.size() >= sizeof header) std::memcpy(&header, code.data(), sizeof header);
  return header;
}

TEST(CodeObjects, GetTheHeaderThatTheRuntimeAsksFor) {
  for (const std::string_view family : code_object_families()) {
    const auto fat_binary = code_object(family);
    for (const auto& [posed, flags] : {std::pair{"gfx1030", 0x36u}, std::pair{"gfx1032", 0x38u}}) {
      const auto code = code_object_posing_as(fat_binary, "gfx1010", posed);
      ASSERT_FALSE(code.empty()) << family;
      const Elf64_Ehdr header = header_of(code);
      EXPECT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0) << family;
      EXPECT_EQ(header.e_flags, flags) << family;
      const std::string_view text(reinterpret_cast<const char*>(code.data()), code.size());
      EXPECT_EQ(text.find("amdhsa--gfx1010"), std::string_view::npos) << family;
      EXPECT_NE(text.find(std::string("amdhsa--") + posed), std::string_view::npos) << family;
    }
    // As it is in the library, but for that.
    const auto code = code_object_posing_as(fat_binary, "gfx1010", "gfx1030");
    std::size_t changed = 0;
    const auto* const begin = std::search(fat_binary.data(), fat_binary.data() + fat_binary.size(),
                                          code.begin(), code.begin() + EI_NIDENT);
    for (std::size_t i = 0; i < code.size(); ++i) changed += begin[i] != code[i];
    EXPECT_GT(changed, 0u);
    EXPECT_LE(changed, 16u) << family << ": more than flags and a name";
  }
}

TEST(CodeObjects, OfOtherArchitecturesAreNotThere) {
  const auto fat_binary = code_object(code_object_families().front());
  EXPECT_TRUE(code_object_posing_as(fat_binary, "gfx906", "gfx1030").empty());
  EXPECT_FALSE(can_pose_as("gfx1100"));
  EXPECT_FALSE(can_pose_as(""));
  EXPECT_THROW(code_object_posing_as(fat_binary, "gfx1010", "gfx1100"), Error);
}

TEST(CodeObjects, OfABrokenFatBinaryAreRefused) {
  const auto whole = code_object(code_object_families().front());
  for (const std::size_t bytes : {0, 10, 24, 30, 40, 90}) {
    EXPECT_THROW(code_object_posing_as(whole.first(bytes), "gfx1010", "gfx1030"), Error) << bytes;
  }
  // Within the first of up to four architectures.
  EXPECT_THROW(code_object_posing_as(whole.first(whole.size() / 8), "gfx1010", "gfx1030"), Error);
}

}  // namespace
}  // namespace rdna1conv

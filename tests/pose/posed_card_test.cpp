// What the kernel driver says: no device.
#include "device/posed_card.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

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

}  // namespace
}  // namespace rdna1conv

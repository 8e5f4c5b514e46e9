#include "machine.h"

#include <gtest/gtest.h>

#include <cstring>

#include "scratch_folder.h"

namespace rdna1conv::tool {
namespace {

namespace fs = std::filesystem;

// What a machine's files say, in a folder of a test.
class Machine {
 public:
  void add_node(int number, const std::string& properties) {
    folder_.write("sys/class/kfd/kfd/topology/nodes/" + std::to_string(number) + "/properties",
                  properties);
  }
  void add_pci(const std::string& slot, const std::string& vendor, const std::string& device_class,
               const std::string& driver) {
    const std::string place = "sys/bus/pci/devices/" + slot;
    folder_.write(place + "/vendor", vendor + "\n");
    folder_.write(place + "/class", device_class + "\n");
    if (!driver.empty()) fs::create_symlink("../drivers/" + driver, root() / place / "driver");
  }
  void add_device_files() {
    folder_.write("dev/kfd", "");
    folder_.write("dev/dri/renderD128", "");
  }
  const fs::path& root() const { return folder_.path(); }
  std::vector<Finding> examine(bool software_card = false) const {
    return examine_machine(root(), software_card);
  }

 private:
  ScratchFolder folder_;
};

constexpr const char* kCpu = "cpu_cores_count 8\nsimd_count 0\ngfx_target_version 0\n";
constexpr const char* kNavi10 = "cpu_cores_count 0\nsimd_count 80\ngfx_target_version 100100\n";
constexpr const char* kNavi21 = "simd_count 160\ngfx_target_version 100300\n";

const Finding* find(const std::vector<Finding>& findings, const std::string& subject,
                    const std::string& text) {
  for (const Finding& finding : findings) {
    if (finding.subject == subject && finding.text.find(text) != std::string::npos) {
      return &finding;
    }
  }
  return nullptr;
}

TEST(Machine, ArchitecturesByTheKernelsNumbers) {
  EXPECT_EQ(architecture_of(100100), "gfx1010");
  EXPECT_EQ(architecture_of(100102), "gfx1012");
  EXPECT_EQ(architecture_of(100300), "gfx1030");
  EXPECT_EQ(architecture_of(90010), "gfx90a");
  EXPECT_EQ(architecture_of(110001), "gfx1101");
  for (const char* const name : {"gfx1010", "gfx1011", "gfx1012", "gfx1013"}) {
    EXPECT_TRUE(is_rdna1(name)) << name;
  }
  for (const char* const name : {"gfx1014", "gfx1030", "gfx101", "gfx90a", "gfx10100", ""}) {
    EXPECT_FALSE(is_rdna1(name)) << name;
  }
}

TEST(Machine, WithACardIsFine) {
  Machine machine;
  machine.add_node(0, kCpu);
  machine.add_node(1, kNavi10);
  machine.add_device_files();
  const auto findings = machine.examine();
  const Finding* const card = find(findings, "card", "gfx1010 by the kernel driver");
  ASSERT_NE(card, nullptr);
  EXPECT_EQ(card->level, Level::kFine);
  EXPECT_NE(find(findings, "device file", "kfd can be read"), nullptr);
  EXPECT_NE(find(findings, "device file", "renderD128 can be read"), nullptr);
  EXPECT_EQ(count(findings, Level::kProblem), 0u);
}

struct Row {
  const char* what;
  void (*prepare)(Machine& machine);
  const char* text;
  Level level;
  const char* next;
};
const Row kRows[] = {
    {"no card", [](Machine&) {}, "no AMD graphics card", Level::kProblem, "--software-card"},
    {"another maker's card",
     [](Machine& m) { m.add_pci("0000:01:00.0", "0x10de", "0x030000", "nvidia"); },
     "no AMD graphics card", Level::kProblem, "--software-card"},
    {"AMD's sound device alone",
     [](Machine& m) { m.add_pci("0000:01:00.1", "0x1002", "0x040300", "snd_hda_intel"); },
     "no AMD graphics card", Level::kProblem, "--software-card"},
    {"no driver", [](Machine& m) { m.add_pci("0000:03:00.0", "0x1002", "0x030000", ""); },
     "0000:03:00.0 has no driver", Level::kProblem, "modprobe amdgpu"},
    {"passed through to a guest",
     [](Machine& m) { m.add_pci("0000:03:00.0", "0x1002", "0x030000", "vfio-pci"); },
     "the driver vfio-pci", Level::kProblem, "modprobe amdgpu"},
    {"no compute", [](Machine& m) { m.add_pci("0000:03:00.0", "0x1002", "0x030000", "amdgpu"); },
     "no compute node", Level::kProblem, "dmesg"},
    {"another generation", [](Machine& m) { m.add_node(1, kNavi21); }, "gfx1030", Level::kProblem,
     "AMD's MIOpen"},
    {"another generation beside",
     [](Machine& m) {
       m.add_node(1, kNavi10);
       m.add_node(2, kNavi21);
     },
     "gfx1030", Level::kNote, "HIP_VISIBLE_DEVICES"},
};

TEST(Machine, SaysWhatIsWrongWithTheCard) {
  for (const Row& row : kRows) {
    Machine machine;
    row.prepare(machine);
    const auto findings = machine.examine();
    const Finding* const finding = find(findings, "card", row.text);
    ASSERT_NE(finding, nullptr) << row.what;
    EXPECT_EQ(finding->level, row.level) << row.what;
    EXPECT_NE(finding->meaning, "") << row.what;
    EXPECT_NE(finding->next.find(row.next), std::string::npos) << row.what << ": " << finding->next;
  }
}

TEST(Machine, SaysWhatIsWrongWithDeviceFiles) {
  Machine machine;
  machine.add_node(1, kNavi10);
  const auto findings = machine.examine();
  for (const char* const text : {"kfd is not there", "renderD128 is not there"}) {
    const Finding* const finding = find(findings, "device file", text);
    ASSERT_NE(finding, nullptr) << text;
    EXPECT_EQ(finding->level, Level::kProblem);
  }
}

TEST(Machine, NeedsNoCardForTheSoftwareOne) {
  const Machine machine;
  EXPECT_EQ(count(machine.examine(true), Level::kProblem), 0u);
}

TEST(Machine, SeesVariablesThatChangeWhatProgramsSee) {
  const auto override_version = [](const char* name) -> const char* {
    return std::strcmp(name, "HSA_OVERRIDE_GFX_VERSION") == 0 ? "10.3.0" : nullptr;
  };
  auto findings = examine_environment(override_version, true);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].level, Level::kNote);
  EXPECT_EQ(findings[0].text, "HSA_OVERRIDE_GFX_VERSION=10.3.0");
  EXPECT_NE(findings[0].meaning.find("sees what it is"), std::string::npos);
  EXPECT_EQ(examine_environment(override_version, false)[0].level, Level::kNote);

  const auto far_version = [](const char* name) -> const char* {
    return std::strcmp(name, "HSA_OVERRIDE_GFX_VERSION") == 0 ? "11.0.0" : nullptr;
  };
  EXPECT_EQ(examine_environment(far_version, true)[0].level, Level::kProblem);
  EXPECT_EQ(examine_environment(far_version, true)[0].next, "unset HSA_OVERRIDE_GFX_VERSION");
  EXPECT_EQ(examine_environment(far_version, false)[0].level, Level::kNote);

  const auto own_version = [](const char* name) -> const char* {
    return std::strcmp(name, "HSA_OVERRIDE_GFX_VERSION") == 0 ? "10.1.0" : nullptr;
  };
  EXPECT_EQ(examine_environment(own_version, true)[0].level, Level::kNote);

  findings = examine_environment(
      [](const char* name) -> const char* {
        return std::strcmp(name, "HIP_VISIBLE_DEVICES") == 0 ? "" : nullptr;
      },
      true);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].level, Level::kNote);
  EXPECT_TRUE(
      examine_environment([](const char*) -> const char* { return nullptr; }, true).empty());
}

}  // namespace
}  // namespace rdna1conv::tool

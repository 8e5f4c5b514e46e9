// The clock model's tables: LDS passes, occupancy, constants, settings.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "machine/device.h"
#include "machine/occupancy.h"
#include "timing/bank_passes.h"
#include "timing/constants.h"
#include "timing/settings.h"

namespace emulator::timing {
namespace {

LaneAccess lds_access(unsigned bytes, std::uint32_t lanes, Access access,
                      const std::function<std::uint64_t(unsigned)>& address) {
  LaneAccess result;
  result.space = AccessSpace::kLds;
  result.access = access;
  result.bytes = static_cast<std::uint8_t>(bytes);
  result.lanes = lanes;
  for (unsigned lane = 0; lane < kLanes; ++lane) result.address[lane] = address(lane);
  return result;
}

struct LdsCase {
  const char* pattern;
  unsigned bytes;
  std::function<std::uint64_t(unsigned)> address;
  unsigned passes;
  std::uint32_t lanes = ~0u;
  Access access = Access::kLoad;
};

TEST(LdsPasses, FollowWidthAndBanks) {
  const auto rows = [](unsigned bytes) {
    return [bytes](unsigned lane) { return std::uint64_t{lane} * bytes; };
  };
  const auto same = [](unsigned) { return std::uint64_t{64}; };
  const LdsCase cases[] = {
      {"b32 side by side", 4, rows(4), 1},
      {"b64 side by side", 8, rows(8), 2},
      {"b96 side by side", 12, rows(12), 3},
      {"b128 side by side", 16, rows(16), 4},
      {"b32 broadcast", 4, same, 1},
      {"b128 broadcast: the return path is 32 dwords wide", 16, same, 4},
      {"bytes of 8 dwords", 1, rows(1), 1},
      {"2-way conflict", 4, rows(8), 2},
      {"4-way conflict", 4, rows(16), 4},
      {"32-way conflict", 4, rows(128), 32},
      {"an odd stride has none", 4, rows(4 * 33), 1},
      {"b64 with rows of 32 dwords: 16 lanes in one bank pair", 8, rows(128), 32},
      {"b64, rows of an odd number of 8 bytes", 8, rows(8 * 17), 2},
      {"b128, rows of an odd number of 16 bytes", 16, rows(16 * 9), 4},
      {"b128 with rows of 32 dwords: 8 lanes in four banks", 16, rows(128), 32},
      {"half of the lanes with 2-way conflicts in what is left", 4, rows(8), 1, 0x0000ffff},
      {"one lane", 4, rows(4), 1, 1},
      {"atomics on one dword take turns", 4, same, 32, ~0u, Access::kAtomic},
      {"atomics side by side do not", 4, rows(4), 1, ~0u, Access::kAtomic},
  };
  for (const LdsCase& each : cases) {
    EXPECT_EQ(bank_passes(lds_access(each.bytes, each.lanes, each.access, each.address), 32),
              each.passes)
        << each.pattern;
  }
  // Remembered or not, moved by dwords or by less, one after the other and mixed.
  RepeatedBankPasses repeated;
  for (const std::uint64_t moved : {0, 4, 64, 68, 70, 1, 4096, 4}) {
    for (const LdsCase& each : cases) {
      LaneAccess access = lds_access(each.bytes, each.lanes, each.access, each.address);
      for (std::uint64_t& address : access.address) address += moved;
      for (const std::size_t number : {std::size_t{7}, each.passes + std::size_t{512}}) {
        EXPECT_EQ(repeated(number, access, 32), bank_passes(access, 32))
            << each.pattern << ", moved by " << moved;
      }
    }
  }
}

struct VgprCase {
  unsigned vgprs;
  unsigned waves;
};

// Waves of 32 per SIMD by allocated VGPRs: 1024 registers, 20 slots.
TEST(Occupancy, ByVgprs) {
  constexpr VgprCase kCases[] = {{8, 20},  {48, 20}, {56, 18}, {64, 16}, {72, 14},
                                 {80, 12}, {88, 11}, {96, 10}, {112, 9}, {128, 8},
                                 {144, 7}, {168, 6}, {200, 5}, {248, 4}, {256, 4}};
  for (const VgprCase& each : kCases) {
    WorkgroupNeeds needs;
    needs.vgprs = each.vgprs;
    EXPECT_EQ(waves_per_simd(needs), each.waves) << each.vgprs << " VGPRs";
    EXPECT_EQ(occupancy_of(needs).workgroups, 4 * each.waves) << each.vgprs << " VGPRs";
    // Two passes of wave64 take two registers each.
    needs.wave64 = true;
    EXPECT_EQ(waves_per_simd(needs), std::min(20u, 1024 / (2 * each.vgprs)));
  }
}

struct OccupancyCase {
  const char* name;
  unsigned waves, vgprs, lds;
  bool compute_unit_mode;
  unsigned workgroups;
  OccupancyLimit limit;
};

TEST(Occupancy, ByWhateverRunsOutFirst) {
  constexpr OccupancyCase kCases[] = {
      {"wave slots", 8, 32, 0, false, 10, OccupancyLimit::kWaveSlots},
      {"registers", 8, 128, 0, false, 4, OccupancyLimit::kVgprs},
      {"LDS", 8, 32, 65536, false, 2, OccupancyLimit::kLds},
      {"LDS of a half", 8, 32, 33280, true, 2, OccupancyLimit::kLds},
      {"LDS of the whole", 8, 32, 33280, false, 3, OccupancyLimit::kLds},
      {"barriers", 2, 8, 0, false, 32, OccupancyLimit::kBarriers},
      {"no barriers for one wave", 1, 8, 0, false, 80, OccupancyLimit::kWaveSlots},
      {"a CU's two SIMDs", 32, 24, 0, true, 2, OccupancyLimit::kWaveSlots},
      {"one that fills the processor", 32, 128, 65536, false, 1, OccupancyLimit::kVgprs},
  };
  for (const OccupancyCase& each : kCases) {
    WorkgroupNeeds needs;
    needs.waves = each.waves;
    needs.vgprs = each.vgprs;
    needs.lds_bytes = each.lds;
    needs.compute_unit_mode = each.compute_unit_mode;
    const Occupancy occupancy = occupancy_of(needs);
    EXPECT_EQ(occupancy.workgroups, each.workgroups) << each.name;
    EXPECT_EQ(occupancy.limit, each.limit) << each.name << ": " << to_string(occupancy.limit);
  }
}

TEST(Occupancy, NeedsFollowTheKernelsDescriptor) {
  auto kernel = std::make_shared<Kernel>();
  kernel->rsrc1 = 11 | 1u << 29;  // 12 granules of registers, WGP mode
  kernel->properties = 1u << 10;  // wave32
  Dispatch dispatch;
  dispatch.kernel = kernel;
  dispatch.workgroup = {65, 2, 1};
  dispatch.group_segment_bytes = 513;
  const WorkgroupNeeds wave32 = needs_of(dispatch);
  EXPECT_EQ(wave32.waves, 5u);
  EXPECT_EQ(wave32.vgpr_rows(), 96u);
  EXPECT_EQ(wave32.lds_bytes, 1024u);
  EXPECT_FALSE(wave32.compute_unit_mode);
  EXPECT_EQ(occupancy_of(wave32).workgroups, 8u);  // 4 SIMDs of 10 waves
  // Granules are half as long, and each register takes two rows: as many rows, half the waves.
  kernel->properties = 0;
  kernel->rsrc1 = 11;
  const WorkgroupNeeds wave64 = needs_of(dispatch);
  EXPECT_EQ(wave64.waves, 3u);
  EXPECT_EQ(wave64.vgpr_rows(), 96u);
  EXPECT_TRUE(wave64.compute_unit_mode);
  EXPECT_EQ(occupancy_of(wave64).workgroups, 12u);  // twice the 6 of 2 SIMDs of 10 waves
}

TEST(ConstantTable, HasValuesInTheirRangesAndSources) {
  for (const ConstantRow& row : constant_table()) {
    EXPECT_LE(row.low, row.value) << row.name;
    EXPECT_GE(row.high, row.value) << row.name;
    EXPECT_FALSE(row.source.empty()) << row.name;
    EXPECT_EQ(find_constant(row.name), &row) << row.name;
  }
}

TEST(ClockSetting, TakesPresetsPairsAndFiles) {
  EXPECT_FALSE(parse_clock("off"));
  EXPECT_EQ(parse_clock("rx5700xt")->constants.workgroup_processors, 20);
  EXPECT_EQ(parse_clock("rx5700")->constants.workgroup_processors, 18);
  EXPECT_EQ(parse_clock("rx5500xt")->constants.workgroup_processors, 11);
  EXPECT_EQ(parse_clock("rx5500xt,core_mhz=1500")->board.memory_bits, 128u);
  EXPECT_EQ(parse_clock("core_mhz=1500")->board.most_mhz, 2100u);
  EXPECT_EQ(parse_clock("kind")->constants.lds_return_clocks, 0);
  EXPECT_EQ(parse_clock("kind")->constants.bank_conflict_cost, 0);
  EXPECT_EQ(parse_clock("harsh")->constants.lds_return_clocks, 1);
  EXPECT_EQ(parse_clock("harsh,core_mhz=1500")->constants.bank_conflict_cost, 0.3);
  const auto custom = parse_clock("rx5700, core_mhz = 1500,dram_gb_per_s=256");
  EXPECT_EQ(custom->constants.workgroup_processors, 18);
  EXPECT_EQ(custom->constants.core_mhz, 1500);
  EXPECT_EQ(custom->constants.dram_gb_per_s, 256);
  const std::string path = testing::TempDir() + "clock.txt";
  std::ofstream(path) << "# a smaller chip\nworkgroup_processors = 11\n\nlds_latency=20  # clk\n";
  const auto file = parse_clock(path);
  EXPECT_EQ(file->constants.workgroup_processors, 11);
  EXPECT_EQ(file->constants.lds_latency, 20);
}

struct BadSetting {
  const char* setting;
  const char* part;  // of the message
};

// Files that would be read for ever.
TEST(ClockSetting, RefusesWhatIsNoOrdinaryFile) {
  const std::string pipe = testing::TempDir() + "clock_pipe";
  std::filesystem::remove(pipe);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string large = testing::TempDir() + "clock_large.txt";
  std::ofstream(large) << std::string(2 << 20, '\n');
  for (const std::string& name : {pipe, large, std::string("/dev/zero"), testing::TempDir()}) {
    EXPECT_THROW(parse_clock(name), std::invalid_argument) << name;
  }
}

TEST(ClockSetting, SaysWhatIsWrong) {
  constexpr BadSetting kCases[] = {
      {"rx580", "neither"},
      {"core_mhz=fast", "core_mhz"},
      {"core_mhz=", "core_mhz"},
      {"core_mhz=0", "core_mhz"},
      {"core_mhz=-1", "core_mhz"},
      {"core_mhz=nan", "core_mhz"},
      {"cores=4", "cores"},
      {"workgroup_processors=2.5", "workgroup_processors"},
      {"workgroup_processors=100000", "workgroup_processors"},
      {"l0_bytes=64", "l0_bytes"},
      {"l2_interleave_bytes=1", "l2_interleave_bytes"},
      {"rx5700,slower", "slower"},
  };
  for (const BadSetting& each : kCases) {
    try {
      parse_clock(each.setting);
      ADD_FAILURE() << each.setting << " was taken";
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find(each.part), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("RDNA1CONV_EMULATOR_CLOCK"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace emulator::timing

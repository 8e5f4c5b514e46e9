// Kernels written in assembler that do what compilers do not, each run plainly and under all checks
// in a process of its own. What they should give is what gfx1010 gives, by AMD's "RDNA 1.0
// Instruction Set Architecture".
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "device_memory.h"

namespace programs {
namespace {

constexpr unsigned kWorkgroups = 5;
constexpr unsigned kStride = 64;  // outputs of a workgroup

struct Place {
  unsigned workgroup;
  unsigned item;
  unsigned items;  // of the workgroup
};

std::uint32_t input_at(unsigned item) { return item + 3; }

struct Idiom {
  const char* name;
  std::uint32_t (*expected)(const Place& at);
  const char* checks = "all";  // under which it runs to its end
  const char* says = "";       // a warning
  unsigned items = 64;
};

void PrintTo(const Idiom& idiom, std::ostream* out) { *out << idiom.name; }

// Lanes of the upper half of a wave64 know how many they are, which they are and the first of them.
std::uint32_t half_empty(const Place& at) {
  if (at.item < 32) return 32;
  return (at.items - 32) | at.item << 8 | 32 << 16;
}

const Idiom kIdioms[] = {
    {"calls", [](const Place&) { return 121u; }},
    {"jump_table", [](const Place& at) { return 10 + at.workgroup % 4; }},
    {"past_the_padding", [](const Place&) { return 11u; }},
    {"half_empty", half_empty},
    {"half_empty", half_empty, "all", "", 40},
    {"half_empty", half_empty, "all", "", 32},
    {"masks_in_sgprs",
     [](const Place& at) {
       if (at.item == 7) return 0x77u;
       const unsigned denormals = at.item < 32 ? 31 : 32;  // work-item 0 is a zero
       return denormals * 16 + (at.item >= 10 && at.item < 20 ? 2 : 1);
     }},
    {"hardware_registers", [](const Place& at) { return at.item / 32 << 8 | 0x30 | 1; }},
    {"message", [](const Place&) { return 21u; }},
    {"clocks", [](const Place&) { return 31u; }},
    {"prefetch", [](const Place&) { return 41u; }, "all",
     "warning: kernel prefetch, workgroup .*, address 0x[0-9a-f]+: s_inst_prefetch 0x3: check "
     "hazard: InstFwdPrefetchBug: s_inst_prefetch can hang gfx1010"},
    {"inline_constants", [](const Place&) { return 73u; }},
    {"append_and_consume", [](const Place&) { return 3064u; }},
    {"idle_lanes", [](const Place& at) { return at.item < 48 ? 0x100 + at.item : 0; }, "all,-lds"},
    {"read_ahead", [](const Place&) { return 3u; }},
    {"unbound_buffers", [](const Place& at) { return at.item < 32 ? input_at(at.item) : 0; }},
};

[[noreturn]] void run(const Idiom& idiom, const char* checks) {
  if (checks != nullptr)
    setenv("RDNA1CONV_EMULATOR_CHECKS", checks, 1);  // before the device starts
  if (hipInit(0) != hipSuccess) std::exit(EXIT_FAILURE);
  hipModule_t module = nullptr;
  hipFunction_t function = nullptr;
  check(hipModuleLoad(&module, RDNA1CONV_IDIOMS), "hipModuleLoad");
  check(hipModuleGetFunction(&function, module, idiom.name), "hipModuleGetFunction");
  const DeviceArray<std::uint32_t> out(std::vector<std::uint32_t>(kWorkgroups * kStride));
  std::vector<std::uint32_t> inputs(kStride);
  for (unsigned item = 0; item < kStride; ++item) inputs[item] = input_at(item);
  const DeviceArray<std::uint32_t> in(inputs);
  std::uint32_t* const arguments[] = {out.data(), in.data()};
  std::size_t bytes = sizeof arguments;
  void* extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, const_cast<std::uint32_t**>(arguments),
                   HIP_LAUNCH_PARAM_BUFFER_SIZE, &bytes, HIP_LAUNCH_PARAM_END};
  check(hipModuleLaunchKernel(function, kWorkgroups, 1, 1, idiom.items, 1, 1, 0, nullptr, nullptr,
                              extra),
        idiom.name);
  if (hipDeviceSynchronize() != hipSuccess) std::exit(EXIT_FAILURE);
  const std::vector<std::uint32_t> results = out.to_host();
  bool right = in.to_host() == inputs;
  if (!right) std::fprintf(stderr, "%s changed its input\n", idiom.name);
  for (unsigned group = 0; group < kWorkgroups; ++group) {
    for (unsigned item = 0; item < idiom.items; ++item) {
      const std::uint32_t expected = idiom.expected({group, item, idiom.items});
      const std::uint32_t actual = results[group * kStride + item];
      if (actual == expected) continue;
      std::fprintf(stderr, "%s: workgroup %u, work-item %u: 0x%x instead of 0x%x\n", idiom.name,
                   group, item, actual, expected);
      right = false;
    }
  }
  std::exit(right ? EXIT_SUCCESS : EXIT_FAILURE);
}

class AssemblyDeathTest : public testing::TestWithParam<Idiom> {
 protected:
  // The child starts over, so that HIP is set up in it alone.
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_P(AssemblyDeathTest, RunsAsOnACard) {
  EXPECT_EXIT(run(GetParam(), nullptr), testing::ExitedWithCode(EXIT_SUCCESS), "");
}

TEST_P(AssemblyDeathTest, RunsUnderChecks) {
  EXPECT_EXIT(run(GetParam(), GetParam().checks), testing::ExitedWithCode(EXIT_SUCCESS),
              GetParam().says);
}

INSTANTIATE_TEST_SUITE_P(Idioms, AssemblyDeathTest, testing::ValuesIn(kIdioms),
                         [](const auto& idiom) {
                           return std::string(idiom.param.name) + "_" +
                                  std::to_string(idiom.param.items);
                         });

TEST(AssemblyDeathTest, ChecksObjectByName) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto idiom = [](const char* name) {
    for (const Idiom& each : kIdioms) {
      if (std::string(each.name) == name) return each;
    }
    return Idiom{};
  };
  EXPECT_DEATH(run(idiom("idle_lanes"), "lds"),
               "check lds: lane 16: 4-byte store at LDS offset 65536, but the workgroup has 256 "
               "bytes of LDS");
  EXPECT_DEATH(run(idiom("prefetch"), "hazard:strict"), "check hazard: InstFwdPrefetchBug");
}

}  // namespace
}  // namespace programs

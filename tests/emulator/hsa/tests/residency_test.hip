// How many workgroups the device holds at a time: a grid whose workgroups wait for each other ends
// if it is no larger, and never ends if it is by one. The numbers follow from machine/occupancy.h.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "hip_handles.h"

namespace emulator::tests {
namespace {

constexpr const char* kChildVariable = "RESIDENCY_TEST_CHILD";

struct ResidencyCase {
  const char* name;
  const char* module;  // built for wave32 or wave64, WGP or CU mode
  unsigned threads;
  unsigned lds_bytes;
  const char* clock;
  unsigned fits;
};

constexpr ResidencyCase kCases[] = {
    {"8 waves: 10 of 80 wave slots", MODULE_KERNELS, 256, 0, "rx5700xt", 200},
    {"18 processors", MODULE_KERNELS, 256, 0, "rx5700", 180},
    {"11 processors", MODULE_KERNELS, 256, 0, "rx5500xt", 110},
    {"without a clock those of an RX 5700 XT", MODULE_KERNELS, 256, 0, "off", 200},
    {"one wave needs no barrier", MODULE_KERNELS, 32, 0, "rx5700xt", 1600},
    {"two waves need one of 32", MODULE_KERNELS, 64, 0, "rx5700xt", 640},
    {"4 waves of 64 lanes", MODULE_KERNELS_WAVE64, 256, 0, "rx5700xt", 400},
    {"LDS of the whole processor", MODULE_KERNELS, 256, 33280, "rx5700xt", 60},
    {"LDS of a CU", MODULE_KERNELS_CU_MODE, 256, 33280, "rx5700xt", 40},
};

// The child's work: "ended" if all workgroups met.
void run_case(const ResidencyCase& each, unsigned workgroups) {
  hipModule_t module = nullptr;
  hipFunction_t meet = nullptr;
  check(hipModuleLoad(&module, each.module));
  check(hipModuleGetFunction(&meet, module, "meet"));
  const DeviceBuffer<unsigned> arrived(std::vector<unsigned>{0});
  unsigned* argument = arrived.data();
  void* arguments[] = {&argument};
  check(hipModuleLaunchKernel(meet, workgroups, 1, 1, each.threads, 1, 1, each.lds_bytes, nullptr,
                              arguments, nullptr));
  check(hipDeviceSynchronize());
  std::printf("ended: %u\n", arrived.read()[0]);
}

std::string output_of_child(std::size_t number, unsigned workgroups) {
  const std::string command =
      "RDNA1CONV_EMULATOR_MAX_INSTRUCTIONS=20000000 RDNA1CONV_EMULATOR_CLOCK=" +
      std::string(kCases[number].clock) + " " + kChildVariable + "=1 /proc/" +
      std::to_string(getpid()) + "/exe " + std::to_string(number) + " " +
      std::to_string(workgroups) + " 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot start " + command;
  std::string output;
  char buffer[4096];
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    output.append(buffer, size);
  }
  pclose(pipe);
  return output;
}

TEST(Residency, IsThatOfTheCard) {
  for (std::size_t i = 0; i < std::size(kCases); ++i) {
    const ResidencyCase& each = kCases[i];
    const std::string all = "ended: " + std::to_string(each.fits);
    EXPECT_NE(output_of_child(i, each.fits).find(all), std::string::npos)
        << each.name << ": " << each.fits << " workgroups do not end";
    EXPECT_NE(output_of_child(i, each.fits + 1).find("did not end within"), std::string::npos)
        << each.name << ": " << each.fits + 1 << " workgroups end";
  }
}

}  // namespace
}  // namespace emulator::tests

int main(int argc, char** argv) {
  using namespace emulator::tests;
  if (std::getenv(kChildVariable) != nullptr && argc == 3) {
    run_case(kCases[std::strtoul(argv[1], nullptr, 10)],
             static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// The library on a card that poses as gfx1030, which the environment of this test makes it do.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "device/code_header.h"
#include "device/code_objects.h"
#include "device/device_query.h"
#include "rdna1conv/error.h"

namespace rdna1conv {
namespace {

std::vector<char> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(PosingCard, IsSeenThrough) {
  hipDeviceProp_t properties{};
  ASSERT_EQ(hipGetDeviceProperties(&properties, 0), hipSuccess);
  EXPECT_EQ(std::string(properties.gcnArchName).substr(0, 7), "gfx1030");
  const DeviceFacts facts = query_device(0);
  EXPECT_EQ(facts.architecture, "gfx1010");
  EXPECT_EQ(facts.poses_as, "gfx1030");
  EXPECT_NO_THROW(require_supported(facts));
}

// As on silicon: the runtime looks at names alone. HIP 5 ends the process, later ones say no.
TEST(PosingCardDeathTest, TakesNoCodeForWhatItIs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        hipModule_t module = nullptr;
        if (hipModuleLoadData(&module, code_object("weights_sum").data()) != hipSuccess) std::abort();
        std::exit(0);
      },
      "");
}

TEST(PosingCard, TakesCodeOfItsPose) {
  hipModule_t module = nullptr;
  const auto fat_binary = code_object("weights_sum");
  const auto posing = code_object_with_header(fat_binary, "gfx1030");
  ASSERT_EQ(hipModuleLoadData(&module, posing.data()), hipSuccess);
  EXPECT_EQ(hipModuleUnload(module), hipSuccess);
}

void run_kernel_of_gfx1030(const char* name, void* buffer) {
  static const std::vector<char> code = read_file(GFX1030_KERNELS);
  hipModule_t module = nullptr;
  hipFunction_t kernel = nullptr;
  ASSERT_EQ(hipModuleLoadData(&module, code.data()), hipSuccess);
  ASSERT_EQ(hipModuleGetFunction(&kernel, module, name), hipSuccess);
  void* arguments[] = {&buffer};
  ASSERT_EQ(hipModuleLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, nullptr, arguments, nullptr),
            hipSuccess);
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
}

// Which is why owners get by with binaries for gfx1030, ...
TEST(PosingCard, RunsWhatGfx1010HasToo) {
  std::vector<float> values(32, 21.0f);
  void* buffer = nullptr;
  const std::size_t bytes = values.size() * sizeof(float);
  ASSERT_EQ(hipMalloc(&buffer, bytes), hipSuccess);
  ASSERT_EQ(hipMemcpy(buffer, values.data(), bytes, hipMemcpyHostToDevice), hipSuccess);
  run_kernel_of_gfx1030("twice", buffer);
  ASSERT_EQ(hipMemcpy(values.data(), buffer, bytes, hipMemcpyDeviceToHost), hipSuccess);
  EXPECT_EQ(values, std::vector<float>(32, 42.0f));
  EXPECT_EQ(hipFree(buffer), hipSuccess);
}

// ... until one of their kernels uses what their card lacks.
TEST(PosingCardDeathTest, EndsAtAnInstructionOfGfx1030Alone) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        void* buffer = nullptr;
        static_cast<void>(hipMalloc(&buffer, 128));
        run_kernel_of_gfx1030("dot_product", buffer);
        std::exit(0);
      },
      "dot_product(.|\n)*ILLEGAL_INSTRUCTION");
}

// The driver's word for the card in slot 3 as given, while the runtime calls it gfx1030.
class OtherTopology {
 public:
  explicit OtherTopology(const std::string& gfx_target_version) : before_(std::getenv(kVariable)) {
    std::string name =
        (std::filesystem::temp_directory_path() / "rdna1conv_topology_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = name;
    std::filesystem::create_directories(folder_ / "1");
    std::ofstream(folder_ / "1" / "properties")
        << "gfx_target_version " << gfx_target_version << "\nlocation_id 768\ndomain 0\n";
    setenv(kVariable, folder_.c_str(), 1);
  }
  ~OtherTopology() {
    setenv(kVariable, before_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }
  OtherTopology(const OtherTopology&) = delete;
  OtherTopology& operator=(const OtherTopology&) = delete;

 private:
  static constexpr const char* kVariable = "RDNA1CONV_KFD_TOPOLOGY";
  std::string before_;
  std::filesystem::path folder_;
};

std::string refusal() {
  miopenHandle_t handle = nullptr;
  const miopenStatus_t status = miopenCreate(&handle);
  EXPECT_NE(status, miopenStatusSuccess);
  if (status == miopenStatusSuccess) miopenDestroy(handle);
  return rdna1convLastErrorText();
}

TEST(RealCard, OfAnotherGenerationIsRefusedAsBefore) {
  {
    const OtherTopology real_gfx1030("100300");
    const std::string text = refusal();
    EXPECT_NE(text.find("is gfx1030 (AMD"), std::string::npos) << text;
    EXPECT_NE(text.find("needs an AMD RDNA1 device"), std::string::npos) << text;
  }
  {
    const OtherTopology gfx1100_posing("110000");
    const std::string text = refusal();
    EXPECT_NE(text.find("gfx1100 by the kernel driver, posing as gfx1030"), std::string::npos)
        << text;
  }
  const OtherTopology silent("0");
  const std::string text = refusal();
  EXPECT_NE(text.find("does not say that it is one in truth"), std::string::npos) << text;
}

}  // namespace
}  // namespace rdna1conv

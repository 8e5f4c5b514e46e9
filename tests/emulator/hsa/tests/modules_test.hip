// Code objects loaded at run time: symbols, variables, relocations, dynamic LDS, scratch.
#include <array>
#include <fstream>
#include <iterator>

#include "hip_handles.h"

namespace emulator::tests {
namespace {

class Module {
 public:
  explicit Module(const char* path = MODULE_KERNELS) {
    check(hipModuleLoad(&module_, path), "hipModuleLoad");
  }
  ~Module() { (void)hipModuleUnload(module_); }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  operator hipModule_t() const { return module_; }
  hipFunction_t function(const char* name) const {
    hipFunction_t function = nullptr;
    check(hipModuleGetFunction(&function, module_, name), name);
    return function;
  }
  template <class... Arguments>
  void launch(const char* name, dim3 grid, dim3 block, unsigned lds_bytes,
              Arguments... arguments) const {
    void* pointers[] = {&arguments...};
    check(hipModuleLaunchKernel(function(name), grid.x, grid.y, grid.z, block.x, block.y, block.z,
                                lds_bytes, nullptr, pointers, nullptr),
          name);
    check(hipDeviceSynchronize(), name);
  }

 private:
  hipModule_t module_ = nullptr;
};

TEST(Modules, RunKernels) {
  const Module module;
  const DeviceBuffer<int> out(std::vector<int>(300, 0));
  module.launch("fill", dim3(3), dim3(100), 0, out.data(), 7);
  EXPECT_EQ(out.read(), std::vector<int>(300, 7));
}

TEST(Modules, LoadFromMemory) {
  std::ifstream file(MODULE_KERNELS, std::ios::binary);
  const std::vector<char> image{std::istreambuf_iterator<char>(file), {}};
  hipModule_t module = nullptr;
  check(hipModuleLoadData(&module, image.data()));
  hipFunction_t function = nullptr;
  EXPECT_EQ(hipModuleGetFunction(&function, module, "fill"), hipSuccess);
  EXPECT_EQ(hipModuleGetFunction(&function, module, "no_such_kernel"), hipErrorNotFound);
  (void)hipGetLastError();
  check(hipModuleUnload(module));
}

TEST(Modules, RefuseWhatIsNoCodeObject) {
  const std::vector<char> image(4096, 'x');
  hipModule_t module = nullptr;
  EXPECT_NE(hipModuleLoadData(&module, image.data()), hipSuccess);
  (void)hipGetLastError();
}

TEST(Modules, VariablesAreReadAndWritten) {
  const Module module;
  hipDeviceptr_t address = nullptr;
  std::size_t bytes = 0;
  check(hipModuleGetGlobal(&address, &bytes, module, "module_table"));
  EXPECT_EQ(bytes, 32u);
  std::array<int, 8> values{};
  check(hipMemcpy(values.data(), address, bytes, hipMemcpyDeviceToHost));
  EXPECT_EQ(values, (std::array<int, 8>{1, 2, 3, 4, 5, 6, 7, 8}));
  for (int& value : values) value *= 10;
  check(hipMemcpy(address, values.data(), bytes, hipMemcpyHostToDevice));
  const DeviceBuffer<int> out(4);
  module.launch("read_table", dim3(1), dim3(4), 0, out.data());
  EXPECT_EQ(out.read(), (std::vector<int>{1050, 1060, 1070, 1080}));
}

TEST(Modules, FunctionPointersAreRelocated) {
  const Module module;
  const DeviceBuffer<int> out(8);
  module.launch("call_indirectly", dim3(1), dim3(8), 0, out.data());
  EXPECT_EQ(out.read(), (std::vector<int>{0, 1, 4, 9, 8, 25, 12, 49}));
}

class LdsSizes : public testing::TestWithParam<unsigned> {};

TEST_P(LdsSizes, DynamicLds) {
  const Module module;
  const unsigned threads = GetParam();
  const auto source = numbers(2 * threads);
  const DeviceBuffer<int> values(source);
  module.launch("reverse", dim3(2), dim3(threads), threads * 4, values.data());
  const auto result = values.read();
  for (unsigned block = 0; block < 2; ++block) {
    for (unsigned i = 0; i < threads; ++i) {
      ASSERT_EQ(result[block * threads + i], source[block * threads + threads - 1 - i]) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, LdsSizes, testing::Values(1, 31, 32, 33, 256, 1024));

TEST(Scratch, HoldsPrivateArrays) {
  const Module module;
  constexpr int kBlocks = 5;
  constexpr int kThreads = 96;
  constexpr int kStride = 13;
  const DeviceBuffer<int> out(kBlocks * kThreads);
  module.launch("scratch", dim3(kBlocks), dim3(kThreads), 0, out.data(), int{kStride});
  const auto result = out.read();
  for (int block = 0; block < kBlocks; ++block) {
    for (int thread = 0; thread < kThreads; ++thread) {
      int expected = 0;
      for (int i = 0; i < 64; ++i) expected += ((i * kStride + thread) & 63) * (thread + 1) * i;
      ASSERT_EQ(result[static_cast<std::size_t>(block * kThreads + thread)], expected)
          << "block " << block << " thread " << thread;
    }
  }
}

struct Shape {
  dim3 grid, block;
};

class Shapes : public testing::TestWithParam<Shape> {};

TEST_P(Shapes, EveryWorkItemRunsOnce) {
  const auto [grid, block] = GetParam();
  const Module module;
  const unsigned width = grid.x * block.x;
  const unsigned height = grid.y * block.y;
  const unsigned depth = grid.z * block.z;
  const DeviceBuffer<unsigned> out(std::vector<unsigned>(width * height * depth, ~0u));
  module.launch("positions", grid, block, 0, out.data());
  const auto result = out.read();
  for (unsigned z = 0; z < depth; ++z) {
    for (unsigned y = 0; y < height; ++y) {
      for (unsigned x = 0; x < width; ++x) {
        ASSERT_EQ(result[(z * height + y) * width + x], (z << 20 | y << 10 | x));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(GridsAndBlocks, Shapes,
                         testing::Values(Shape{dim3(1), dim3(1)}, Shape{dim3(7), dim3(33)},
                                         Shape{dim3(3, 2), dim3(8, 4)},
                                         Shape{dim3(2, 3, 4), dim3(5, 3, 2)},
                                         Shape{dim3(1, 1, 9), dim3(4, 4, 64)}));

}  // namespace
}  // namespace emulator::tests

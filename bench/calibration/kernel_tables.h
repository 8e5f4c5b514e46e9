// The kernels of the calibration: each source lists its own, so that the host's code picks one by
// what it does. `function` is what hipLaunchKernel takes.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace rdna1conv::calibration {

enum class Arithmetic { kFp32, kFp64, kFp16Packed, kInt32 };

// mixbench's read-only kernel: each thread loads kMixElements elements, kMixThreads apart, and
// applies `iterations` multiply-adds to each. Arguments: seed (of the element's type), data.
struct MixKernel {
  Arithmetic arithmetic;
  int iterations;
  const void* function;
};
constexpr int kMixElements = 8;
constexpr int kMixThreads = 256;
const std::vector<MixKernel>& mix_kernels();

// Loads that hit the L0: 256 threads, each kLoadsPerThread loads of `width` elements of 4 bytes.
// Arguments: LoadArguments.
enum class LoadPath {
  kRaw,         // a buffer of bytes: an offset is range checked against its size
  kStructured,  // a buffer of elements: an index is
  kGlobal,      // a 64-bit address
  kScalar,      // an address that is the same for all lanes
};
enum class LoadOrder { kLinear, kRandom, kUniform };
struct LoadKernel {
  LoadPath path;
  LoadOrder order;
  int width;
  const void* function;
};
struct LoadArguments {
  const float* data;
  float* result;
  unsigned mask;         // 0, unknown to the compiler
  unsigned first_byte;   // where the loads start
  unsigned write_index;  // kNoWrite, unknown to the compiler
};
constexpr int kLoadThreads = 256;
constexpr int kLoadsPerThread = 256;
constexpr unsigned kNoWrite = 0xffffffffu;
const std::vector<LoadKernel>& load_kernels();

// Reads kThroughBytes, twice an L2, so that nothing else is left in it. Arguments: data, result.
constexpr int kThroughThreads = 256;
constexpr int kThroughBlocks = 64;
constexpr int kThroughLoads = 4;
constexpr std::size_t kThroughBytes =
    std::size_t{128} * kThroughThreads * kThroughBlocks * kThroughLoads;
const void* through_kernel();

// Chains of multiply-adds without memory, as clpeak's. Arguments: seed (float), result (float*).
struct PeakKernel {
  Arithmetic arithmetic;
  const void* function;
};
constexpr int kPeakThreads = 256;
constexpr int kPeakOperations = 4096;  // multiply-adds a thread and component
const std::vector<PeakKernel>& peak_kernels();

// gemm_kernel.h's instances. Arguments: GemmArguments.
struct GemmKernel {
  int wave;           // lanes
  std::string trans;  // "NN", "NT" or "TN"
  int thread_tile0, thread_tile1;
  int group0, group1;
  int depth;
  int vector_width;
  // Of A and of B.
  std::array<int, 2> load_width;  // elements
  std::array<int, 2> padding;     // of a row in LDS, elements
  bool prefetches_global;
  bool prefetches_local;
  const void* function;
};
const std::vector<GemmKernel>& gemm_nn_kernels();  // wave64, those below as well
const std::vector<GemmKernel>& gemm_nt_kernels();
const std::vector<GemmKernel>& gemm_tn_kernels();
const std::vector<GemmKernel>& gemm_wave32_kernels();
// All of these.
std::vector<GemmKernel> gemm_kernels();

}  // namespace rdna1conv::calibration

// Runs one test of card_tests.h on HIP's first device and says what it found:
//   rdna1conv-probe NAME
// A program of its own, so that a crash, a hang or a library that is missing ends it and not the
// doctor.
#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/gpu_convolution.h"
#include "card_tests.h"
#include "client/miopen_objects.h"
#include "core/driver_line.h"
#include "core/error.h"
#include "device/device_query.h"
#include "reference/tolerance.h"

namespace rdna1conv::tool {
namespace {

struct Verdict {
  ProbeStatus status = kProbeFine;
  std::string text;
};

void check(hipError_t status, const char* call) {
  if (status == hipSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + hipGetErrorName(status) + ", " +
                           hipGetErrorString(status));
}

class DeviceMemory {
 public:
  explicit DeviceMemory(std::size_t bytes) { check(hipMalloc(&address_, bytes), "hipMalloc"); }
  ~DeviceMemory() { static_cast<void>(hipFree(address_)); }
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  void* get() const { return address_; }

 private:
  void* address_ = nullptr;
};

// The file from which this process has the library whose name begins so.
std::string loaded_from(const std::string& beginning) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.rfind('/');
    if (slash != std::string::npos && line.compare(slash + 1, beginning.size(), beginning) == 0) {
      return line.substr(line.find('/'));
    }
  }
  return "nowhere";
}

bool is_served(const DeviceFacts& facts) {
  try {
    require_supported(facts);
    return true;
  } catch (const Error&) {
    return false;
  }
}

Verdict devices() {
  int runtime = 0, count = 0;
  check(hipRuntimeGetVersion(&runtime), "hipRuntimeGetVersion");
  std::string text = "HIP " + std::to_string(runtime / 10000000) + "." +
                     std::to_string(runtime / 100000 % 100) + " from " +
                     loaded_from("libamdhip64.so") + ", over " + loaded_from("libhsa-runtime64.so");
  const hipError_t status = hipGetDeviceCount(&count);
  if (status != hipSuccess || count == 0) {
    return {kProbeNoDevice, text + ": no device (" + hipGetErrorString(status) + ")"};
  }
  bool is_usable = false;
  for (int i = 0; i < count; ++i) {
    hipDeviceProp_t properties{};
    check(hipGetDeviceProperties(&properties, i), "hipGetDeviceProperties");
    text += "; device " + std::to_string(i) + ": " + properties.name + ", " +
            properties.gcnArchName + ", " + std::to_string(properties.totalGlobalMem >> 20) +
            " MiB";
    const DeviceFacts facts = query_device(i);
    if (!facts.poses_as.empty()) text += ", in truth " + facts.architecture;
    is_usable |= i == 0 && is_served(facts);
  }
  if (!is_usable) {
    return {kProbeNoDevice, text + ". Device 0, which programs take, is no RDNA1 card"};
  }
  return {kProbeFine, text};
}

Verdict allocate() {
  constexpr std::size_t kCount = std::size_t{4} << 20;
  std::vector<std::uint32_t> sent(kCount), received(kCount);
  for (std::size_t i = 0; i < kCount; ++i) sent[i] = static_cast<std::uint32_t>(i * 2654435761u);
  const DeviceMemory memory(kCount * 4);
  check(hipMemcpy(memory.get(), sent.data(), kCount * 4, hipMemcpyHostToDevice), "hipMemcpy");
  check(hipMemcpy(received.data(), memory.get(), kCount * 4, hipMemcpyDeviceToHost), "hipMemcpy");
  if (sent != received) return {kProbeWrong, "16 MiB came back changed"};
  return {kProbeFine, "16 MiB went there and came back"};
}

// RDNA1 cards have no fine-grained device memory, which is why programs that ask for it fail.
Verdict memory_kinds() {
  constexpr std::size_t kBytes = 4096;
  void* memory = nullptr;
  std::string text = "device memory";
  check(hipMalloc(&memory, kBytes), "hipMalloc");
  check(hipFree(memory), "hipFree");
  const auto add = [&](const char* kind, hipError_t status) {
    text += std::string("; ") + kind + (status == hipSuccess ? "" : ": refused (") +
            (status == hipSuccess ? "" : std::string(hipGetErrorName(status)) + ")");
    static_cast<void>(hipGetLastError());
  };
  hipError_t status = hipHostMalloc(&memory, kBytes, hipHostMallocDefault);
  if (status == hipSuccess) static_cast<void>(hipHostFree(memory));
  add("pinned host memory", status);
  status = hipMallocManaged(&memory, kBytes, hipMemAttachGlobal);
  if (status == hipSuccess) static_cast<void>(hipFree(memory));
  add("managed memory", status);
  status = hipExtMallocWithFlags(&memory, kBytes, hipDeviceMallocFinegrained);
  if (status == hipSuccess) static_cast<void>(hipFree(memory));
  add("fine-grained device memory", status);
  return {kProbeFine, text};
}

Verdict fill() {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  constexpr unsigned char kValue = 0xa5;
  const DeviceMemory memory(kBytes);
  std::vector<unsigned char> received(kBytes);
  check(hipMemset(memory.get(), kValue, kBytes), "hipMemset");
  check(hipDeviceSynchronize(), "hipDeviceSynchronize");
  check(hipMemcpy(received.data(), memory.get(), kBytes, hipMemcpyDeviceToHost), "hipMemcpy");
  for (std::size_t i = 0; i < kBytes; ++i) {
    if (received[i] != kValue)
      return {kProbeWrong, "byte " + std::to_string(i) + " was not filled"};
  }
  return {kProbeFine, "1 MiB was filled"};
}

// y = bias, for each channel, by miopenConvolutionForwardBias.
Verdict elementwise() {
  constexpr std::int64_t kChannels = 64, kPixels = 49;
  const client::MiopenHandle handle;
  const FiveDims y_lengths{1, kChannels, 1, 7, 7}, bias_lengths{1, kChannels, 1, 1, 1};
  const client::TensorDescriptor y(DataType::kFloat, 2, y_lengths,
                                   packed_strides(y_lengths, Layout::kNchw));
  const client::TensorDescriptor b(DataType::kFloat, 2, bias_lengths,
                                   packed_strides(bias_lengths, Layout::kNchw));
  std::vector<float> bias(kChannels), result(kChannels * kPixels);
  for (std::size_t k = 0; k < bias.size(); ++k) bias[k] = static_cast<float>(k) + 0.25f;
  const DeviceMemory y_memory(result.size() * 4), bias_memory(bias.size() * 4);
  check(hipMemcpy(bias_memory.get(), bias.data(), bias.size() * 4, hipMemcpyHostToDevice),
        "hipMemcpy");
  const float one = 1, zero = 0;
  client::check_miopen(
      miopenConvolutionForwardBias(handle, &one, b, bias_memory.get(), &zero, y, y_memory.get()),
      "miopenConvolutionForwardBias");
  check(hipDeviceSynchronize(), "hipDeviceSynchronize");
  check(hipMemcpy(result.data(), y_memory.get(), result.size() * 4, hipMemcpyDeviceToHost),
        "hipMemcpy");
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] != bias[i / kPixels]) {
      return {kProbeWrong, "element " + std::to_string(i) + " is " + std::to_string(result[i]) +
                               ", not " + std::to_string(bias[i / kPixels])};
    }
  }
  return {kProbeFine, std::to_string(result.size()) + " elements are right"};
}

Verdict convolve(std::string_view line) {
  const bench::BenchDevice device = bench::open_device();
  const ConvProblem problem = parse_driver_line(line).problem;
  const ConvCase inputs = make_case(problem);
  bench::GpuConvolution convolution(problem, device.facts, "");
  convolution.prepare(inputs);
  convolution.run();
  const std::vector<double> result = convolution.result();
  const std::string kernel = convolution.solver() + " " + convolution.instance();
  const auto fault =
      fault_of(result, inputs.sums, tolerance_of(inputs.problem, convolution.algorithm()));
  if (fault) return {kProbeWrong, kernel + ": " + *fault + "; to reproduce: " + std::string(line)};
  return {kProbeFine, std::to_string(result.size()) + " outputs are right, by " + kernel};
}

struct NamedTest {
  std::string_view name;
  Verdict (*run)();
};
constexpr NamedTest kNamed[] = {{"devices", devices},
                                {"allocate", allocate},
                                {"memory-kinds", memory_kinds},
                                {"fill", fill},
                                {"elementwise", elementwise}};

Verdict run(std::string_view name) {
  for (const NamedTest& test : kNamed) {
    if (test.name == name) return test.run();
  }
  for (const CardTest& test : kCardTests) {
    if (test.name == name && !test.line.empty()) return convolve(test.line);
  }
  return {kProbeUsage, "there is no test " + std::string(name)};
}

}  // namespace
}  // namespace rdna1conv::tool

int main(int argc, char** argv) {
  using namespace rdna1conv::tool;
  Verdict verdict;
  // What Find once measured for this user is not what is asked here.
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
  try {
    verdict = run(argc == 2 ? argv[1] : "");
  } catch (const std::exception& error) {
    verdict = {kProbeFailed, error.what()};
  }
  std::printf("\n%s%s\n", std::string(kProbeSays).c_str(), verdict.text.c_str());
  std::fflush(stdout);
  return verdict.status;
}

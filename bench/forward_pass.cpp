// What a network's convolutions cost this machine, apart from inputs, verification and the CPU's
// own: on the software device, how fast it executes, with its clock model or without
// (RDNA1CONV_EMULATOR_CLOCK=off). Usage: forward_pass [NETWORK]
#include <hip/hip_runtime_api.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>

#include "bench/device.h"
#include "bench/device_memory.h"
#include "bench/gpu_convolution.h"
#include "bench/processor_time.h"
#include "bench/workload.h"

namespace rdna1conv::bench {
namespace {

struct Cost {
  double wall_seconds = 0, processor_seconds = 0;
};

Cost cost_of_runs(GpuConvolution& convolution, std::int64_t count) {
  const double processor = processor_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t i = 0; i < count; ++i) convolution.run();
  check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {wall.count(), processor_seconds() - processor};
}

void run(const std::string& network) {
  const BenchDevice device = open_device();
  const client::MiopenHandle keeps_kernels_loaded;
  const Workload workload = load_workload(network, networks_directory(), std::cin);
  Cost total;
  std::int64_t convolutions = 0;
  for (const Layer& layer : workload.layers) {
    GpuConvolution convolution(layer.problem, device.facts, layer.solver_name);
    convolution.prepare(draw_inputs(layer.problem));
    const Cost cost = cost_of_runs(convolution, layer.count);
    total.wall_seconds += cost.wall_seconds;
    total.processor_seconds += cost.processor_seconds;
    convolutions += layer.count;
  }
  std::printf("%s: %lld convolutions, %.3f s of this machine's time, %.3f s of its processors'%s\n",
              network.c_str(), static_cast<long long>(convolutions), total.wall_seconds,
              total.processor_seconds,
              !device.software ? ""
              : device.clock   ? ", clock modelled"
                               : ", clock off");
}

}  // namespace
}  // namespace rdna1conv::bench

int main(int argc, char** argv) try {
  // What Find once measured for this user must not decide.
  setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);
  rdna1conv::bench::run(argc > 1 ? argv[1] : "resnet50");
} catch (const std::exception& error) {
  std::fprintf(stderr, "forward_pass: %s\n", error.what());
  return 2;
}

#include "device/prepared_plan.h"

#include <cstring>
#include <utility>

#include "device/hip_check.h"

namespace rdna1conv {
namespace {

dim3 to_dim3(const Extent3& extent) { return {extent.x, extent.y, extent.z}; }

// Adds the kernel to the graph that the stream is captured into. HIP 5.2 runs a module's kernel at
// once instead of capturing it; entering the node by hand works with every release.
void add_to_graph(hipStream_t stream, hipFunction_t function, const Launch& launch,
                  void** arguments) {
  hipStreamCaptureStatus status = hipStreamCaptureStatusNone;
  unsigned long long id = 0;
  hipGraph_t graph = nullptr;
  const hipGraphNode_t* dependencies = nullptr;
  std::size_t count = 0;
  check_hip(hipStreamGetCaptureInfo_v2(stream, &status, &id, &graph, &dependencies, &count),
            "hipStreamGetCaptureInfo_v2");
  hipKernelNodeParams node_params{};
  node_params.func = reinterpret_cast<void*>(function);
  node_params.gridDim = to_dim3(launch.grid);
  node_params.blockDim = to_dim3(launch.block);
  node_params.sharedMemBytes = launch.dynamic_lds;
  node_params.kernelParams = arguments;
  hipGraphNode_t node = nullptr;
  check_hip(hipGraphAddKernelNode(&node, graph, dependencies, count, &node_params),
            "hipGraphAddKernelNode");
  check_hip(hipStreamUpdateCaptureDependencies(stream, &node, 1, hipStreamSetCaptureDependencies),
            "hipStreamUpdateCaptureDependencies");
}

}  // namespace

bool is_capturing(hipStream_t stream) {
  if (stream == nullptr) return false;  // the null stream cannot be captured
  hipStreamCaptureStatus status = hipStreamCaptureStatusNone;
  check_hip(hipStreamIsCapturing(stream, &status), "hipStreamIsCapturing");
  return status == hipStreamCaptureStatusActive;
}

PreparedPlan::PreparedPlan(std::vector<Launch> launches, std::shared_ptr<KernelModules> modules)
    : launches_(std::move(launches)), modules_(std::move(modules)) {
  functions_.reserve(launches_.size());
  for (const Launch& launch : launches_) functions_.push_back(modules_->function(launch.kernel));
}

void PreparedPlan::launch(hipStream_t stream, const RunArguments& arguments) const {
  const bool captured = is_capturing(stream);
  for (std::size_t i = 0; i < launches_.size(); ++i) {
    const Launch& launch = launches_[i];
    alignas(16) std::array<std::byte, kMaxParamsBytes> params;
    std::memcpy(params.data(), launch.params.data(), launch.params_bytes);
    for (std::uint32_t j = 0; j < launch.pointer_count; ++j) {
      const PointerPatch& patch = launch.pointers[j];
      const auto* const address =
          static_cast<const std::byte*>(arguments.buffers[patch.buffer.number]) +
          patch.buffer_offset;
      std::memcpy(params.data() + patch.params_offset, &address, sizeof address);
    }
    if (launch.scalars_offset != kNoScalars) {
      std::memcpy(params.data() + launch.scalars_offset, arguments.scalars.data(),
                  arguments.scalars.size());
    }
    // HIP copies the one argument, whose size it knows from the kernel, before it returns.
    void* kernel_arguments[] = {params.data()};
    if (captured) {
      add_to_graph(stream, functions_[i], launch, kernel_arguments);
      continue;
    }
    check_hip(hipModuleLaunchKernel(functions_[i], launch.grid.x, launch.grid.y, launch.grid.z,
                                    launch.block.x, launch.block.y, launch.block.z,
                                    launch.dynamic_lds, stream, kernel_arguments, nullptr),
              "hipModuleLaunchKernel");
  }
}

}  // namespace rdna1conv

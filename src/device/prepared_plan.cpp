#include "device/prepared_plan.h"

#include <cstring>
#include <utility>

#include "device/hip_check.h"

namespace rdna1conv {
namespace {

std::byte* address_of(const Buffers& buffers, Buffer buffer) {
  switch (buffer) {
    case Buffer::kX:
      return static_cast<std::byte*>(buffers.x);
    case Buffer::kW:
      return static_cast<std::byte*>(buffers.w);
    case Buffer::kY:
      return static_cast<std::byte*>(buffers.y);
    case Buffer::kWorkspace:
      return static_cast<std::byte*>(buffers.workspace);
  }
  return nullptr;
}

}  // namespace

PreparedPlan::PreparedPlan(Plan plan, std::shared_ptr<KernelModules> modules)
    : plan_(std::move(plan)), modules_(std::move(modules)) {
  functions_.reserve(plan_.launches.size());
  for (const Launch& launch : plan_.launches) {
    functions_.push_back(modules_->function(launch.kernel));
  }
}

void PreparedPlan::launch(hipStream_t stream, const Buffers& buffers) const {
  for (std::size_t i = 0; i < plan_.launches.size(); ++i) {
    const Launch& launch = plan_.launches[i];
    alignas(16) std::array<std::byte, kMaxParamsBytes> params;
    std::memcpy(params.data(), launch.params.data(), launch.params_bytes);
    for (std::uint32_t j = 0; j < launch.pointer_count; ++j) {
      const PointerPatch& patch = launch.pointers[j];
      const std::byte* const address = address_of(buffers, patch.buffer) + patch.buffer_offset;
      std::memcpy(params.data() + patch.params_offset, &address, sizeof address);
    }
    // HIP copies the one argument, whose size it knows from the kernel, before it returns; in
    // stream capture too.
    void* arguments[] = {params.data()};
    check_hip(hipModuleLaunchKernel(functions_[i], launch.grid.x, launch.grid.y, launch.grid.z,
                                    launch.block.x, launch.block.y, launch.block.z,
                                    launch.dynamic_lds, stream, arguments, nullptr),
              "hipModuleLaunchKernel");
  }
}

}  // namespace rdna1conv

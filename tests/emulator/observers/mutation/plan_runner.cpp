#include "observers/mutation/plan_runner.h"

#include <hsa/hsa.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <stdexcept>

#include "device/code_objects.h"
#include "hsa/status.h"
#include "observers/written_bytes.h"
#include "params/epilogue.h"

// The HSA layer's status texts ask for it; there is no HSA runtime here.
bool emulator::hsa::runtime_is_initialised() { return true; }

namespace emulator {
namespace {

using rdna1conv::ConvProblem;
using rdna1conv::DataType;

// The code object for gfx1010 in a fat binary: LLVM's "Clang Offload Bundler", binary format.
std::span<const std::byte> unbundle(std::span<const std::byte> bundle) {
  constexpr std::string_view kMagic = "__CLANG_OFFLOAD_BUNDLE__";
  const auto number = [&](std::size_t at) {
    std::uint64_t value;
    std::memcpy(&value, bundle.data() + at, sizeof value);
    return value;
  };
  if (bundle.size() < kMagic.size() + 8 ||
      std::memcmp(bundle.data(), kMagic.data(), kMagic.size()) != 0) {
    throw std::runtime_error("a kernel family is no offload bundle");
  }
  std::size_t at = kMagic.size() + 8;
  for (std::uint64_t left = number(kMagic.size()); left > 0; --left) {
    const std::uint64_t offset = number(at);
    const std::uint64_t size = number(at + 8);
    const std::uint64_t length = number(at + 16);
    const std::string_view triple(reinterpret_cast<const char*>(bundle.data() + at + 24), length);
    if (triple.ends_with("gfx1010")) return bundle.subspan(offset, size);
    at += 24 + length;
  }
  throw std::runtime_error("a kernel family has no code for gfx1010");
}

std::uint64_t extent(const rdna1conv::FiveDims& lengths, const rdna1conv::FiveDims& strides,
                     DataType type) {
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    last += static_cast<std::uint64_t>(lengths[i] - 1) * static_cast<std::uint64_t>(strides[i]);
  }
  return (last + 1) * rdna1conv::bytes_of(type);
}

// Values whose sums are not exact, so that a missing or doubled term shows.
std::vector<std::byte> random_values(std::uint64_t bytes, DataType type, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> values(bytes);
  const std::size_t size = rdna1conv::bytes_of(type);
  for (std::size_t at = 0; at + size <= bytes; at += size) {
    const float value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    switch (type) {
      case DataType::kHalf: {
        const auto half = static_cast<_Float16>(value);
        std::memcpy(values.data() + at, &half, size);
        break;
      }
      case DataType::kBFloat16: {
        std::uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        const auto upper = static_cast<std::uint16_t>(bits >> 16);
        std::memcpy(values.data() + at, &upper, size);
        break;
      }
      case DataType::kFloat:
        std::memcpy(values.data() + at, &value, size);
        break;
      default: {
        const std::uint64_t integer = random() % 15 - 7;
        std::memcpy(values.data() + at, &integer, size);
        break;
      }
    }
  }
  return values;
}

}  // namespace

std::shared_ptr<const Kernel> KernelStore::find(const rdna1conv::KernelRef& reference) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const Kernel>& kernel = kernels_[reference.name];
  if (kernel != nullptr) return kernel;
  std::unique_ptr<hsa::CodeObject>& code = code_objects_[reference.family];
  if (code == nullptr) {
    code = std::make_unique<hsa::CodeObject>(
        unbundle(rdna1conv::code_object(reference.family)),
        [](std::string_view) { return std::optional<std::uint64_t>(); });
  }
  for (const hsa::KernelSymbol& symbol : code->kernels()) {
    if (symbol.name == std::string(reference.name) + ".kd") kernel = code->make_kernel(symbol);
  }
  if (kernel == nullptr) throw std::runtime_error(std::string("no kernel ") + reference.name);
  return kernel;
}

PlanRunner::PlanRunner(const ConvProblem& problem, const rdna1conv::Plan& plan, KernelStore& store)
    : plan_(plan),
      store_(store),
      arguments_(rdna1conv::kMaxParamsBytes + 256, MemoryKind::kKernarg),
      packet_(sizeof(hsa_kernel_dispatch_packet_t), MemoryKind::kRuntime) {
  switch (problem.direction) {
    case rdna1conv::Direction::kForward:
      output_ = 2;
      break;
    case rdna1conv::Direction::kBackwardData:
      output_ = 0;
      break;
    case rdna1conv::Direction::kBackwardWeights:
      output_ = 1;
      break;
  }
  const DataType types[] = {problem.x_type, problem.w_type, problem.y_type};
  const std::uint64_t sizes[] = {extent(problem.x_lengths(), problem.x_strides, problem.x_type),
                                 extent(problem.w_lengths(), problem.w_strides, problem.w_type),
                                 extent(problem.y_lengths(), problem.y_strides, problem.y_type),
                                 plan.workspace_bytes};
  for (int i = 0; i < 4; ++i) {
    if (sizes[i] == 0) continue;
    Memory& memory = buffers_[static_cast<std::size_t>(i)];
    memory.range = std::make_unique<hsa::DeviceRange>(sizes[i], MemoryKind::kDeviceCoarse);
    memory.is_input = i < 3 && i != output_;
    memory.content = memory.is_input
                         ? random_values(sizes[i], types[i], static_cast<std::uint32_t>(i + 1))
                         : std::vector<std::byte>(sizes[i], std::byte{0xff});  // NaN
  }
}

std::uint64_t PlanRunner::bytes_of(int buffer) const {
  return buffers_[static_cast<std::size_t>(buffer)].content.size();
}

void PlanRunner::fill(Memory& memory) {
  if (memory.range == nullptr) return;
  std::memcpy(memory.range->data(), memory.content.data(), memory.content.size());
  const auto view = Device::instance().memory().snapshot();
  const Region* region = view->find(memory.range->address());
  if (region->written == nullptr) return;
  region->written->forget();
  if (memory.is_input) region->written->mark(0, memory.content.size());
}

DispatchResult PlanRunner::launch(const rdna1conv::Launch& launch, std::size_t index,
                                  ObserverFactory observer, const Change& change) {
  std::vector<std::byte> params(launch.params.begin(), launch.params.begin() + launch.params_bytes);
  for (std::uint32_t j = 0; j < launch.pointer_count; ++j) {
    const rdna1conv::PointerPatch& patch = launch.pointers[j];
    const std::size_t buffer = patch.buffer.number;
    std::uint64_t address = 0;
    if (buffer < buffers_.size() && buffers_[buffer].range != nullptr) {
      address = buffers_[buffer].range->address() + patch.buffer_offset;
      if (index == change.launch && j == change.pointer) {
        address += static_cast<std::uint64_t>(change.pointer_shift);
      }
    }
    std::memcpy(params.data() + patch.params_offset, &address, sizeof address);
  }
  if (launch.scalars_offset != rdna1conv::kNoScalars) {
    const rdna1conv::EpilogueScalars scalars;
    std::memcpy(params.data() + launch.scalars_offset, &scalars, sizeof scalars);
  }
  std::memset(arguments_.data(), 0, arguments_.bytes());
  std::memcpy(arguments_.data(), params.data(), params.size());

  Dispatch dispatch;
  dispatch.kernel = store_.find(launch.kernel);
  if (change.kernel != nullptr && change.kernel_name == launch.kernel.name) {
    dispatch.kernel = change.kernel;
  }
  dispatch.workgroup = {launch.block.x, launch.block.y, launch.block.z};
  dispatch.grid = {launch.grid.x * launch.block.x, launch.grid.y * launch.block.y,
                   launch.grid.z * launch.block.z};
  dispatch.group_segment_bytes = dispatch.kernel->group_segment_bytes + launch.dynamic_lds;
  dispatch.private_segment_bytes = dispatch.kernel->private_segment_bytes;
  dispatch.kernarg_address = arguments_.address();
  dispatch.packet_address = packet_.address();
  hsa_kernel_dispatch_packet_t packet{};
  packet.setup = 3;
  packet.workgroup_size_x = static_cast<std::uint16_t>(launch.block.x);
  packet.workgroup_size_y = static_cast<std::uint16_t>(launch.block.y);
  packet.workgroup_size_z = static_cast<std::uint16_t>(launch.block.z);
  packet.grid_size_x = dispatch.grid[0];
  packet.grid_size_y = dispatch.grid[1];
  packet.grid_size_z = dispatch.grid[2];
  std::memcpy(packet_.data(), &packet, sizeof packet);
  return Device::instance().run(dispatch, observer);
}

Outcome PlanRunner::run(ObserverFactory observer, const Change& change) {
  for (Memory& memory : buffers_) fill(memory);
  MemoryMap& map = Device::instance().memory();
  Region whole;
  if (change.shrunk_buffer >= 0) {
    const std::uint64_t begin =
        buffers_[static_cast<std::size_t>(change.shrunk_buffer)].range->address();
    whole = *map.snapshot()->find(begin);
    Region less = whole;
    less.end -= change.shrunk_by;
    map.remove(begin);
    map.add(less);
  }
  Outcome outcome;
  for (std::size_t i = 0; i < plan_.launches.size() && outcome.fault.empty(); ++i) {
    const DispatchResult result = launch(plan_.launches[i], i, observer, change);
    if (!result.fault) continue;
    outcome.fault = result.fault->text;
    outcome.by_check = result.fault->kind == FaultKind::kCheck;
  }
  if (change.shrunk_buffer >= 0) {
    map.remove(whole.begin);
    map.add(whole);
  }
  const Memory& output = buffers_[static_cast<std::size_t>(output_)];
  outcome.output.assign(output.range->data(), output.range->data() + output.content.size());
  return outcome;
}

std::optional<UnusedData> PlanRunner::unused_data(const Change& change) {
  DataUse use;
  for (const Memory& memory : buffers_) {
    use.follow(memory.range != nullptr ? memory.range->address() : 0, memory.content.size());
  }
  const DataUse::Watch watch(use);
  if (!run(DataUse::make, change).fault.empty()) return std::nullopt;
  UnusedData unused;
  constexpr std::size_t kWorkspace = 3;
  for (std::size_t i = 0; i < kWorkspace; ++i) {
    if (static_cast<int>(i) == output_) {
      unused.output = use.never_touched(i);
    } else {
      unused.input += use.never_loaded(i);
    }
  }
  unused.workspace = use.stored_in_vain(kWorkspace);
  unused.lds_stores = use.lds_stores_in_vain();
  return unused;
}

}  // namespace emulator

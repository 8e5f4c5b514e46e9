#pragma once

// Kernel launches as values: what a solver makes without a device and src/device runs.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <type_traits>

namespace rdna1conv {

// kernels/<family>.hip and the extern "C" name of a __global__ function in it. Both point at
// literals.
struct KernelRef {
  const char* family = nullptr;
  const char* name = nullptr;
};

struct Extent3 {
  std::uint32_t x = 1, y = 1, z = 1;
  bool operator==(const Extent3&) const = default;
};

// A device buffer that a run call brings, by its number in the list that its kind of problem has:
// an enum, such as Buffer in plan/convolution_buffers.h.
struct BufferSlot {
  std::uint8_t number = 0;

  constexpr BufferSlot() = default;
  template <class Slots>
  requires std::is_enum_v<Slots>
  constexpr BufferSlot(Slots slot) : number(static_cast<std::uint8_t>(slot)) {}

  bool operator==(const BufferSlot&) const = default;
};

inline constexpr std::size_t kMaxBuffers = 16;

// At run time the address buffer + buffer_offset goes to params_offset of the Params struct.
struct PointerPatch {
  BufferSlot buffer;
  std::uint32_t params_offset = 0;  // bytes from the start of the Params struct
  std::uint64_t buffer_offset = 0;  // bytes from the start of the buffer
};

inline constexpr std::size_t kMaxParamsBytes = 1024;
inline constexpr std::size_t kMaxPointers = 10;
inline constexpr std::uint32_t kNoScalars = ~0u;

// One kernel launch. The kernel takes one Params struct by value.
struct Launch {
  KernelRef kernel;
  Extent3 grid;   // workgroups
  Extent3 block;  // work items of a workgroup
  std::uint32_t dynamic_lds = 0;
  std::uint32_t params_bytes = 0;
  std::uint32_t pointer_count = 0;
  // Where the run call's numbers go in the Params struct, if it takes any.
  std::uint32_t scalars_offset = kNoScalars;
  // Reads the weights alone, so that its result serves all runs with them
  // (Instance::weights_bytes).
  bool prepares_weights = false;
  std::array<PointerPatch, kMaxPointers> pointers{};
  alignas(16) std::array<std::byte, kMaxParamsBytes> params{};
};

// What a run call brings: the address of each buffer that the plan's launches name, and the bytes
// of the numbers that go to Launch::scalars_offset.
struct RunArguments {
  std::array<const void*, kMaxBuffers> buffers{};
  std::span<const std::byte> scalars;
};

// A launch of `kernel` with `params`, whose device pointers are those that `pointers` names:
//   make_launch({"reference", "reference_forward_f32"}, grid, block, params,
//               {{Buffer::kX, offsetof(ReferenceParams, x)}, ...});
template <class Params>
Launch make_launch(KernelRef kernel, Extent3 grid, Extent3 block, const Params& params,
                   std::initializer_list<PointerPatch> pointers, std::uint32_t dynamic_lds = 0) {
  static_assert(std::is_trivially_copyable_v<Params>, "Params is copied as bytes");
  static_assert(std::is_standard_layout_v<Params>, "host and device must agree on the layout");
  static_assert(sizeof(Params) <= kMaxParamsBytes, "Params exceeds the inline buffer");
  if (pointers.size() > kMaxPointers) throw std::logic_error("too many pointers in one launch");
  Launch launch{kernel, grid, block, dynamic_lds, sizeof(Params), 0, kNoScalars, false, {}, {}};
  for (const PointerPatch& pointer : pointers) launch.pointers[launch.pointer_count++] = pointer;
  std::memcpy(launch.params.data(), &params, sizeof(Params));
  return launch;
}

}  // namespace rdna1conv

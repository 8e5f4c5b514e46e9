// The state in which the hardware starts a wave, as the kernel descriptor asks for it. Source of
// fields and register order: LLVM, "User Guide for AMDGPU Backend", kernel descriptor and initial
// kernel execution state.
#include <algorithm>
#include <cstring>

#include "isa/float_mode.h"
#include "machine/device.h"
#include "machine/workgroup.h"

namespace emulator {
namespace {

// Undefined on a card; NaN as a float, a half and a double.
constexpr int kUndefinedByte = 0xff;

// LDS is allocated in pieces of this many bytes (LLVM, AMDGPU.td: 128 dwords).
constexpr std::size_t kLdsGranule = 512;

namespace property {
constexpr unsigned kPrivateSegmentBuffer = 1u << 0;
constexpr unsigned kDispatchPointer = 1u << 1;
constexpr unsigned kQueuePointer = 1u << 2;
constexpr unsigned kKernargPointer = 1u << 3;
constexpr unsigned kDispatchId = 1u << 4;
constexpr unsigned kFlatScratchInit = 1u << 5;
constexpr unsigned kPrivateSegmentSize = 1u << 6;
}  // namespace property

unsigned bits(std::uint32_t value, unsigned first, unsigned count) {
  return value >> first & ((1u << count) - 1);
}

FloatMode float_mode(std::uint32_t rsrc1) {
  FloatMode mode;
  mode.round_f32 = static_cast<std::uint8_t>(bits(rsrc1, 12, 2));
  mode.round_f16_f64 = static_cast<std::uint8_t>(bits(rsrc1, 14, 2));
  mode.denormal_f32 = static_cast<std::uint8_t>(bits(rsrc1, 16, 2));
  mode.denormal_f16_f64 = static_cast<std::uint8_t>(bits(rsrc1, 18, 2));
  mode.dx10_clamp = bits(rsrc1, 21, 1) != 0;
  mode.ieee = bits(rsrc1, 23, 1) != 0;
  return mode;
}

// The buffer resource through which kernels address scratch: swizzled by lane, 4-byte elements.
void write_scratch_resource(Wave& wave, unsigned sgpr) {
  constexpr std::uint32_t kSwizzle = 1u << 31;
  constexpr std::uint32_t kAddThreadId = 1u << 23;
  constexpr std::uint32_t kResourceLevel = 1u << 24;
  constexpr std::uint32_t kFormat = 20u << 12;       // 32_UINT; 0 would be an unbound resource
  constexpr std::uint32_t kNoRangeCheck = 2u << 28;  // as ROCr sets it; the device checks instead
  const std::uint32_t index_stride = wave.is_wave64() ? 3u << 21 : 2u << 21;
  wave.s[sgpr] = static_cast<std::uint32_t>(wave.scratch_base);
  wave.s[sgpr + 1] = static_cast<std::uint32_t>(wave.scratch_base >> 32) | kSwizzle;
  wave.s[sgpr + 2] = static_cast<std::uint32_t>(wave.scratch_bytes);
  wave.s[sgpr + 3] = kFormat | kAddThreadId | kResourceLevel | kNoRangeCheck | index_stride;
}

void write_scalar_registers(Wave& wave, const Dispatch& dispatch,
                            const std::array<std::uint32_t, 3>& id) {
  const Kernel& kernel = *dispatch.kernel;
  unsigned sgpr = 0;
  const auto put_pair = [&](unsigned needed, std::uint64_t value) {
    if ((kernel.properties & needed) == 0) return;
    wave.write_pair(sgpr, value);
    sgpr += 2;
  };
  if ((kernel.properties & property::kPrivateSegmentBuffer) != 0) {
    write_scratch_resource(wave, sgpr);
    sgpr += 4;
  }
  put_pair(property::kDispatchPointer, dispatch.packet_address);
  put_pair(property::kQueuePointer, dispatch.queue_address);
  put_pair(property::kKernargPointer, dispatch.kernarg_address);
  put_pair(property::kDispatchId, dispatch.dispatch_id);
  put_pair(property::kFlatScratchInit, wave.scratch_base);
  if ((kernel.properties & property::kPrivateSegmentSize) != 0) {
    wave.s[sgpr++] = dispatch.private_segment_bytes;
  }
  // System registers follow the user registers that the descriptor counts.
  sgpr = bits(kernel.rsrc2, 1, 5);
  for (unsigned axis = 0; axis < 3; ++axis) {
    if (bits(kernel.rsrc2, 7 + axis, 1) != 0) wave.s[sgpr++] = id[axis];
  }
  if (bits(kernel.rsrc2, 10, 1) != 0) wave.s[sgpr++] = 0;  // workgroup info
  // Scratch addresses above are the wave's own, so its offset into them is zero.
  if (bits(kernel.rsrc2, 0, 1) != 0) wave.s[sgpr++] = 0;
}

// Work-item ids of the wave's lanes, and EXEC: the last wave may be partly filled.
void write_lanes(Wave& wave, const Kernel& kernel, const std::array<std::uint32_t, 3>& size) {
  const std::uint64_t items = std::uint64_t{size[0]} * size[1] * size[2];
  const unsigned id_registers = 1 + bits(kernel.rsrc2, 11, 2);
  for (unsigned half = 0; half < wave.halves; ++half) {
    std::uint32_t exec = 0;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      const std::uint64_t item = (std::uint64_t{wave.index} * wave.halves + half) * kLanes + lane;
      if (item >= items) break;
      exec |= 1u << lane;
      const std::array<std::uint64_t, 3> position{item % size[0], item / size[0] % size[1],
                                                  item / size[0] / size[1]};
      for (unsigned axis = 0; axis < id_registers && axis < 3; ++axis) {
        wave.v[half][axis].lane[lane] = static_cast<std::uint32_t>(position[axis]);
      }
    }
    wave.s[operand::kExecLo + half] = exec;
  }
}

}  // namespace

void start_workgroup(Workgroup& workgroup, const Dispatch& dispatch, const MemorySnapshot& memory,
                     std::array<std::uint32_t, 3> id) {
  const Kernel& kernel = *dispatch.kernel;
  const bool wave32 = !kernel.is_wave64();
  const unsigned wave_size = wave32 ? 32 : 64;
  // A workgroup at the grid's edge is smaller when the grid is no multiple of the workgroup.
  std::array<std::uint32_t, 3> size{};
  for (unsigned axis = 0; axis < 3; ++axis) {
    size[axis] = std::min(dispatch.workgroup[axis],
                          dispatch.grid[axis] - id[axis] * dispatch.workgroup[axis]);
  }
  const std::uint64_t items = std::uint64_t{size[0]} * size[1] * size[2];
  // Lanes' dwords are interleaved: a part of a dword takes a whole one.
  const std::uint64_t scratch_per_wave =
      (std::uint64_t{dispatch.private_segment_bytes} + 3) / 4 * 4 * wave_size;

  workgroup.dispatch = &dispatch;
  workgroup.id = id;
  workgroup.waited = 0;
  workgroup.wave_count = (items + wave_size - 1) / wave_size;
  workgroup.lds.assign(
      (std::size_t{dispatch.group_segment_bytes} + kLdsGranule - 1) / kLdsGranule * kLdsGranule,
      std::byte{kUndefinedByte});
  workgroup.scratch.assign(scratch_per_wave * workgroup.wave_count, std::byte{kUndefinedByte});
  while (workgroup.waves.size() < workgroup.wave_count) {
    workgroup.waves.push_back(std::make_unique<Wave>());
  }
  // Granule of the descriptor's VGPR count: 8 in wave32, 4 in wave64.
  const std::size_t vgprs =
      std::min<std::size_t>((bits(kernel.rsrc1, 0, 6) + 1) * (wave32 ? 8 : 4), 256);
  const FloatMode mode = float_mode(kernel.rsrc1);

  for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
    Wave& wave = *workgroup.waves[i];
    wave.halves = wave32 ? 1 : 2;
    for (unsigned half = 0; half < wave.halves; ++half) {
      std::memset(wave.v[half].data(), kUndefinedByte, vgprs * sizeof(Vgpr));
    }
    wave.s = {};
    wave.scc = false;
    wave.mode = mode;
    wave.default_mode = is_default_float_mode(mode);
    wave.program = kernel.program.get();
    wave.workgroup = &workgroup;
    wave.memory = &memory;
    wave.scratch_bytes = scratch_per_wave;
    wave.scratch_base =
        reinterpret_cast<std::uint64_t>(workgroup.scratch.data()) + i * scratch_per_wave;
    wave.flat_scratch = wave.scratch_base;
    wave.index = static_cast<unsigned>(i);
    wave.next = kernel.program->at(kernel.entry);
    wave.state = WaveState::kReady;
    wave.block_begin = wave.next;
    wave.executed = 0;
    wave.spinning = nullptr;
    wave.spins = 0;
    wave.counts = {};
    wave.current = nullptr;
    wave.cached_regions = {};
    write_scalar_registers(wave, dispatch, id);
    write_lanes(wave, kernel, size);
  }
}

}  // namespace emulator

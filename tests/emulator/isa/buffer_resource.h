// The 128-bit buffer resource (V#) of MUBUF and scalar buffer instructions. Layout and range
// checks: AMD, "RDNA 1.0 Instruction Set Architecture", section 8.1, and Mesa's description of
// OOB_SELECT (src/amd/common/ac_descriptors.c, GFX10). What counts against the records of a raw
// buffer, besides: LLVM, pull request 207796 (offset and bytes of the access against the records
// less the scalar offset).
#pragma once

#include <algorithm>
#include <cstdint>

namespace emulator {

struct BufferResource {
  enum class RangeCheck : std::uint8_t {
    kStructured,  // the index against the records, the offset against the stride
    kIndex,       // the index against the records
    kNone,        // everything is in range unless there are no records
    kRaw,         // bytes against the records
  };

  std::uint64_t base = 0;
  std::uint32_t stride = 0;
  std::uint32_t records = 0;  // bytes for kRaw, else elements of `stride` bytes
  unsigned index_stride = 8;  // swizzled: lanes that share a row of dwords
  bool swizzled = false;
  bool adds_lane = false;  // the lane number is part of the index
  RangeCheck check = RangeCheck::kRaw;

  // Of MUBUF instructions. A resource without a format is unbound: loads give zero, stores are
  // dropped. Sources: the manual's section 8.1.4 (a resource of zeros is unbound); LLVM, MLIR's
  // AMDGPUToROCDL.cpp (the format is ignored but must not be zero).
  static BufferResource decode_typed(const std::uint32_t* words) {
    BufferResource v = decode(words);
    if ((words[3] >> 12 & 0x7f) == 0) {
      v.check = RangeCheck::kNone;
      v.records = 0;
    }
    return v;
  }

  // Scalar loads look at base, stride and records alone.
  static BufferResource decode(const std::uint32_t* words) {
    BufferResource v;
    v.base = words[0] | std::uint64_t{words[1] & 0xffff} << 32;
    v.stride = words[1] >> 16 & 0x3fff;
    v.swizzled = words[1] >> 31 != 0;
    v.records = words[2];
    v.index_stride = 8u << (words[3] >> 21 & 3);
    v.adds_lane = (words[3] >> 23 & 1) != 0;
    v.check = static_cast<RangeCheck>(words[3] >> 28 & 3);
    // Without a stride there are no structures to check.
    if (v.stride == 0 && v.check == RangeCheck::kStructured) v.check = RangeCheck::kRaw;
    return v;
  }

  // Byte offset from base + soffset.
  std::uint64_t place(std::uint64_t index, std::uint64_t offset) const {
    if (!swizzled) return index * stride + offset;
    return (index / index_stride * stride + offset / 4 * 4) * index_stride +
           index % index_stride * 4 + offset % 4;
  }

  // Whether `bytes` bytes (at most a dword) at `offset` of element `index` may be touched.
  bool in_range(std::uint64_t index, std::uint64_t offset, std::uint32_t soffset,
                unsigned bytes) const {
    switch (check) {
      case RangeCheck::kStructured:
        return index < records && offset < stride;
      case RangeCheck::kIndex:
        return index < records;
      case RangeCheck::kNone:
        return records != 0;
      case RangeCheck::kRaw:
        break;
    }
    const std::uint64_t limit = records - std::min(records, soffset);
    return (swizzled ? place(index, offset) : offset) + bytes <= limit;
  }
};

}  // namespace emulator

// Integer instructions on the bytes of dwords: sums of absolute differences, v_perm, v_lerp.
#pragma once

#include <array>
#include <cstdint>

#include "isa/lane_types.h"

namespace emulator {

constexpr std::uint32_t byte_of(std::uint64_t a, unsigned k) {
  return static_cast<std::uint32_t>(a >> 8 * k & 0xff);
}

constexpr std::int64_t absolute_difference(std::int64_t a, std::int64_t b) {
  return a < b ? b - a : a - b;
}

// Sum over four bytes; `masked` leaves out bytes that are zero in the reference `b`.
constexpr std::int64_t sum_of_differences(std::uint32_t a, std::uint32_t b, bool masked) {
  std::int64_t sum = 0;
  for (unsigned k = 0; k < 4; ++k) {
    if (!masked || byte_of(b, k) != 0) sum += absolute_difference(byte_of(a, k), byte_of(b, k));
  }
  return sum;
}

// The four dwords at byte offsets 0 to 3 of `a` against `b`, added to 16-bit sums in `c`.
constexpr std::uint64_t quad_differences(std::uint64_t a, std::uint32_t b, std::uint64_t c,
                                         bool masked, bool clamp) {
  std::uint64_t result = 0;
  for (unsigned k = 0; k < 4; ++k) {
    std::int64_t sum = sum_of_differences(static_cast<std::uint32_t>(a >> 8 * k), b, masked);
    sum += static_cast<std::int64_t>(c >> 16 * k & 0xffff);
    if (clamp && sum > 0xffff) sum = 0xffff;
    result |= static_cast<std::uint64_t>(sum & 0xffff) << 16 * k;
  }
  return result;
}

// Likewise to 32-bit sums, masked.
constexpr std::array<std::uint32_t, 4> quad_differences_32(std::uint64_t a, std::uint32_t b,
                                                           std::array<std::uint32_t, 4> c,
                                                           bool clamp) {
  for (unsigned k = 0; k < 4; ++k) {
    std::int64_t sum = sum_of_differences(static_cast<std::uint32_t>(a >> 8 * k), b, true) + c[k];
    if (clamp && sum > 0xffffffff) sum = 0xffffffff;
    c[k] = static_cast<std::uint32_t>(sum);
  }
  return c;
}

// v_perm: selectors 0 to 3 are bytes of `b`, 4 to 7 of `a`, 8 to 11 the signs of the halves of
// both, 12 is 0x00 and beyond 0xff.
constexpr std::uint32_t permute_bytes(std::uint32_t a, std::uint32_t b, std::uint32_t selectors) {
  const std::uint64_t data = static_cast<std::uint64_t>(a) << 32 | b;
  std::uint32_t result = 0;
  for (unsigned k = 0; k < 4; ++k) {
    const std::uint32_t select = byte_of(selectors, k);
    std::uint32_t value;
    if (select < 8) {
      value = byte_of(data, select);
    } else if (select < 12) {
      value = (data >> (16 * (select - 8) + 15) & 1) != 0 ? 0xff : 0;
    } else {
      value = select == 12 ? 0 : 0xff;
    }
    result |= value << 8 * k;
  }
  return result;
}

// v_lerp: bytewise averages; bit 0 of c's byte rounds up.
constexpr std::uint32_t average_bytes(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  std::uint32_t result = 0;
  for (unsigned k = 0; k < 4; ++k) {
    const std::uint32_t sum = byte_of(a, k) + byte_of(b, k) + (byte_of(c, k) & 1);
    result |= (sum >> 1) << 8 * k;
  }
  return result;
}

}  // namespace emulator

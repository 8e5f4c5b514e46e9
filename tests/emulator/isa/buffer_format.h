// The data formats of buffer resources and what a load makes of them. Numbers: LLVM's names of
// GFX10 buffer formats (AMDGPU, SIDefines.h, UfmtGFX10), which its assembler takes in tbuffer
// instructions; conversions and destination select: AMD, "RDNA 1.0 Instruction Set Architecture",
// section 8.1. Formats whose components are not all of one size (10_11_11, 2_10_10_10 and their
// like) are left out.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "isa/half.h"

namespace emulator {

enum class FormatKind : std::uint8_t { kUnorm, kSnorm, kUscaled, kSscaled, kUint, kSint, kFloat };

struct BufferFormat {
  std::uint8_t components = 0;  // 0: not one of the table
  std::uint8_t component_bytes = 0;
  FormatKind kind = FormatKind::kUint;

  unsigned bytes() const { return components * component_bytes; }
};

// Formats of these components and this size have consecutive numbers from `first` on, one a kind.
struct FormatFamily {
  std::uint8_t first;
  std::uint8_t components;
  std::uint8_t component_bytes;
};
constexpr FormatFamily kFormatFamilies[] = {
    {1, 1, 1},  {7, 1, 2},  {14, 2, 1}, {20, 1, 4}, {23, 2, 2},
    {56, 4, 1}, {62, 2, 4}, {65, 4, 2}, {72, 3, 4}, {75, 4, 4},
};

constexpr BufferFormat buffer_format(unsigned number) {
  for (const FormatFamily& family : kFormatFamilies) {
    // 32-bit components are integers or floats; bytes are no floats.
    const unsigned first_kind = family.component_bytes == 4 ? unsigned(FormatKind::kUint) : 0;
    const unsigned last_kind =
        unsigned(family.component_bytes == 1 ? FormatKind::kSint : FormatKind::kFloat);
    if (number < family.first || number - family.first > last_kind - first_kind) continue;
    return {family.components, family.component_bytes,
            static_cast<FormatKind>(first_kind + number - family.first)};
  }
  return {};
}

// One component as the register receives it.
inline std::uint32_t convert_component(const BufferFormat& format, const std::byte* from) {
  std::uint32_t raw = 0;
  std::memcpy(&raw, from, format.component_bytes);
  const unsigned unused = 32 - 8u * format.component_bytes;
  const std::int32_t integer = static_cast<std::int32_t>(raw << unused) >> unused;
  const auto bits = [](float value) { return std::bit_cast<std::uint32_t>(value); };
  const float largest = static_cast<float>(~0u >> unused);
  switch (format.kind) {
    case FormatKind::kUnorm:
      return bits(static_cast<float>(raw) / largest);
    case FormatKind::kSnorm: {
      const float largest_signed = static_cast<float>(~0u >> unused >> 1);
      const float value = static_cast<float>(integer) / largest_signed;
      return bits(value < -1.0f ? -1.0f : value);
    }
    case FormatKind::kUscaled:
      return bits(static_cast<float>(raw));
    case FormatKind::kSscaled:
      return bits(static_cast<float>(integer));
    case FormatKind::kUint:
      return raw;
    case FormatKind::kSint:
      return static_cast<std::uint32_t>(integer);
    case FormatKind::kFloat:
      return format.component_bytes == 2 ? bits(half_to_float(static_cast<std::uint16_t>(raw)))
                                         : raw;
  }
  return 0;
}

// What the resource's fourth word selects for each of x, y, z and w from the components at `from`.
inline std::array<std::uint32_t, 4> convert_element(const BufferFormat& format, std::uint32_t word3,
                                                    const std::byte* from) {
  const bool integer = format.kind == FormatKind::kUint || format.kind == FormatKind::kSint;
  const std::uint32_t one = integer ? 1 : std::bit_cast<std::uint32_t>(1.0f);
  std::array<std::uint32_t, 4> component{0, 0, 0, one};  // those that the format lacks
  for (unsigned i = 0; i < format.components; ++i) {
    component[i] = convert_component(format, from + i * format.component_bytes);
  }
  std::array<std::uint32_t, 4> selected{};
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned select = word3 >> 3 * i & 7;
    selected[i] = select >= 4 ? component[select - 4] : select == 1 ? one : 0;
  }
  return selected;
}

}  // namespace emulator

#include "differential/inputs.h"

#include <bit>
#include <cstdio>
#include <random>

namespace differential {
namespace {

constexpr std::uint64_t kIntegers[] = {
    0,
    1,
    2,
    3,
    31,
    32,
    63,
    64,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fffff,
    0x800000,
    0xffffff,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    0x8000000080000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xffffffff00000000,
    0xffffffffffffffff,
    0x0101010101010101,
    0xaaaaaaaaaaaaaaaa,
    0x00ff00ff00ff00ff,
};

constexpr std::uint64_t kDoubles[] = {
    0x0000000000000000,  // 0
    0x3ff0000000000000,  // 1
    0x3ff0000000000001, 0x3fefffffffffffff,
    0x3fe0000000000000,  // 0.5
    0x3ff8000000000000,  // 1.5
    0x4004000000000000,  // 2.5
    0x4008000000000000,  // 3
    0x41dfffffffc00000,  // 2^31 - 1
    0x41e0000000000000,  // 2^31
    0x41efffffffe00000,  // 2^32 - 1
    0x43dfffffffffffff,  // below 2^63
    0x43f0000000000000,  // 2^64
    0x0000000000000001,  // least subnormal
    0x000fffffffffffff,  // greatest subnormal
    0x0010000000000000,  // least normal
    0x7fefffffffffffff,  // greatest
    0x7ff0000000000000,  // infinity
    0x7ff8000000000000,  // NaN
    0x36a0000000000000,  // 2^-149
    0x47efffffe0000000,  // greatest float
    0x47effffff0000000,  // halfway to the next, which is infinity
    0x40effc0000000000,  // 65504, the greatest half
    0x40effe0000000000,  // halfway to infinity in half
    0x3e70000000000000,  // 2^-24, the least half
    0x3f0ff80000000000,  // a subnormal half
};

constexpr std::uint32_t kFloats[] = {
    0x00000000,  // 0
    0x3f800000,  // 1
    0x3f800001, 0x3f7fffff,
    0x3f000000,  // 0.5
    0x3fc00000,  // 1.5
    0x40200000,  // 2.5
    0x40400000,  // 3
    0x4b000000,  // 2^23
    0x4b7fffff,
    0x4effffff,  // below 2^31
    0x4f000000,  // 2^31
    0x4f7fffff,
    0x5f000000,  // 2^63
    0x5f7fffff,
    0x00000001,  // least subnormal
    0x007fffff,  // greatest subnormal
    0x00800000,  // least normal
    0x7f7fffff,  // greatest
    0x7f800000,  // infinity
    0x7fc00000,  // NaN
    0x477fe000,  // 65504
    0x477ff000,  // halfway to infinity in half
    0x33800000,  // 2^-24
    0x387fc000,  // a subnormal half
    0x42fe0000,  // 127
    0x437f0000,  // 255
    0x46fffe00,  // 32767
};

constexpr std::uint16_t kHalves[] = {
    0x0000,  // 0
    0x3c00,  // 1
    0x3c01, 0x3bff,
    0x3800,  // 0.5
    0x3e00,  // 1.5
    0x4100,  // 2.5
    0x4200,  // 3
    0x6400,  // 1024
    0x67ff,  // 2047
    0x7800,  // 32768
    0x0001,  // least subnormal
    0x03ff,  // greatest subnormal
    0x0400,  // least normal
    0x7bff,  // 65504, the greatest
    0x7c00,  // infinity
    0x7e00,  // NaN
};

using Engine = std::mt19937_64;

// A random integer of random length, so that small ones are as frequent as large ones.
std::uint64_t random_integer(Engine& engine) {
  const std::uint64_t value = engine() >> engine() % 64;
  return (engine() & 1) != 0 ? value : -value;
}

// Flips the sign of every second value.
template <class Float, class Bits>
Float with_random_sign(Bits bits, Engine& engine) {
  const Bits sign = static_cast<Bits>(static_cast<Bits>(engine() & 1) << (8 * sizeof(Bits) - 1));
  return std::bit_cast<Float>(static_cast<Bits>(bits ^ sign));
}

// A float with a random fraction and an exponent at most `spread` from 1's. Results of several of
// them stay in range, so that rounding is what is tested.
template <class Float, class Bits>
Float random_float(Engine& engine, unsigned fraction_bits, unsigned bias, unsigned spread) {
  const Bits fraction = static_cast<Bits>(engine() & ((std::uint64_t{1} << fraction_bits) - 1));
  const std::uint64_t exponent = bias - spread + engine() % (2 * spread + 1);
  return with_random_sign<Float>(
      static_cast<Bits>(static_cast<Bits>(exponent << fraction_bits) | fraction), engine);
}

}  // namespace

std::vector<Inputs> make_inputs(std::size_t count, std::uint64_t seed) {
  Engine engine(seed);
  std::vector<Inputs> list(count);
  for (Inputs& inputs : list) {
    // In a quarter of the vectors all are edge values, in a half some are, in a quarter none.
    const std::uint64_t kind = engine() % 4;
    const auto edge = [&] { return kind == 0 || (kind < 3 && engine() % 3 == 0); };
    for (std::size_t k = 0; k < 4; ++k) {
      inputs.integers[k] = random_integer(engine);
      if (edge()) {
        const std::uint64_t value = kIntegers[engine() % std::size(kIntegers)];
        inputs.integers[k] = (engine() & 1) != 0 ? value : -value;
      }
      // Of the random floats most are near 1, the others of any size.
      const bool near = engine() % 4 != 0;
      inputs.doubles[k] =
          edge() ? with_random_sign<double>(kDoubles[engine() % std::size(kDoubles)], engine)
                 : random_float<double, std::uint64_t>(engine, 52, 1023, near ? 8 : 1022);
      inputs.floats[k] =
          edge() ? with_random_sign<float>(kFloats[engine() % std::size(kFloats)], engine)
                 : random_float<float, std::uint32_t>(engine, 23, 127, near ? 6 : 126);
      inputs.halves[k] =
          edge() ? with_random_sign<_Float16>(kHalves[engine() % std::size(kHalves)], engine)
                 : random_float<_Float16, std::uint16_t>(engine, 10, 15, near ? 3 : 14);
    }
  }
  return list;
}

std::string describe(const Inputs& inputs) {
  std::string text;
  char item[64];
  for (const std::uint64_t value : inputs.integers) {
    std::snprintf(item, sizeof item, " 0x%llx", static_cast<unsigned long long>(value));
    text += item;
  }
  text += "; doubles";
  for (const double value : inputs.doubles) {
    std::snprintf(item, sizeof item, " %a", value);
    text += item;
  }
  text += "; floats";
  for (const float value : inputs.floats) {
    std::snprintf(item, sizeof item, " %a", static_cast<double>(value));
    text += item;
  }
  text += "; halves";
  for (const _Float16 value : inputs.halves) {
    std::snprintf(item, sizeof item, " %a", static_cast<double>(value));
    text += item;
  }
  return "integers" + text;
}

}  // namespace differential

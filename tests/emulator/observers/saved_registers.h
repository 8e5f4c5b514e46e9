// Values of some of a wave's registers, taken and given back.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "isa/registers_used.h"
#include "machine/wave.h"

namespace emulator {

class SavedRegisters {
 public:
  static constexpr unsigned kScalars = 128;

  struct Scalar {
    std::uint16_t code;
    std::uint32_t value;
  };
  struct Vector {
    std::uint16_t index;
    std::uint16_t half;
    Vgpr value;
  };

  // Adds those of `range`; SCC counts as a scalar of one bit.
  void take(const Wave& wave, const RegisterRange& range) {
    for (unsigned code = range.first; code < unsigned{range.first} + range.count; ++code) {
      if (code < kScalars) {
        scalars_.push_back({static_cast<std::uint16_t>(code), wave.s[code]});
      } else if (code == operand::kScc) {
        scalars_.push_back({operand::kScc, wave.scc ? 1u : 0u});
      } else if (code >= operand::kVgpr) {
        for (unsigned half = 0; half < wave.halves; ++half) {
          const unsigned index = code - operand::kVgpr;
          vectors_.push_back({static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(half),
                              wave.v[half][index]});
        }
      }
    }
  }
  // Exchanges what is saved with what the wave holds.
  void swap(Wave& wave) {
    for (Scalar& each : scalars_) {
      const std::uint32_t held = read(wave, each.code);
      write(wave, each.code, each.value);
      each.value = held;
    }
    for (Vector& each : vectors_) std::swap(each.value, wave.v[each.half][each.index]);
  }
  // Gives the wave the saved vector registers in the lanes of `exec` and all saved scalar ones.
  void put(Wave& wave, const std::array<std::uint32_t, 2>& exec) const {
    for (const Scalar& each : scalars_) write(wave, each.code, each.value);
    for (const Vector& each : vectors_) {
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        if ((exec[each.half] >> lane & 1) == 0) continue;
        wave.v[each.half][each.index].lane[lane] = each.value.lane[lane];
      }
    }
  }
  void put(Wave& wave) const {
    for (const Scalar& each : scalars_) write(wave, each.code, each.value);
    for (const Vector& each : vectors_) wave.v[each.half][each.index] = each.value;
  }
  void clear() {
    scalars_.clear();
    vectors_.clear();
  }

  std::vector<Scalar>& scalars() { return scalars_; }
  std::vector<Vector>& vectors() { return vectors_; }

 private:
  static std::uint32_t read(const Wave& wave, unsigned code) {
    return code == operand::kScc ? (wave.scc ? 1u : 0u) : wave.s[code];
  }
  static void write(Wave& wave, unsigned code, std::uint32_t value) {
    if (code == operand::kScc) {
      wave.scc = (value & 1) != 0;
    } else {
      wave.write_scalar(code, value);
    }
  }

  std::vector<Scalar> scalars_;
  std::vector<Vector> vectors_;
};

}  // namespace emulator

// Reproducible choices: the same seed gives the same programs on every platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>

namespace generator {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // 0 .. end - 1. The standard's distributions differ between libraries; the bias of % is harmless.
  unsigned below(std::size_t end) { return static_cast<unsigned>(engine_() % end); }
  bool chance(unsigned percent) { return below(100) < percent; }
  std::uint64_t word() { return engine_(); }
  template <class Container>
  const auto& pick(const Container& from) {
    return from[below(std::size(from))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace generator

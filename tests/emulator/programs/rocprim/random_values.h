// Random values to sort, scan and reduce.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

namespace programs {

// Floats are small integers, so that sums do not depend on their order; integers are of any size,
// or below `end` if that is not zero.
template <class T>
std::vector<T> random_values(std::size_t count, std::uint64_t end = 0) {
  std::mt19937_64 engine(count * 31 + sizeof(T) + end);
  std::vector<T> values(count);
  for (T& value : values) {
    if constexpr (std::is_floating_point<T>::value) {
      value = static_cast<T>(static_cast<int>(engine() % 64) - 32);
    } else {
      value = static_cast<T>(end != 0 ? engine() % end : engine());
    }
  }
  return values;
}

}  // namespace programs

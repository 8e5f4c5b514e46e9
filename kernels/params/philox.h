#pragma once

// Philox4x32, a random generator without state: four words of a counter and a key. Salmon, Moraes,
// Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011), table 2: seven rounds pass all
// of BigCrush.

#include <cstdint>

namespace rdna1conv {

inline constexpr int kPhiloxRounds = 7;

struct PhiloxWords {
  std::uint32_t at[4];
};

template <int Rounds = kPhiloxRounds>
constexpr PhiloxWords philox(PhiloxWords counter, std::uint64_t key) {
  auto low = static_cast<std::uint32_t>(key), high = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < Rounds; ++round) {
    const std::uint64_t a = std::uint64_t{0xd2511f53u} * counter.at[0],
                        b = std::uint64_t{0xcd9e8d57u} * counter.at[2];
    counter = {{static_cast<std::uint32_t>(b >> 32) ^ counter.at[1] ^ low,
                static_cast<std::uint32_t>(b),
                static_cast<std::uint32_t>(a >> 32) ^ counter.at[3] ^ high,
                static_cast<std::uint32_t>(a)}};
    low += 0x9e3779b9u;
    high += 0xbb67ae85u;
  }
  return counter;
}

}  // namespace rdna1conv

// A 128-bit digest of numbers in order, by which equal recordings and equal states are known again.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace emulator::timing {

class Digest {
 public:
  void add(std::uint64_t number) {
    // Two chains that mix differently: multiplication carries bits up, the shift brings them down.
    first_ = (first_ ^ number) * 0x9e3779b97f4a7c15u;
    first_ ^= first_ >> 32;
    second_ = std::rotl(second_ + number, 29) * 0xd6e8feb86659fd93u;
  }
  void add(const Digest& other) {
    add(other.first_);
    add(other.second_);
  }
  template <class T>
  void add_all(std::span<const T> values) {
    static_assert(std::has_unique_object_representations_v<T>, "padding has no value");
    add(values.size());
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    std::size_t left = values.size_bytes();
    for (; left >= 8; left -= 8, bytes += 8) add(word(bytes, 8));
    if (left > 0) add(word(bytes, left));
  }

  bool operator==(const Digest&) const = default;
  std::size_t hash() const { return static_cast<std::size_t>(first_ ^ std::rotl(second_, 32)); }

 private:
  static std::uint64_t word(const std::byte* bytes, std::size_t count) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, count);
    return value;
  }

  std::uint64_t first_ = 0x243f6a8885a308d3u;
  std::uint64_t second_ = 0x13198a2e03707344u;
};

}  // namespace emulator::timing

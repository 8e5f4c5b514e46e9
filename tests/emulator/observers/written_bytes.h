// Which bytes of a piece of memory anything has written: one byte of shadow for each, so that
// threads may mark neighbouring bytes at the same time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>

namespace emulator {

class WrittenBytes {
 public:
  // Nothing is written yet. Address space alone until bytes are marked. Throws std::bad_alloc.
  explicit WrittenBytes(std::size_t bytes);
  ~WrittenBytes();
  WrittenBytes(const WrittenBytes&) = delete;
  WrittenBytes& operator=(const WrittenBytes&) = delete;

  std::size_t size() const { return bytes_; }

  void mark(std::size_t offset, std::size_t bytes) {
    if (bytes == 4) {
      constexpr std::uint32_t kFour = 0x01010101;
      std::memcpy(shadow_ + offset, &kFour, 4);
    } else {
      std::memset(shadow_ + offset, 1, bytes);
    }
  }
  // A byte that was stored is as good as unwritten: its value was.
  void unmark(std::size_t offset) { shadow_[offset] = 0; }
  bool is_written(std::size_t offset, std::size_t bytes) const {
    constexpr std::uint64_t kEight = 0x0101010101010101;
    const std::uint8_t* from = shadow_ + offset;
    for (; bytes >= 8; bytes -= 8, from += 8) {
      if (read<std::uint64_t>(from) != kEight) return false;
    }
    if (bytes >= 4) {
      if (read<std::uint32_t>(from) != static_cast<std::uint32_t>(kEight)) return false;
      bytes -= 4;
      from += 4;
    }
    for (; bytes > 0; --bytes, ++from) {
      if (*from == 0) return false;
    }
    return true;
  }
  // Whether all bytes of each lane's piece are, which begins at address[lane] - origin.
  template <unsigned kBytes>
  bool are_written(const std::uint64_t* address, std::uint64_t origin, std::uint32_t lanes) const {
    using Small = std::conditional_t<kBytes == 2, std::uint16_t, std::uint8_t>;
    using Word = std::conditional_t<kBytes % 8 == 0, std::uint64_t,
                                    std::conditional_t<kBytes % 4 == 0, std::uint32_t, Small>>;
    constexpr auto kOnes = static_cast<Word>(0x0101010101010101);
    Word all = kOnes;
    for (std::uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
      const std::uint8_t* from = shadow_ + (address[std::countr_zero(rest)] - origin);
      for (unsigned k = 0; k < kBytes; k += sizeof(Word)) all &= read<Word>(from + k);
    }
    return all == kOnes;
  }

  // The first byte that is not; there must be one.
  std::size_t first_unwritten(std::size_t offset, std::size_t bytes) const;
  // Takes over what is known of another piece of memory: for copies.
  void copy(std::size_t offset, const WrittenBytes& from, std::size_t from_offset,
            std::size_t bytes);
  void forget();

 private:
  template <class T>
  static T read(const std::uint8_t* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  std::uint8_t* shadow_;
  std::size_t bytes_;
};

}  // namespace emulator

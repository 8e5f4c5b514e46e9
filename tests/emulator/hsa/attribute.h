// Tables of attributes that the ..._get_info calls answer from: one row an attribute.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace emulator::hsa {

// The value of an attribute as the caller's buffer receives it.
struct Attribute {
  std::uint32_t id = 0;
  std::uint32_t bytes = 0;
  std::array<std::byte, 128> value{};
};

template <class T>
constexpr Attribute attribute(std::uint32_t id, const T& value) {
  static_assert(sizeof(T) <= sizeof(Attribute::value));
  Attribute row{.id = id, .bytes = sizeof(T)};
  const auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  std::copy(bytes.begin(), bytes.end(), row.value.begin());
  return row;
}

// A text attribute: a buffer of `bytes` characters, zero-padded.
constexpr Attribute text_attribute(std::uint32_t id, std::string_view text, std::uint32_t bytes) {
  Attribute row{.id = id, .bytes = bytes};
  for (std::size_t i = 0; i < text.size(); ++i) row.value[i] = static_cast<std::byte>(text[i]);
  return row;
}

// Copies the attribute to `value`; false if the table does not have it.
inline bool read_attribute(std::span<const Attribute> table, std::uint32_t id, void* value) {
  const auto row =
      std::find_if(table.begin(), table.end(), [id](const Attribute& a) { return a.id == id; });
  if (row == table.end()) return false;
  std::memcpy(value, row->value.data(), row->bytes);
  return true;
}

// The value of an attribute that no table has, likewise.
template <class T>
void store(void* value, const T& answer) {
  std::memcpy(value, &answer, sizeof answer);
}

}  // namespace emulator::hsa

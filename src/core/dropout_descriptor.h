#pragma once

#include <cstddef>
#include <cstdint>

namespace rdna1conv {

// What a miopenDropoutDescriptor_t points to. RNN descriptors hold a pointer to one.
struct DropoutDescriptor {
  float rate = 0;
  void* states = nullptr;  // the client's, in device memory
  std::size_t states_bytes = 0;
  std::uint64_t seed = 0;
  bool reads_mask = false, evolves = false;
};

// MIOpen's size, 16384 states of 24 bytes, which is a multiple of the 48 bytes that PyTorch cuts it
// to.
inline constexpr std::size_t kDropoutStatesBytes = std::size_t{16384} * 24;

}  // namespace rdna1conv

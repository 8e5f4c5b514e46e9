// A workgroup in flight: its waves and its LDS.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "machine/wave.h"

namespace emulator {

struct Dispatch;

struct Workgroup {
  const Dispatch* dispatch = nullptr;
  std::array<std::uint32_t, 3> id{};
  std::vector<std::byte> lds;  // exactly what the dispatch asked for
  std::vector<std::byte> scratch;
  std::vector<std::unique_ptr<Wave>> waves;
  std::uint64_t executed = 0;  // wave-instructions so far, for the instruction budget
};

// Flat address windows of LDS and scratch, as s_getreg SH_MEM_BASES gives them (bits 63:48 of
// each).
constexpr std::uint64_t kSharedAperture = 0x1000000000000ull;
constexpr std::uint64_t kPrivateAperture = 0x2000000000000ull;

}  // namespace emulator

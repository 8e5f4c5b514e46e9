// Data parallel primitives: source 0 of a vector instruction taken from another lane.
#pragma once

#include <cstdint>

#include "machine/wave.h"

namespace emulator {

// Source 0 as a DPP instruction sees it: `in` permuted within rows of 16 lanes (DPP16) or groups of
// eight (DPP8). Lanes without a source get 0; dpp_write_mask() tells which of them are written.
void permute_dpp(const Wave& wave, const Instruction& instruction, unsigned half,
                 const std::uint32_t* in, std::uint32_t* out);

}  // namespace emulator

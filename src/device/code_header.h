#pragma once

// One machine code for all of RDNA1. The kernels are compiled for gfx1010; gfx1011 to gfx1013 have
// all of its instructions and more besides (LLVM's AMDGPU usage guide, "Generic Processors",
// gfx10-1-generic), and clang writes the same bytes for each but for the header's flags and the
// target's name. A runtime looks at these alone, so that a card gets the code with the ones that it
// asks for. So does a card that poses as gfx1030 (posed_card.h).

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace rdna1conv {

// The architecture that the kernels are compiled for.
inline constexpr std::string_view kCompiledFor = "gfx1010";

// RDNA1, whose silicon executes the kernels: gfx1010 to gfx1013.
bool executes_kernels(std::string_view architecture);

// Others that code for RDNA1 can be given the header of: gfx1030 to gfx1036, whose runtime treats
// kernels as it does those of RDNA1.
bool can_pose_as(std::string_view architecture);

// The code object in a fat binary of the library, with the header of `architecture`. Throws Error
// (kInternalError) if the fat binary is not one or has no code for gfx1010, or if `architecture` is
// none of the above.
std::vector<std::byte> code_object_with_header(std::span<const std::byte> fat_binary,
                                               std::string_view architecture);

}  // namespace rdna1conv

#pragma once

// What each kernel of the library takes of a card, read off its code object, as a table of text:
// kernels/resources.txt. A change of source or compiler that costs registers, spills or dilutes the
// multiply-adds shows there as a difference.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "code_object_file.h"

namespace rdna1conv {

struct KernelResources {
  std::string kernel;
  std::uint32_t vgprs = 0, sgprs = 0;
  std::uint32_t spilled = 0;        // registers of both kinds
  std::uint32_t scratch_bytes = 0;  // of each lane
  std::uint32_t lds_bytes = 0;      // of a workgroup, but for what a launch adds
  // As they stand in the code: each counts once, however often it runs.
  std::uint32_t instructions = 0, fmas = 0;
  // Of the main loop: the shortest with at least half the multiply-adds of the loop with most.
  std::uint32_t loop_instructions = 0, loop_fmas = 0;
};

// Every kernel of a gfx1010 code object, by name. Throws std::runtime_error.
std::vector<KernelResources> kernel_resources(const CodeObjectFile& file);

// The one architecture that the table is of, because the decoder knows it alone.
inline constexpr std::string_view kTableTarget = "gfx1010";

// The table of all kernels that this program has embedded for that architecture: what the columns
// are, the compiler, and a line each. Throws std::runtime_error if it was built without.
std::string resources_table();

// The line that names the compiler in such a table, or "".
std::string compiler_line(std::string_view table);

// Whether the program has kernels for the table's architecture.
bool has_table_target();

}  // namespace rdna1conv

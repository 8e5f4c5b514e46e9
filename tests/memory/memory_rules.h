#pragma once

// What a kernel of ours must not contain: because RDNA1 cards have no fine-grained device memory,
// anything that synchronises with other agents or the host, or reaches memory that is not
// coarse-grained device memory, the kernel's arguments or its LDS; and, because it is slow,
// scratch.

#include <string>
#include <string_view>
#include <vector>

#include "code_object_file.h"

namespace rdna1conv {

// One instruction, by whichever disassembler.
struct SeenInstruction {
  std::uint64_t address = 0;
  std::string text;      // as LLVM prints it
  std::string mnemonic;  // without an encoding suffix
  bool is_valid = true;
};

// The first word of `text` without _e32 and the like.
std::string mnemonic_of(const std::string& text);

struct Finding {
  std::string_view rule;
  std::string where;
};

// Breaches by instructions, metadata, descriptors and symbols.
std::vector<Finding> breaches_of(const std::vector<SeenInstruction>& instructions);
std::vector<Finding> breaches_of(const CodeObjectFile& file);

// Names of all rules, so that a test can see that each of them can be broken.
std::vector<std::string_view> all_rules();

}  // namespace rdna1conv

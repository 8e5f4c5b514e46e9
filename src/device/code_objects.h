#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rdna1conv {

// The fat binary of kernels/<family>.hip, embedded at build time, with a code object for gfx1010;
// code_header.h makes it one for other cards. Empty if there is no such family.
std::span<const std::byte> code_object(std::string_view family);

// The names of all families.
std::span<const std::string_view> code_object_families();

}  // namespace rdna1conv

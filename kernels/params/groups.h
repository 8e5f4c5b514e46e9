#pragma once

// Elements that are reduced to one value, such as a mean, are a group; they are its members. A walk
// numbers the groups and another one the members of each.
//
// Groups are laid over workgroups in one of two ways. In rows a workgroup has one group, whose
// members are neighbours in memory. In columns neighbouring lanes have neighbouring groups, and the
// rows of lanes take turns with the members.

#include <cstdint>

#include "walk.h"

namespace rdna1conv {

inline constexpr std::uint32_t kGroupThreads = 256;
inline constexpr int kGroupVector = 4;  // elements

}  // namespace rdna1conv

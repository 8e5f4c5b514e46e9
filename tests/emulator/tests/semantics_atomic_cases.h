// Read-modify-write operations with their results worked out by hand, shared by the tests of all
// encodings that have them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

struct AtomicCase {
  const char* operation;  // as in global_atomic_<operation>
  bool wide;              // 64 bits: the _x2 form
  std::uint64_t memory;
  std::uint64_t data;
  std::uint64_t compare;  // of cmpswap forms
  std::uint64_t after;

  std::string suffix() const { return std::string(operation) + (wide ? "_x2" : ""); }
  bool compares() const { return std::string(operation).ends_with("cmpswap"); }
  bool is_float() const { return operation[0] == 'f'; }
};

constexpr std::uint64_t kQuietNan = 0x7fc00000;
constexpr std::uint64_t kQuietNan64 = 0x7ff8000000000000;

// clang-format off
inline const std::vector<AtomicCase> kAtomicCases = {
    {"swap", false, 5, 9, 0, 9},
    {"cmpswap", false, 5, 9, 5, 9},
    {"cmpswap", false, 5, 9, 6, 5},
    {"add", false, 0xffffffff, 2, 0, 1},
    {"sub", false, 1, 2, 0, 0xffffffff},
    {"smin", false, 1, 0xffffffff, 0, 0xffffffff},
    {"umin", false, 1, 0xffffffff, 0, 1},
    {"smax", false, 1, 0xffffffff, 0, 1},
    {"umax", false, 1, 0xffffffff, 0, 0xffffffff},
    {"and", false, 0xff, 0xf0f, 0, 0x0f},
    {"or", false, 0xf0, 0x0f, 0, 0xff},
    {"xor", false, 0xff, 0x0f, 0, 0xf0},
    {"inc", false, 4, 5, 0, 5},
    {"inc", false, 5, 5, 0, 0},
    {"dec", false, 5, 7, 0, 4},
    {"dec", false, 0, 7, 0, 7},
    {"dec", false, 9, 7, 0, 7},
    {"fcmpswap", false, 0x80000000, 9, 0, 9},                         // -0 == +0
    {"fcmpswap", false, kQuietNan, 9, kQuietNan, kQuietNan},
    {"fmin", false, 0x3f800000, 0xbf800000, 0, 0xbf800000},
    {"fmin", false, kQuietNan, 0x3f800000, 0, 0x3f800000},
    {"fmin", false, 0x00000000, 0x80000000, 0, 0x80000000},
    {"fmax", false, 0x3f800000, 0xbf800000, 0, 0x3f800000},
    {"fmax", false, 0x3f800000, kQuietNan, 0, 0x3f800000},
    {"swap", true, 5, 0x900000009, 0, 0x900000009},
    {"cmpswap", true, 0x500000005, 9, 0x500000005, 9},
    {"cmpswap", true, 0x500000005, 9, 5, 0x500000005},
    {"add", true, 0xffffffff, 1, 0, 0x100000000},
    {"sub", true, 0x100000000, 1, 0, 0xffffffff},
    {"smin", true, 1, ~0ull, 0, ~0ull},
    {"umin", true, 1, ~0ull, 0, 1},
    {"smax", true, 1, ~0ull, 0, 1},
    {"umax", true, 1, ~0ull, 0, ~0ull},
    {"and", true, 0xff00000000, 0xf0f00000000, 0, 0x0f00000000},
    {"or", true, 0xf000000000, 0x0f, 0, 0xf00000000f},
    {"xor", true, 0xff00000000, 0x0f00000000, 0, 0xf000000000},
    {"inc", true, 0xffffffff, 0x1ffffffff, 0, 0x100000000},
    {"inc", true, 7, 7, 0, 0},
    {"dec", true, 0x100000000, 0x1ffffffff, 0, 0xffffffff},
    {"dec", true, 0, 7, 0, 7},
    {"fcmpswap", true, 0x8000000000000000, 9, 0, 9},
    {"fcmpswap", true, kQuietNan64, 9, kQuietNan64, kQuietNan64},
    {"fmin", true, 0x3ff0000000000000, 0xbff0000000000000, 0, 0xbff0000000000000},
    {"fmax", true, kQuietNan64, 0xbff0000000000000, 0, 0xbff0000000000000},
};
// clang-format on

}  // namespace emulator

// What the tests of FLAT, GLOBAL, SCRATCH and MUBUF share: registers, the loads and stores that
// every one of them has, and buffer resources.
#pragma once

#include "tests/semantics_atomic_cases.h"
#include "tests/semantics_machine.h"

namespace emulator {

constexpr unsigned kAddress = 0;  // VGPR pair
constexpr unsigned kData = 10;    // up to four VGPRs
constexpr unsigned kResult = 20;
constexpr unsigned kResource = 8;  // SGPRs
constexpr std::uint32_t kOld = 0xaabbccdd;

constexpr std::size_t kStart = 1024;  // of the data in memory

// 32_UINT. Resources without a format are unbound.
constexpr std::uint32_t kFormat = 20u << 12;

inline void set_resource(Machine& m, std::uint64_t base, std::uint32_t records, std::uint32_t word3,
                         std::uint32_t stride = 0) {
  m.wave().write_pair(kResource, base | std::uint64_t{stride} << 48);
  m.wave().s[kResource + 2] = records;
  m.wave().s[kResource + 3] = word3 | kFormat;
}
constexpr std::uint32_t kRawCheck = 3u << 28;

struct LoadCase {
  const char* name;  // after the prefix
  unsigned bytes;
  // The register's value from the bytes in memory (zero-extended) and what it held.
  std::uint32_t (*value)(std::uint32_t raw, std::uint32_t old);
};

// clang-format off
inline const LoadCase kLoads[] = {
    {"load_ubyte", 1, [](std::uint32_t raw, std::uint32_t) { return raw; }},
    {"load_sbyte", 1, [](std::uint32_t raw, std::uint32_t) { return raw > 0x7f ? raw + 0xffffff00 : raw; }},
    {"load_ushort", 2, [](std::uint32_t raw, std::uint32_t) { return raw; }},
    {"load_sshort", 2, [](std::uint32_t raw, std::uint32_t) { return raw > 0x7fff ? raw + 0xffff0000 : raw; }},
    {"load_dword", 4, [](std::uint32_t raw, std::uint32_t) { return raw; }},
    {"load_dwordx2", 8, [](std::uint32_t raw, std::uint32_t) { return raw; }},
    {"load_dwordx3", 12, [](std::uint32_t raw, std::uint32_t) { return raw; }},
    {"load_dwordx4", 16, [](std::uint32_t raw, std::uint32_t) { return raw; }},
    {"load_ubyte_d16", 1, [](std::uint32_t raw, std::uint32_t old) { return old / 0x10000 * 0x10000 + raw; }},
    {"load_ubyte_d16_hi", 1, [](std::uint32_t raw, std::uint32_t old) { return old % 0x10000 + raw * 0x10000; }},
    {"load_sbyte_d16", 1, [](std::uint32_t raw, std::uint32_t old) { return old / 0x10000 * 0x10000 + (raw > 0x7f ? raw + 0xff00 : raw); }},
    {"load_sbyte_d16_hi", 1, [](std::uint32_t raw, std::uint32_t old) { return old % 0x10000 + (raw > 0x7f ? raw + 0xff00 : raw) * 0x10000; }},
    {"load_short_d16", 2, [](std::uint32_t raw, std::uint32_t old) { return old / 0x10000 * 0x10000 + raw; }},
    {"load_short_d16_hi", 2, [](std::uint32_t raw, std::uint32_t old) { return old % 0x10000 + raw * 0x10000; }},
};
// clang-format on

struct StoreCase {
  const char* name;
  unsigned bytes;
  unsigned first_byte;  // of the register
};
inline const StoreCase kStores[] = {
    {"store_byte", 1, 0},         {"store_byte_d16_hi", 1, 2}, {"store_short", 2, 0},
    {"store_short_d16_hi", 2, 2}, {"store_dword", 4, 0},       {"store_dwordx2", 8, 0},
    {"store_dwordx3", 12, 0},     {"store_dwordx4", 16, 0},
};

}  // namespace emulator

// What a generated source file offers to the differential test: cases that run on the device and,
// from the same text, on the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <vector>

namespace differential {

// One work-item's input values.
struct Inputs {
  std::array<std::uint64_t, 4> integers;
  std::array<double, 4> doubles;
  std::array<float, 4> floats;
  std::array<_Float16, 4> halves;
};

// Work-items of a workgroup in every case.
constexpr unsigned kWorkgroup = 256;

struct Case {
  const char* name;
  const char* text;  // the generated function
};

// Cases that one kernel launch runs. Result c * n + i is that of case c for input i.
struct CaseGroup {
  const char* area;
  std::uint64_t seed;
  std::span<const Case> cases;
  // Both take n inputs, a multiple of kWorkgroup, and fill cases.size() * n results. The device's
  // pointers are device memory; the launch goes to the default stream.
  void (*run_on_device)(const Inputs* inputs, std::size_t n, std::uint64_t* results);
  void (*run_on_host)(const Inputs* inputs, std::size_t n, std::uint64_t* results);
};

// How GoogleTest names a group.
inline void PrintTo(const CaseGroup& group, std::ostream* out) {
  *out << group.cases.size() << " cases from " << group.cases.front().name;
}

// Every group of the generated files that are linked in. They enter themselves during static
// initialisation.
inline std::vector<CaseGroup>& case_groups() {
  static std::vector<CaseGroup> groups;
  return groups;
}

struct Registration {
  explicit Registration(const CaseGroup& group) { case_groups().push_back(group); }
};

}  // namespace differential

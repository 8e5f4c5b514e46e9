#pragma once

// Linked into a program, watch.cpp stands in front of malloc and of HIP's functions.

#include <string>

namespace rdna1conv {

// What the calling thread did while it was watched. What HIP does inside its own functions does not
// count.
struct Observed {
  int launches = 0;
  int allocations = 0;      // of host memory
  int forbidden_calls = 0;  // HIP functions that allocate, copy, load or wait
  const char* first_forbidden = nullptr;
  void* first_allocation[12] = {};  // its call stack, for addr2line
};

// Watches the calling thread from construction until stop(), one watch at a time.
class Watch {
 public:
  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  Observed stop();
};

// What a warm run call must not do, in words; empty if it did nothing of it.
std::string fault_of(const Observed& observed);

// The same of the second of two equal calls.
template <class Call>
std::string fault_of_second(Call call) {
  call();
  Watch watch;
  call();
  return fault_of(watch.stop());
}

}  // namespace rdna1conv

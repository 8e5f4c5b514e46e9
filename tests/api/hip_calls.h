#pragma once

// Watches what a program does on the host between two points: the HIP functions that allocate,
// free, wait, copy or load, and its own heap allocations. Linking hip_calls.cpp puts these
// functions in front of HIP's and of the C++ library's.

#include <cstddef>
#include <string>

namespace rdna1conv {

struct HostWork {
  std::string hip_calls;             // their names, each with a blank behind it
  std::size_t heap_allocations = 0;  // of this thread, not those inside a kernel launch of HIP's
};

// Begins to count on the calling thread, or ends and says what there was.
void watch_host_work();
HostWork end_of_host_work();

}  // namespace rdna1conv

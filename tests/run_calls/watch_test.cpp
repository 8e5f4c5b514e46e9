// That a watch sees what it has to see.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <cstdlib>
#include <new>
#include <thread>

#include "watch.h"

namespace rdna1conv {
namespace {

// Keeps the compiler from leaving out an allocation.
void* volatile kept = nullptr;

TEST(Watch, SeesEveryWayToAllocate) {
  Watch watch;
  kept = std::malloc(10);
  std::free(kept);
  kept = std::calloc(3, 5);
  kept = std::realloc(kept, 500);
  std::free(kept);
  kept = ::operator new(4);
  ::operator delete(kept);
  const Observed seen = watch.stop();
  EXPECT_EQ(seen.allocations, 4);
  EXPECT_NE(fault_of(seen).find("4 allocations"), std::string::npos) << fault_of(seen);
}

TEST(Watch, SeesCallsOfHipThatWaitOrAllocateAndNotWhatTheyDoInside) {
  void* memory = nullptr;
  Watch watch;
  static_cast<void>(hipMalloc(&memory, 1000));
  static_cast<void>(hipDeviceSynchronize());
  static_cast<void>(hipFree(memory));
  const Observed seen = watch.stop();
  EXPECT_EQ(seen.forbidden_calls, 3);
  EXPECT_STREQ(seen.first_forbidden, "hipMalloc");
  EXPECT_EQ(seen.allocations, 0);
}

TEST(Watch, SeesItsOwnThreadAlone) {
  std::jthread other;
  Watch watch;
  const Observed before = watch.stop();
  EXPECT_EQ(before.allocations, 0);
  other = std::jthread([] { std::free(std::malloc(100)); });
}

}  // namespace
}  // namespace rdna1conv

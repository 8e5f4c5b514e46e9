#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "hsa/signals.h"

namespace emulator::hsa {
namespace {

// A value that a running kernel may change at any time is looked at this often; without a kernel
// only host code with a pointer to the value can change it.
constexpr std::uint64_t kPollWithKernelsNs = 100'000;
constexpr std::uint64_t kPollIdleNs = 1'000'000;
constexpr std::uint64_t kLongestSleepNs = 1'000'000'000;

}  // namespace

std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

SignalEvents& SignalEvents::instance() {
  static SignalEvents& events = *new SignalEvents;  // never destroyed: threads wait on it at exit
  return events;
}

void SignalEvents::notify() {
  events_.fetch_add(1);
  if (sleepers_.load() > 0) {
    syscall(SYS_futex, &events_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }
}

void SignalEvents::sleep(std::uint32_t seen, Writers writers,
                         std::optional<std::uint64_t> deadline_ns) {
  std::uint64_t duration = kLongestSleepNs;
  if (writers == Writers::kAnyone) {
    duration = running_kernels_.load() > 0 ? kPollWithKernelsNs : kPollIdleNs;
  }
  if (deadline_ns) {
    const std::uint64_t now = now_ns();
    duration = std::min(duration, *deadline_ns > now ? *deadline_ns - now : 1);
  }
  const timespec timeout{.tv_sec = static_cast<time_t>(duration / 1'000'000'000),
                         .tv_nsec = static_cast<long>(duration % 1'000'000'000)};
  sleepers_.fetch_add(1);
  syscall(SYS_futex, &events_, FUTEX_WAIT_PRIVATE, seen, &timeout, nullptr, 0);
  sleepers_.fetch_sub(1);
}

void SignalEvents::kernel_begins() { running_kernels_.fetch_add(1); }

void SignalEvents::kernel_ends() { running_kernels_.fetch_sub(1); }

}  // namespace emulator::hsa

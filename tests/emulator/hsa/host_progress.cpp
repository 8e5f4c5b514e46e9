#include "hsa/host_progress.h"

#include <time.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "hsa/signals.h"

namespace emulator::hsa {
namespace {

std::atomic<bool> watched{false};

}  // namespace

HostProgress::HostProgress() : thread_(gettid()) {}

bool HostProgress::is_asleep() const {
  std::ifstream file("/proc/self/task/" + std::to_string(thread_) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return true;
  // The state follows the name, which stands in brackets and may hold anything.
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= text.size() || text[name_end + 2] != 'R';
}

std::uint64_t HostProgress::processor_ns() const {
  // The clock of a thread by its number, as the kernel encodes it (clock_getcpuclockid(3) does so
  // for processes): inverted, above three bits that say per thread and by the scheduler.
  constexpr clockid_t kThreadAndScheduler = 6;
  const clockid_t clock = ~static_cast<clockid_t>(thread_) * 8 | kThreadAndScheduler;
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return ~0ull;
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

HostProgress& HostProgress::of_this_thread() {
  static thread_local HostProgress* const progress = new HostProgress;
  return *progress;
}

void HostProgress::note_call() {
  calls_.fetch_add(1);
  if (watched.load()) SignalEvents::instance().notify();
}

void HostProgress::note_doorbell() {
  calls_at_doorbell_.store(calls_.fetch_add(1) + 1);
  doorbells_.fetch_add(1);
}

bool HostProgress::has_gone_on_since(std::uint64_t doorbells) const {
  const std::uint64_t rung = doorbells_.load();
  return rung > doorbells + 1 || (rung > doorbells && calls_.load() > calls_at_doorbell_.load());
}

void HostProgress::watch(bool on) { watched.store(on); }

}  // namespace emulator::hsa

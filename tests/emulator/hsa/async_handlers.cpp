// Host functions that run when a signal reaches a value, in a thread of their own.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "hsa/host_progress.h"
#include "hsa/signals.h"
#include "hsa/status.h"

namespace emulator::hsa {
namespace {

class AsyncHandlers {
 public:
  // Never destroyed: its thread waits when the process exits.
  static AsyncHandlers& instance() {
    static AsyncHandlers& handlers = *new AsyncHandlers;
    return handlers;
  }

  struct Handler {
    hsa_signal_t signal;
    hsa_signal_condition_t condition;
    hsa_signal_value_t compare;
    hsa_amd_signal_handler function;
    void* argument;
    // Who registered it, and how far that thread had come.
    const HostProgress* thread;
    std::uint64_t doorbells;
    std::uint64_t registered_ns;
    std::uint64_t processor_ns;  // what the thread had used

    bool may_run(std::uint64_t now) const {
      constexpr std::uint64_t kInterruptNs = 2'000'000;
      constexpr std::uint64_t kSpinningNs = 2'000'000;
      return thread->has_gone_on_since(doorbells) ||
             (now > registered_ns + kInterruptNs &&
              (thread->is_asleep() || thread->processor_ns() - processor_ns > kSpinningNs));
    }
  };

  void add(const Handler& handler) {
    {
      const std::lock_guard lock(mutex_);
      handlers_.push_back(handler);
    }
    SignalEvents::instance().notify();
  }

 private:
  AsyncHandlers() {
    std::thread([this] { run(); }).detach();
  }

  // Takes the first handler whose signal has its value; `value` is what it had. `held` tells
  // whether one must still wait for its thread.
  std::optional<Handler> take_ready(hsa_signal_value_t& value, bool& held) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t now = now_ns();
    held = false;
    for (auto it = handlers_.begin(); it != handlers_.end(); ++it) {
      value = signal_value(it->signal);
      if (!satisfies(value, it->condition, it->compare)) continue;
      if (!it->may_run(now)) {
        held = true;
        continue;
      }
      const Handler ready = *it;
      handlers_.erase(it);
      return ready;
    }
    return std::nullopt;
  }

  bool is_empty() {
    const std::lock_guard lock(mutex_);
    return handlers_.empty();
  }

  void run() {
    for (;;) {
      std::optional<Handler> ready;
      hsa_signal_value_t value = 0;
      SignalEvents::instance().wait([&] { return !is_empty(); }, SignalEvents::Writers::kHostCalls);
      while (!ready) {
        bool held = false;
        HostProgress::watch(true);  // before looking, so that no call is missed
        ready = take_ready(value, held);
        if (!ready && held) {
          const std::uint32_t until_looked_again = 500'000;
          SignalEvents::instance().wait(
              [&] {
                ready = take_ready(value, held);
                return ready.has_value();
              },
              SignalEvents::Writers::kHostCalls, now_ns() + until_looked_again);
          continue;
        }
        HostProgress::watch(false);
        if (ready) break;
        SignalEvents::instance().wait(
            [&] {
              ready = take_ready(value, held);
              return ready.has_value() || held;
            },
            SignalEvents::Writers::kAnyone);
      }
      HostProgress::watch(false);
      // The handler may call back into the runtime, so no lock is held.
      if (ready->function(value, ready->argument)) add(*ready);
    }
  }

  std::mutex mutex_;
  std::vector<Handler> handlers_;
};

}  // namespace
}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_amd_signal_async_handler(hsa_signal_t signal, hsa_signal_condition_t cond,
                                          hsa_signal_value_t value, hsa_amd_signal_handler handler,
                                          void* arg) {
  return guarded(__func__, [&] {
    if (signal.handle == 0) throw StatusError(HSA_STATUS_ERROR_INVALID_SIGNAL, "signal is null");
    require(handler != nullptr, "handler is null");
    const HostProgress& thread = HostProgress::of_this_thread();
    AsyncHandlers::instance().add({signal, cond, value, handler, arg, &thread, thread.doorbells(),
                                   now_ns(), thread.processor_ns()});
  });
}

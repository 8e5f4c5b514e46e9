// Host functions that run when a signal reaches a value, in a thread of their own.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <mutex>
#include <optional>
#include <thread>
#include <vector>

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

  // Takes the first handler whose signal has its value; `value` is what it had.
  std::optional<Handler> take_ready(hsa_signal_value_t& value) {
    const std::lock_guard lock(mutex_);
    for (auto it = handlers_.begin(); it != handlers_.end(); ++it) {
      value = signal_value(it->signal);
      if (!satisfies(value, it->condition, it->compare)) continue;
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
      SignalEvents::instance().wait(
          [&] {
            ready = take_ready(value);
            return ready.has_value();
          },
          SignalEvents::Writers::kAnyone);
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
    AsyncHandlers::instance().add({signal, cond, value, handler, arg});
  });
}

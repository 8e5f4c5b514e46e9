// Signals: values, waiting, handlers.
#include <atomic>
#include <chrono>
#include <thread>

#include "hsa_device.h"

namespace emulator::tests {
namespace {

TEST(Signals, Arithmetic) {
  const HsaRuntime runtime;
  const Signal signal(5);
  hsa_signal_add_relaxed(signal, 10);
  EXPECT_EQ(signal.value(), 15);
  hsa_signal_subtract_relaxed(signal, 20);
  EXPECT_EQ(signal.value(), -5);
  hsa_signal_store_relaxed(signal, 7);
  EXPECT_EQ(signal.value(), 7);
  hsa_signal_store_screlease(signal, 8);
  hsa_signal_silent_store_relaxed(signal, 9);
  EXPECT_EQ(signal.value(), 9);
}

struct WaitCase {
  const char* name;
  hsa_signal_condition_t condition;
  hsa_signal_value_t compare;
  hsa_signal_value_t satisfying;
};

class Waits : public testing::TestWithParam<WaitCase> {};

TEST_P(Waits, ReturnTheSatisfyingValue) {
  const WaitCase& row = GetParam();
  const HsaRuntime runtime;
  const Signal signal(10);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    hsa_signal_store_screlease(signal, row.satisfying);
  });
  EXPECT_EQ(
      hsa_signal_wait_scacquire(signal, row.condition, row.compare, ~0ull, HSA_WAIT_STATE_BLOCKED),
      row.satisfying);
  writer.join();
}

INSTANTIATE_TEST_SUITE_P(Conditions, Waits,
                         testing::Values(WaitCase{"EQ", HSA_SIGNAL_CONDITION_EQ, 0, 0},
                                         WaitCase{"NE", HSA_SIGNAL_CONDITION_NE, 10, 3},
                                         WaitCase{"LT", HSA_SIGNAL_CONDITION_LT, 1, -2},
                                         WaitCase{"GTE", HSA_SIGNAL_CONDITION_GTE, 11, 11}),
                         [](const auto& info) { return info.param.name; });

TEST(Signals, WaitEndsAtItsTimeout) {
  const HsaRuntime runtime;
  const Signal signal(1);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(hsa_signal_wait_scacquire(signal, HSA_SIGNAL_CONDITION_LT, 1, 20'000'000,
                                      HSA_WAIT_STATE_ACTIVE),
            1);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(20));
}

TEST(Signals, WaitersSeeWritesThroughTheValuePointer) {
  const HsaRuntime runtime;
  const Signal signal(1);
  volatile hsa_signal_value_t* value = nullptr;
  ASSERT_EQ(hsa_amd_signal_value_pointer(signal, &value), HSA_STATUS_SUCCESS);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    __atomic_store_n(value, 0, __ATOMIC_RELEASE);
  });
  EXPECT_EQ(signal.wait_below_one(), 0);
  writer.join();
}

struct HandlerRecord {
  std::atomic<int> calls{0};
  std::atomic<hsa_signal_value_t> last{0};
  int repeats = 0;
  hsa_signal_t signal{};
};

bool on_signal(hsa_signal_value_t value, void* data) {
  auto& record = *static_cast<HandlerRecord*>(data);
  record.last = value;
  const bool again = record.calls + 1 <= record.repeats;
  // Off the condition before the call is counted, so that a repeat needs another store.
  hsa_signal_store_relaxed(record.signal, 1);
  ++record.calls;
  return again;
}

void wait_for_calls(const HandlerRecord& record, int calls) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (record.calls < calls && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(record.calls, calls);
}

TEST(AsyncHandlers, RunOnceOrAsLongAsTheyAskFor) {
  const HsaRuntime runtime;
  for (const int repeats : {0, 2}) {
    const Signal signal(1);
    HandlerRecord record;
    record.repeats = repeats;
    record.signal = signal;
    ASSERT_EQ(hsa_amd_signal_async_handler(signal, HSA_SIGNAL_CONDITION_LT, 1, on_signal, &record),
              HSA_STATUS_SUCCESS);
    for (int call = 1; call <= repeats + 1; ++call) {
      hsa_signal_store_screlease(signal, -call);
      wait_for_calls(record, call);
      EXPECT_EQ(record.last, -call);
    }
    // It has unregistered itself.
    hsa_signal_store_screlease(signal, -9);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(record.calls, repeats + 1);
  }
}

}  // namespace
}  // namespace emulator::tests

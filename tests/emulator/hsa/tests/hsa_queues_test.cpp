// Packets: dispatches, barriers of every kind, bad packets and kernels that fault.
#include "hsa_device.h"

namespace emulator::tests {
namespace {

struct FillArguments {
  int* out;
  int value;
};

TEST(Queues, DispatchAKernel) {
  const HsaRuntime runtime;
  const LoadedModule module(runtime);
  TestQueue queue(runtime);
  int* const out = runtime.allocate(runtime.host_pool, 96);
  auto* const arguments = runtime.allocate<FillArguments>(runtime.host_pool, 1);
  *arguments = {out, 42};
  const Signal done(1);
  queue.dispatch(module.kernel_object("fill"), arguments, done, 32, 3);
  EXPECT_EQ(done.wait_below_one(), 0);
  for (int i = 0; i < 96; ++i) ASSERT_EQ(out[i], 42) << i;
  hsa_amd_profiling_dispatch_time_t time{};
  ASSERT_EQ(hsa_amd_profiling_get_dispatch_time(runtime.gpu, done, &time), HSA_STATUS_SUCCESS);
  EXPECT_LT(time.start, time.end);
  hsa_amd_memory_pool_free(out);
  hsa_amd_memory_pool_free(arguments);
}

TEST(Queues, ManyMorePacketsThanTheRingHolds) {
  const HsaRuntime runtime;
  TestQueue queue(runtime);
  constexpr int kPackets = 1000;
  const Signal done(kPackets);
  for (int i = 0; i < kPackets; ++i) queue.barrier(HSA_PACKET_TYPE_BARRIER_AND, {}, done);
  EXPECT_EQ(done.wait_below_one(), 0);
  EXPECT_EQ(hsa_queue_load_write_index_relaxed(queue.handle()), 1000u);
}

TEST(Queues, BarrierAndWaitsForAllSignals) {
  const HsaRuntime runtime;
  TestQueue queue(runtime);
  const Signal first(1);
  const Signal second(1);
  const Signal done(1);
  queue.barrier(HSA_PACKET_TYPE_BARRIER_AND, {first, hsa_signal_t{}, second}, done);
  hsa_signal_store_screlease(second, 0);
  EXPECT_EQ(hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, 5'000'000,
                                      HSA_WAIT_STATE_BLOCKED),
            1);
  hsa_signal_store_screlease(first, 0);
  EXPECT_EQ(done.wait_below_one(), 0);
}

TEST(Queues, BarrierOrWaitsForAnySignal) {
  const HsaRuntime runtime;
  TestQueue queue(runtime);
  const Signal first(1);
  const Signal second(1);
  const Signal done(1);
  queue.barrier(HSA_PACKET_TYPE_BARRIER_OR, {first, second}, done);
  EXPECT_EQ(hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, 5'000'000,
                                      HSA_WAIT_STATE_BLOCKED),
            1);
  hsa_signal_store_screlease(second, 0);
  EXPECT_EQ(done.wait_below_one(), 0);
}

TEST(Queues, BarrierValueMasksAndCompares) {
  const HsaRuntime runtime;
  TestQueue queue(runtime);
  const Signal signal(0xff00);
  const Signal done(1);
  hsa_amd_barrier_value_packet_t packet{};
  packet.header.AmdFormat = HSA_AMD_PACKET_TYPE_BARRIER_VALUE;
  packet.signal = signal;
  packet.mask = 0xff;
  packet.value = 5;
  packet.cond = HSA_SIGNAL_CONDITION_GTE;
  packet.completion_signal = done;
  queue.submit(packet, HSA_PACKET_TYPE_VENDOR_SPECIFIC);
  hsa_signal_store_screlease(signal, 0xff04);
  EXPECT_EQ(hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, 5'000'000,
                                      HSA_WAIT_STATE_BLOCKED),
            1);
  hsa_signal_store_screlease(signal, 0xff05);
  EXPECT_EQ(done.wait_below_one(), 0);
}

TEST(Queues, DestroyedWhileABarrierWaits) {
  const HsaRuntime runtime;
  const Signal never(1);
  const Signal done(1);
  {
    TestQueue queue(runtime);
    queue.barrier(HSA_PACKET_TYPE_BARRIER_AND, {never}, done);
  }
  EXPECT_EQ(done.value(), 1);
}

// What a bad packet or kernel does to its queue.
struct ErrorCase {
  const char* name;
  int status;
  void (*submit)(TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done);
};

void PrintTo(const ErrorCase& row, std::ostream* out) { *out << row.name; }

hsa_kernel_dispatch_packet_t plain_packet(const LoadedModule& module, void* arguments,
                                          hsa_signal_t done) {
  hsa_kernel_dispatch_packet_t packet{};
  packet.setup = 1;
  packet.workgroup_size_x = packet.workgroup_size_y = packet.workgroup_size_z = 1;
  packet.grid_size_x = packet.grid_size_y = packet.grid_size_z = 1;
  packet.kernel_object = module.kernel_object("fill");
  packet.kernarg_address = arguments;
  packet.completion_signal = done;
  return packet;
}

constexpr std::uint16_t kDispatch = HSA_PACKET_TYPE_KERNEL_DISPATCH;

const ErrorCase kErrorCases[] = {
    {"EmptyGrid", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       auto packet = plain_packet(module, arguments, done);
       packet.grid_size_x = 0;
       queue.submit(packet, kDispatch);
     }},
    {"WorkgroupTooLarge", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       auto packet = plain_packet(module, arguments, done);
       packet.workgroup_size_x = 64;
       packet.workgroup_size_y = 32;
       queue.submit(packet, kDispatch);
     }},
    {"TooMuchLds", HSA_STATUS_ERROR_INVALID_ALLOCATION,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       auto packet = plain_packet(module, arguments, done);
       packet.group_segment_size = 65537;
       queue.submit(packet, kDispatch);
     }},
    {"NoKernel", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       auto packet = plain_packet(module, arguments, done);
       packet.kernel_object += 8;
       queue.submit(packet, kDispatch);
     }},
    {"UnknownVendorFormat", HSA_STATUS_ERROR_INVALID_PACKET_FORMAT,
     [](TestQueue& queue, const LoadedModule&, void*, hsa_signal_t done) {
       hsa_amd_barrier_value_packet_t packet{};
       packet.header.AmdFormat = 77;
       packet.completion_signal = done;
       queue.submit(packet, HSA_PACKET_TYPE_VENDOR_SPECIFIC);
     }},
    {"AgentDispatch", HSA_STATUS_ERROR_INVALID_PACKET_FORMAT,
     [](TestQueue& queue, const LoadedModule&, void*, hsa_signal_t done) {
       hsa_agent_dispatch_packet_t packet{};
       packet.completion_signal = done;
       queue.submit(packet, HSA_PACKET_TYPE_AGENT_DISPATCH);
     }},
    {"MemoryFault", HSA_STATUS_ERROR_MEMORY_FAULT,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       queue.dispatch(module.kernel_object("write_out_of_range"), arguments, done);
     }},
    {"IllegalInstruction", HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       queue.dispatch(module.kernel_object("illegal_instruction"), arguments, done);
     }},
    {"Trap", HSA_STATUS_ERROR_EXCEPTION,
     [](TestQueue& queue, const LoadedModule& module, void* arguments, hsa_signal_t done) {
       queue.dispatch(module.kernel_object("trap"), arguments, done);
     }},
};

class QueueErrors : public testing::TestWithParam<ErrorCase> {};

TEST_P(QueueErrors, CallBackOnceAndReleaseEveryWaiter) {
  const HsaRuntime runtime;
  const LoadedModule module(runtime);
  int* const out = runtime.allocate(runtime.host_pool, 64);
  auto* const arguments = runtime.allocate<FillArguments>(runtime.host_pool, 1);
  *arguments = {out, 1};
  const Signal failed(1);
  const Signal behind(1);
  {
    TestQueue queue(runtime);
    testing::internal::CaptureStderr();
    GetParam().submit(queue, module, arguments, failed);
    queue.dispatch(module.kernel_object("fill"), arguments, behind);
    EXPECT_LT(failed.wait_below_one(), 0);
    EXPECT_LT(behind.wait_below_one(), 0);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("stopped"), std::string::npos);
    EXPECT_EQ(queue.errors(), 1);
    EXPECT_EQ(queue.error(), GetParam().status);
  }
  // Another queue works on.
  TestQueue healthy(runtime);
  const Signal done(1);
  *arguments = {out, 9};
  healthy.dispatch(module.kernel_object("fill"), arguments, done);
  EXPECT_EQ(done.wait_below_one(), 0);
  EXPECT_EQ(out[0], 9);
  hsa_amd_memory_pool_free(out);
  hsa_amd_memory_pool_free(arguments);
}

INSTANTIATE_TEST_SUITE_P(Packets, QueueErrors, testing::ValuesIn(kErrorCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace emulator::tests

// Executes the packets of a queue: HSA Platform System Architecture Specification 1.2, section 2.9.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "hsa/agents.h"
#include "hsa/executable.h"
#include "hsa/queue.h"
#include "hsa/signals.h"
#include "hsa/status.h"
#include "hsa/timeline.h"
#include "machine/device.h"
#include "timing/launch_observer.h"

namespace emulator::hsa {

union AqlPacket {
  std::uint16_t header;
  hsa_kernel_dispatch_packet_t dispatch;
  hsa_barrier_and_packet_t barrier_and;
  hsa_barrier_or_packet_t barrier_or;
  hsa_amd_vendor_packet_header_t vendor;
  hsa_amd_barrier_value_packet_t barrier_value;
};
static_assert(sizeof(AqlPacket) == 64);

namespace {

constexpr std::uint16_t kInvalidHeader = HSA_PACKET_TYPE_INVALID << HSA_PACKET_HEADER_TYPE;

constexpr unsigned type_of(std::uint16_t header) {
  return header >> HSA_PACKET_HEADER_TYPE & ((1u << HSA_PACKET_HEADER_WIDTH_TYPE) - 1);
}

struct FaultStatus {
  FaultKind kind;
  int status;
};

// What the driver's exception handler reports for a wave that stopped this way.
constexpr FaultStatus kFaultStatuses[] = {
    {FaultKind::kMemoryViolation, HSA_STATUS_ERROR_MEMORY_FAULT},
    {FaultKind::kAperture, HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION},
    {FaultKind::kMisaligned, HSA_STATUS_ERROR_MEMORY_FAULT},
    {FaultKind::kIllegalInstruction, HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION},
    {FaultKind::kNeverEnds, HSA_STATUS_ERROR_EXCEPTION},
    {FaultKind::kTrap, HSA_STATUS_ERROR_EXCEPTION},
    {FaultKind::kCheck, HSA_STATUS_ERROR_EXCEPTION},
};

hsa_status_t status_of(FaultKind kind) {
  for (const FaultStatus& row : kFaultStatuses) {
    if (row.kind == kind) return static_cast<hsa_status_t>(row.status);
  }
  return HSA_STATUS_ERROR;
}

// The signal at the same place in every packet that has one.
hsa_signal_t completion_signal_of(const AqlPacket& packet) {
  static_assert(offsetof(hsa_kernel_dispatch_packet_t, completion_signal) ==
                offsetof(hsa_amd_barrier_value_packet_t, completion_signal));
  static_assert(offsetof(hsa_kernel_dispatch_packet_t, completion_signal) ==
                offsetof(hsa_barrier_and_packet_t, completion_signal));
  return packet.dispatch.completion_signal;
}

bool is_done(hsa_signal_t signal) {
  // A negative value is an error; whoever waits must still get on.
  return signal.handle == 0 || signal_value(signal) <= 0;
}

// While it lives, threads that wait for values which kernels may write look more often.
class RunningKernel {
 public:
  RunningKernel() { SignalEvents::instance().kernel_begins(); }
  ~RunningKernel() { SignalEvents::instance().kernel_ends(); }
  RunningKernel(const RunningKernel&) = delete;
  RunningKernel& operator=(const RunningKernel&) = delete;
};

}  // namespace

AqlPacket& Queue::packet_at(std::uint64_t index) {
  return reinterpret_cast<AqlPacket*>(ring_.data())[index & (amd_queue().hsa_queue.size - 1)];
}

void Queue::run() {
  SignalEvents& events = SignalEvents::instance();
  for (std::uint64_t index = 0;; ++index) {
    events.wait(
        [&] {
          return stopping_ ||
                 __atomic_load_n(&doorbell_, __ATOMIC_ACQUIRE) >= static_cast<std::int64_t>(index);
        },
        SignalEvents::Writers::kHostCalls);
    AqlPacket& slot = packet_at(index);
    // Another producer may have rung for a later packet before this one was published.
    events.wait(
        [&] {
          return stopping_ || type_of(__atomic_load_n(&slot.header, __ATOMIC_ACQUIRE)) !=
                                  HSA_PACKET_TYPE_INVALID;
        },
        SignalEvents::Writers::kAnyone);
    if (stopping_) return;
    const AqlPacket packet = slot;
    process(packet, index);
    if (stopping_) return;
    __atomic_store_n(&slot.header, kInvalidHeader, __ATOMIC_RELEASE);
    __atomic_store_n(&amd_queue().read_dispatch_id, index + 1, __ATOMIC_RELEASE);
    events.notify();
  }
}

template <class Condition>
bool Queue::wait_for_signals(Condition&& condition) {
  SignalEvents::instance().wait([&] { return stopping_ || condition(); },
                                SignalEvents::Writers::kAnyone);
  return !stopping_;
}

void Queue::process(const AqlPacket& packet, std::uint64_t index) {
  const hsa_signal_t completion_signal = completion_signal_of(packet);
  if (error_) return fail_signal(completion_signal, *error_);

  Timeline& timeline = Timeline::instance();
  // Of packets other than kernels: they take no modelled time, but wait for what others take.
  Times times{now_ns(), 0};
  if (timeline.enabled()) {
    free_ = timeline.later(free_, timeline.host_now());
    times = {free_, free_};
  }
  switch (type_of(packet.header)) {
    case HSA_PACKET_TYPE_KERNEL_DISPATCH: {
      const std::optional<Error> error = dispatch(packet, index, times);
      if (error) return fail(*error, completion_signal);
      break;
    }
    case HSA_PACKET_TYPE_BARRIER_AND: {
      const auto& signals = packet.barrier_and.dep_signal;
      if (!wait_for_signals([&] { return std::ranges::all_of(signals, is_done); })) return;
      times.end = timeline.later(times.end, latest_end(signals));
      break;
    }
    case HSA_PACKET_TYPE_BARRIER_OR: {
      const auto& signals = packet.barrier_or.dep_signal;
      const auto any_done = [&] {
        return std::ranges::all_of(signals, [](hsa_signal_t s) { return s.handle == 0; }) ||
               std::ranges::any_of(signals,
                                   [](hsa_signal_t s) { return s.handle != 0 && is_done(s); });
      };
      if (!wait_for_signals(any_done)) return;
      times.end = timeline.later(times.end, earliest_end(signals));
      break;
    }
    case HSA_PACKET_TYPE_VENDOR_SPECIFIC: {
      const hsa_amd_barrier_value_packet_t& barrier = packet.barrier_value;
      if (packet.vendor.AmdFormat != HSA_AMD_PACKET_TYPE_BARRIER_VALUE) {
        return fail({HSA_STATUS_ERROR_INVALID_PACKET_FORMAT,
                     "vendor packet of format " + std::to_string(packet.vendor.AmdFormat)},
                    completion_signal);
      }
      const auto satisfied = [&] {
        return barrier.signal.handle == 0 ||
               satisfies(signal_value(barrier.signal) & barrier.mask,
                         static_cast<hsa_signal_condition_t>(barrier.cond), barrier.value);
      };
      if (!wait_for_signals(satisfied)) return;
      times.end = timeline.later(times.end, latest_end({&barrier.signal, 1}));
      break;
    }
    default:
      return fail({HSA_STATUS_ERROR_INVALID_PACKET_FORMAT,
                   "packet of type " + std::to_string(type_of(packet.header))},
                  completion_signal);
  }
  if (timeline.enabled()) {
    times.end = timeline.later(times.begin, times.end);
    free_ = times.end;
  } else {
    times.end = now_ns();
  }
  complete_signal(completion_signal, times);
}

std::optional<Queue::Error> Queue::dispatch(const AqlPacket& aql, std::uint64_t index,
                                            Times& times) {
  const hsa_kernel_dispatch_packet_t& packet = aql.dispatch;
  const unsigned dimensions = packet.setup >> HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS & 3;
  const std::array<std::uint32_t, 3> grid{packet.grid_size_x, packet.grid_size_y,
                                          packet.grid_size_z};
  const std::array<std::uint32_t, 3> workgroup{packet.workgroup_size_x, packet.workgroup_size_y,
                                               packet.workgroup_size_z};
  // The packet processor's own checks, with the status each of them ends in.
  if (dimensions == 0 || std::ranges::count(grid, 0u) > 0 ||
      std::ranges::count(workgroup, 0u) > 0) {
    return Error{HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, "a grid or workgroup dimension is 0"};
  }
  if (std::uint64_t{workgroup[0]} * workgroup[1] * workgroup[2] > kMaxWorkgroupSize) {
    return Error{HSA_STATUS_ERROR_INVALID_ARGUMENT,
                 "a workgroup of " + std::to_string(workgroup[0]) + " x " +
                     std::to_string(workgroup[1]) + " x " + std::to_string(workgroup[2]) +
                     " work-items is over 1024"};
  }
  if (packet.group_segment_size > kLdsBytesPerWorkgroup) {
    return Error{HSA_STATUS_ERROR_INVALID_ALLOCATION,
                 std::to_string(packet.group_segment_size) + " bytes of LDS are over 65536"};
  }
  Dispatch work{
      .grid = grid,
      .workgroup = workgroup,
      .group_segment_bytes = packet.group_segment_size,
      .private_segment_bytes = packet.private_segment_size,
      .kernarg_address = reinterpret_cast<std::uint64_t>(packet.kernarg_address),
      .packet_address = reinterpret_cast<std::uint64_t>(&packet_at(index)),
      .queue_address = header_.address(),
      .dispatch_id = index,
  };
  try {
    work.kernel = find_kernel(packet.kernel_object);
    if (work.kernel == nullptr) {
      return Error{HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
                   "kernel_object is not a kernel of a frozen executable"};
    }
    const RunningKernel running;
    const DispatchResult result = Device::instance().run(work);
    if (result.fault) return Error{status_of(result.fault->kind), result.fault->text};
    if (const auto launch = timing::modelled_launch(result.observation)) {
      times = Timeline::instance().place_kernel(times.begin, launch);
    }
  } catch (const std::exception& error) {
    return Error{HSA_STATUS_ERROR, error.what()};
  }
  return std::nullopt;
}

void Queue::fail(const Error& error, hsa_signal_t completion_signal) {
  error_ = error.status;
  std::fprintf(stderr, "software RX 5700 XT: queue %llu stopped: %s\n%s\n",
               static_cast<unsigned long long>(handle()->id), error.text.c_str(),
               status_text(error.status));
  std::fflush(stderr);
  // The callback comes first: HIP's ends the process there, and nobody then takes the results of
  // the failed kernel for good ones.
  if (callback_ != nullptr) callback_(error.status, handle(), callback_data_);
  __atomic_store_n(&signal_of(amd_queue().queue_inactive_signal).value, -1, __ATOMIC_RELEASE);
  fail_signal(completion_signal, error.status);
}

}  // namespace emulator::hsa

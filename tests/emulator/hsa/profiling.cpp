// When dispatches and copies ran: the times their completion signals carry.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include "hsa/agents.h"
#include "hsa/signals.h"
#include "hsa/status.h"

using namespace emulator::hsa;

hsa_status_t hsa_amd_profiling_get_dispatch_time(hsa_agent_t agent, hsa_signal_t signal,
                                                 hsa_amd_profiling_dispatch_time_t* time) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    require_signal(signal);
    require(time != nullptr, "time is null");
    const Times times = times_of(signal);
    time->start = Timeline::instance().ns(times.begin);
    time->end = Timeline::instance().ns(times.end);
  });
}

hsa_status_t hsa_amd_profiling_get_async_copy_time(hsa_signal_t signal,
                                                   hsa_amd_profiling_async_copy_time_t* time) {
  return guarded(__func__, [&] {
    require_signal(signal);
    require(time != nullptr, "time is null");
    const Times times = times_of(signal);
    time->start = Timeline::instance().ns(times.begin);
    time->end = Timeline::instance().ns(times.end);
  });
}

// The agent counts the same nanoseconds as the host.
hsa_status_t hsa_amd_profiling_convert_tick_to_system_domain(hsa_agent_t agent, uint64_t agent_tick,
                                                             uint64_t* system_tick) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    require(system_tick != nullptr, "system_tick is null");
    *system_tick = agent_tick;
  });
}

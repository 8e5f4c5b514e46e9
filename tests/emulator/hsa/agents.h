// The two agents: the host and the software RX 5700 XT.
#pragma once

#include <hsa/hsa.h>

#include <cstdint>

namespace emulator::hsa {

constexpr hsa_agent_t kHostAgent{1};
constexpr hsa_agent_t kGpuAgent{2};
constexpr hsa_isa_t kGpuIsa{1};

// Throws HSA_STATUS_ERROR_INVALID_AGENT unless `agent` is one of the two.
void require_agent(hsa_agent_t agent);
void require_gpu(hsa_agent_t agent);

constexpr std::uint32_t kMaxWorkgroupSize = 1024;
constexpr std::uint32_t kLdsBytesPerWorkgroup = 64 * 1024;
constexpr std::uint32_t kWavesPerComputeUnit = 40;
constexpr std::uint32_t kMinQueueSize = 64;
constexpr std::uint32_t kMaxQueueSize = 131072;
// 8 GB of GDDR6 less what the driver keeps for itself, as an RX 5700 XT reports it.
constexpr std::uint64_t kDeviceMemoryBytes = 8573157376;
constexpr std::uint64_t kTimestampFrequency = 1'000'000'000;

}  // namespace emulator::hsa

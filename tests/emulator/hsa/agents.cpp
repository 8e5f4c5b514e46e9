#include "hsa/agents.h"

#include <hsa/hsa_ext_amd.h>
#include <hsa/hsa_ext_image.h>

#include <array>
#include <string_view>
#include <thread>

#include "hsa/attribute.h"
#include "hsa/memory.h"
#include "hsa/pose.h"
#include "hsa/status.h"
#include "machine/device.h"
#include "machine/occupancy.h"
#include "timing/settings.h"

namespace emulator::hsa {
namespace {

using U16x3 = std::array<std::uint16_t, 3>;
using U32x2 = std::array<std::uint32_t, 2>;
using U32x3 = std::array<std::uint32_t, 3>;
using U32x4 = std::array<std::uint32_t, 4>;
using Extensions = std::array<std::uint8_t, 128>;

constexpr std::string_view kProductName = "AMD Radeon RX 5700 XT (software)";

// Attributes that only later headers name.
enum : std::uint32_t {
  kInfoMemoryAvailable = 0xa015,
  kInfoTimestampFrequency = 0xa016,
  kInfoAsicFamily = 0xa107,
  kInfoSdmaEngines = 0xa10a,
  kInfoSdmaXgmiEngines = 0xa10b,
  kInfoAcceleratorDies = 0xa111,
  kInfoDriverNode = 0xa112,
  kInfoNearestCpu = 0xa113,
  kInfoMemoryProperties = 0xa114,
  kInfoScratchLimitMax = 0xa116,
  kInfoScratchLimitCurrent = 0xa117,
};

// The host flushes the card's HDP cache by writing to these registers. Nothing is cached here.
struct HdpRegisters {
  std::uint32_t memory_flush = 0;
  std::uint32_t register_flush = 0;
};
HdpRegisters hdp_registers;

constexpr Attribute kGpuAttributes[] = {
    text_attribute(HSA_AGENT_INFO_VENDOR_NAME, "AMD", 64),
    attribute(HSA_AGENT_INFO_FEATURE, HSA_AGENT_FEATURE_KERNEL_DISPATCH),
    attribute(HSA_AGENT_INFO_MACHINE_MODEL, HSA_MACHINE_MODEL_LARGE),
    attribute(HSA_AGENT_INFO_PROFILE, HSA_PROFILE_BASE),
    attribute(HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR),
    attribute(HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES,
              HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR),
    attribute(HSA_AGENT_INFO_FAST_F16_OPERATION, true),
    attribute(HSA_AGENT_INFO_WAVEFRONT_SIZE, std::uint32_t{32}),
    attribute(HSA_AGENT_INFO_WORKGROUP_MAX_DIM,
              U16x3{kMaxWorkgroupSize, kMaxWorkgroupSize, kMaxWorkgroupSize}),
    attribute(HSA_AGENT_INFO_WORKGROUP_MAX_SIZE, kMaxWorkgroupSize),
    attribute(HSA_AGENT_INFO_GRID_MAX_DIM, hsa_dim3_t{~0u, ~0u, ~0u}),
    attribute(HSA_AGENT_INFO_GRID_MAX_SIZE, ~std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_FBARRIER_MAX_SIZE, std::uint32_t{32}),
    attribute(HSA_AGENT_INFO_QUEUES_MAX, std::uint32_t{128}),
    attribute(HSA_AGENT_INFO_QUEUE_MIN_SIZE, kMinQueueSize),
    attribute(HSA_AGENT_INFO_QUEUE_MAX_SIZE, kMaxQueueSize),
    attribute(HSA_AGENT_INFO_QUEUE_TYPE, HSA_QUEUE_TYPE_MULTI),
    attribute(HSA_AGENT_INFO_NODE, std::uint32_t{1}),
    attribute(HSA_AGENT_INFO_DEVICE, HSA_DEVICE_TYPE_GPU),
    attribute(HSA_AGENT_INFO_CACHE_SIZE, U32x4{16 * 1024, 4 * 1024 * 1024, 0, 0}),
    attribute(HSA_AGENT_INFO_ISA, kGpuIsa),
    // HIP gives textures of linear memory and pitched memory (hipMallocPitch, hipMalloc3D) to
    // devices with images only, so they are announced as the card announces them, although those of
    // other geometries are refused (images.cpp).
    attribute(HSA_AGENT_INFO_EXTENSIONS, Extensions{1u << HSA_EXTENSION_IMAGES}),
    attribute(HSA_AGENT_INFO_VERSION_MAJOR, std::uint16_t{1}),
    attribute(HSA_AGENT_INFO_VERSION_MINOR, std::uint16_t{1}),
    attribute(HSA_AMD_AGENT_INFO_CHIP_ID, std::uint32_t{0x731f}),
    attribute(HSA_AMD_AGENT_INFO_CACHELINE_SIZE, std::uint32_t{128}),
    attribute(HSA_AMD_AGENT_INFO_DRIVER_NODE_ID, std::uint32_t{1}),
    attribute(HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS, std::uint32_t{4}),
    attribute(HSA_AMD_AGENT_INFO_BDFID, std::uint32_t{0x0300}),              // bus 3
    attribute(HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY, std::uint32_t{875}),  // MHz
    text_attribute(HSA_AMD_AGENT_INFO_PRODUCT_NAME, kProductName, 64),
    attribute(HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU, kWavesPerComputeUnit),
    attribute(HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU, std::uint32_t{2}),
    attribute(HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES, std::uint32_t{2}),
    attribute(HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE, std::uint32_t{2}),
    attribute(HSA_AMD_AGENT_INFO_DOMAIN, std::uint32_t{0}),
    attribute(HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES, false),
    text_attribute(HSA_AMD_AGENT_INFO_UUID, "GPU-XX", 21),
    attribute(HSA_AMD_AGENT_INFO_ASIC_REVISION, std::uint32_t{2}),
    attribute(HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS, false),
    attribute(kInfoTimestampFrequency, kTimestampFrequency),
    attribute(kInfoSdmaEngines, std::uint32_t{2}),
    attribute(kInfoSdmaXgmiEngines, std::uint32_t{0}),
    attribute(kInfoMemoryProperties, std::array<std::uint8_t, 8>{}),
    attribute(kInfoAsicFamily, std::uint32_t{143}),  // AMDGPU_FAMILY_NV of Linux
    attribute(kInfoAcceleratorDies, std::uint32_t{1}),
    attribute(kInfoDriverNode, std::uint32_t{1}),
    attribute(kInfoNearestCpu, kHostAgent),
    // The aperture of one die. Nothing is reclaimed, so the limit is in force from the start.
    attribute(kInfoScratchLimitMax, std::uint64_t{4} << 30),
    attribute(kInfoScratchLimitCurrent, std::uint64_t{4} << 30),
    // AMD's runtime answers the image limits in 32 bits, whatever the headers say.
    attribute(HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS, std::uint32_t{16384}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_1DA_MAX_ELEMENTS, std::uint32_t{16384}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS, ~std::uint32_t{0}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS, U32x2{16384, 16384}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_2DA_MAX_ELEMENTS, U32x2{16384, 16384}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_2DDEPTH_MAX_ELEMENTS, U32x2{16384, 16384}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_2DADEPTH_MAX_ELEMENTS, U32x2{16384, 16384}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS, U32x3{16384, 16384, 8192}),
    attribute(HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS, std::uint32_t{8192}),
    attribute(HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES, std::uint32_t{128}),
    attribute(HSA_EXT_AGENT_INFO_MAX_IMAGE_RORW_HANDLES, std::uint32_t{64}),
    attribute(HSA_EXT_AGENT_INFO_MAX_SAMPLER_HANDLERS, std::uint32_t{16}),
};

constexpr Attribute kHostAttributes[] = {
    text_attribute(HSA_AGENT_INFO_NAME, "CPU", 64),
    text_attribute(HSA_AGENT_INFO_VENDOR_NAME, "CPU", 64),
    attribute(HSA_AGENT_INFO_FEATURE, std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_MACHINE_MODEL, HSA_MACHINE_MODEL_LARGE),
    attribute(HSA_AGENT_INFO_PROFILE, HSA_PROFILE_FULL),
    attribute(HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR),
    attribute(HSA_AGENT_INFO_WAVEFRONT_SIZE, std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_QUEUES_MAX, std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_QUEUE_MIN_SIZE, std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_QUEUE_MAX_SIZE, std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_NODE, std::uint32_t{0}),
    attribute(HSA_AGENT_INFO_DEVICE, HSA_DEVICE_TYPE_CPU),
    attribute(HSA_AGENT_INFO_CACHE_SIZE, U32x4{32 * 1024, 0, 0, 0}),
    attribute(HSA_AGENT_INFO_EXTENSIONS, Extensions{}),
    attribute(HSA_AMD_AGENT_INFO_CHIP_ID, std::uint32_t{0}),
    attribute(HSA_AMD_AGENT_INFO_CACHELINE_SIZE, std::uint32_t{64}),
    attribute(HSA_AMD_AGENT_INFO_DRIVER_NODE_ID, std::uint32_t{0}),
    attribute(HSA_AMD_AGENT_INFO_BDFID, std::uint32_t{0}),
    attribute(HSA_AMD_AGENT_INFO_DOMAIN, std::uint32_t{0}),
    text_attribute(HSA_AMD_AGENT_INFO_PRODUCT_NAME, "CPU", 64),
    text_attribute(HSA_AMD_AGENT_INFO_UUID, "CPU-XX", 21),
};

constexpr Attribute kIsaAttributes[] = {
    attribute(HSA_ISA_INFO_CALL_CONVENTION_COUNT, std::uint32_t{1}),
    attribute(HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE, std::uint32_t{32}),
    attribute(HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONTS_PER_COMPUTE_UNIT, kWavesPerComputeUnit),
    attribute(HSA_ISA_INFO_MACHINE_MODELS, std::array<bool, 2>{false, true}),
    attribute(HSA_ISA_INFO_PROFILES, std::array<bool, 2>{true, false}),
    attribute(HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES, std::array<bool, 3>{false, false, true}),
    attribute(HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES,
              std::array<bool, 3>{false, false, true}),
    attribute(HSA_ISA_INFO_FAST_F16_OPERATION, true),
    attribute(HSA_ISA_INFO_WORKGROUP_MAX_DIM,
              U16x3{kMaxWorkgroupSize, kMaxWorkgroupSize, kMaxWorkgroupSize}),
    attribute(HSA_ISA_INFO_WORKGROUP_MAX_SIZE, kMaxWorkgroupSize),
    attribute(HSA_ISA_INFO_GRID_MAX_DIM, hsa_dim3_t{~0u, ~0u, ~0u}),
    attribute(HSA_ISA_INFO_GRID_MAX_SIZE, std::uint64_t{~0ull}),
    attribute(HSA_ISA_INFO_FBARRIER_MAX_SIZE, std::uint32_t{32}),
};

// Of the ISA, what depends on what the card poses as.
bool read_isa_name(std::uint32_t id, void* value) {
  const std::string& name = shown_architecture().isa_name;
  if (id == HSA_ISA_INFO_NAME_LENGTH) {
    store(value, static_cast<std::uint32_t>(name.size() + 1));
  } else if (id == HSA_ISA_INFO_NAME) {
    std::memcpy(value, name.c_str(), name.size() + 1);
  } else {
    return false;
  }
  return true;
}

// The answers that are not constants.
bool read_live_attribute(hsa_agent_t agent, std::uint32_t id, void* value) {
  const bool gpu = agent.handle == kGpuAgent.handle;
  if (gpu && id == HSA_AGENT_INFO_NAME) {
    const Attribute name = text_attribute(id, shown_architecture().name, 64);
    read_attribute({&name, 1}, id, value);
  } else if (gpu && id == HSA_AMD_AGENT_INFO_HDP_FLUSH) {
    store(value, hsa_amd_hdp_flush_t{&hdp_registers.memory_flush, &hdp_registers.register_flush});
  } else if (gpu && (id == HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT ||
                     id == HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT)) {
    store(value, std::uint32_t{kComputeUnits * Device::instance().workgroup_processors()});
  } else if (gpu && id == HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY) {
    store(value, timing::device_board().most_mhz);
  } else if (gpu && id == HSA_AMD_AGENT_INFO_MEMORY_WIDTH) {
    store(value, timing::device_board().memory_bits);
  } else if (gpu && id == kInfoMemoryAvailable) {
    store(value, device_memory_available());
  } else if (!gpu && id == HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT) {
    store(value, static_cast<std::uint32_t>(std::thread::hardware_concurrency()));
  } else {
    return false;
  }
  return true;
}

}  // namespace

void require_agent(hsa_agent_t agent) {
  if (agent.handle != kHostAgent.handle && agent.handle != kGpuAgent.handle) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_AGENT, "agent is not one of the two agents");
  }
}

void require_gpu(hsa_agent_t agent) {
  if (agent.handle != kGpuAgent.handle) {
    throw StatusError(HSA_STATUS_ERROR_INVALID_AGENT, "agent is not the GPU");
  }
}

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_iterate_agents(hsa_status_t (*callback)(hsa_agent_t, void*), void* data) {
  hsa_status_t status = HSA_STATUS_SUCCESS;
  const hsa_status_t outcome = guarded(__func__, [&] {
    require(callback != nullptr, "callback is null");
    for (const hsa_agent_t agent : {kHostAgent, kGpuAgent}) {
      status = callback(agent, data);
      if (status != HSA_STATUS_SUCCESS) return;
    }
  });
  return outcome == HSA_STATUS_SUCCESS ? status : outcome;
}

hsa_status_t hsa_agent_get_info(hsa_agent_t agent, hsa_agent_info_t attribute, void* value) {
  return guarded(__func__, [&] {
    require_agent(agent);
    require(value != nullptr, "value is null");
    const auto id = static_cast<std::uint32_t>(attribute);
    const bool known =
        read_live_attribute(agent, id, value) ||
        (agent.handle == kGpuAgent.handle ? read_attribute(kGpuAttributes, id, value)
                                          : read_attribute(kHostAttributes, id, value));
    if (!known) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_ARGUMENT,
                        "attribute " + std::to_string(id) + " is not one of this agent");
    }
  });
}

hsa_status_t hsa_agent_iterate_isas(hsa_agent_t agent, hsa_status_t (*callback)(hsa_isa_t, void*),
                                    void* data) {
  hsa_status_t status = HSA_STATUS_SUCCESS;
  const hsa_status_t outcome = guarded(__func__, [&] {
    require_agent(agent);
    require(callback != nullptr, "callback is null");
    if (agent.handle == kGpuAgent.handle) status = callback(kGpuIsa, data);
  });
  return outcome == HSA_STATUS_SUCCESS ? status : outcome;
}

hsa_status_t hsa_isa_get_info_alt(hsa_isa_t isa, hsa_isa_info_t attribute, void* value) {
  return guarded(__func__, [&] {
    if (isa.handle != kGpuIsa.handle) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_ISA, "isa is not that of the GPU");
    }
    require(value != nullptr, "value is null");
    const bool known =
        read_isa_name(attribute, value) || read_attribute(kIsaAttributes, attribute, value);
    require(known, "attribute is not one of an ISA");
  });
}

hsa_status_t hsa_agent_extension_supported(uint16_t, hsa_agent_t agent, uint16_t, uint16_t,
                                           bool* result) {
  return guarded(__func__, [&] {
    require_agent(agent);
    require(result != nullptr, "result is null");
    *result = false;
  });
}

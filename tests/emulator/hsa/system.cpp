// The runtime as a whole: its start and end, its properties and its extensions.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "hsa/agents.h"
#include "hsa/attribute.h"
#include "hsa/loader_extension.h"
#include "hsa/signals.h"
#include "hsa/status.h"
#include "machine/device.h"
#include "observers/checked_dispatch.h"
#include "timing/launch_observer.h"
#include "timing/settings.h"

namespace emulator::hsa {
namespace {

std::atomic<std::uint32_t> references{0};

using Extensions = std::array<std::uint8_t, 128>;

constexpr Extensions extensions_with(std::uint32_t extension) {
  Extensions mask{};
  mask[extension / 8] = static_cast<std::uint8_t>(1u << extension % 8);
  return mask;
}

// Attributes that only later headers name.
enum : std::uint32_t {
  kInfoMwaitxEnabled = 0x203,
  kInfoDmabufSupported = 0x204,
  kInfoVirtualMemorySupported = 0x205,
  kInfoXnackEnabled = 0x206,
};

constexpr Attribute kSystemAttributes[] = {
    attribute(HSA_SYSTEM_INFO_VERSION_MAJOR, std::uint16_t{1}),
    attribute(HSA_SYSTEM_INFO_VERSION_MINOR, std::uint16_t{1}),
    attribute(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, kTimestampFrequency),
    attribute(HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT, ~std::uint64_t{0}),
    attribute(HSA_SYSTEM_INFO_ENDIANNESS, HSA_ENDIANNESS_LITTLE),
    attribute(HSA_SYSTEM_INFO_MACHINE_MODEL, HSA_MACHINE_MODEL_LARGE),
    attribute(HSA_SYSTEM_INFO_EXTENSIONS, extensions_with(HSA_EXTENSION_AMD_LOADER)),
    attribute(HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED, false),
    attribute(HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT, false),
    attribute(kInfoMwaitxEnabled, false),
    attribute(kInfoDmabufSupported, false),
    attribute(kInfoVirtualMemorySupported, true),
    attribute(kInfoXnackEnabled, false),
};

// The environment decides who watches the device: checks, the clock model or nobody. False, with a
// text, if it names no check that there is.
bool install_observer() {
  try {
    Device& device = Device::instance();
    if (watches_execution(enabled_checks())) {
      device.set_observer(make_enabled_checks);
    } else if (timing::device_clock()) {
      device.set_observer(timing::make_modelled_dispatch);
    }
    device.set_workgroup_processors(timing::device_workgroup_processors());
    return true;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "software RX 5700 XT: %s\n", error.what());
    return false;
  }
}

constexpr const char* kBuildVersion = "software RX 5700 XT";

}  // namespace

bool runtime_is_initialised() { return references.load() > 0; }

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_init() {
  static const bool is_valid = install_observer();
  if (!is_valid) return HSA_STATUS_ERROR_INVALID_ARGUMENT;
  std::uint32_t count = references.load();
  do {
    if (count == UINT_MAX) return HSA_STATUS_ERROR_REFCOUNT_OVERFLOW;
  } while (!references.compare_exchange_weak(count, count + 1));
  return HSA_STATUS_SUCCESS;
}

// The device lives on until the process ends: threads and memory of it may still be in use.
hsa_status_t hsa_shut_down() {
  return guarded(__func__, [] { references.fetch_sub(1); });
}

hsa_status_t hsa_system_get_info(hsa_system_info_t attribute, void* value) {
  return guarded(__func__, [&] {
    require(value != nullptr, "value is null");
    if (attribute == HSA_SYSTEM_INFO_TIMESTAMP) {
      const std::uint64_t now = now_ns();
      std::memcpy(value, &now, sizeof now);
    } else if (attribute == HSA_AMD_SYSTEM_INFO_BUILD_VERSION) {
      *static_cast<const char**>(value) = kBuildVersion;
    } else {
      require(read_attribute(kSystemAttributes, attribute, value),
              "attribute is not one of the system");
    }
  });
}

hsa_status_t hsa_system_extension_supported(uint16_t extension, uint16_t version_major,
                                            uint16_t version_minor, bool* result) {
  return guarded(__func__, [&] {
    require(result != nullptr, "result is null");
    *result = extension == HSA_EXTENSION_AMD_LOADER && version_major == 1 && version_minor == 0;
  });
}

hsa_status_t hsa_system_get_major_extension_table(uint16_t extension, uint16_t version_major,
                                                  size_t table_length, void* table) {
  return guarded(__func__, [&] {
    require(table != nullptr && table_length > 0, "table is null or empty");
    if (extension != HSA_EXTENSION_AMD_LOADER || version_major != 1) {
      throw StatusError(HSA_STATUS_ERROR, "the extension is not supported");
    }
    std::memset(table, 0, table_length);
    std::memcpy(table, &kLoaderFunctions, std::min(table_length, sizeof kLoaderFunctions));
  });
}

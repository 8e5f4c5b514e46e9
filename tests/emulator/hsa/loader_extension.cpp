// HSA_EXTENSION_AMD_LOADER 1.00: what debuggers, profilers and HIP ask about loaded code.
#include "hsa/loader_extension.h"

#include <algorithm>
#include <vector>

#include "hsa/agents.h"
#include "hsa/executable.h"
#include "hsa/status.h"

namespace emulator::hsa {
namespace {

// The code object that holds a device address, with its executable.
struct LoadedAt {
  std::shared_ptr<Executable> executable;
  const CodeObject* code_object = nullptr;
};

LoadedAt find_loaded(const void* device_address) {
  const auto address = reinterpret_cast<std::uint64_t>(device_address);
  for (const auto& executable : all_executables()) {
    for (const CodeObject* code_object : executable->code_objects()) {
      if (address >= code_object->address() &&
          address - code_object->address() < code_object->bytes()) {
        return {executable, code_object};
      }
    }
  }
  throw StatusError(HSA_STATUS_ERROR_INVALID_ARGUMENT, "device_address lies in no code object");
}

// Code lies at the same address on the host and on the device.
hsa_status_t query_host_address(const void* device_address, const void** host_address) {
  return guarded("hsa_ven_amd_loader_query_host_address", [&] {
    require(device_address != nullptr, "device_address is null");
    require(host_address != nullptr, "host_address is null");
    find_loaded(device_address);
    *host_address = device_address;
  });
}

hsa_status_t query_segment_descriptors(hsa_ven_amd_loader_segment_descriptor_t* descriptors,
                                       size_t* count) {
  return guarded("hsa_ven_amd_loader_query_segment_descriptors", [&] {
    require(count != nullptr, "num_segment_descriptors is null");
    require((descriptors == nullptr) == (*count == 0),
            "segment_descriptors and num_segment_descriptors contradict each other");
    std::vector<hsa_ven_amd_loader_segment_descriptor_t> all;
    for (const auto& executable : all_executables()) {
      for (const CodeObject* code_object : executable->code_objects()) {
        all.push_back({
            .agent = kGpuAgent,
            .executable = executable->handle(),
            .code_object_storage_type = HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY,
            .code_object_storage_base = code_object->elf().data(),
            .code_object_storage_size = code_object->elf().size(),
            .code_object_storage_offset = 0,
            .segment_base = reinterpret_cast<const void*>(code_object->address()),
            .segment_size = code_object->bytes(),
        });
      }
    }
    if (descriptors == nullptr) {
      *count = all.size();
      return;
    }
    if (*count != all.size()) {
      throw StatusError(HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
                        "num_segment_descriptors is not the number of segments");
    }
    std::ranges::copy(all, descriptors);
  });
}

hsa_status_t query_executable(const void* device_address, hsa_executable_t* executable) {
  return guarded("hsa_ven_amd_loader_query_executable", [&] {
    require(device_address != nullptr, "device_address is null");
    require(executable != nullptr, "executable is null");
    *executable = find_loaded(device_address).executable->handle();
  });
}

}  // namespace

const hsa_ven_amd_loader_1_00_pfn_t kLoaderFunctions = {
    .hsa_ven_amd_loader_query_host_address = query_host_address,
    .hsa_ven_amd_loader_query_segment_descriptors = query_segment_descriptors,
    .hsa_ven_amd_loader_query_executable = query_executable,
};

}  // namespace emulator::hsa

#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "plan/device_facts.h"
#include "plan/launch.h"

namespace rdna1conv {

// The kernels of one device, loaded family by family when first asked for. All handles of a device
// share one; the last one to go unloads it. Any thread may use it.
class KernelModules {
 public:
  static std::shared_ptr<KernelModules> of_device(int device);

  ~KernelModules();
  KernelModules(const KernelModules&) = delete;
  KernelModules& operator=(const KernelModules&) = delete;

  // The kernel, ready to launch. Throws Error if it is not in the library or cannot be loaded.
  hipFunction_t function(KernelRef kernel);

 private:
  explicit KernelModules(int device);
  hipModule_t module_of(std::string_view family);  // with mutex_ held

  const int device_;
  const DeviceFacts facts_;
  std::mutex mutex_;
  std::map<std::string, hipModule_t, std::less<>> modules_;
  std::vector<std::vector<std::byte>>
      changed_;  // what modules of other cards than gfx1010 are loaded from
};

}  // namespace rdna1conv

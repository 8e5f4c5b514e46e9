#include "device/kernel_module.h"

#include <string>

#include "device/code_header.h"
#include "device/code_objects.h"
#include "device/device_query.h"
#include "device/hip_check.h"

namespace rdna1conv {

KernelModules::KernelModules(int device) : device_(device), facts_(query_device(device)) {}

std::shared_ptr<KernelModules> KernelModules::of_device(int device) {
  struct Registry {
    std::mutex mutex;
    std::map<int, std::weak_ptr<KernelModules>> modules;
  };
  // Leaked: a handle may outlive static destructors.
  static Registry* const registry = new Registry;
  const std::lock_guard lock(registry->mutex);
  std::weak_ptr<KernelModules>& entry = registry->modules[device];
  std::shared_ptr<KernelModules> modules = entry.lock();
  if (!modules) {
    modules.reset(new KernelModules(device));
    entry = modules;
  }
  return modules;
}

KernelModules::~KernelModules() {
  // Kernels may still be running: clients need not wait before they destroy their last handle.
  // Failing here means that the HIP runtime is already gone, and the modules with it.
  int before = device_;
  static_cast<void>(hipGetDevice(&before));
  static_cast<void>(hipSetDevice(device_));
  static_cast<void>(hipDeviceSynchronize());
  for (const auto& [family, module] : modules_) static_cast<void>(hipModuleUnload(module));
  static_cast<void>(hipSetDevice(before));
}

hipModule_t KernelModules::module_of(std::string_view family) {
  if (const auto found = modules_.find(family); found != modules_.end()) return found->second;
  std::span<const std::byte> image = code_object(family);
  if (image.empty()) {
    throw Error(Status::kInternalError,
                "the library has no code object '" + std::string(family) + "'");
  }
  const std::string& shown = facts_.poses_as.empty() ? facts_.architecture : facts_.poses_as;
  if (shown != kCompiledFor) image = changed_.emplace_back(code_object_with_header(image, shown));
  const ScopedDevice current(device_);
  hipModule_t module = nullptr;
  check_hip(hipModuleLoadData(&module, image.data()), "hipModuleLoadData");
  modules_.emplace(family, module);
  return module;
}

hipFunction_t KernelModules::function(KernelRef kernel) {
  const std::lock_guard lock(mutex_);
  const hipModule_t module = module_of(kernel.family);
  hipFunction_t function = nullptr;
  const hipError_t result = hipModuleGetFunction(&function, module, kernel.name);
  if (result != hipSuccess) {
    throw Error(Status::kInternalError, std::string("kernel '") + kernel.name +
                                            "' of code object '" + kernel.family +
                                            "' cannot be found: " + hipGetErrorString(result));
  }
  return function;
}

}  // namespace rdna1conv

#include "hsa/executable.h"

#include <algorithm>
#include <shared_mutex>
#include <unordered_map>

#include "hsa/status.h"

namespace emulator::hsa {
namespace {

// All kernels of all executables by descriptor address, for the packet processors.
class LoadedKernels {
 public:
  static LoadedKernels& instance() {
    static LoadedKernels& kernels = *new LoadedKernels;  // never destroyed: queue threads use it
    return kernels;
  }

  void add(const std::shared_ptr<CodeObject>& code_object) {
    const std::lock_guard lock(mutex_);
    for (const KernelSymbol& symbol : code_object->kernels()) {
      kernels_[symbol.descriptor] = {code_object, &symbol, nullptr};
    }
  }

  void remove(const CodeObject& code_object) {
    const std::lock_guard lock(mutex_);
    for (const KernelSymbol& symbol : code_object.kernels()) kernels_.erase(symbol.descriptor);
  }

  std::shared_ptr<const Kernel> find(std::uint64_t descriptor) {
    Loaded loaded;
    {
      const std::shared_lock lock(mutex_);
      const auto found = kernels_.find(descriptor);
      if (found == kernels_.end()) return nullptr;
      if (found->second.kernel != nullptr) return found->second.kernel;
      loaded = found->second;
    }
    // Decoding takes a while; other queues go on meanwhile.
    auto kernel = loaded.code_object->make_kernel(*loaded.symbol);
    const std::lock_guard lock(mutex_);
    if (const auto found = kernels_.find(descriptor); found != kernels_.end()) {
      found->second.kernel = kernel;
    }
    return kernel;
  }

 private:
  struct Loaded {
    std::shared_ptr<CodeObject> code_object;
    const KernelSymbol* symbol = nullptr;
    std::shared_ptr<const Kernel> kernel;
  };

  std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, Loaded> kernels_;
};

// The handles that are valid.
class Executables {
 public:
  static Executables& instance() {
    static Executables& executables = *new Executables;
    return executables;
  }

  hsa_executable_t create() {
    auto executable = std::make_shared<Executable>();
    const std::lock_guard lock(mutex_);
    executables_.push_back(executable);
    return executable->handle();
  }

  std::shared_ptr<Executable> find(hsa_executable_t handle) {
    const std::lock_guard lock(mutex_);
    return *position(handle);
  }

  void remove(hsa_executable_t handle) {
    std::shared_ptr<Executable> removed;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    const auto found = position(handle);
    removed = *found;
    executables_.erase(found);
  }

  std::vector<std::shared_ptr<Executable>> all() {
    const std::lock_guard lock(mutex_);
    return executables_;
  }

 private:
  std::vector<std::shared_ptr<Executable>>::iterator position(hsa_executable_t handle) {
    const auto found = std::ranges::find_if(
        executables_, [&](const auto& e) { return e->handle().handle == handle.handle; });
    if (found == executables_.end()) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_EXECUTABLE, "executable is not an executable");
    }
    return found;
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<Executable>> executables_;
};

}  // namespace

Executable::~Executable() {
  for (const auto& code_object : code_objects_) LoadedKernels::instance().remove(*code_object);
}

void Executable::require_unfrozen() const {
  if (frozen_) throw StatusError(HSA_STATUS_ERROR_FROZEN_EXECUTABLE, "the executable is frozen");
}

void Executable::add_symbol(const ExecutableSymbol& symbol) {
  if (!symbols_.emplace(symbol.name(), symbol).second) {
    throw StatusError(HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED,
                      symbol.name() + " is defined already");
  }
}

const CodeObject& Executable::load(std::span<const std::byte> elf) {
  const std::lock_guard lock(mutex_);
  require_unfrozen();
  const auto external = [&](std::string_view name) -> std::optional<std::uint64_t> {
    const auto found = external_variables_.find(name);
    if (found == external_variables_.end()) return std::nullopt;
    return found->second;
  };
  auto code_object = std::make_shared<CodeObject>(elf, external);
  for (const KernelSymbol& kernel : code_object->kernels()) add_symbol({.kernel = &kernel});
  for (const VariableSymbol& variable : code_object->variables()) {
    add_symbol({.variable = &variable});
  }
  code_objects_.push_back(std::move(code_object));
  return *code_objects_.back();
}

void Executable::define_variable(std::string_view name, std::uint64_t address) {
  const std::lock_guard lock(mutex_);
  require_unfrozen();
  if (!external_variables_.emplace(name, address).second) {
    throw StatusError(HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED,
                      std::string(name) + " is defined already");
  }
}

void Executable::freeze() {
  const std::lock_guard lock(mutex_);
  require_unfrozen();
  frozen_ = true;
  for (const auto& code_object : code_objects_) LoadedKernels::instance().add(code_object);
}

const ExecutableSymbol* Executable::find_symbol(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = symbols_.find(name);
  return found == symbols_.end() ? nullptr : &found->second;
}

std::vector<const ExecutableSymbol*> Executable::symbols() const {
  const std::lock_guard lock(mutex_);
  std::vector<const ExecutableSymbol*> all;
  for (const auto& [name, symbol] : symbols_) all.push_back(&symbol);
  return all;
}

std::vector<const CodeObject*> Executable::code_objects() const {
  const std::lock_guard lock(mutex_);
  std::vector<const CodeObject*> all;
  for (const auto& code_object : code_objects_) all.push_back(code_object.get());
  return all;
}

std::shared_ptr<Executable> executable_of(hsa_executable_t handle) {
  return Executables::instance().find(handle);
}

std::vector<std::shared_ptr<Executable>> all_executables() { return Executables::instance().all(); }

std::shared_ptr<const Kernel> find_kernel(std::uint64_t kernel_object) {
  return LoadedKernels::instance().find(kernel_object);
}

}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_executable_create_alt(hsa_profile_t, hsa_default_float_rounding_mode_t,
                                       const char*, hsa_executable_t* executable) {
  return guarded(__func__, [&] {
    require(executable != nullptr, "executable is null");
    *executable = Executables::instance().create();
  });
}

hsa_status_t hsa_executable_destroy(hsa_executable_t executable) {
  return guarded(__func__, [&] { Executables::instance().remove(executable); });
}

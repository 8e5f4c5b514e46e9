// Loaded executables: code objects, the variables the host defines for them, their symbols.
#pragma once

#include <hsa/hsa.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hsa/code_object.h"
#include "machine/device.h"

namespace emulator::hsa {

// What an hsa_executable_symbol_t points to.
struct ExecutableSymbol {
  const KernelSymbol* kernel = nullptr;  // one of the two
  const VariableSymbol* variable = nullptr;

  const std::string& name() const { return kernel != nullptr ? kernel->name : variable->name; }
};

class Executable {
 public:
  Executable() = default;
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  hsa_executable_t handle() const { return {reinterpret_cast<std::uint64_t>(this)}; }

  // All throw StatusError; the first two HSA_STATUS_ERROR_FROZEN_EXECUTABLE after freeze().
  const CodeObject& load(std::span<const std::byte> elf);
  void define_variable(std::string_view name, std::uint64_t address);
  void freeze();
  // Null when there is no such symbol. It lives as long as the executable.
  const ExecutableSymbol* find_symbol(std::string_view name) const;
  std::vector<const ExecutableSymbol*> symbols() const;
  std::vector<const CodeObject*> code_objects() const;

 private:
  void require_unfrozen() const;
  void add_symbol(const ExecutableSymbol& symbol);

  mutable std::mutex mutex_;
  bool frozen_ = false;
  std::vector<std::shared_ptr<CodeObject>> code_objects_;
  std::map<std::string, std::uint64_t, std::less<>> external_variables_;
  std::map<std::string, ExecutableSymbol, std::less<>> symbols_;
};

// Throws HSA_STATUS_ERROR_INVALID_EXECUTABLE when there is none.
std::shared_ptr<Executable> executable_of(hsa_executable_t handle);
std::vector<std::shared_ptr<Executable>> all_executables();

// The kernel whose descriptor lies at `kernel_object`, or null. Its code is decoded at the first
// call for any kernel of its code object.
std::shared_ptr<const Kernel> find_kernel(std::uint64_t kernel_object);

}  // namespace emulator::hsa

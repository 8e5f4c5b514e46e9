// The calls that fill executables and read their symbols.
#include <hsa/hsa.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "hsa/agents.h"
#include "hsa/attribute.h"
#include "hsa/executable.h"
#include "hsa/status.h"

namespace emulator::hsa {
namespace {

// Code objects that may be loaded; the caller keeps their memory alive.
class Readers {
 public:
  static Readers& instance() {
    static Readers& readers = *new Readers;
    return readers;
  }

  hsa_code_object_reader_t add(std::span<const std::byte> elf) {
    const std::lock_guard lock(mutex_);
    elf_of_[++last_handle_] = elf;
    return {last_handle_};
  }

  std::span<const std::byte> find(hsa_code_object_reader_t reader) {
    const std::lock_guard lock(mutex_);
    const auto found = elf_of_.find(reader.handle);
    if (found == elf_of_.end()) throw_invalid();
    return found->second;
  }

  void remove(hsa_code_object_reader_t reader) {
    const std::lock_guard lock(mutex_);
    if (elf_of_.erase(reader.handle) == 0) throw_invalid();
  }

 private:
  [[noreturn]] static void throw_invalid() {
    throw StatusError(HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER,
                      "code_object_reader is not a reader");
  }

  std::mutex mutex_;
  std::uint64_t last_handle_ = 0;
  std::unordered_map<std::uint64_t, std::span<const std::byte>> elf_of_;
};

// Attributes that kernels and variables share; false for another one.
bool read_common(const ExecutableSymbol& symbol, std::uint32_t attribute, void* value) {
  switch (attribute) {
    case HSA_EXECUTABLE_SYMBOL_INFO_TYPE:
      store(value, symbol.kernel != nullptr ? HSA_SYMBOL_KIND_KERNEL : HSA_SYMBOL_KIND_VARIABLE);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH:
      store(value, static_cast<std::uint32_t>(symbol.name().size()));
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_NAME:
      std::memcpy(value, symbol.name().data(), symbol.name().size());
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME_LENGTH:
      store(value, std::uint32_t{0});
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME:
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_AGENT:
      store(value, kGpuAgent);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_LINKAGE:
      store(value, HSA_SYMBOL_LINKAGE_PROGRAM);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_IS_DEFINITION:
      store(value, true);
      return true;
    default:
      return false;
  }
}

bool read_variable(const VariableSymbol& variable, std::uint32_t attribute, void* value) {
  switch (attribute) {
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS:
      store(value, variable.address);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION:
      store(value, HSA_VARIABLE_ALLOCATION_AGENT);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SEGMENT:
      store(value, variable.is_const ? HSA_VARIABLE_SEGMENT_READONLY : HSA_VARIABLE_SEGMENT_GLOBAL);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALIGNMENT:
      // The symbol table does not tell; an address is as aligned as its lowest set bit.
      store(value, static_cast<std::uint32_t>(variable.address & (~variable.address + 1)));
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE:
      store(value, static_cast<std::uint32_t>(variable.bytes));
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST:
      store(value, variable.is_const);
      return true;
    default:
      return false;
  }
}

bool read_kernel(const KernelSymbol& kernel, std::uint32_t attribute, void* value) {
  constexpr std::uint32_t kKernargAlignment = 16;
  switch (attribute) {
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT:
      store(value, kernel.descriptor);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE:
      store(value, kernel.kernarg_bytes);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT:
      store(value, kKernargAlignment);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE:
      store(value, kernel.group_segment_bytes);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE:
      store(value, kernel.private_segment_bytes);
      return true;
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK:
      store(value, kernel.dynamic_stack);
      return true;
    default:
      return false;
  }
}

}  // namespace
}  // namespace emulator::hsa

using namespace emulator::hsa;

hsa_status_t hsa_code_object_reader_create_from_memory(
    const void* code_object, size_t size, hsa_code_object_reader_t* code_object_reader) {
  return guarded(__func__, [&] {
    require(code_object != nullptr && size > 0, "code_object is null or size is 0");
    require(code_object_reader != nullptr, "code_object_reader is null");
    *code_object_reader =
        Readers::instance().add({static_cast<const std::byte*>(code_object), size});
  });
}

hsa_status_t hsa_code_object_reader_destroy(hsa_code_object_reader_t code_object_reader) {
  return guarded(__func__, [&] { Readers::instance().remove(code_object_reader); });
}

hsa_status_t hsa_executable_load_agent_code_object(hsa_executable_t executable, hsa_agent_t agent,
                                                   hsa_code_object_reader_t code_object_reader,
                                                   const char*,
                                                   hsa_loaded_code_object_t* loaded_code_object) {
  return guarded(__func__, [&] {
    const auto found = executable_of(executable);
    require_gpu(agent);
    const auto elf = Readers::instance().find(code_object_reader);
    try {
      const CodeObject& loaded = found->load(elf);
      if (loaded_code_object != nullptr) {
        loaded_code_object->handle = reinterpret_cast<std::uint64_t>(&loaded);
      }
    } catch (const StatusError& error) {
      throw Refusal(error.status(), std::string("a code object is refused: ") + error.what());
    }
  });
}

hsa_status_t hsa_executable_agent_global_variable_define(hsa_executable_t executable,
                                                         hsa_agent_t agent,
                                                         const char* variable_name, void* address) {
  return guarded(__func__, [&] {
    const auto found = executable_of(executable);
    require_gpu(agent);
    require(variable_name != nullptr, "variable_name is null");
    found->define_variable(variable_name, reinterpret_cast<std::uint64_t>(address));
  });
}

hsa_status_t hsa_executable_freeze(hsa_executable_t executable, const char*) {
  return guarded(__func__, [&] { executable_of(executable)->freeze(); });
}

hsa_status_t hsa_executable_get_symbol_by_name(hsa_executable_t executable, const char* symbol_name,
                                               const hsa_agent_t* agent,
                                               hsa_executable_symbol_t* symbol) {
  return guarded(__func__, [&] {
    const auto found = executable_of(executable);
    require(symbol_name != nullptr, "symbol_name is null");
    require(symbol != nullptr, "symbol is null");
    if (agent != nullptr) require_agent(*agent);
    const ExecutableSymbol* const named = found->find_symbol(symbol_name);
    if (named == nullptr || (agent != nullptr && agent->handle != kGpuAgent.handle)) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_SYMBOL_NAME,
                        std::string(symbol_name) + " is not a symbol of the executable");
    }
    symbol->handle = reinterpret_cast<std::uint64_t>(named);
  });
}

hsa_status_t hsa_executable_symbol_get_info(hsa_executable_symbol_t executable_symbol,
                                            hsa_executable_symbol_info_t attribute, void* value) {
  return guarded(__func__, [&] {
    if (executable_symbol.handle == 0) {
      throw StatusError(HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL, "executable_symbol is null");
    }
    require(value != nullptr, "value is null");
    const auto& symbol = *reinterpret_cast<const ExecutableSymbol*>(executable_symbol.handle);
    const bool known =
        read_common(symbol, attribute, value) ||
        (symbol.kernel != nullptr ? read_kernel(*symbol.kernel, attribute, value)
                                  : read_variable(*symbol.variable, attribute, value));
    require(known, "attribute is not one of this kind of symbol");
  });
}

hsa_status_t hsa_executable_iterate_symbols(
    hsa_executable_t executable,
    hsa_status_t (*callback)(hsa_executable_t, hsa_executable_symbol_t, void*), void* data) {
  hsa_status_t status = HSA_STATUS_SUCCESS;
  const hsa_status_t outcome = guarded(__func__, [&] {
    const auto found = executable_of(executable);
    require(callback != nullptr, "callback is null");
    for (const ExecutableSymbol* symbol : found->symbols()) {
      status = callback(executable, {reinterpret_cast<std::uint64_t>(symbol)}, data);
      if (status != HSA_STATUS_SUCCESS) return;
    }
  });
  return outcome == HSA_STATUS_SUCCESS ? status : outcome;
}

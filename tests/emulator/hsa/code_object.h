// A code object (ELF, LLVM's AMDGPU usage guide, "Code Object") loaded into device memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hsa/mapping.h"
#include "hsa/source_lines.h"
#include "machine/device.h"

namespace emulator::hsa {

struct KernelSymbol {
  std::string name;              // as in the symbol table, with ".kd"
  std::uint64_t descriptor = 0;  // device address: the packet's kernel_object
  std::uint64_t entry = 0;
  std::uint32_t group_segment_bytes = 0;
  std::uint32_t private_segment_bytes = 0;
  std::uint32_t kernarg_bytes = 0;
  bool dynamic_stack = false;
};

struct VariableSymbol {
  std::string name;
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  bool is_const = false;
};

class CodeObject {
 public:
  // Address of a variable that the host defined for the executable, by name.
  using ExternalVariables = std::function<std::optional<std::uint64_t>(std::string_view)>;

  // Loads and relocates `elf`, which must stay where it is. Throws StatusError: invalid code
  // object, incompatible arguments (another processor) or variable undefined.
  CodeObject(std::span<const std::byte> elf, const ExternalVariables& externals);

  std::span<const KernelSymbol> kernels() const { return kernels_; }
  std::span<const VariableSymbol> variables() const { return variables_; }
  std::span<const std::byte> elf() const { return elf_; }
  std::uint64_t address() const { return range_->address(); }
  std::size_t bytes() const { return range_->bytes(); }

  // The kernel as the machine takes it. Decodes the code at the first call; thread-safe.
  std::shared_ptr<const Kernel> make_kernel(const KernelSymbol& symbol);

 private:
  struct Text {
    std::uint64_t address = 0;
    std::size_t bytes = 0;
    std::shared_ptr<const Program> program;
  };

  std::shared_ptr<const Program> program_at(std::uint64_t entry);

  std::span<const std::byte> elf_;
  std::unique_ptr<DeviceRange> range_;
  std::shared_ptr<const SourceLines> source_lines_;  // null without debug information
  std::vector<KernelSymbol> kernels_;
  std::vector<VariableSymbol> variables_;
  std::vector<std::uint64_t> functions_;  // device addresses where code begins
  std::mutex decode_mutex_;
  std::vector<Text> texts_;
};

}  // namespace emulator::hsa

#pragma once

// Fat binaries and code objects, read as files: no device, no loader.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdna1conv {

// A view of one architecture's ELF file in a fat binary.
struct CodeObjectFile {
  std::string target;  // "gfx1010"
  std::span<const std::byte> elf;
};

// The device code objects of what `hipcc --genco` writes (clang's offload bundle). Throws
// std::runtime_error for anything else.
std::vector<CodeObjectFile> code_objects_of(std::span<const std::byte> fat_binary);

struct CodeSection {
  std::uint64_t address = 0;         // of its first byte
  std::vector<std::uint32_t> words;  // instructions
};
std::vector<CodeSection> code_of(const CodeObjectFile& file);

struct Symbol {
  std::string name;
  std::uint64_t address = 0, bytes = 0;
  bool is_undefined = false;
};
std::vector<Symbol> symbols_of(const CodeObjectFile& file);

// Kernel descriptors (LLVM's AMDGPU usage guide, "Kernel Descriptor"): what the loader is asked to
// give a wave.
struct KernelDescriptor {
  std::string kernel;
  std::uint32_t scratch_bytes = 0;  // of each lane
  std::uint16_t properties = 0;
};
inline constexpr std::uint16_t kTakesDispatchPointer = 1u << 1;
inline constexpr std::uint16_t kTakesQueuePointer = 1u << 2;
std::vector<KernelDescriptor> kernels_of(const CodeObjectFile& file);

// What compiled it, such as "Debian clang version 15.0.6"; "" if the file does not say.
std::string compiler_of(const CodeObjectFile& file);

// The note with the kernels' metadata: MessagePack, in which names stand as they are.
std::string_view metadata_of(const CodeObjectFile& file);

}  // namespace rdna1conv

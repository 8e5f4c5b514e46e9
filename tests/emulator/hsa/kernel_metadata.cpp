#include "hsa/kernel_metadata.h"

#include <nlohmann/json.hpp>

namespace emulator::hsa {
namespace {

// A note: three words, the name and the content, each padded to a multiple of 4.
constexpr std::uint32_t kMetadataType = 32;  // NT_AMDGPU_METADATA: MessagePack
constexpr std::uint64_t kHeaderBytes = 12;

std::uint64_t padded(std::uint64_t bytes) { return (bytes + 3) / 4 * 4; }

void add_kernels(std::span<const std::byte> content, std::map<std::string, std::uint32_t>& bytes) {
  constexpr bool kStrict = true;
  constexpr bool kThrows = false;
  const auto metadata = nlohmann::json::from_msgpack(
      reinterpret_cast<const std::uint8_t*>(content.data()),
      reinterpret_cast<const std::uint8_t*>(content.data() + content.size()), kStrict, kThrows);
  if (!metadata.is_object()) return;
  for (const auto& kernel : metadata.value("amdhsa.kernels", nlohmann::json::array())) {
    if (!kernel.is_object()) continue;
    const auto symbol = kernel.find(".symbol");
    const auto size = kernel.find(".kernarg_segment_size");
    if (symbol == kernel.end() || size == kernel.end()) continue;
    if (symbol->is_string() && size->is_number_unsigned()) {
      bytes[symbol->get<std::string>()] = size->get<std::uint32_t>();
    }
  }
}

}  // namespace

std::map<std::string, std::uint32_t> kernel_argument_bytes(const ElfFile& file) {
  std::map<std::string, std::uint32_t> bytes;
  for (const Elf64_Shdr& section : file.sections()) {
    if (section.sh_type != SHT_NOTE) continue;
    std::uint64_t at = section.sh_offset;
    const std::uint64_t end = at + section.sh_size;
    while (at + kHeaderBytes <= end) {
      Elf64_Nhdr note;
      std::memcpy(&note, file.bytes_at(at, sizeof note).data(), sizeof note);
      const std::uint64_t content = at + kHeaderBytes + padded(note.n_namesz);
      if (note.n_type == kMetadataType) add_kernels(file.bytes_at(content, note.n_descsz), bytes);
      at = content + padded(note.n_descsz);
    }
  }
  return bytes;
}

}  // namespace emulator::hsa

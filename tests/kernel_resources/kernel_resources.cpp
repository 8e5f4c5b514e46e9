#include "kernel_resources.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "device/code_objects.h"
#include "isa/decode.h"

namespace rdna1conv {
namespace {

using emulator::Encoding;
using emulator::Instruction;
using emulator::InstructionClass;

constexpr std::string_view kHead =
    "# What the library's kernels take on gfx1010, read off their code objects. Written by\n"
    "#   ./run kernels-table\n"
    "# VGPRs, SGPRs: of a wave32. spilled: registers. scratch: bytes of a lane. LDS: bytes of a\n"
    "# workgroup, but for what a launch adds. code, FMA %: instructions as they stand in the code "
    "and\n"
    "# the share of multiply-adds. loop, FMA %: the same of the innermost loop with most of "
    "them.\n";
constexpr std::string_view kCompiler = "# compiler: ";
constexpr const char* kTitles =
    "#VGPRs  SGPRs  spilled  scratch    LDS    code  FMA %    loop  FMA %  kernel\n";

// The instructions of a kernel, in order.
std::vector<Instruction> instructions_of(const std::vector<CodeSection>& code,
                                         const Symbol& symbol) {
  for (const CodeSection& section : code) {
    const std::uint64_t end = section.address + 4 * section.words.size();
    if (symbol.address < section.address || symbol.address + symbol.bytes > end) continue;
    const auto words =
        std::span(section.words).subspan((symbol.address - section.address) / 4, symbol.bytes / 4);
    std::vector<Instruction> instructions;
    for (std::size_t at = 0; at < words.size(); at += instructions.back().dwords) {
      instructions.push_back(
          emulator::decode(words.subspan(at), static_cast<std::uint32_t>(4 * at)));
    }
    return instructions;
  }
  throw std::runtime_error("the code of " + symbol.name + " lies in no section");
}

// Where a branch leads, in bytes from the start of the kernel.
std::optional<std::int64_t> target_of(const Instruction& instruction) {
  const bool is_branch = instruction.encoding == Encoding::kSopp &&
                         instruction.statistics == InstructionClass::kBranch;
  if (!is_branch) return std::nullopt;
  return std::int64_t{instruction.address} + 4 +
         std::int64_t{4} * static_cast<std::int32_t>(instruction.literal);
}

struct Count {
  std::uint32_t instructions = 0, fmas = 0;
};

// Of the instructions at [first, last] bytes.
Count count(const std::vector<Instruction>& instructions, std::int64_t first, std::int64_t last) {
  Count sum;
  for (const Instruction& instruction : instructions) {
    if (instruction.address < first || instruction.address > last) continue;
    ++sum.instructions;
    sum.fmas += instruction.statistics == InstructionClass::kFma;
  }
  return sum;
}

// The shortest of the loops with at least half as many multiply-adds as the loop with most: around
// a main loop there may be another one, and inside it one that stages operands.
Count main_loop(const std::vector<Instruction>& instructions) {
  std::vector<Count> loops;
  for (const Instruction& instruction : instructions) {
    const auto target = target_of(instruction);
    if (!target || *target > instruction.address) continue;
    loops.push_back(count(instructions, *target, instruction.address));
  }
  std::uint32_t most = 0;
  for (const Count& loop : loops) most = std::max(most, loop.fmas);
  Count shortest;
  for (const Count& loop : loops) {
    const bool is_main = most > 0 && 2 * loop.fmas >= most;
    const bool is_shorter = shortest.instructions == 0 || loop.instructions < shortest.instructions;
    if (is_main && is_shorter) shortest = loop;
  }
  return shortest;
}

CodeObjectFile file_for_table(std::string_view family) {
  for (const CodeObjectFile& file : code_objects_of(code_object(family))) {
    if (file.target == kTableTarget) return file;
  }
  throw std::runtime_error(std::string(family) + " was not built for " + std::string(kTableTarget));
}

std::string share(std::uint32_t part, std::uint32_t whole) {
  if (whole == 0) return "-";
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.1f", 100.0 * part / whole);
  return text.data();
}

std::string line_of(std::string_view family, const KernelResources& r) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), "%6u %6u %8u %8u %6u %7u %6s %7u %6s  %s/%s\n", r.vgprs,
                r.sgprs, r.spilled, r.scratch_bytes, r.lds_bytes, r.instructions,
                share(r.fmas, r.instructions).c_str(), r.loop_instructions,
                share(r.loop_fmas, r.loop_instructions).c_str(), std::string(family).c_str(),
                r.kernel.c_str());
  return text.data();
}

}  // namespace

std::vector<KernelResources> kernel_resources(const CodeObjectFile& file) {
  std::map<std::string, Symbol> functions;
  for (const Symbol& symbol : symbols_of(file)) functions[symbol.name] = symbol;
  const std::vector<CodeSection> code = code_of(file);

  const std::string_view note = metadata_of(file);
  const auto metadata = nlohmann::json::from_msgpack(note.begin(), note.end());
  std::vector<KernelResources> all;
  for (const auto& kernel : metadata.at("amdhsa.kernels")) {
    KernelResources& row = all.emplace_back();
    row.kernel = kernel.at(".name").get<std::string>();
    row.vgprs = kernel.at(".vgpr_count");
    row.sgprs = kernel.at(".sgpr_count");
    row.spilled = kernel.at(".vgpr_spill_count").get<std::uint32_t>() +
                  kernel.at(".sgpr_spill_count").get<std::uint32_t>();
    row.scratch_bytes = kernel.at(".private_segment_fixed_size");
    row.lds_bytes = kernel.at(".group_segment_fixed_size");
    const auto function = functions.find(row.kernel);
    if (function == functions.end()) throw std::runtime_error(row.kernel + " has no code");
    const std::vector<Instruction> instructions = instructions_of(code, function->second);
    const Count whole = count(instructions, 0, std::int64_t{1} << 32);
    const Count loop = main_loop(instructions);
    row.instructions = whole.instructions;
    row.fmas = whole.fmas;
    row.loop_instructions = loop.instructions;
    row.loop_fmas = loop.fmas;
  }
  std::sort(all.begin(), all.end(),
            [](const KernelResources& a, const KernelResources& b) { return a.kernel < b.kernel; });
  return all;
}

std::string resources_table() {
  std::vector<std::string_view> families(code_object_families().begin(),
                                         code_object_families().end());
  std::sort(families.begin(), families.end());
  std::string lines, compiler;
  for (const std::string_view family : families) {
    const CodeObjectFile file = file_for_table(family);
    compiler = compiler_of(file);
    for (const KernelResources& row : kernel_resources(file)) lines += line_of(family, row);
  }
  return std::string(kHead) + std::string(kCompiler) + compiler + "\n" + kTitles + lines;
}

std::string compiler_line(std::string_view table) {
  const std::size_t begin = table.find(kCompiler);
  if (begin == std::string_view::npos) return "";
  return std::string(table.substr(begin, table.find('\n', begin) - begin));
}

bool has_table_target() {
  const auto files = code_objects_of(code_object(code_object_families().front()));
  return std::any_of(files.begin(), files.end(),
                     [](const CodeObjectFile& file) { return file.target == kTableTarget; });
}

}  // namespace rdna1conv

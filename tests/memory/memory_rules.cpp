#include "memory_rules.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace rdna1conv {
namespace {

bool has_modifier(const SeenInstruction& i, std::string_view modifier) {
  const std::size_t at = i.text.find(" " + std::string(modifier));
  if (at == std::string::npos) return false;
  const std::size_t end = at + 1 + modifier.size();
  return end == i.text.size() || i.text[end] == ' ';
}

template <std::size_t N>
bool starts_with_any(const SeenInstruction& i, const std::string_view (&prefixes)[N]) {
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [&](std::string_view prefix) { return i.mnemonic.starts_with(prefix); });
}

// LLVM's AMDGPU usage guide, "Memory Model GFX10-GFX11", says what each ordering and scope becomes
// (llvm.org/docs/AMDGPUUsage.html, table amdgpu-amdhsa-memory-model-code-sequences-gfx10-gfx11).
// On gfx10 agent and system scope become the same instructions, so all of them are forbidden:
//   load atomic                   the load with glc=1 dlc=1
//   acquire, any                  s_waitcnt, then buffer_gl0_inv and buffer_gl1_inv
//   release, any                  waits alone
//   atomicrmw                     the atomic instruction, without a bit for the scope
//   volatile load                 glc=1 dlc=1 as well
// Workgroup scope becomes glc loads, buffer_gl0_inv and waits, which stay allowed. A store atomic
// is an ordinary store after waits, whatever its scope, and needs nothing of the memory;
// non-temporal accesses (slc) are about caching alone.
struct InstructionRule {
  std::string_view name;
  bool (*is_broken)(const SeenInstruction&);
};
constexpr InstructionRule kInstructionRules[] = {
    {"every word of code is an instruction", [](const SeenInstruction& i) { return !i.is_valid; }},
    {"no read-modify-write on memory outside LDS, whose scope the instruction does not tell",
     [](const SeenInstruction& i) {
       constexpr std::string_view kPrefixes[] = {"global_atomic_", "buffer_atomic_",
                                                 "flat_atomic_",   "image_atomic_",
                                                 "s_atomic_",      "s_buffer_atomic_"};
       return starts_with_any(i, kPrefixes);
     }},
    {"no load past the L1 cache (glc and dlc): agent or system scope, or volatile",
     [](const SeenInstruction& i) { return has_modifier(i, "glc") && has_modifier(i, "dlc"); }},
    {"no invalidation of the L1 cache: acquire of agent or system scope",
     [](const SeenInstruction& i) {
       constexpr std::string_view kPrefixes[] = {"buffer_gl1_inv", "s_gl1_inv", "s_dcache_inv",
                                                 "buffer_wbinvl1"};
       return starts_with_any(i, kPrefixes);
     }},
    {"no flat access: its address may lie in an aperture or on the host",
     [](const SeenInstruction& i) {
       constexpr std::string_view kPrefixes[] = {"flat_load_", "flat_store_", "flat_atomic_"};
       return starts_with_any(i, kPrefixes);
     }},
    {"no scalar store and no write-back of the scalar cache",
     [](const SeenInstruction& i) {
       constexpr std::string_view kPrefixes[] = {"s_store_", "s_buffer_store_", "s_scratch_store_",
                                                 "s_dcache_wb", "s_dcache_discard"};
       return starts_with_any(i, kPrefixes);
     }},
    {"no message, trap or halt: the host or a trap handler would have to answer",
     [](const SeenInstruction& i) {
       constexpr std::string_view kPrefixes[] = {"s_sendmsg", "s_trap", "s_sethalt"};
       return starts_with_any(i, kPrefixes);
     }},
    {"no global data share and no wait for other workgroups through it",
     [](const SeenInstruction& i) {
       return i.mnemonic.starts_with("ds_gws_") || has_modifier(i, "gds");
     }},
};

// Implicit arguments (the same guide, "Kernel Argument Metadata") that point to memory which the
// host, or another device, reads or writes while the kernel runs.
constexpr std::string_view kArgumentRule = "no implicit argument that points to the host";
constexpr std::string_view kForbiddenArguments[] = {
    "hidden_hostcall_buffer", "hidden_printf_buffer", "hidden_multigrid_sync_arg",
    "hidden_heap_v1",         "hidden_default_queue", "hidden_completion_action",
    "hidden_queue_ptr"};

// The packet lies in the queue's ring buffer and the queue in the host's memory, both fine-grained.
constexpr std::string_view kDescriptorRule = "no pointer to the dispatch packet or the queue";

// A register array that the compiler could not keep in registers ends up in scratch memory, and the
// kernel runs many times slower.
constexpr std::string_view kScratchRule = "no scratch memory";

// A managed variable is memory that host and device share; HIP makes a symbol of this name for it.
constexpr std::string_view kSymbolRule = "no managed variable and no undefined symbol";

std::string hex(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace

std::string mnemonic_of(const std::string& text) {
  std::string mnemonic = text.substr(0, text.find_first_of(" \t"));
  for (const std::string_view suffix : {"_e32", "_e64", "_dpp", "_sdwa", "_dpp8"}) {
    if (mnemonic.ends_with(suffix)) mnemonic.resize(mnemonic.size() - suffix.size());
  }
  return mnemonic;
}

std::vector<Finding> breaches_of(const std::vector<SeenInstruction>& instructions) {
  std::vector<Finding> findings;
  for (const SeenInstruction& instruction : instructions) {
    for (const InstructionRule& rule : kInstructionRules) {
      if (rule.is_broken(instruction))
        findings.push_back({rule.name, hex(instruction.address) + ": " + instruction.text});
    }
  }
  return findings;
}

std::vector<Finding> breaches_of(const CodeObjectFile& file) {
  std::vector<Finding> findings;
  const std::string_view metadata = metadata_of(file);
  for (const std::string_view argument : kForbiddenArguments) {
    if (metadata.find(argument) != std::string_view::npos)
      findings.push_back({kArgumentRule, std::string(argument)});
  }
  for (const KernelDescriptor& kernel : kernels_of(file)) {
    if ((kernel.properties & kTakesDispatchPointer) != 0)
      findings.push_back({kDescriptorRule, kernel.kernel + " takes the dispatch pointer"});
    if ((kernel.properties & kTakesQueuePointer) != 0)
      findings.push_back({kDescriptorRule, kernel.kernel + " takes the queue pointer"});
    if (kernel.scratch_bytes != 0)
      findings.push_back(
          {kScratchRule,
           kernel.kernel + " takes " + std::to_string(kernel.scratch_bytes) + " bytes a lane"});
  }
  for (const Symbol& symbol : symbols_of(file)) {
    if (symbol.is_undefined || symbol.name.ends_with(".managed"))
      findings.push_back({kSymbolRule, symbol.name});
  }
  return findings;
}

std::vector<std::string_view> all_rules() {
  std::vector<std::string_view> names;
  for (const InstructionRule& rule : kInstructionRules) names.push_back(rule.name);
  names.insert(names.end(), {kArgumentRule, kDescriptorRule, kScratchRule, kSymbolRule});
  return names;
}

}  // namespace rdna1conv

// DS: the opcode table, from the files that give its rows their meaning.
#include <algorithm>
#include <string>
#include <vector>

#include "isa/lds_access.h"
#include "isa/opcode_tables.h"

namespace emulator {

void throw_gds(Wave& wave, const Instruction& instruction) {
  wave.current = &instruction;
  throw Fault(FaultKind::kIllegalInstruction, "the software device has no GDS, which " +
                                                  std::string(instruction.opcode->mnemonic) +
                                                  " needs");
}

LaneData<std::uint32_t> wrapped_lds_lanes(std::vector<std::byte>& lds, const std::uint32_t* address,
                                          std::uint32_t offset) {
  static thread_local std::array<LaneArray<std::uint32_t>, 2> buffers;
  static thread_local unsigned turn = 0;
  LaneArray<std::uint32_t>& sums = buffers[turn++ % buffers.size()];
  for (unsigned lane = 0; lane < kLanes; ++lane) sums.lane[lane] = address[lane] + offset;
  return {reinterpret_cast<std::uintptr_t>(lds.data()), sums.lane.data()};
}

void list_lds(Wave& wave, unsigned half, std::uint32_t exec, const std::uint32_t* address,
              std::uint32_t offset, unsigned bytes, Access access, AccessList& list,
              unsigned first_byte) {
  std::uint32_t inside = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    const std::uint32_t sum = address[lane] + offset;  // wraps at 32 bits
    inside |= std::uint32_t{is_in_lds(*wave.workgroup, sum, bytes)} << lane;
  }
  const auto add = [&](AccessSpace space, std::uint32_t lanes) {
    if (lanes == 0) return;
    LaneAccess& added = list.add(space, access, half, bytes, lanes);
    added.first_byte = static_cast<std::uint8_t>(first_byte);
    for (unsigned lane = 0; lane < kLanes; ++lane) added.address[lane] = address[lane] + offset;
  };
  add(AccessSpace::kLds, exec & inside);
  add(AccessSpace::kOutsideLds, exec & ~inside);
}

std::span<const Opcode> ds_opcodes() {
  // Leaked: programs that point into it may outlive static destructors.
  static const auto& rows = *[] {
    auto* all = new std::vector<Opcode>;
    for (const auto part : {ds_access_rows(), ds_atomic_rows(), ds_permute_rows()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    std::sort(all->begin(), all->end(),
              [](const Opcode& a, const Opcode& b) { return a.number < b.number; });
    return all;
  }();
  return rows;
}

}  // namespace emulator

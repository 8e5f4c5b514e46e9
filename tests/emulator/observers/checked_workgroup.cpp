#include "observers/checked_workgroup.h"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "machine/format.h"

namespace emulator {
namespace {

using Long = unsigned long long;

std::string register_name(unsigned code) {
  if (code >= operand::kVgpr) return format("v%u", code - operand::kVgpr);
  if (code == operand::kScc) return "scc";
  if (code == operand::kM0) return "m0";
  if (code >= operand::kExecLo) return code == operand::kExecLo ? "exec_lo" : "exec_hi";
  constexpr unsigned kTtmp = 108;
  if (code >= kTtmp) return format("ttmp%u", code - kTtmp);
  if (code >= operand::kVccLo) return code == operand::kVccLo ? "vcc_lo" : "vcc_hi";
  return format("s%u", code);
}

std::string subject(const LaneAccess& access, unsigned lane) {
  std::string text;
  if (access.space != AccessSpace::kScalar) {
    text = format("lane %u: ", lane_number(access.half, lane));
  }
  return text + format("%u-byte ", unsigned{access.bytes}) + std::string(verb(access.access));
}

std::uint32_t number_of(const Workgroup& workgroup) {
  const Dispatch& dispatch = *workgroup.dispatch;
  const auto groups = [&](unsigned axis) {
    return (dispatch.grid[axis] + std::uint64_t{dispatch.workgroup[axis]} - 1) /
           dispatch.workgroup[axis];
  };
  return static_cast<std::uint32_t>(workgroup.id[0] +
                                    groups(0) * (workgroup.id[1] + groups(1) * workgroup.id[2]));
}

template <class Fn>
void for_lanes_of(std::uint32_t lanes, Fn fn) {
  for (std::uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
    fn(static_cast<unsigned>(std::countr_zero(rest)));
  }
}

// The common cases at once; false where a closer look is needed.
bool is_all_written(const WrittenBytes& written, std::uint64_t origin, const LaneAccess& access) {
  if (access.dword_stride != 4 && access.bytes > 4) return false;
  const std::uint64_t* address = access.address.data();
  switch (access.bytes) {
    case 1:
      return written.are_written<1>(address, origin, access.lanes);
    case 2:
      return written.are_written<2>(address, origin, access.lanes);
    case 4:
      return written.are_written<4>(address, origin, access.lanes);
    case 8:
      return written.are_written<8>(address, origin, access.lanes);
    case 12:
      return written.are_written<12>(address, origin, access.lanes);
    case 16:
      return written.are_written<16>(address, origin, access.lanes);
    default:
      return false;
  }
}

// The lowest address of the active lanes and one past the highest byte.
std::pair<std::uint64_t, std::uint64_t> extent_of(const LaneAccess& access) {
  std::uint64_t low = ~std::uint64_t{0};
  std::uint64_t high = 0;
  for_lanes_of(access.lanes, [&](unsigned lane) {
    low = std::min(low, access.address[lane]);
    high = std::max(high, access.address[lane]);
  });
  return {low, high + access.bytes};
}

}  // namespace

CheckedWorkgroup::CheckedWorkgroup(CheckedDispatch& shared, const Workgroup& workgroup)
    : shared_(shared),
      group_(number_of(workgroup)),
      waves_(workgroup.wave_count),
      order_(shared.order.begin(group_)) {
  if (has(Check::kRace)) lds_races_.begin(workgroup.lds.size(), workgroup.wave_count);
  if (has(Check::kUninitialized)) {
    lds_written_ = std::make_unique<WrittenBytes>(workgroup.lds.size());
    scratch_written_ = std::make_unique<WrittenBytes>(workgroup.scratch.size());
  }
  memory_ = workgroup.wave_count != 0 ? workgroup.waves.front()->memory : nullptr;
}

void CheckedWorkgroup::report(Check check, const std::string& text) const {
  throw Fault(FaultKind::kCheck, "check " + std::string(name_of(check)) + ": " + text);
}

std::string CheckedWorkgroup::describe(const Wave& wave, const Instruction& instruction) const {
  return wave.program->describe(instruction, wave.is_wave64());
}

std::string CheckedWorkgroup::describe(const Party& party, std::string_view what) const {
  const Dispatch& dispatch = *shared_.dispatch;
  const std::uint64_t group = group_of_wave(party.wave);
  const std::uint64_t in_x = (dispatch.grid[0] + dispatch.workgroup[0] - 1) / dispatch.workgroup[0];
  const std::uint64_t in_y = (dispatch.grid[1] + dispatch.workgroup[1] - 1) / dispatch.workgroup[1];
  const Instruction& instruction = shared_.facts->instruction(party.instruction);
  return format("the %s of workgroup (%llu, %llu, %llu), wave %u at ", std::string(what).c_str(),
                static_cast<Long>(group % in_x), static_cast<Long>(group / in_x % in_y),
                static_cast<Long>(group / in_x / in_y), index_of_wave(party.wave)) +
         dispatch.kernel->program->describe(instruction, shared_.wave64);
}

TurnEnd CheckedWorkgroup::run_turn(Workgroup& workgroup, std::uint64_t quantum) {
  const auto run_wave = [&](Wave& wave) {
    resume_wave(wave, quantum);
    while (wave.state == WaveState::kReady) execute(wave);
  };
  const TurnEnd end = emulator::run_turn(workgroup, run_wave, [&] {
    check_barrier(workgroup);
    check_lds_races(workgroup);
    waves_meet(workgroup);
  });
  if (end == TurnEnd::kDone) check_lds_races(workgroup);
  return end;
}

void CheckedWorkgroup::execute(Wave& wave) {
  const Instruction& instruction = *wave.next;
  const InstructionFacts& facts = shared_.facts->of(instruction);
  if (facts.is_plain_valu && execute_plain_row(wave, instruction)) return;
  if (facts.has_accesses) {
    list_accesses(wave, instruction, accesses_);
  } else {
    accesses_.clear();
  }
  wave.current = &instruction;
  if (facts.is_plain_valu) {
    if (has(Check::kHazard)) waves_[wave.index].hazards.next_plain_valu();
    if (has(Check::kWaitcnt)) check_in_flight(wave, facts);
    check_undefined(wave, instruction, facts);
    return step(wave);
  }
  check_before(wave, instruction, facts);
  // Where workgroups tell each other something through memory, what they do there and what is noted
  // of it must not be torn apart.
  std::unique_lock<std::mutex> lock;
  if (facts.unit >= Unit::kVmem && facts.unit != Unit::kLds && facts.has_accesses &&
      has(Check::kRace) && shared_.facts->synchronizes()) {
    lock = std::unique_lock(shared_.synchronizing);
  }
  // The device's own checks come with the execution: addresses are valid after it.
  step(wave);
  if (facts.counters == 0) return;
  check_accesses(wave, instruction, facts);
  const bool active =
      (wave.exec(0) | (wave.is_wave64() ? wave.exec(1) : 0)) != 0 || facts.unit == Unit::kSmem;
  WaveChecks& checks = waves_[wave.index];
  checks.waits.add(instruction, facts, checks.sequence, active);
}

// Most of what kernels execute: vector instructions among registers that nothing is known of. False
// if one of them has to be looked at.
bool CheckedWorkgroup::execute_plain_row(Wave& wave, const Instruction& instruction) {
  WaveChecks& checks = waves_[wave.index];
  const PlainRow& row = shared_.facts->row_from(instruction);
  if (row.count == 0 || checks.waits.touches_pending(row.touched) ||
      checks.undefined.touches_any(row.touched)) {
    return false;
  }
  checks.hazards.next_plain_valu();
  wave.current = &instruction;
  const Instruction* const end = &instruction + row.count;
  for (const Instruction* each = &instruction; each != end;) each = each->run(wave, *each);
  wave.next = end;
  return true;
}

void CheckedWorkgroup::check_before(Wave& wave, const Instruction& instruction,
                                    const InstructionFacts& facts) {
  if (has(Check::kHazard)) check_hazards(wave, instruction, facts);
  if (facts.is_wait) waves_[wave.index].waits.wait(facts);
  if (has(Check::kWaitcnt)) check_in_flight(wave, facts);
  check_undefined(wave, instruction, facts);
  if (facts.unit == Unit::kSmem && has(Check::kAlignment)) {
    check_scalar_alignment(wave, instruction);
  }
}

void CheckedWorkgroup::check_hazards(Wave& wave, const Instruction& instruction,
                                     const InstructionFacts& facts) {
  const AccessList& accesses = accesses_;
  const auto found = waves_[wave.index].hazards.next(wave, instruction, facts, accesses.all());
  if (!found) return;
  std::string text = std::string(found->name) + ": " + found->text;
  if (found->other != nullptr) text += "; it began at " + describe(wave, *found->other);
  if (!found->is_warning || shared_.checks.strict_hazards()) report(Check::kHazard, text);
  const std::lock_guard lock(shared_.warning);
  if (!shared_.warned.insert(&instruction).second) return;
  std::fprintf(stderr, "software RX 5700 XT: warning: %s: check %s: %s\n",
               describe_position(*wave.workgroup).c_str(),
               std::string(name_of(Check::kHazard)).c_str(), text.c_str());
}

void CheckedWorkgroup::check_undefined(Wave& wave, const Instruction& instruction,
                                       const InstructionFacts& facts) {
  const AccessList& accesses = accesses_;
  const auto use = waves_[wave.index].undefined.next(wave, instruction, facts, accesses.all());
  if (!use) return;
  std::string text;
  if (use->lane >= 0) text = format("lane %d: ", use->lane);
  switch (use->kind) {
    case UndefinedUse::Kind::kAddress:
      text += "the address depends on ";
      break;
    case UndefinedUse::Kind::kBranch:
      text += "the branch depends on ";
      break;
    case UndefinedUse::Kind::kActiveLanes:
      text += "which lanes are active depends on ";
      break;
    case UndefinedUse::Kind::kHardwareRegister:
      text += "a hardware register depends on ";
      break;
    case UndefinedUse::Kind::kMemory:
      text += format("%u-byte ", unsigned{use->access->bytes}) +
              std::string(verb(use->access->access)) + " of a value that depends on ";
      break;
  }
  const UndefinedOrigin& origin = use->origin;
  report(Check::kUninitialized,
         text + format("byte %llu of ", static_cast<Long>(origin.byte)) +
             (origin.region != nullptr ? emulator::describe(*origin.region) : origin.memory) +
             ", which nothing has written; it was loaded at " + describe(wave, *origin.load));
}

void CheckedWorkgroup::check_in_flight(const Wave& wave, const InstructionFacts& facts) const {
  const auto* found = waves_[wave.index].waits.conflict(facts);
  if (found == nullptr) return;
  const WaitCounters::Operation& in_flight = *found;
  RegisterSet result;
  result.add(in_flight.facts->result_first, in_flight.facts->result_count);
  const bool is_read = result.overlaps(facts.read);
  const unsigned code = result.first_common(is_read ? facts.read : facts.touched);
  constexpr std::pair<Counter, const char*> kNames[] = {{Counter::kVm, "vmcnt"},
                                                        {Counter::kLgkm, "lgkmcnt"}};
  std::string waits;
  for (const auto& [counter, name] : kNames) {
    if ((in_flight.counters & bit_of(counter)) == 0) continue;
    const unsigned needed = waves_[wave.index].waits.needed(in_flight, counter);
    waits += (waits.empty() ? "" : " and ") + format("%s(%u)", name, needed);
  }
  report(Check::kWaitcnt, register_name(code) + (is_read ? " is read" : " is overwritten") +
                              " while the load to it is in flight: no s_waitcnt " + waits +
                              " since " + describe(wave, *in_flight.instruction));
}

void CheckedWorkgroup::check_scalar_alignment(const Wave& wave,
                                              const Instruction& instruction) const {
  if (accesses_.empty()) return;
  const bool is_buffer = register_count(instruction.opcode->sources[0].type) == 4;
  const std::uint64_t base = wave.read_pair(instruction.source[0]);
  const std::uint64_t offset =
      wave.s[instruction.source[1]] + static_cast<std::uint64_t>(std::int64_t{instruction.offset});
  const std::uint64_t low = is_buffer ? (base % 4 != 0 ? base : offset) : base + offset;
  if (low % 4 == 0) return;
  report(
      Check::kAlignment,
      format("scalar memory access at base 0x%llx plus %lld: the hardware drops the low two bits",
             static_cast<Long>(base), static_cast<long long>(offset)));
}

void CheckedWorkgroup::check_accesses(Wave& wave, const Instruction& instruction,
                                      const InstructionFacts& facts) {
  WaveChecks& checks = waves_[wave.index];
  const Party party{wave_id(group_, wave.index), ++checks.sequence,
                    shared_.facts->index_of(instruction)};
  std::uint32_t release = 0;
  if (facts.writes_memory) {
    release = checks.waits.oldest(party.sequence + 1, [](const auto&) { return true; });
  }
  for (const LaneAccess& access : accesses_.all()) {
    switch (access.space) {
      case AccessSpace::kOutsideLds:
        check_lds_range(access);
        break;
      case AccessSpace::kLds:
        check_lds_range(access);
        check_lds(wave, instruction, access, party, release);
        break;
      case AccessSpace::kScratch:
        check_scratch(wave, instruction, access);
        break;
      case AccessSpace::kGlobal:
      case AccessSpace::kScalar:
        check_global(wave, instruction, access, party, release);
        break;
    }
  }
}

// What a load takes from bytes that nothing has written is followed through the wave's registers;
// an atomic operation computes with them at once.
void CheckedWorkgroup::load_unwritten(const Wave& wave, const Instruction& instruction,
                                      const WrittenBytes& written, const Memory& memory,
                                      const LaneAccess& access, unsigned piece) {
  for_lanes_of(access.lanes, [&](unsigned lane) {
    std::uint64_t unwritten = 0;
    std::uint64_t first = 0;
    for (unsigned byte = 0; byte < access.bytes; ++byte) {
      const std::uint64_t offset = access.byte_address(lane, byte) - memory.origin;
      if (byte % piece == 0 &&
          written.is_written(offset, std::min<unsigned>(piece, access.bytes - byte))) {
        byte += piece - 1;
        continue;
      }
      if (written.is_written(offset, 1)) continue;
      if (unwritten == 0) first = offset;
      unwritten |= std::uint64_t{1} << byte;
    }
    if (unwritten == 0) return;
    if (access.access == Access::kAtomic) {
      report(Check::kUninitialized,
             subject(access, lane) + format(" of byte %llu of ", static_cast<Long>(first)) +
                 (memory.region != nullptr ? emulator::describe(*memory.region) : memory.name) +
                 ", which nothing has written");
    }
    waves_[wave.index].undefined.load(instruction, access, lane, unwritten,
                                      {&instruction, memory.region, memory.name, first});
  });
}

void CheckedWorkgroup::check_written(const Wave& wave, const Instruction& instruction,
                                     WrittenBytes& written, const Memory& memory,
                                     const LaneAccess& access) {
  // Swizzled scratch is contiguous a dword at a time.
  const unsigned piece =
      access.dword_stride == 4 ? access.bytes : std::min<unsigned>(access.bytes, 4);
  if (access.access != Access::kStore && !shared_.may_read_unwritten &&
      !is_all_written(written, memory.origin, access)) {
    load_unwritten(wave, instruction, written, memory, access, piece);
  }
  if (access.access == Access::kLoad) return;
  for_lanes_of(access.lanes, [&](unsigned lane) {
    for (unsigned byte = 0; byte < access.bytes; byte += piece) {
      written.mark(access.byte_address(lane, byte) - memory.origin, piece);
    }
  });
  const UndefinedValues& undefined = waves_[wave.index].undefined;
  if (!undefined.any() || access.access != Access::kStore) return;
  for_lanes_of(access.lanes, [&](unsigned lane) {
    for (unsigned byte = 0; byte < access.bytes; ++byte) {
      if (undefined.is_stored_byte_undefined(instruction, access, lane, byte)) {
        written.unmark(access.byte_address(lane, byte) - memory.origin);
      }
    }
  });
}

void CheckedWorkgroup::check_lds_range(const LaneAccess& access) const {
  if (!has(Check::kLds)) return;
  const std::uint64_t size = shared_.dispatch->group_segment_bytes;
  for_lanes_of(access.lanes, [&](unsigned lane) {
    if (access.address[lane] + access.bytes <= size) return;
    report(Check::kLds,
           subject(access, lane) +
               format(" at LDS offset %llu, but the workgroup has %llu bytes of LDS",
                      static_cast<Long>(access.address[lane]), static_cast<Long>(size)));
  });
}

void CheckedWorkgroup::check_lds(const Wave& wave, const Instruction& instruction,
                                 const LaneAccess& access, const Party& party,
                                 std::uint32_t release) {
  if (has(Check::kUninitialized)) {
    check_written(wave, instruction, *lds_written_, {0, nullptr, "the workgroup's LDS"}, access);
  }
  if (!has(Check::kRace) || waves_.size() < 2) return;
  if (access.access == Access::kAtomic) {
    for_lanes_of(access.lanes, [&](unsigned lane) {
      LdsRelease& last = lds_releases_[static_cast<std::uint32_t>(access.address[lane])];
      if (last.party.sequence != 0 && last.party.wave != party.wave) {
        shared_.order.acquire(party.wave, last.party.wave, last.release);
      }
      last = {party, release};
    });
  }
  lds_races_.access(wave.index, access, party, order_->acquired[wave.index]);
}

void CheckedWorkgroup::check_scratch(const Wave& wave, const Instruction& instruction,
                                     const LaneAccess& access) {
  if (!has(Check::kUninitialized)) return;
  const auto origin = reinterpret_cast<std::uint64_t>(wave.workgroup->scratch.data());
  check_written(wave, instruction, *scratch_written_, {origin, nullptr, "the workgroup's scratch"},
                access);
}

const Region* CheckedWorkgroup::region_of(std::uint64_t address) {
  if (last_region_ == nullptr || address < last_region_->begin || address >= last_region_->end) {
    last_region_ = memory_->find(address);
  }
  return last_region_;
}

bool CheckedWorkgroup::is_allowed(const Region& region, std::uint64_t low,
                                  std::uint64_t high) const {
  // Constants and __device__ variables lie in device memory.
  if (region.kind == MemoryKind::kDeviceCoarse || region.kind == MemoryKind::kCode) return true;
  // The arguments and the packet that launched the kernel, which holds the size of its grid.
  constexpr std::uint64_t kPacketBytes = 64;
  const auto holds = [&](std::uint64_t begin, std::uint64_t size) {
    return low >= begin && high <= begin + size;
  };
  // Compilers widen loads of the last arguments.
  constexpr std::uint64_t kWidest = 64;
  const std::uint64_t arguments =
      (shared_.dispatch->kernel->kernarg_bytes + kWidest - 1) / kWidest * kWidest;
  return holds(shared_.dispatch->kernarg_address, arguments) ||
         holds(shared_.dispatch->packet_address, kPacketBytes);
}

void CheckedWorkgroup::check_region(const Wave& wave, const Instruction& instruction,
                                    const Region& region, const LaneAccess& access,
                                    std::uint64_t low, std::uint64_t high, bool may_be_unwritten) {
  if (has(Check::kKind) && !is_allowed(region, low, high)) {
    report(Check::kKind,
           subject(access, static_cast<unsigned>(std::countr_zero(access.lanes))) +
               format(" at 0x%llx, in ", static_cast<Long>(low)) + emulator::describe(region) +
               "; kernels may touch coarse-grained device memory and their own arguments, scratch "
               "and LDS");
  }
  if (region.written != nullptr && has(Check::kUninitialized) && !may_be_unwritten) {
    check_written(wave, instruction, *region.written, {region.begin, &region, ""}, access);
  }
}

void CheckedWorkgroup::check_global(const Wave& wave, const Instruction& instruction,
                                    const LaneAccess& access, const Party& party,
                                    std::uint32_t release) {
  // Atomic and volatile loads bypass the L0 cache: they look at memory that others may be writing.
  const bool bypasses = access.access == Access::kLoad && (instruction.memory.flags & kGlc) != 0 &&
                        instruction.encoding != Encoding::kSmem;
  const auto [low, high] = extent_of(access);
  const Region* const first = region_of(low);
  if (first != nullptr && high <= first->end) {
    check_region(wave, instruction, *first, access, low, high, bypasses);
  } else {
    for_lanes_of(access.lanes, [&](unsigned lane) {
      const std::uint64_t address = access.address[lane];
      const Region* region = region_of(address);
      if (region == nullptr) return;
      LaneAccess one = access;
      one.lanes = 1u << lane;
      check_region(wave, instruction, *region, one, address, address + access.bytes, bypasses);
    });
  }
  if (!has(Check::kRace) || first == nullptr || first->kind == MemoryKind::kKernarg) return;
  const GlobalAccess by{party, release, bypasses || access.access == Access::kAtomic};
  const auto race = shared_.races.access(access, by, *order_, shared_.order, recent_chunks_);
  if (!race) return;
  const std::string_view what = race->other_atomic  ? "atomic operation"
                                : race->other_wrote ? "store"
                                                    : "load";
  report(Check::kRace, format("lane %u: %u-byte ", race->lane, unsigned{access.bytes}) +
                           std::string(verb(access.access)) +
                           format(" of the byte at 0x%llx in ", static_cast<Long>(race->address)) +
                           emulator::describe(*first) + ", and nothing orders it and " +
                           describe(race->other, what));
}

void CheckedWorkgroup::check_barrier(const Workgroup& workgroup) {
  if (!has(Check::kBarrier)) return;
  const Wave* waiting = nullptr;
  std::string ended;
  for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
    const Wave& wave = *workgroup.waves[i];
    if (wave.state == WaveState::kEnded) {
      ended += (ended.empty() ? "" : ", ") + format("%zu", i);
    } else if (waiting == nullptr) {
      waiting = &wave;
    }
  }
  if (ended.empty() || waiting == nullptr) return;
  name_running_wave(*waiting);
  report(Check::kBarrier,
         "waits at a barrier that other waves of the workgroup never reach; "
         "already ended: wave " +
             ended);
}

void CheckedWorkgroup::check_lds_races(const Workgroup& workgroup) const {
  if (!has(Check::kRace)) return;
  const auto race = lds_races_.find();
  if (!race) return;
  // The fault names the wave of the second party.
  Wave& wave = *workgroup.waves[index_of_wave(race->second.party.wave)];
  wave.current = &shared_.facts->instruction(race->second.party.instruction);
  name_running_wave(wave);
  report(Check::kRace,
         format("lane %u: %u-byte ", race->second_lane, unsigned{race->second.bytes}) +
             std::string(verb(race->second.access)) +
             format(" of byte %u of LDS, and no barrier orders it and lane %u of ", race->offset,
                    race->first_lane) +
             describe(race->first.party, verb(race->first.access)));
}

void CheckedWorkgroup::waves_meet(const Workgroup& workgroup) {
  if (!has(Check::kRace)) return;
  std::array<std::uint32_t, kMostWaves> lds{};
  std::array<std::uint32_t, kMostWaves> global{};
  for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
    const WaveChecks& checks = waves_[i];
    const std::uint32_t next = checks.sequence + 1;
    lds[i] = checks.waits.oldest(next, [](const WaitCounters::Operation& each) {
      return each.facts->unit == Unit::kLds || each.facts->unit == Unit::kFlat;
    });
    // In CU mode the waves share one L0 cache that takes their accesses in order.
    global[i] = !shared_.workgroup_processor_mode
                    ? next
                    : checks.waits.oldest(next, [](const WaitCounters::Operation& each) {
                        return each.facts->unit != Unit::kLds;
                      });
    if (workgroup.waves[i]->state == WaveState::kEnded) lds[i] = global[i] = next;
  }
  shared_.order.meet(*order_, lds, global);
  lds_races_.meet(lds);
}

}  // namespace emulator

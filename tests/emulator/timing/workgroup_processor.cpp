#include "timing/workgroup_processor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "timing/running_waves.h"

namespace emulator::timing {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();
constexpr unsigned kSharedLdsPort = 0;  // of workgroups on both CUs

class Processor {
 public:
  Processor(const ProgramTiming& program, const WorkgroupNeeds& needs,
            std::span<const WorkgroupJob> jobs, const Constants& constants, MemorySystem& memory)
      : program_(program),
        needs_(needs),
        jobs_(jobs),
        c_(constants),
        memory_(memory),
        instruction_cache_(memory.instruction_cache()),
        scalar_cache_(static_cast<std::uint64_t>(c_.scalar_cache_bytes) / kScalarLineBytes,
                      static_cast<unsigned>(c_.scalar_cache_ways)) {
    result_.times.resize(jobs.size());
    result_.statistics.by_instruction.resize(program.rows().size());
  }

  ProcessorResult run() {
    for (;;) {
      start_workgroups();
      if (running_ == 0) {
        if (next_job_ == jobs_.size()) break;
        advance(next_start_);
        continue;
      }
      Clock next = next_job_ < jobs_.size() && room_ ? std::max(next_start_, now_ + 1) : kNever;
      for (Simd& simd : simds_) {
        if (simd.next > now_) continue;
        simd.woken = kNever;
        const Clock can_go_on = step(simd);
        simd.next = std::min(can_go_on, simd.woken);
      }
      for (const Simd& simd : simds_) next = std::min(next, simd.next);
      if (ended_one_) {  // a workgroup made room
        ended_one_ = false;
        room_ = find_room().has_value();
        next = std::min(next, now_ + 1);
      }
      if (next == kNever) throw std::logic_error("modelled waves wait for each other");
      advance(std::max(next, now_ + 1));
    }
    let_others_access(kEndless);
    // A launch ends when its last store is acknowledged.
    result_.clocks = std::max(static_cast<double>(now_), std::ceil(last_store_));
    ExecutionStatistics& s = result_.statistics;
    s.simd_clocks = result_.clocks * kSimds;
    for (const Server& port : lds_ports_) s.lds_busy += port.busy;
    return std::move(result_);
  }

 private:
  // ---- workgroups ----

  // Neighbouring SIMDs that take a workgroup's waves, each the same share.
  struct Place {
    unsigned first;
    unsigned count;
  };

  // In CU mode each CU has its own LDS and barriers, else there is one pool of both.
  unsigned pool_of(Place place) const {
    return needs_.compute_unit_mode ? place.first / kSimdsPerComputeUnit : 0;
  }

  bool has_room(Place place) const {
    const unsigned units = needs_.compute_unit_mode ? 1 : kComputeUnits;
    const unsigned pool = pool_of(place);
    if (lds_used_[pool] + needs_.lds_bytes > units * kLdsBytesPerComputeUnit ||
        workgroups_on_[pool] >= barrier_limit(units * kBarriersPerComputeUnit)) {
      return false;
    }
    const unsigned share = (needs_.waves + place.count - 1) / place.count;
    unsigned slots = 0;
    for (unsigned s = place.first; s < place.first + place.count; ++s) {
      const Simd& simd = simds_[s];
      const unsigned by_registers = (kVgprsPerSimd - simd.vgpr_rows) / needs_.vgpr_rows();
      slots += std::min(
          {kWaveSlotsPerSimd - static_cast<unsigned>(simd.waves.size()), by_registers, share});
    }
    return slots >= needs_.waves;
  }

  std::size_t waves_on(Place place) const {
    std::size_t waves = 0;
    for (unsigned s = place.first; s < place.first + place.count; ++s) {
      waves += simds_[s].waves.size();
    }
    return waves;
  }

  // Where the next workgroup goes: where the fewest waves are. One with no more waves than a CU has
  // SIMDs lies on one CU in either mode.
  std::optional<Place> find_room() const {
    const bool on_one_unit = needs_.compute_unit_mode || needs_.waves <= kSimdsPerComputeUnit;
    const unsigned count = on_one_unit ? kSimdsPerComputeUnit : kSimds;
    std::optional<Place> best;
    for (unsigned first = 0; first < kSimds; first += count) {
      const Place place{first, count};
      if (has_room(place) && (!best || waves_on(place) < waves_on(*best))) best = place;
    }
    if (!best && running_ == 0) best = Place{0, count};  // one that never fits runs alone
    return best;
  }
  unsigned barrier_limit(unsigned limit) const { return needs_.waves == 1 ? ~0u : limit; }

  void start_workgroups() {
    while (next_job_ < jobs_.size() && now_ >= next_start_ && room_) {
      start_one();
      room_ = find_room().has_value();
    }
  }

  void start_one() {
    const WorkgroupJob& job = jobs_[next_job_];
    auto group = std::make_unique<RunningWorkgroup>();
    group->job = &job;
    group->index = next_job_++;
    result_.times[group->index].start = static_cast<double>(now_);
    // The dispatcher serves all processors in turn before it comes back to this one.
    const double processors =
        1.0 + static_cast<double>(
                  std::count_if(job.others.begin(), job.others.end(),
                                [](const WorkgroupTrace* each) { return each != nullptr; }));
    const double launch = processors * needs_.waves * c_.wave_launch_clocks / c_.shader_arrays;
    next_start_ = now_ + std::max<Clock>(1, ceil_clock(launch));

    const Place place = find_room().value();
    group->pool = pool_of(place);
    lds_used_[group->pool] += needs_.lds_bytes;
    ++workgroups_on_[group->pool];
    const std::size_t slot = free_slot();
    const auto& traces = job.trace->waves;
    group->waves.resize(traces.size());
    for (unsigned i = 0; i < traces.size(); ++i) {
      auto wave = std::make_unique<RunningWave>();
      wave->trace = &traces[i];
      wave->number = i;
      wave->slot = static_cast<unsigned>(slot);
      wave->simd = next_simd(place, i);
      wave->age = ++ages_;
      Simd& simd = simds_[wave->simd];
      simd.vgpr_rows += needs_.vgpr_rows();
      simd.waves.push_back(wave.get());
      simd.next = now_;
      group->spans_units |= unit_of(*wave) != unit_of(i == 0 ? *wave : *group->waves[0]);
      group->waves[i] = std::move(wave);
      ++group->alive;
    }
    groups_[slot] = std::move(group);
    ++running_;
    RunningWorkgroup& started = *groups_[slot];
    for (auto& wave : started.waves) {
      if (wave->trace->blocks.empty()) {
        end_wave(*wave);
        continue;
      }
      wave->next = wave->trace->blocks[0].first;
      wave->free = now_;
      prepare(*wave, now_);
      if (groups_[slot] == nullptr) return;
    }
  }

  // Where wave `number` of a workgroup goes: to the SIMD with the fewest waves among those that
  // have not had their turn. Were two put on one and none on another, the workgroup could come to
  // lie on one CU and have a port of the LDS to itself, by chance; on cards equal workgroups run
  // alike.
  unsigned next_simd(Place place, unsigned number) {
    if (number % place.count == 0) simds_taken_ = 0;
    const auto rank = [&](unsigned s) {
      return std::pair(simds_taken_ >> s & 1, simds_[s].waves.size());
    };
    unsigned best = place.first;
    for (unsigned s = place.first; s < place.first + place.count; ++s) {
      if (rank(s) < rank(best)) best = s;
    }
    simds_taken_ |= 1u << best;
    return best;
  }

  static unsigned unit_of(const RunningWave& wave) { return wave.simd / kSimdsPerComputeUnit; }

  // The port that serves a wave's LDS accesses: its CU's, unless its workgroup spans both.
  Server& lds_port_of(const RunningWave& wave) {
    return lds_ports_[groups_[wave.slot]->spans_units ? kSharedLdsPort : unit_of(wave)];
  }

  std::size_t free_slot() {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i] == nullptr) return i;
    }
    groups_.emplace_back();
    return groups_.size() - 1;
  }

  void end_wave(RunningWave& wave) {
    wave.ended = true;
    Simd& simd = simds_[wave.simd];
    simd.vgpr_rows -= needs_.vgpr_rows();
    simd.waves.erase(std::find(simd.waves.begin(), simd.waves.end(), &wave));
    RunningWorkgroup& group = *groups_[wave.slot];
    --group.alive;
    if (group.alive > 0) {
      release_barrier(group);
      return;
    }
    result_.times[group.index].end = static_cast<double>(now_);
    lds_used_[group.pool] -= needs_.lds_bytes;
    --workgroups_on_[group.pool];
    finished_.push_back(std::move(groups_[wave.slot]));
    --running_;
    ended_one_ = true;
    next_start_ = std::max(next_start_, now_ + ceil_clock(c_.workgroup_launch_latency));
  }

  // ---- time ----

  void advance(Clock to) {
    for (Simd& simd : simds_) account(simd, to);
    let_others_access(static_cast<double>(to));
    now_ = to;
    finished_.clear();
  }

  // Splits [now, to) of a SIMD into clocks with the vector ALU busy and idle ones.
  void account(Simd& simd, Clock to) {
    ExecutionStatistics& s = result_.statistics;
    const Clock busy_until = simd.unit_free[static_cast<std::size_t>(Unit::kValu)];
    const Clock busy = std::min(busy_until, to) > now_ ? std::min(busy_until, to) - now_ : 0;
    s.valu_busy += static_cast<double>(busy);
    const Clock idle = to - now_ - busy;
    if (idle == 0) return;
    if (simd.waves.empty()) {
      s.idle_without_waves += static_cast<double>(idle);
      return;
    }
    const RunningWave* first = simd.waves.front();
    for (const RunningWave* wave : simd.waves) {
      if (wave->ready < first->ready) first = wave;
    }
    const Stall reason = first->ready > now_ + 1 ? first->blocked : Stall::kUnitBusy;
    s.idle[static_cast<std::size_t>(reason)] += static_cast<double>(idle);
  }

  // ---- issue ----

  // Issues what the SIMD can at this clock; when it may go on.
  Clock step(Simd& simd) {
    unsigned used = 0;
    Clock next = kNever;
    std::size_t served = 0;  // waves at the end of the queue that had their turn
    for (std::size_t i = 0; i + served < simd.waves.size();) {
      RunningWave& wave = *simd.waves[i];
      if (wave.ready > now_) {
        next = std::min(next, wave.ready);
        ++i;
        continue;
      }
      const InstructionTiming& row = program_[wave.next];
      const auto unit = static_cast<std::size_t>(row.unit);
      if (row.unit != Unit::kInternal) {
        Clock free = (used >> unit & 1) != 0 ? now_ + 1 : 0;
        free = std::max(free, simd.unit_free[unit]);
        if (row.is_transcendental) free = std::max(free, simd.transcendental_free);
        if (free > now_) {
          next = std::min(next, free);
          ++i;
          continue;
        }
        used |= 1u << unit;
      }
      issue(simd, wave, row);
      if (i < simd.waves.size() && simd.waves[i] == &wave) {
        next = std::min(next, wave.ready);
        if (row.unit == Unit::kValu) {
          // To the end of the queue: the next in line is at the same place.
          const auto place = simd.waves.begin() + static_cast<std::ptrdiff_t>(i);
          std::rotate(place, place + 1, simd.waves.end());
          ++served;
        } else {
          ++i;
        }
      }
    }
    return next;
  }

  void issue(Simd& simd, RunningWave& wave, const InstructionTiming& row) {
    ExecutionStatistics& s = result_.statistics;
    InstructionStatistics& at = s.by_instruction[wave.next];
    ++at.executed;
    // From when the wave was free: first what it waited for, then for its turn.
    const Clock waited = wave.ready > wave.free ? wave.ready - wave.free : 0;
    add_stall(at, wave.reason, static_cast<double>(waited));
    add_stall(at, Stall::kUnitBusy, static_cast<double>(now_ - std::max(wave.ready, wave.free)));
    const auto issue_class = static_cast<std::size_t>(row.issue_class);
    ++s.issued[issue_class];
    s.issue_clocks[issue_class] += row.issue;
    at.issue_clocks += row.issue;

    Clock free = now_ + 1;  // when the wave could go on if nothing held it up
    Clock ready = free;
    Clock delay = 0;  // of the results
    switch (row.unit) {
      case Unit::kValu:
        delay = issue_vector(simd, row, at);
        break;
      case Unit::kSalu:
      case Unit::kBranch:
      case Unit::kInternal:
        break;
      case Unit::kVmem:
      case Unit::kLds:
      case Unit::kSmem:
        access(simd, wave, row);
        break;
      case Unit::kCount:
        break;
    }
    for (const std::uint16_t entry : program_.writes(row)) {
      wave.results[entry] = static_cast<std::uint32_t>(now_ + delay + row.latency);
    }
    switch (row.effect) {
      case Effect::kWait: {
        Stall reason = Stall::kVmemLoad;
        ready = wait(wave, row, reason);
        // A wait belongs to the instruction that waits, like a branch below.
        add_stall(at, reason, static_cast<double>(ready - free));
        free = ready;
        wave.blocked = reason;
        break;
      }
      case Effect::kPause:
        add_stall(at, Stall::kPause, row.pause - 1.0);
        ready = free = now_ + std::max<Clock>(row.pause, 1);
        wave.blocked = Stall::kPause;
        break;
      default:
        break;
    }
    const std::uint32_t index = wave.next;
    if (!advance_wave(wave)) {
      end_wave(wave);
      return;
    }
    if (row.unit == Unit::kBranch && row.issue_class == IssueClass::kBranch) {
      const bool taken = wave.next != index + 1;
      ready = now_ + std::max<Clock>(1, ceil_clock(taken ? c_.branch_taken : c_.branch_not_taken));
      add_stall(at, Stall::kBranch, static_cast<double>(ready - free));
      free = ready;
      wave.blocked = Stall::kBranch;
      if (taken) wave.fetch_line = TagCache::kNoLine;
    }
    wave.free = free;
    wave.ready = ready;
    if (row.effect == Effect::kBarrier) {
      arrive(wave);
      return;
    }
    prepare(wave, ready);
  }

  void add_stall(InstructionStatistics& at, Stall stall, double clocks) {
    at.stall[static_cast<std::size_t>(stall)] += clocks;
  }

  // By how many clocks what the LDS returns delays the instruction.
  Clock issue_vector(Simd& simd, const InstructionTiming& row, InstructionStatistics& at) {
    Clock busy = row.issue;
    simd.bank_debt += row.bank_conflicts * c_.bank_conflict_cost;
    if (simd.bank_debt >= 1) {
      const double whole = std::floor(simd.bank_debt);
      simd.bank_debt -= whole;
      busy += static_cast<Clock>(whole);
      add_stall(at, Stall::kBank, whole);
    }
    const Clock delay = write_returns(simd, busy);
    add_stall(at, Stall::kReturn, static_cast<double>(delay));
    busy += delay;
    simd.unit_free[static_cast<std::size_t>(Unit::kValu)] = now_ + busy;
    if (row.is_transcendental) {
      simd.transcendental_free = now_ + row.issue * ceil_clock(c_.transcendental_issue);
    }
    return delay;
  }

  // The LDS writes its rows before the vector ALU does: by how many clocks the rows that come
  // before an instruction of `busy` clocks ends make it longer. Those that came while the ALU was
  // idle cost nothing.
  Clock write_returns(Simd& simd, Clock busy) {
    const auto now = static_cast<double>(now_);
    double end = now + static_cast<double>(busy);
    while (!simd.returns.empty() && simd.returns.top().time < end) {
      const Return next = simd.returns.top();
      simd.returns.pop();
      const double clocks = next.rows * c_.lds_return_clocks;
      if (next.time > now) {
        end += clocks;
        continue;
      }
      simd.returned = std::max(simd.returned, next.time) + clocks;
      end = std::max(now, simd.returned) + static_cast<double>(busy);
    }
    return static_cast<Clock>(std::floor(end - now)) - busy;
  }

  void access(Simd& simd, RunningWave& wave, const InstructionTiming& row) {
    if (!row.touches_memory || wave.operation >= wave.trace->operations.size()) return;
    const MemoryOperation& operation = wave.trace->operations[wave.operation++];
    const std::uint64_t* lines = wave.trace->lines.data() + operation.first_line;
    const auto now = static_cast<double>(now_);
    const unsigned unit = unit_of(wave);
    switch (operation.kind) {
      case OperationKind::kLds: {
        const double clocks =
            groups_[wave.slot]->spans_units ? c_.lds_shared_dword_clocks : c_.lds_dword_clocks;
        const double done =
            lds_port_of(wave).serve(now, operation.clocks * clocks) + c_.lds_latency - 1;
        wave.lgkm.push_in_order(done);
        wave.lgkm_is_scalar = false;
        if (row.returned_rows > 0) simd.returns.push({done, row.returned_rows});
        if (row.unit == Unit::kVmem) follow_others(wave, unit);
        break;
      }
      case OperationKind::kScalarLoad:
      case OperationKind::kScalarStore:
        wave.lgkm.push(load_scalar(operation, lines, now));
        wave.lgkm_is_scalar = true;
        break;
      case OperationKind::kInvalidateL0:
      case OperationKind::kInvalidateL1:
        if (c_.processor_drift > 0) lead_others(wave, unit);
        memory_.access(0, unit, operation, lines, now);
        follow_others(wave, unit);
        break;
      default: {
        lead_others(wave, unit);
        const double done = memory_.access(0, unit, operation, lines, now);
        // Atomics that return a value count with the loads; without telling the two apart both
        // wait for the answer.
        if (operation.kind != OperationKind::kLoad) last_store_ = std::max(last_store_, done);
        if (operation.kind == OperationKind::kStore) {
          wave.stores.push_in_order(done);
        } else {
          wave.vector_loads.push_in_order(done);
          if (operation.kind == OperationKind::kAtomic) wave.stores.push_in_order(done);
        }
        if (row.is_flat) wave.lgkm.push_in_order(done);
        follow_others(wave, unit);
      }
    }
  }

  // The other processors do what this one does at other times: they started one after the other,
  // and what they waited for since took them apart. One half is behind by up to `processor_drift`
  // clocks, the other ahead by up to kMostAhead operations, so that all take their turns in who
  // comes first to a line.
  static constexpr std::size_t kMostAhead = 8;
  double lag_of(unsigned processor) const {
    constexpr double kClocksPerProcessor = 2;  // the dispatcher serves one after the other
    return kClocksPerProcessor * processor + spread(processor) * c_.processor_drift;
  }
  std::size_t lead_of(unsigned processor) const {
    if (c_.processor_drift == 0) return 0;
    return static_cast<std::size_t>(std::lround(spread(processor) * kMostAhead));
  }
  // From 0 to 1, evenly and in no order: multiples of the golden ratio.
  static double spread(unsigned processor) {
    const double turns = processor * 0.6180339887498949;
    return turns - std::floor(turns);
  }

  // Carries out what the other processors ask for up to a clock.
  void let_others_access(double until) {
    while (followers_.next_time() <= until && followers_.next_time() < kEndless) {
      const Follower next = followers_.pop();
      const double done =
          memory_.access(next.processor, next.unit, *next.operation,
                         next.trace->lines.data() + next.operation->first_line, next.time);
      // The end of the launch is that of a processor like this one.
      if (next.operation->kind == OperationKind::kStore) {
        last_store_ = std::max(last_store_, done - next.lag);
      }
    }
  }

  // Who comes first where all ask at a time takes turns: of the other processors one half is ahead
  // of this one, the other half follows; where they do not drift, they change with each operation.
  bool is_ahead(unsigned processor, std::size_t number) const {
    return (processor + (c_.processor_drift == 0 ? number : 0)) % 2 == 0;
  }

  // Calls `use` with operation `number` of the same wave of other processors, those for which
  // `wanted` says so.
  template <class Wanted, class Use>
  void for_others(const RunningWave& wave, Wanted wanted, Use use) {
    const auto& others = groups_[wave.slot]->job->others;
    for (std::size_t k = 0; k < others.size(); ++k) {
      if (others[k] == nullptr || wave.number >= others[k]->waves.size()) continue;
      const auto processor = static_cast<unsigned>(k + 1);
      const WaveTrace& trace = others[k]->waves[wave.number];
      const auto [first, last] = wanted(processor);
      for (std::size_t number = first; number < last && number < trace.operations.size();
           ++number) {
        const MemoryOperation& operation = trace.operations[number];
        if (operation.kind != OperationKind::kLds) use(processor, trace, operation);
      }
    }
  }

  static bool invalidates(const MemoryOperation& operation) {
    return operation.kind == OperationKind::kInvalidateL0 ||
           operation.kind == OperationKind::kInvalidateL1;
  }

  void lead_others(const RunningWave& wave, unsigned unit) {
    const auto now = static_cast<double>(now_);
    const std::size_t number = wave.vector_operation;
    // From the first operation on they are ahead.
    const auto wanted = [&](unsigned processor) {
      const std::size_t end = number + 1 + lead_of(processor);
      const std::size_t begin = number == 0 ? 0 : end - 1;
      return is_ahead(processor, number) ? std::pair(begin, end) : std::pair(end, end);
    };
    for_others(wave, wanted,
               [&](unsigned processor, const WaveTrace& trace, const MemoryOperation& operation) {
                 if (c_.processor_drift > 0) {
                   // Not when this one does something: else half of them would always come at once.
                   push_follower(processor, unit, trace, operation);
                   return;
                 }
                 const double done = memory_.access(processor, unit, operation,
                                                    trace.lines.data() + operation.first_line, now);
                 if (operation.kind == OperationKind::kStore)
                   last_store_ = std::max(last_store_, done);
               });
  }

  void follow_others(RunningWave& wave, unsigned unit) {
    const std::size_t number = wave.vector_operation;
    const auto wanted = [&](unsigned) { return std::pair(number, number + 1); };
    for_others(
        wave, wanted,
        [&](unsigned processor, const WaveTrace& trace, const MemoryOperation& operation) {
          if (is_ahead(processor, number) && (lead_of(processor) > 0 || !invalidates(operation)))
            return;
          push_follower(processor, unit, trace, operation);
        });
    ++wave.vector_operation;
  }

  void push_follower(unsigned processor, unsigned unit, const WaveTrace& trace,
                     const MemoryOperation& operation) {
    followers_.push({static_cast<double>(now_) + lag_of(processor), follower_number_++,
                     lag_of(processor), processor, unit, &trace, &operation});
  }

  double load_scalar(const MemoryOperation& operation, const std::uint64_t* lines, double now) {
    // 16 bytes a request.
    const double requests = std::max(1.0, std::ceil(operation.dwords / 4.0));
    const double sent = scalar_port_.serve(now, requests * c_.scalar_request_clocks);
    double done = sent + c_.scalar_hit_latency;
    for (unsigned i = 0; i < operation.line_count; ++i) {
      if (const TagCache::Line found = scalar_cache_.find(lines[i])) {
        done = std::max(done, found.ready());
        continue;
      }
      const double ready = sent + c_.scalar_miss_latency;
      memory_.count_scalar_miss();
      scalar_cache_.insert(lines[i], ready);
      done = std::max(done, ready);
    }
    return done;
  }

  Clock wait(RunningWave& wave, const InstructionTiming& row, Stall& reason) {
    const auto now = static_cast<double>(now_);
    double until = now;
    const auto look = [&](Outstanding& counter, std::uint8_t limit, Stall stall) {
      if (limit == WaitLimits::kAny) return;
      const double time = counter.time_of(limit, now);
      if (time > until) {
        until = time;
        reason = stall;
      }
    };
    look(wave.vector_loads, row.wait.vector, Stall::kVmemLoad);
    look(wave.stores, row.wait.store, Stall::kVmemStore);
    look(wave.lgkm, row.wait.lgkm, wave.lgkm_is_scalar ? Stall::kSmem : Stall::kLds);
    return std::max(now_ + 1, ceil_clock(until));
  }

  // ---- waves ----

  // Moves to the next instruction of the trace; false at its end.
  bool advance_wave(RunningWave& wave) {
    const Block& block = wave.trace->blocks[wave.block];
    if (++wave.in_block < block.count) {
      ++wave.next;
      return true;
    }
    wave.in_block = 0;
    if (++wave.block == wave.trace->blocks.size()) return false;
    wave.next = wave.trace->blocks[wave.block].first;
    return true;
  }

  // Finds out from when on the wave's next instruction may issue, not before `from`.
  void prepare(RunningWave& wave, Clock from) {
    const InstructionTiming& row = program_[wave.next];
    const auto delay = [&](Clock until, Stall reason) {
      if (until <= wave.ready) return;
      wave.ready = until;
      wave.reason = wave.blocked = reason;
    };
    wave.ready = std::max(wave.ready, from);
    delay(fetch(wave, row, from), Stall::kFetch);
    for (const std::uint16_t entry : program_.reads(row)) {
      delay(wave.results[entry], Stall::kDependency);
    }
    if (row.touches_memory) {
      const auto now = static_cast<double>(wave.ready);
      constexpr std::size_t kRoom = Outstanding::kLimit - 1;
      if (row.unit == Unit::kVmem) {
        delay(ceil_clock(wave.vector_loads.time_of(kRoom, now)), Stall::kVmemLoad);
        delay(ceil_clock(wave.stores.time_of(kRoom, now)), Stall::kVmemStore);
      } else {
        delay(ceil_clock(wave.lgkm.time_of(kRoom, now)), Stall::kLds);
      }
    }
  }

  // When the instruction's dwords are there. Lines that follow are fetched ahead.
  Clock fetch(RunningWave& wave, const InstructionTiming& row, Clock now) {
    const std::uint64_t last = (row.address + row.dwords * 4u - 1) / kScalarLineBytes;
    if (last == wave.fetch_line) return now;
    wave.fetch_line = last;
    const auto ahead = static_cast<std::uint64_t>(c_.instruction_prefetch_lines);
    double ready = static_cast<double>(now);
    for (std::uint64_t line = row.address / kScalarLineBytes; line <= last + ahead; ++line) {
      const std::uint64_t number = program_.first_line() + line;
      const TagCache::Line found = instruction_cache_.find(number);
      double there = 0;
      if (found) {
        there = found.ready();
      } else {
        there = static_cast<double>(now) + c_.instruction_cache_miss;
        memory_.count_scalar_miss();
        instruction_cache_.insert(number, there);
      }
      if (line <= last) ready = std::max(ready, there);
    }
    return ceil_clock(ready);
  }

  // ---- barriers ----

  void arrive(RunningWave& wave) {
    RunningWorkgroup& group = *groups_[wave.slot];
    wave.at_barrier = true;
    wave.free = now_ + 1;
    wave.ready = kNever;
    wave.reason = wave.blocked = Stall::kBarrier;
    ++group.at_barrier;
    release_barrier(group);
  }

  // Waves that have ended no longer count.
  void release_barrier(RunningWorkgroup& group) {
    if (group.at_barrier == 0 || group.at_barrier < group.alive) return;
    group.at_barrier = 0;
    const Clock released = now_ + std::max<Clock>(1, ceil_clock(c_.barrier_latency));
    for (auto& wave : group.waves) {
      if (!wave->at_barrier) continue;
      wave->at_barrier = false;
      wave->ready = released;
      prepare(*wave, released);
      Simd& simd = simds_[wave->simd];
      simd.next = std::min(simd.next, wave->ready);
      simd.woken = std::min(simd.woken, wave->ready);
    }
  }

  const ProgramTiming& program_;
  const WorkgroupNeeds& needs_;
  std::span<const WorkgroupJob> jobs_;
  const Constants& c_;
  MemorySystem& memory_;
  TagCache& instruction_cache_;
  TagCache scalar_cache_;
  std::array<Simd, kSimds> simds_{};
  std::array<Server, kComputeUnits> lds_ports_{};
  Server scalar_port_;
  std::array<unsigned, kComputeUnits> lds_used_{};
  std::array<unsigned, kComputeUnits> workgroups_on_{};
  std::vector<std::unique_ptr<RunningWorkgroup>> groups_;
  std::vector<std::unique_ptr<RunningWorkgroup>> finished_;  // until nobody looks at their waves
  unsigned running_ = 0;
  std::size_t next_job_ = 0;
  Clock next_start_ = 0;
  std::uint64_t ages_ = 0;
  unsigned simds_taken_ = 0;  // bits: by waves of the workgroup that is being started
  bool ended_one_ = false;
  bool room_ = true;  // for one more workgroup
  Clock now_ = 0;
  double last_store_ = 0;
  Followers followers_;
  std::uint64_t follower_number_ = 0;
  ProcessorResult result_;
};

}  // namespace

ProcessorResult run_processor(const ProgramTiming& program, const WorkgroupNeeds& needs,
                              std::span<const WorkgroupJob> jobs, const Constants& constants,
                              MemorySystem& memory) {
  return Processor(program, needs, jobs, constants, memory).run();
}

}  // namespace emulator::timing

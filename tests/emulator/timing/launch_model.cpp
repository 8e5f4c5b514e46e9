#include "timing/launch_model.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace emulator::timing {
namespace {

// Wave instructions of processor 0 that are modelled in detail: this many, or this part of the
// launch's if that is more. One in twenty is all that processor 0 executes.
constexpr std::uint64_t kDetailedInstructions = 300'000;
constexpr double kDetailedPart = 0.02;
// Rounds that a sampled launch models at least: a first one with cold caches, one that follows it
// and one to see how they differ.
constexpr std::uint64_t kLeastRounds = 3;
// Wave instructions that are recorded at most, those of the other processors included.
constexpr std::uint64_t kRecordedInstructions = 40'000'000;
constexpr std::uint64_t kPilotLimit = 2'000'000;  // per wave of workgroup 0
constexpr std::uint64_t kShortest = 2'000;        // a wave is not cut off before
// Wave instructions of processor 0 in an excerpt.
constexpr std::uint64_t kExcerptInstructions = 100'000;

std::uint64_t recorded_instructions(const WorkgroupTrace& trace) {
  std::uint64_t sum = 0;
  for (const WaveTrace& wave : trace.waves) sum += wave.instructions;
  return sum;
}
std::uint64_t executed_instructions(const WorkgroupTrace& trace) {
  std::uint64_t sum = 0;
  for (const WaveTrace& wave : trace.waves) sum += wave.executed;
  return sum;
}

// Of the program's instructions, those of the trace.
std::vector<bool> executed_in(const WorkgroupTrace& trace, const Program& program) {
  std::vector<bool> executed(program.instructions().size());
  std::vector<std::uint32_t> longest(executed.size());  // of the blocks that begin here
  for (const WaveTrace& wave : trace.waves) {
    for (const Block& block : wave.blocks) {
      if (block.count <= longest[block.first]) continue;
      longest[block.first] = block.count;
      const auto first = executed.begin() + block.first;
      std::fill(first, first + block.count, true);
    }
  }
  return executed;
}

// Cuts a wave's recording off as if it had had the limit from the start.
void cut_off(WaveTrace& wave, std::uint64_t limit) {
  while (wave.instructions > limit && !wave.blocks.empty()) {
    Block& last = wave.blocks.back();
    const auto surplus =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(wave.instructions - limit, last.count));
    last.count -= surplus;
    wave.instructions -= surplus;
    if (last.count == 0) wave.blocks.pop_back();
  }
}

}  // namespace

ClockModel::ClockModel(const Clock& clock) : clock_(clock), memory_(clock.constants) {}

std::shared_ptr<const ProgramTiming> ClockModel::timing_of(
    const std::shared_ptr<const Program>& program, bool wave64) {
  const std::lock_guard lock(timings_mutex_);
  Entry& entry = timings_[wave64 ? 1 : 0][program.get()];
  // Another program may lie where one was that is gone.
  if (entry.program.lock() != program) {
    entry = {program, std::make_shared<const ProgramTiming>(*program, wave64, clock_.constants)};
  }
  return entry.timing;
}

std::shared_ptr<const NeededInstructions> ClockModel::needed_of(const Kernel& kernel, bool wave64,
                                                                const std::vector<bool>& executed) {
  const Instruction* const entry = kernel.program->at(kernel.entry);
  const std::lock_guard lock(timings_mutex_);
  NeededEntry& found = needed_[wave64 ? 1 : 0][entry];
  if (found.program.lock() != kernel.program) found = {kernel.program, {}};
  auto& needed = found.needed[executed];
  if (needed == nullptr) {
    const auto index = static_cast<std::size_t>(entry - kernel.program->instructions().data());
    needed = std::make_shared<const NeededInstructions>(*kernel.program, index, wave64, &executed);
  }
  return needed;
}

LaunchModel::LaunchModel(ClockModel& model, const Dispatch& dispatch, std::uint64_t workgroups)
    : model_(model),
      workgroups_(workgroups),
      processors_(static_cast<std::uint64_t>(model.constants().workgroup_processors)),
      needs_(needs_of(dispatch)),
      occupancy_(occupancy_of(needs_)),
      code_(dispatch.kernel->program),
      program_(model.timing_of(code_, needs_.wave64)),
      all_rows_((workgroups + processors_ - 1) / processors_) {
  if (executes_modelled_only()) kernel_ = dispatch.kernel;
  auto pilot = std::make_shared<WorkgroupTrace>();
  pilot->instruction_limit = kPilotLimit;
  traces_.emplace(0, std::move(pilot));
}

unsigned LaunchModel::lds_banks() const {
  return static_cast<unsigned>(model_.constants().lds_banks);
}

WorkgroupTrace* LaunchModel::trace_of(std::uint64_t number) const {
  const auto found = traces_.find(number);
  return found == traces_.end() ? nullptr : found->second.get();
}

void LaunchModel::add_round(std::uint64_t first_row, std::uint64_t rows,
                            std::uint64_t instruction_limit) {
  for (std::uint64_t row = first_row; row < first_row + rows; ++row) {
    rows_.push_back(row);
    for (std::uint64_t processor = 0; processor < processors_; ++processor) {
      const std::uint64_t number = row * processors_ + processor;
      if (number >= workgroups_) break;
      auto& trace = traces_[number];
      if (trace == nullptr) trace = std::make_shared<WorkgroupTrace>();
      trace->number = number;
      trace->detail = processor == 0 ? Detail::kEverything : Detail::kVectorMemory;
      trace->instruction_limit = instruction_limit;
    }
  }
}

void LaunchModel::plan() {
  const WorkgroupTrace& pilot = *traces_.at(0);
  const std::uint64_t length =
      std::max<std::uint64_t>({executed_instructions(pilot), recorded_instructions(pilot), 1});
  const std::uint64_t per_round = occupancy_.workgroups;
  const double budget =
      std::max<double>(kDetailedInstructions, kDetailedPart * static_cast<double>(length) *
                                                  static_cast<double>(workgroups_));
  rounds_ = all_rows_ / per_round;
  const std::uint64_t rest = all_rows_ % per_round;
  const auto affordable = static_cast<std::uint64_t>(
      budget / (static_cast<double>(length) * static_cast<double>(per_round)));
  sampled_rounds_ = std::min(rounds_, std::max(kLeastRounds, affordable));
  // All that is recorded, of all processors, stays within bounds: long waves are cut off.
  const std::uint64_t recorded_workgroups = std::max<std::uint64_t>(
      1, std::min(workgroups_, (sampled_rounds_ * per_round + rest) * processors_));
  const std::uint64_t per_wave =
      kRecordedInstructions / (recorded_workgroups * std::max(needs_.waves, 1u));
  const std::uint64_t limit = std::clamp<std::uint64_t>(per_wave, kShortest, kPilotLimit);

  for (std::uint64_t i = 0; i < sampled_rounds_; ++i) {
    const std::uint64_t round = sampled_rounds_ == rounds_ || sampled_rounds_ < 2
                                    ? i
                                    : i * (rounds_ - 1) / (sampled_rounds_ - 1);
    add_round(round * per_round, per_round, limit);
  }
  add_round(rounds_ * per_round, rest, limit);
  if (kernel_ == nullptr) return;
  needed_ = model_.needed_of(*kernel_, needs_.wave64, executed_in(pilot, *code_));
  if (needed_->depends_on_stores()) needed_ = nullptr;
}

std::vector<WorkgroupJob> LaunchModel::jobs() const {
  std::vector<WorkgroupJob> jobs;
  for (const std::uint64_t row : rows_) {
    WorkgroupJob job;
    job.trace = traces_.at(row * processors_).get();
    for (std::uint64_t processor = 1; processor < processors_; ++processor) {
      const auto found = traces_.find(row * processors_ + processor);
      job.others.push_back(found == traces_.end() ? nullptr : found->second.get());
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

// By how much the grid's workgroups are longer than those of processor 0: a grid's edges have
// less to do. In one round the longest processor ends the launch; over several the dispatcher
// evens them out.
double LaunchModel::work_ratio() const {
  double modelled = 0;
  for (const std::uint64_t row : rows_) {
    modelled += static_cast<double>(executed_instructions(*traces_.at(row * processors_)));
  }
  if (modelled == 0) return 1;
  if (all_rows_ > occupancy_.workgroups) {
    const double mean = modelled / static_cast<double>(rows_.size());
    return static_cast<double>(wave_instructions_) / static_cast<double>(workgroups_) / mean;
  }
  double longest = modelled;
  for (std::uint64_t processor = 1; processor < processors_; ++processor) {
    double work = 0;
    for (const std::uint64_t row : rows_) {
      const auto found = traces_.find(row * processors_ + processor);
      if (found != traces_.end())
        work += static_cast<double>(executed_instructions(*found->second));
    }
    longest = std::max(longest, work);
  }
  return longest / modelled;
}

LaunchTiming LaunchModel::extrapolate(ProcessorResult result, const Constants& c) const {
  LaunchTiming timing;
  timing.workgroups = workgroups_;
  timing.modelled_workgroups = rows_.size();
  timing.followed_workgroups = traces_.size() - rows_.size();
  timing.wave_instructions = wave_instructions_;
  timing.needs = needs_;
  timing.occupancy = occupancy_;
  if (all_rows_ < occupancy_.workgroups) timing.occupancy.limit = OccupancyLimit::kGrid;
  timing.resident_workgroups =
      static_cast<unsigned>(std::min<std::uint64_t>(all_rows_, occupancy_.workgroups));
  timing.modelled_clocks = result.clocks;

  double clocks = result.clocks;
  double error = 0;
  if (sampled_rounds_ < rounds_) {
    // From a slot's start to its next one, but for the first round with its cold caches.
    const std::size_t per_round = occupancy_.workgroups;
    double sum = 0;
    double squares = 0;
    double samples = 0;
    for (std::size_t i = 2 * per_round; i < result.times.size(); ++i) {
      const double time = result.times[i].start - result.times[i - per_round].start;
      sum += time;
      squares += time * time;
      samples += 1;
    }
    if (samples == 0) {  // no more than two rounds: the turn-over of the first is all there is
      for (std::size_t i = per_round; i < result.times.size(); ++i) {
        const double time = result.times[i].start - result.times[i - per_round].start;
        sum += time;
        squares += time * time;
        samples += 1;
      }
    }
    const double mean = sum / std::max(samples, 1.0);
    const double variance = std::max(0.0, squares / std::max(samples, 1.0) - mean * mean);
    const auto left_out = static_cast<double>(rounds_ - sampled_rounds_);
    clocks += left_out * mean;
    error = 2 * std::sqrt(variance / std::max(samples, 1.0)) * left_out / std::max(clocks, 1.0);
    timing.sampled = true;
  }
  // Waves that were cut off go on as they did so far.
  double recorded = 0;
  double executed = 0;
  for (const std::uint64_t row : rows_) {
    const WorkgroupTrace& trace = *traces_.at(row * processors_);
    recorded += static_cast<double>(recorded_instructions(trace));
    executed += static_cast<double>(executed_instructions(trace));
  }
  timing.modelled_instructions = static_cast<std::uint64_t>(recorded);
  if (executed > recorded && recorded > 0) {
    clocks *= executed / recorded;
    timing.sampled = true;
  }
  constexpr double kMostImbalance = 4;
  clocks *= std::clamp(work_ratio(), 1 / kMostImbalance, kMostImbalance);
  timing.clocks = clocks;
  timing.sampling_error = error;
  timing.duration_us = c.launch_start_us + clocks / c.core_mhz + c.launch_end_us;
  timing.statistics = std::move(result.statistics);
  return timing;
}

void LaunchModel::end_recording(std::uint64_t wave_instructions) {
  wave_instructions_ = wave_instructions;
  // Every trace ends at its own limit; the pilot was recorded under another one.
  for (WaveTrace& wave : traces_.at(0)->waves) cut_off(wave, traces_.at(0)->instruction_limit);
}

std::size_t LaunchModel::recorded_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [number, trace] : traces_) {
    for (const WaveTrace& wave : trace->waves) {
      bytes += std::span(wave.blocks).size_bytes() + std::span(wave.operations).size_bytes() +
               std::span(wave.lines).size_bytes();
    }
  }
  return bytes;
}

// Of all that follow() looks at, but for the caches and the constants.
Digest LaunchModel::digest() const {
  Digest digest;
  digest.add(program_->first_line());
  for (const std::uint64_t number :
       {workgroups_, wave_instructions_, std::uint64_t{needs_.waves}, std::uint64_t{needs_.vgprs},
        std::uint64_t{needs_.lds_bytes}, std::uint64_t{needs_.compute_unit_mode}}) {
    digest.add(number);
  }
  for (const std::uint64_t row : rows_) {
    digest.add(row);
    for (std::uint64_t processor = 0; processor < processors_; ++processor) {
      const auto found = traces_.find(row * processors_ + processor);
      if (found == traces_.end()) continue;
      digest.add(found->first);
      for (const WaveTrace& wave : found->second->waves) {
        digest.add(wave.instructions);
        digest.add(wave.executed);
        digest.add_all(std::span(wave.blocks));
        digest.add_all(std::span(wave.operations));
        digest.add_all(std::span(wave.lines));
      }
    }
  }
  return digest;
}

LaunchTiming LaunchModel::follow() {
  MemorySystem& memory = model_.memory();
  Digest launch = digest();
  launch.add(memory.instruction_cache().digest());
  const FollowedLaunches::Entry* const equal = model_.followed().find(launch);
  if (equal != nullptr && memory.l2_holds(equal->lines)) {
    memory.use_l2(equal->lines);
    memory.instruction_cache() = equal->instruction_cache;
    return equal->timing;
  }
  const std::uint64_t before = memory.l2_clock();
  LaunchTiming timing = follow_anew(memory);
  if (memory.l2_fills() == 0) {
    model_.followed().add(launch,
                          {timing, memory.l2_used_since(before), memory.instruction_cache()});
  }
  return timing;
}

LaunchTiming LaunchModel::follow_anew(MemorySystem& memory) const {
  const std::vector<WorkgroupJob> work = jobs();
  memory.begin_launch();
  const std::uint64_t before = memory.l2_clock();
  ProcessorResult result = run_processor(*program_, needs_, work, model_.constants(), memory);
  result.statistics.address_busy = memory.address_busy(0);
  LaunchTiming timing = extrapolate(std::move(result), model_.constants());
  timing.traffic = memory.traffic();
  const auto active = static_cast<unsigned>(std::min(processors_, workgroups_));
  for (std::size_t i = 0; i < kMemoryLevels; ++i) {
    timing.peak_bytes_per_clock[i] =
        memory.peak_bytes_per_clock(static_cast<MemoryLevel>(i), active);
  }
  // What the workgroups that were left out would have put into L2 has driven out most of what the
  // modelled ones left there.
  const double all_fills =
      memory.l2_fills() * timing.clocks / std::max(timing.modelled_clocks, 1.0);
  const auto capacity = static_cast<double>(memory.l2_capacity());
  if (timing.sampled && all_fills > capacity) {
    const auto used = static_cast<double>(memory.l2_clock() - before);
    memory.drop_l2_older_than(memory.l2_clock() -
                              static_cast<std::uint64_t>(used * capacity / all_fills));
  }
  return timing;
}

LaunchModel LaunchModel::excerpt() const {
  LaunchModel part(*this);
  const std::uint64_t per_round = occupancy_.workgroups;
  if (sampled_rounds_ > kLeastRounds) {
    part.sampled_rounds_ = kLeastRounds;
    part.rows_.resize(kLeastRounds * per_round);
  }
  const std::uint64_t waves = std::max<std::uint64_t>(part.rows_.size() * needs_.waves, 1);
  const std::uint64_t limit = std::max<std::uint64_t>(kExcerptInstructions / waves, kShortest);
  for (const std::uint64_t row : part.rows_) {
    auto& trace = part.traces_.at(row * processors_);
    auto shorter = std::make_shared<WorkgroupTrace>(*trace);
    for (WaveTrace& wave : shorter->waves) cut_off(wave, limit);
    trace = std::move(shorter);
  }
  return part;
}

std::vector<double> LaunchModel::replay(std::span<const Constants> constants) const {
  const LaunchModel part = excerpt();
  const std::vector<WorkgroupJob> work = part.jobs();
  std::vector<double> durations(constants.size());
  std::atomic<std::size_t> next = 0;
  const auto replay_some = [&] {
    for (std::size_t i = next++; i < constants.size(); i = next++) {
      // Each begins with cold caches.
      MemorySystem memory(constants[i]);
      memory.begin_launch();
      const ProgramTiming program(*code_, needs_.wave64, constants[i]);
      ProcessorResult result = run_processor(program, needs_, work, constants[i], memory);
      durations[i] = part.extrapolate(std::move(result), constants[i]).duration_us;
    }
  };
  std::vector<std::thread> helpers;
  const std::size_t threads =
      std::min<std::size_t>(constants.size(), std::max(1u, std::thread::hardware_concurrency()));
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(replay_some);
  replay_some();
  for (std::thread& helper : helpers) helper.join();
  return durations;
}

}  // namespace emulator::timing

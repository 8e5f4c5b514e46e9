#include "machine/device.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <list>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "machine/workgroup.h"
#include "timing/launch_model.h"
#include "timing/profile_store.h"
#include "timing/recorder.h"

namespace emulator {
namespace {

// Instructions a wave runs before other workgroups get their turn.
constexpr std::uint64_t kQuantum = 1'000'000;

// Instructions after which a workgroup is taken to never end: about a minute of one host core.
constexpr std::uint64_t kDefaultInstructionLimit = 5'000'000'000;

// A positive number from the environment, or `fallback`.
std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  const std::uint64_t value = text != nullptr ? std::strtoull(text, nullptr, 10) : 0;
  return value != 0 ? value : fallback;
}

// Workgroups that an RX 5700 XT holds at a time: 20 WGPs of 4 SIMDs with 1024 VGPRs and 20 wave
// slots each, 128 KB of LDS and 32 barriers a WGP. Grid-wide waits rely on all being started.
std::uint64_t resident_limit(const Dispatch& dispatch) {
  constexpr std::uint64_t kWorkgroupProcessors = 20;
  const std::uint64_t items =
      std::uint64_t{dispatch.workgroup[0]} * dispatch.workgroup[1] * dispatch.workgroup[2];
  const std::uint64_t waves = std::max<std::uint64_t>((items + 31) / 32, 1);
  const std::uint64_t vgprs = ((dispatch.kernel->rsrc1 & 63) + 1) * 8;
  const std::uint64_t by_waves = 4 * std::min<std::uint64_t>(20, 1024 / vgprs) / waves;
  const std::uint64_t by_lds = 131072 / std::max<std::uint64_t>(dispatch.group_segment_bytes, 1);
  const std::uint64_t per_processor = std::min({by_waves, by_lds, std::uint64_t{32}});
  return kWorkgroupProcessors * std::max<std::uint64_t>(per_processor, 1);
}

// A workgroup between two turns.
struct Parked {
  std::unique_ptr<Workgroup> workgroup;
  std::uint64_t number;
};

// A dispatch in flight. Guarded by the device's mutex.
struct ActiveDispatch {
  ActiveDispatch(const Dispatch& request, std::shared_ptr<const MemorySnapshot> view,
                 ObserverFactory factory, timing::ClockModel* clock)
      : dispatch(request), memory(std::move(view)), limit(resident_limit(request)) {
    for (unsigned axis = 0; axis < 3; ++axis) {
      groups[axis] = (std::uint64_t{dispatch.grid[axis]} + dispatch.workgroup[axis] - 1) /
                     dispatch.workgroup[axis];
      total *= groups[axis];
    }
    if (factory != nullptr) observer = factory(dispatch, *memory);
    // Checks step through every workgroup themselves; what they execute is not modelled.
    if (clock != nullptr && observer == nullptr) {
      model = std::make_unique<timing::LaunchModel>(*clock, request, total);
    }
  }

  const Dispatch& dispatch;
  std::shared_ptr<const MemorySnapshot> memory;
  std::unique_ptr<DispatchObserver> observer;
  std::uint64_t limit;
  std::array<std::uint64_t, 3> groups{};
  std::uint64_t total = 1;
  std::uint64_t started = 0;
  std::uint64_t running = 0;  // on a worker right now
  std::deque<Parked> parked;  // yielded, waiting for their next turn
  DispatchResult result;
  std::unique_ptr<timing::LaunchModel> model;  // null if the clock is off
  bool planned = false;                        // the model knows which workgroups it wants
  bool modelled_only = false;                  // others are not executed
  std::uint64_t left_out = 0;                  // of them
  std::condition_variable finished;

  bool can_start() const {
    // The clock model looks at workgroup 0 before it chooses others.
    if (model != nullptr && !planned) return started == 0;
    return started < total && running + parked.size() < limit;
  }
  // Goes on to the next workgroup that is to be executed.
  void leave_out_unmodelled() {
    if (!modelled_only || !planned) return;
    for (; started < total && model->trace_of(started) == nullptr; ++started) ++left_out;
  }
  // Of all workgroups, those that were left out taken to be like the others.
  std::uint64_t whole_wave_instructions() const {
    const std::uint64_t executed = total - left_out;
    return static_cast<std::uint64_t>(static_cast<double>(result.wave_instructions) *
                                      static_cast<double>(total) / static_cast<double>(executed));
  }
  bool has_work() const { return !result.fault && (can_start() || !parked.empty()); }
  bool is_finished() const {
    return running == 0 && (result.fault || (started == total && parked.empty()));
  }
  std::array<std::uint32_t, 3> group_id(std::uint64_t number) const {
    return {static_cast<std::uint32_t>(number % groups[0]),
            static_cast<std::uint32_t>(number / groups[0] % groups[1]),
            static_cast<std::uint32_t>(number / groups[0] / groups[1])};
  }
};

}  // namespace

struct Device::State {
  MemoryMap memory;
  std::atomic<ObserverFactory> observer_factory = nullptr;
  std::uint64_t limit = setting("RDNA1CONV_EMULATOR_MAX_INSTRUCTIONS", kDefaultInstructionLimit);
  mutable std::mutex mutex;
  std::condition_variable work;
  std::list<ActiveDispatch*> active;
  std::vector<std::unique_ptr<Workgroup>> idle;  // for reuse: waves are large
  ClassCounts counts;
  std::uint64_t wave_instructions = 0;
  std::uint64_t dispatches = 0;
  std::unique_ptr<timing::ClockModel> clock;                   // null if it is off
  std::shared_ptr<const timing::LaunchTiming> longest_launch;  // since it was asked for last

  void serve();
  ActiveDispatch* next_dispatch();
  std::unique_ptr<Workgroup> idle_workgroup();
  void run_one(ActiveDispatch& dispatch, std::unique_lock<std::mutex>& lock);
};

// The dispatch to serve next, moved to the end of the list so that all get their share.
ActiveDispatch* Device::State::next_dispatch() {
  const auto found = std::find_if(active.begin(), active.end(),
                                  [](const ActiveDispatch* each) { return each->has_work(); });
  if (found == active.end()) return nullptr;
  ActiveDispatch* dispatch = *found;
  active.splice(active.end(), active, found);
  return dispatch;
}

std::unique_ptr<Workgroup> Device::State::idle_workgroup() {
  if (idle.empty()) return std::make_unique<Workgroup>();
  auto workgroup = std::move(idle.back());
  idle.pop_back();
  return workgroup;
}

// One turn of one workgroup. The lock is open while it executes.
void Device::State::run_one(ActiveDispatch& dispatch, std::unique_lock<std::mutex>& lock) {
  std::unique_ptr<Workgroup> workgroup;
  const bool fresh = dispatch.can_start();
  std::uint64_t number = 0;
  if (fresh) {
    number = dispatch.started++;
    dispatch.leave_out_unmodelled();
    workgroup = idle_workgroup();
  } else {
    workgroup = std::move(dispatch.parked.front().workgroup);
    number = dispatch.parked.front().number;
    dispatch.parked.pop_front();
  }
  ++dispatch.running;
  timing::LaunchModel* const model = dispatch.model.get();
  timing::WorkgroupTrace* const trace = model != nullptr ? model->trace_of(number) : nullptr;
  lock.unlock();

  TurnEnd end = TurnEnd::kDone;
  std::optional<FaultReport> fault;
  try {
    if (fresh) {
      start_workgroup(*workgroup, dispatch.dispatch, *dispatch.memory, dispatch.group_id(number));
      workgroup->turn_limit = std::min(workgroup->turn_limit, limit);
      if (dispatch.observer != nullptr) workgroup->observer = dispatch.observer->begin(*workgroup);
    }
    if (workgroup->observer != nullptr) {
      end = workgroup->observer->run_turn(*workgroup, kQuantum);
    } else if (trace != nullptr) {
      end = timing::run_recorded_turn(*workgroup, kQuantum, model->program(), model->lds_banks(),
                                      model->needed(), *trace);
    } else {
      end = run_turn(*workgroup, kQuantum);
    }
    if (end == TurnEnd::kYielded && charged_instructions(*workgroup) > limit) {
      throw Fault(FaultKind::kNeverEnds,
                  "the workgroup did not end within " + std::to_string(limit) +
                      " instructions; it waits for something that never comes "
                      "(RDNA1CONV_EMULATOR_MAX_INSTRUCTIONS raises the limit)");
    }
  } catch (const Fault& error) {
    fault = FaultReport{error.kind(), describe_position(*workgroup) + ": " + error.what()};
  }

  ClassCounts executed;
  const bool over = end == TurnEnd::kDone || fault;
  if (over) {
    for (std::size_t i = 0; i < workgroup->wave_count; ++i) executed += workgroup->waves[i]->counts;
  }
  if (over) workgroup->observer.reset();
  const std::uint64_t instructions = over ? executed_instructions(*workgroup) : 0;
  lock.lock();
  --dispatch.running;
  dispatch.result.counts += executed;
  dispatch.result.wave_instructions += instructions;
  if (fault && !dispatch.result.fault) dispatch.result.fault = std::move(fault);
  if (over) {
    idle.push_back(std::move(workgroup));
  } else {
    dispatch.parked.push_back({std::move(workgroup), number});
  }
  if (model != nullptr && !dispatch.planned) {
    model->plan();
    dispatch.planned = true;
    dispatch.leave_out_unmodelled();
    work.notify_all();
  }
  if (dispatch.is_finished()) {
    dispatch.finished.notify_all();
  } else {
    work.notify_one();
  }
}

void Device::State::serve() {
  std::unique_lock lock(mutex);
  for (;;) {
    ActiveDispatch* dispatch = next_dispatch();
    if (dispatch == nullptr) {
      work.wait(lock);
    } else {
      run_one(*dispatch, lock);
    }
  }
}

Device::Device() : state_(new State) {
  if (const auto& clock = timing::device_clock()) {
    state_->clock = std::make_unique<timing::ClockModel>(*clock);
  }
  const std::uint64_t workers =
      setting("RDNA1CONV_EMULATOR_THREADS", std::max(1u, std::thread::hardware_concurrency()));
  for (std::uint64_t i = 0; i < workers; ++i) {
    std::thread([state = state_] { state->serve(); }).detach();
  }
}

Device& Device::instance() {
  static Device* device = new Device;
  return *device;
}

MemoryMap& Device::memory() { return state_->memory; }

void Device::set_observer(ObserverFactory factory) { state_->observer_factory = factory; }

namespace {

void add_profile(const timing::ClockModel& clock, const Dispatch& dispatch,
                 const timing::LaunchModel& model, const timing::LaunchTiming& timing) {
  timing::KernelProfile profile;
  profile.name = dispatch.kernel->name;
  profile.clock = clock.name();
  profile.grid = dispatch.grid;
  profile.workgroup = dispatch.workgroup;
  profile.entry = dispatch.kernel->entry;
  profile.timing = timing;
  profile.constants = clock.constants();
  timing::ProfileStore::instance().add(
      std::move(profile), dispatch.kernel->program, [&](timing::KernelProfile& longest) {
        longest.sensitivities = model.sensitivities(timing.wave_instructions);
      });
}

}  // namespace

DispatchResult Device::run(const Dispatch& dispatch) {
  return run(dispatch, state_->observer_factory);
}

DispatchResult Device::run(const Dispatch& dispatch, ObserverFactory factory) {
  ActiveDispatch active(dispatch, state_->memory.snapshot(), factory, state_->clock.get());
  active.modelled_only = active.model != nullptr && timing::executes_modelled_only();
  std::unique_lock lock(state_->mutex);
  state_->active.push_back(&active);
  state_->work.notify_all();
  active.finished.wait(lock, [&] { return active.is_finished(); });
  state_->active.remove(&active);
  state_->counts += active.result.counts;
  state_->wave_instructions += active.result.wave_instructions;
  ++state_->dispatches;
  lock.unlock();
  if (active.model != nullptr && !active.result.fault) {
    active.result.timing = std::make_shared<const timing::LaunchTiming>(
        active.model->finish(active.whole_wave_instructions()));
    lock.lock();
    if (state_->longest_launch == nullptr ||
        active.result.timing->duration_us > state_->longest_launch->duration_us) {
      state_->longest_launch = active.result.timing;
    }
    lock.unlock();
    if (timing::ProfileStore::instance().wanted()) {
      add_profile(*state_->clock, dispatch, *active.model, *active.result.timing);
    }
  }
  return std::move(active.result);
}

std::shared_ptr<const timing::LaunchTiming> Device::take_longest_launch() {
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->longest_launch, nullptr);
}

ClassCounts Device::total_counts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->counts;
}

std::uint64_t Device::total_wave_instructions() const {
  const std::lock_guard lock(state_->mutex);
  return state_->wave_instructions;
}

std::uint64_t Device::total_dispatches() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dispatches;
}

}  // namespace emulator

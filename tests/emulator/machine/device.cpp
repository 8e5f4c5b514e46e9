#include "machine/device.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "machine/occupancy.h"
#include "machine/workgroup.h"

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

// A workgroup between two turns.
struct Parked {
  std::unique_ptr<Workgroup> workgroup;
  std::uint64_t number;
};

// A dispatch in flight. Guarded by the device's mutex.
struct ActiveDispatch {
  ActiveDispatch(const Dispatch& request, std::shared_ptr<const MemorySnapshot> view,
                 ObserverFactory factory, std::uint64_t resident)
      : dispatch(request), memory(std::move(view)), limit(resident) {
    for (unsigned axis = 0; axis < 3; ++axis) {
      groups[axis] = (std::uint64_t{dispatch.grid[axis]} + dispatch.workgroup[axis] - 1) /
                     dispatch.workgroup[axis];
      total *= groups[axis];
    }
    if (factory != nullptr) observer = factory(dispatch, *memory);
    looked_ahead = observer == nullptr || !observer->looks_ahead();
  }

  const Dispatch& dispatch;
  std::shared_ptr<const MemorySnapshot> memory;
  std::unique_ptr<DispatchObserver> observer;
  std::uint64_t limit;  // workgroups that the device holds at a time
  std::array<std::uint64_t, 3> groups{};
  std::uint64_t total = 1;
  std::uint64_t started = 0;
  std::uint64_t running = 0;  // on a worker right now
  std::deque<Parked> parked;  // yielded, waiting for their next turn
  DispatchResult result;
  bool looked_ahead;  // the observer has seen what it wanted to see of workgroup 0
  std::condition_variable finished;

  bool can_start() const {
    if (!looked_ahead) return started == 0;
    return started < total && running + parked.size() < limit;
  }
  // Goes on to the next workgroup that is to be executed.
  void leave_out_unwanted() {
    if (observer != nullptr && looked_ahead) {
      started = std::min(total, observer->next_wanted(started));
    }
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
  std::atomic<unsigned> workgroup_processors = 20;

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
    dispatch.leave_out_unwanted();
    workgroup = idle_workgroup();
  } else {
    workgroup = std::move(dispatch.parked.front().workgroup);
    number = dispatch.parked.front().number;
    dispatch.parked.pop_front();
  }
  ++dispatch.running;
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
  if (!dispatch.looked_ahead) {
    dispatch.observer->look_ahead();
    dispatch.looked_ahead = true;
    dispatch.leave_out_unwanted();
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

void Device::set_workgroup_processors(unsigned count) { state_->workgroup_processors = count; }

unsigned Device::workgroup_processors() const { return state_->workgroup_processors; }

DispatchResult Device::run(const Dispatch& dispatch) {
  return run(dispatch, state_->observer_factory);
}

DispatchResult Device::run(const Dispatch& dispatch, ObserverFactory factory) {
  // Grid-wide waits rely on all that fit being started, and hang where more are.
  const std::uint64_t resident =
      std::uint64_t{state_->workgroup_processors} * occupancy_of(needs_of(dispatch)).workgroups;
  ActiveDispatch active(dispatch, state_->memory.snapshot(), factory, resident);
  std::unique_lock lock(state_->mutex);
  state_->active.push_back(&active);
  state_->work.notify_all();
  active.finished.wait(lock, [&] { return active.is_finished(); });
  state_->active.remove(&active);
  state_->counts += active.result.counts;
  state_->wave_instructions += active.result.wave_instructions;
  ++state_->dispatches;
  lock.unlock();
  if (active.observer != nullptr && !active.result.fault) {
    active.result.observation = active.observer->end(active.result.wave_instructions);
  }
  return std::move(active.result);
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

#include "timing/launch_observer.h"

#include <utility>

#include "machine/device.h"
#include "timing/launch_model.h"
#include "timing/profile_store.h"
#include "timing/recorder.h"
#include "timing/settings.h"
#include "timing/time_range.h"

namespace emulator::timing {
namespace {

ClockModel& clock_model() {
  static ClockModel& model = *new ClockModel(*device_clock());  // never destroyed, as the device
  return model;
}

std::array<std::uint64_t, 3> groups_of(const Dispatch& dispatch) {
  std::array<std::uint64_t, 3> groups{};
  for (unsigned axis = 0; axis < 3; ++axis) {
    groups[axis] = (std::uint64_t{dispatch.grid[axis]} + dispatch.workgroup[axis] - 1) /
                   dispatch.workgroup[axis];
  }
  return groups;
}

class RecordedWorkgroup final : public WorkgroupObserver {
 public:
  // `needed`: what to carry out as long as the workgroup stays on the paths it is for; null for
  // all.
  RecordedWorkgroup(const LaunchModel& model, const NeededInstructions* needed,
                    WorkgroupTrace& trace)
      : model_(model), needed_(needed), trace_(trace) {}
  TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) override {
    try {
      return record(workgroup, quantum);
    } catch (const OffPath&) {
      // Nobody but itself has seen what it did so far.
      start_workgroup(workgroup, *workgroup.dispatch, *workgroup.waves.front()->memory,
                      workgroup.id);
      for (WaveTrace& wave : trace_.waves) wave = {};
      needed_ = nullptr;
      return record(workgroup, quantum);
    }
  }

 private:
  TurnEnd record(Workgroup& workgroup, std::uint64_t quantum) {
    return run_recorded_turn(workgroup, quantum, model_.program(), model_.lds_banks(), needed_,
                             trace_);
  }

  const LaunchModel& model_;
  const NeededInstructions* needed_;
  WorkgroupTrace& trace_;
};

class RecordedDispatch final : public DispatchObserver {
 public:
  explicit RecordedDispatch(const Dispatch& dispatch)
      : dispatch_(dispatch),
        groups_(groups_of(dispatch)),
        total_(groups_[0] * groups_[1] * groups_[2]),
        model_(std::make_unique<LaunchModel>(clock_model(), dispatch, total_)) {}

  std::shared_ptr<WorkgroupObserver> begin(Workgroup& workgroup) override {
    const auto& id = workgroup.id;
    WorkgroupTrace* const trace =
        model_->trace_of(id[0] + groups_[0] * (id[1] + groups_[1] * std::uint64_t{id[2]}));
    if (trace == nullptr) return nullptr;
    return std::make_shared<RecordedWorkgroup>(*model_, model_->needed(), *trace);
  }

  // The length of workgroup 0 decides which others are recorded.
  bool looks_ahead() const override { return true; }
  void look_ahead() override {
    model_->plan();
    if (!executes_modelled_only()) return;
    for (std::uint64_t number = 0; number < total_; ++number) {
      left_out_ += model_->trace_of(number) == nullptr;
    }
  }

  std::uint64_t next_wanted(std::uint64_t number) const override {
    if (left_out_ == 0) return number;
    while (number < total_ && model_->trace_of(number) == nullptr) ++number;
    return number;
  }

  std::shared_ptr<const Observation> end(std::uint64_t wave_instructions) override {
    // Workgroups that were left out are taken to be like the others.
    const auto all = static_cast<std::uint64_t>(static_cast<double>(wave_instructions) *
                                                static_cast<double>(total_) /
                                                static_cast<double>(total_ - left_out_));
    model_->end_recording(all);
    const auto launch = std::make_shared<ModelledLaunch>(std::move(model_));
    const bool profiled = ProfileStore::instance().wanted();
    const bool ranged = RangeStore::instance().wanted();
    LaunchFollower::instance().add(launch, profiled || ranged);
    if (ranged) RangeStore::instance().add(launch);
    if (profiled) add_profile(*launch);
    return launch;
  }

 private:
  void add_profile(const ModelledLaunch& launch) const {
    KernelProfile profile;
    profile.name = dispatch_.kernel->name;
    profile.clock = clock_model().name();
    profile.grid = dispatch_.grid;
    profile.workgroup = dispatch_.workgroup;
    profile.entry = dispatch_.kernel->entry;
    profile.timing = launch.timing();
    profile.constants = clock_model().constants();
    ProfileStore::instance().add(
        std::move(profile), dispatch_.kernel->program, [&](KernelProfile& longest) {
          longest.sensitivities = sensitivities(launch.model(), longest.constants);
        });
  }

  const Dispatch& dispatch_;
  std::array<std::uint64_t, 3> groups_;
  std::uint64_t total_;
  std::unique_ptr<LaunchModel> model_;
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::unique_ptr<DispatchObserver> make_modelled_dispatch(const Dispatch& dispatch,
                                                         const MemorySnapshot&) {
  return std::make_unique<RecordedDispatch>(dispatch);
}

void displace_caches() {
  if (device_clock()) LaunchFollower::instance().displace_caches(clock_model());
}

std::shared_ptr<const ModelledLaunch> modelled_launch(
    const std::shared_ptr<const Observation>& observed) {
  return std::dynamic_pointer_cast<const ModelledLaunch>(observed);
}

}  // namespace emulator::timing

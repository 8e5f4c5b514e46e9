// The clock model as an observer: it records what it wants to see of a dispatch and models its
// time.
#pragma once

#include <memory>

#include "machine/observer.h"
#include "timing/launch_timing.h"

namespace emulator::timing {

// What a modelled dispatch leaves.
class ModelledLaunch final : public Observation {
 public:
  explicit ModelledLaunch(LaunchTiming timing) : timing_(std::move(timing)) {}
  const LaunchTiming& timing() const { return timing_; }

 private:
  LaunchTiming timing_;
};

// An ObserverFactory: models the dispatch by the device's clock, which must not be off.
std::unique_ptr<DispatchObserver> make_modelled_dispatch(const Dispatch& dispatch,
                                                         const MemorySnapshot& memory);

// The timing in a dispatch's observation; null if it was not modelled.
std::shared_ptr<const LaunchTiming> timing_of(const std::shared_ptr<const Observation>& observed);

// The launch that took longest since the last call; null if there was none.
std::shared_ptr<const LaunchTiming> take_longest_launch();

}  // namespace emulator::timing

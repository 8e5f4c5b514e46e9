// A recorded launch whose time is worked out by a thread of the clock's own while others execute.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include "machine/observer.h"
#include "timing/launch_model.h"
#include "timing/launch_timing.h"
#include "timing/time_spent.h"

namespace emulator::timing {

// What a modelled dispatch leaves.
class ModelledLaunch final : public Observation {
 public:
  explicit ModelledLaunch(std::unique_ptr<LaunchModel> model);

  // Waits for the follower.
  const LaunchTiming& timing() const;
  bool is_ready() const { return ready_; }

  // The recording; it lasts as long as this object if it was to be kept, else until timing() is
  // ready.
  const LaunchModel& model() const { return *model_; }

 private:
  friend class LaunchFollower;

  std::unique_ptr<LaunchModel> model_;
  std::size_t recorded_bytes_;
  bool keep_ = false;
  LaunchTiming timing_;
  mutable std::mutex mutex_;
  mutable std::condition_variable done_;
  std::atomic<bool> ready_ = false;
};

// Follows launches in the order in which they ended: each begins with the L2 that the one before it
// left, so that times do not depend on what the host did meanwhile.
class LaunchFollower {
 public:
  static LaunchFollower& instance();

  // Waits while more is recorded than may lie about. `keep` the recording afterwards.
  void add(std::shared_ptr<ModelledLaunch> launch, bool keep);

  // Displaces what the launches that were added so far left in the caches of `model`.
  void displace_caches(ClockModel& model);

  // The launch that took longest since the last call, of all that were added; null if there was
  // none. Waits for them.
  std::shared_ptr<const ModelledLaunch> take_longest();

  // What the launches since the last call spent their time on together. Waits for them.
  TimeSpent take_time_spent();

 private:
  LaunchFollower();
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  // A launch to follow, or a model whose caches are to be displaced.
  struct Work {
    std::shared_ptr<ModelledLaunch> launch;
    ClockModel* displaced = nullptr;
  };
  std::deque<Work> waiting_;  // the first is under way
  std::size_t waiting_bytes_ = 0;
  std::shared_ptr<const ModelledLaunch> longest_;
  TimeSpent spent_;
};

}  // namespace emulator::timing

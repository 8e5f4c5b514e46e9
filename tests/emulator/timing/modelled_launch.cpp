#include "timing/modelled_launch.h"

#include <cstdio>
#include <exception>
#include <thread>
#include <utility>

#include "timing/settings.h"

namespace emulator::timing {
namespace {

// Of recordings that wait to be followed.
constexpr std::size_t kMostBytes = std::size_t{512} << 20;

}  // namespace

ModelledLaunch::ModelledLaunch(std::unique_ptr<LaunchModel> model)
    : model_(std::move(model)), recorded_bytes_(model_->recorded_bytes()) {}

const LaunchTiming& ModelledLaunch::timing() const {
  if (!ready_) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return ready_.load(); });
  }
  return timing_;
}

LaunchFollower& LaunchFollower::instance() {
  static LaunchFollower& follower = *new LaunchFollower;  // never destroyed, as its thread
  return follower;
}

LaunchFollower::LaunchFollower() {
  std::thread([this] { run(); }).detach();
}

void LaunchFollower::add(std::shared_ptr<ModelledLaunch> launch, bool keep) {
  launch->keep_ = keep;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() || waiting_bytes_ < kMostBytes; });
  waiting_bytes_ += launch->recorded_bytes_;
  waiting_.push_back({std::move(launch)});
  changed_.notify_all();
}

void LaunchFollower::displace_caches(ClockModel& model) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({nullptr, &model});
  changed_.notify_all();
}

std::shared_ptr<const ModelledLaunch> LaunchFollower::take_longest() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty(); });
  return std::exchange(longest_, nullptr);
}

TimeSpent LaunchFollower::take_time_spent() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty(); });
  return std::exchange(spent_, TimeSpent());
}

void LaunchFollower::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return !waiting_.empty(); });
    const std::shared_ptr<ModelledLaunch> launch = waiting_.front().launch;
    if (launch == nullptr) {
      waiting_.front().displaced->memory().displace_caches();
      waiting_.pop_front();
      changed_.notify_all();
      continue;
    }
    lock.unlock();
    try {
      launch->timing_ = launch->model_->follow();
    } catch (
        const std::exception& error) {  // the model's own fault: results are right all the same
      std::fprintf(stderr, "software RX 5700 XT: a launch has no time: %s\n", error.what());
    }
    if (!launch->keep_) launch->model_.reset();
    {
      const std::lock_guard done(launch->mutex_);
      launch->ready_ = true;
    }
    launch->done_.notify_all();
    lock.lock();
    waiting_.pop_front();
    waiting_bytes_ -= launch->recorded_bytes_;
    if (longest_ == nullptr || launch->timing_.duration_us > longest_->timing_.duration_us) {
      longest_ = launch;
    }
    if (device_clock()) spent_.add(launch->timing_, device_clock()->constants.core_mhz);
    changed_.notify_all();
  }
}

}  // namespace emulator::timing

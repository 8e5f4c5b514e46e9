// The profiles of a process's kernels, and the files they go to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "timing/profile.h"

namespace emulator::timing {

// One entry for each kernel and grid. With a folder (RDNA1CONV_EMULATOR_PROFILE) the entry's files
// are written anew whenever a launch changes it: <number>_<kernel>.txt, .json and .lst.
class ProfileStore {
 public:
  static ProfileStore& instance();

  // Whether launches are to be described: a folder is set, or somebody began to capture.
  bool wanted() const;
  void capture(bool on);

  // Adds a launch. `describe` completes the profile of one that is the longest of its kernel so
  // far: it may take its time.
  void add(KernelProfile launch, std::shared_ptr<const Program> program,
           const std::function<void(KernelProfile&)>& describe);

  // Texts of the kernels launched since the last call, each at its longest launch, in the order of
  // their first launch.
  std::string take_text();

 private:
  struct Entry {
    KernelProfile profile;
    std::shared_ptr<const Program> program;
    std::size_t number = 0;
  };
  static const Entry& merge(std::map<std::string, Entry>& entries, const KernelProfile& launch,
                            const std::shared_ptr<const Program>& program);
  bool is_longest(const KernelProfile& launch) const;
  void write(const Entry& entry) const;

  mutable std::mutex mutex_;
  bool capturing_ = false;
  std::map<std::string, Entry> entries_;
  std::map<std::string, Entry> captured_;
};

}  // namespace emulator::timing

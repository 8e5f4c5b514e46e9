#pragma once

// How far a long work is, on stderr: a bar with the time it took and what is left by that,
// rewritten in place on a terminal, a line for each twentieth elsewhere.

#include <chrono>
#include <cstddef>
#include <string_view>

namespace rdna1conv::bench {

class ProgressBar {
 public:
  // `things`: what is counted, "problems".
  ProgressBar(std::size_t all, std::string_view things);

  void show(std::size_t done) const;

 private:
  std::size_t all_;
  std::string_view things_;
  bool in_place_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace rdna1conv::bench

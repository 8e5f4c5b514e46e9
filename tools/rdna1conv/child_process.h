#pragma once

// A program in a process of its own, which may crash or hang without harm.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace rdna1conv::tool {

struct ChildResult {
  enum class End { kExited, kSignalled, kTimedOut, kNotStarted } end = End::kNotStarted;
  int status = 0;      // exit status, signal, or errno of a start that failed
  std::string output;  // standard output and error together, up to kMostOutput bytes of it
  double seconds = 0;
};
inline constexpr std::size_t kMostOutput = std::size_t{1} << 20;

using Variables = std::vector<std::pair<std::string, std::string>>;

// Runs `arguments`, the first a path, with these variables set beside the environment's. At the
// time limit it ends the child and all processes that it started.
ChildResult run_child(const std::vector<std::string>& arguments, std::chrono::milliseconds limit,
                      const Variables& variables = {});

}  // namespace rdna1conv::tool

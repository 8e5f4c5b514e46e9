#include "bench/progress.h"

#include <unistd.h>

#include <cstdio>

namespace rdna1conv::bench {

Progress::Progress(std::size_t total) : in_place_(isatty(STDERR_FILENO) == 1), total_(total) {}

void Progress::next(const std::string& what) {
  clear();
  std::fprintf(stderr, "[%zu/%zu] %s%s", ++done_, total_, what.c_str(), in_place_ ? "" : "\n");
  std::fflush(stderr);
  shown_ = in_place_;
}

void Progress::clear() {
  constexpr const char* kEraseLine = "\r\033[K";
  if (shown_) std::fputs(kEraseLine, stderr);
  shown_ = false;
}

}  // namespace rdna1conv::bench

#include "bench/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace rdna1conv::bench {

ProgressBar::ProgressBar(std::size_t all, std::string_view things)
    : all_(std::max<std::size_t>(all, 1)), things_(things), in_place_(isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(std::size_t done) const {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
  const double left =
      done == 0 ? 0 : taken.count() / static_cast<double>(done) * static_cast<double>(all_ - done);
  constexpr std::size_t kBar = 30;
  const std::size_t full = kBar * done / all_;
  const bool is_line =
      done == all_ || done * 20 / all_ != (done - std::min<std::size_t>(done, 1)) * 20 / all_;
  if (!in_place_ && !is_line) return;
  std::fprintf(stderr, "%s[%s%s] %zu of %zu %s, %.0f s, about %.0f s left%s",
               in_place_ ? "\r\033[K" : "", std::string(full, '#').c_str(),
               std::string(kBar - full, '.').c_str(), done, all_, std::string(things_).c_str(),
               taken.count(), left, in_place_ && done != all_ ? "" : "\n");
  std::fflush(stderr);
}

}  // namespace rdna1conv::bench

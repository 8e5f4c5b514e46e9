#include "progress_bar.h"

#include <unistd.h>

#include <cstdio>

namespace upscale {
namespace {

constexpr std::size_t kBarWidth = 40;

}  // namespace

ProgressBar::ProgressBar(std::string title)
    : title_(std::move(title)), is_terminal_(isatty(STDERR_FILENO) == 1) {
  show(0, 1);
}

ProgressBar::~ProgressBar() {
  if (is_terminal_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::show(std::size_t done, std::size_t of) {
  if (!is_terminal_) return;
  const std::size_t filled = kBarWidth * done / of;
  const std::string bar = std::string(filled, '#') + std::string(kBarWidth - filled, '.');
  std::fprintf(stderr, "\r\033[K%s [%s] %zu of %zu", title_.c_str(), bar.c_str(), done, of);
  std::fflush(stderr);
}

}  // namespace upscale

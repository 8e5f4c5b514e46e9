#pragma once

#include <cstddef>
#include <string>

namespace upscale {

// A bar on standard error that is drawn over itself; nothing where that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string title);
  ~ProgressBar();  // removes it
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(std::size_t done, std::size_t of);

 private:
  std::string title_;
  bool is_terminal_;
};

}  // namespace upscale

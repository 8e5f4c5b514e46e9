#pragma once

// One line on stderr that says what is being worked on: rewritten in place on a terminal, a line
// for each layer elsewhere.

#include <cstddef>
#include <string>

namespace rdna1conv::bench {

class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress() { clear(); }

  bool in_place() const { return in_place_; }
  void next(const std::string& what);
  // Takes the line away, before something else is printed.
  void clear();

 private:
  bool in_place_;
  bool shown_ = false;
  std::size_t total_, done_ = 0;
};

}  // namespace rdna1conv::bench

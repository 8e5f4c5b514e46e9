#include "running_note.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

namespace rdna1conv {
namespace {

// Of a fixed size: the signal's handler must not allocate.
char running[4096];

extern "C" void print_running(int signal) {
  static_cast<void>(!write(STDERR_FILENO, running, std::char_traits<char>::length(running)));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void note_running(const std::string& name) {
  static const auto previous = std::signal(SIGABRT, print_running);
  static_cast<void>(previous);
  const std::string text = "while running " + name + "\n";
  text.copy(running, sizeof running - 1);
  running[std::min(text.size(), sizeof running - 1)] = '\0';
}

}  // namespace rdna1conv

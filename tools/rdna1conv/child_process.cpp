#include "child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

extern char** environ;

namespace rdna1conv::tool {
namespace {

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() {
    close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::vector<std::string> environment_with(const Variables& variables) {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) all[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : variables) all[name] = value;
  std::vector<std::string> texts;
  for (const auto& [name, value] : all) texts.push_back(name + "=" + value);
  return texts;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Starts it in a process group of its own, with its output in the pipe. Returns errno or 0.
int start(const std::vector<std::string>& arguments, const Variables& variables, const Pipe& pipe,
          pid_t& child) {
  std::vector<std::string> words = arguments, environment = environment_with(variables);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe.writer(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe.writer(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int error = posix_spawn(&child, words.front().c_str(), &actions, &attributes,
                                pointers(words).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Reads until the other end is closed by all, which is true, or the time is over.
bool read_until(Clock::time_point limit, int reader, std::string& output) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{reader, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<long>(left, 1000)));
    if (ready < 0 && errno != EINTR) return true;
    if (ready <= 0) continue;
    std::array<char, 4096> part;
    const ssize_t size = read(reader, part.data(), part.size());
    if (size == 0 || (size < 0 && errno != EINTR)) return true;
    if (size > 0) {
      output.append(part.data(), std::min(static_cast<std::size_t>(size),
                                          kMostOutput - std::min(kMostOutput, output.size())));
    }
  }
}

// The child's status if it ends within the time.
bool wait_until(Clock::time_point limit, pid_t child, int& status) {
  constexpr useconds_t kInterval = 2000;
  while (waitpid(child, &status, WNOHANG) != child) {
    if (Clock::now() >= limit) return false;
    usleep(kInterval);
  }
  return true;
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& arguments, std::chrono::milliseconds limit,
                      const Variables& variables) {
  ChildResult result;
  Pipe pipe;
  const Clock::time_point begin = Clock::now();
  pid_t child = 0;
  if (pipe.reader() < 0) {
    result.status = errno;
    return result;
  }
  if (const int error = start(arguments, variables, pipe, child); error != 0) {
    result.status = error;
    return result;
  }
  pipe.close_writer();
  const Clock::time_point end = begin + limit;
  int status = 0;
  const bool is_done =
      read_until(end, pipe.reader(), result.output) && wait_until(end, child, status);
  // What it started and left behind, too.
  kill(-child, SIGKILL);
  if (!is_done) waitpid(child, &status, 0);
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (!is_done) {
    result.end = ChildResult::End::kTimedOut;
  } else if (WIFSIGNALED(status)) {
    result.end = ChildResult::End::kSignalled;
    result.status = WTERMSIG(status);
  } else {
    result.end = ChildResult::End::kExited;
    result.status = WEXITSTATUS(status);
  }
  return result;
}

}  // namespace rdna1conv::tool

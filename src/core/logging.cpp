#include "core/logging.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>

namespace rdna1conv {
namespace {

// MIOpen's default level, which value 0 also means.
constexpr int kDefaultLevel = static_cast<int>(LogLevel::kWarning);

struct Settings {
  std::atomic<int> level{kDefaultLevel};
  std::atomic<bool> calls{false}, commands{false}, thread{false}, elapsed_time{false};

  void take(const Environment& environment) {
    level = environment.log_level == 0 ? kDefaultLevel : environment.log_level;
    calls = environment.log_calls;
    commands = environment.log_commands;
    thread = environment.log_thread;
    elapsed_time = environment.log_elapsed_time;
  }
};

Settings& settings() {
  // Leaked: threads may still log while the process exits.
  static Settings* const instance = [] {
    auto* const fresh = new Settings;
    fresh->take(read_environment());
    return fresh;
  }();
  return *instance;
}

constexpr std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kQuiet:
      return "Quiet";
    case LogLevel::kFatal:
      return "Fatal";
    case LogLevel::kError:
      return "Error";
    case LogLevel::kWarning:
      return "Warning";
    case LogLevel::kInfo:
      return "Info";
    case LogLevel::kInfo2:
      return "Info2";
    case LogLevel::kTrace:
      return "Trace";
  }
  return "?";
}

double milliseconds_since_last_line() {
  using Clock = std::chrono::steady_clock;
  static std::atomic<Clock::rep> last{Clock::now().time_since_epoch().count()};
  const Clock::rep now = Clock::now().time_since_epoch().count();
  const Clock::duration passed(now - last.exchange(now));
  return std::chrono::duration<double, std::milli>(passed).count();
}

std::string prefix() {
  std::string text;
  if (settings().thread) text += std::to_string(gettid()) + " ";
  text += "MIOpen(HIP)";
  if (settings().elapsed_time) {
    char time[32];
    std::snprintf(time, sizeof time, "%8.3f", milliseconds_since_last_line());
    text += time;
  }
  return text += ": ";
}

}  // namespace

void configure_logging(const Environment& environment) { settings().take(environment); }

bool is_logged(LogLevel level) { return static_cast<int>(level) <= settings().level; }
bool are_calls_logged() { return settings().calls; }
bool are_commands_logged() { return settings().commands; }

void log_raw(std::string_view text) {
  // One write, so that lines of different threads do not mix.
  const std::string line = prefix().append(text).append("\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void log_line(LogLevel level, std::string_view function, std::string_view text) {
  if (!is_logged(level)) return;
  std::string line(name_of(level));
  log_raw(line.append(" [").append(function).append("] ").append(text));
}

void log_command(std::string_view function, std::string_view driver_line) {
  std::string line("Command [");
  log_raw(line.append(function).append("] ./bin/MIOpenDriver ").append(driver_line));
}

}  // namespace rdna1conv

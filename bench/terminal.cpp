#include "bench/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace rdna1conv::bench {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

// The first of the three that is set says it all.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value(variable(name));
    if (value.empty()) continue;
    std::ranges::transform(value, value.begin(), [](unsigned char c) { return std::tolower(c); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::size_t width_of(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return static_cast<std::size_t>(std::max(0, std::atoi(std::string(variable("COLUMNS")).c_str())));
}

const char* begin_of(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kHeading:
      return "\033[1m";
    case Style::kGood:
      return "\033[32m";
    case Style::kBad:
      return "\033[1;31m";
    case Style::kDoubtful:
      return "\033[33m";
    case Style::kQuiet:
      return "\033[2m";
    case Style::kBar:
      return "\033[36m";
  }
  return "";
}

}  // namespace

Terminal terminal_of(int descriptor) {
  if (isatty(descriptor) != 1) return {};
  const bool dumb = variable("TERM") == "dumb";
  return {variable("NO_COLOR").empty() && !dumb, locale_is_utf8() && !dumb, width_of(descriptor)};
}

std::string styled(std::string_view text, Style style, const Terminal& terminal) {
  constexpr const char* kEnd = "\033[0m";
  if (!terminal.colour || style == Style::kPlain) return std::string(text);
  return begin_of(style) + std::string(text) + kEnd;
}

std::string bar_of(double share, std::size_t cells) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  constexpr std::size_t kParts = std::size(kEighths);
  if (!(share > 0)) return {};
  const auto eighths = static_cast<std::size_t>(
      std::lround(std::min(share, 1.0) * static_cast<double>(cells * kParts)));
  std::string bar;
  for (std::size_t i = 0; i < eighths / kParts; ++i) bar += "█";
  return bar + kEighths[eighths % kParts];
}

std::size_t columns_of(std::string_view text) {
  constexpr unsigned char kMask = 0xc0, kFollowing = 0x80;
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & kMask) != kFollowing; }));
}

std::string cut_to(const std::string& text, std::size_t columns, const Terminal& terminal) {
  if (columns_of(text) <= columns || columns == 0) return text;
  return text.substr(0, columns - 1) + (terminal.bars ? "…" : "~");
}

}  // namespace rdna1conv::bench

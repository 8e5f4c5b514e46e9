#include "findings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rdna1conv::tool {
namespace {

constexpr std::size_t kSubjectWidth = 20;

struct LevelRow {
  const char* word;
  const char* colour;
};
constexpr LevelRow kLevels[] = {
    {"ok", "\033[32m"}, {"note", "\033[36m"}, {"problem", "\033[1;31m"}, {"skipped", "\033[2m"}};

const LevelRow& row_of(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string plural(std::size_t count, const char* word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

}  // namespace

const char* to_string(Level level) { return row_of(level).word; }

std::size_t count(const std::vector<Finding>& findings, Level level) {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [=](const Finding& f) { return f.level == level; }));
}

std::string to_text(const Finding& finding, bool in_colour) {
  const LevelRow& level = row_of(finding.level);
  const std::string word = padded(level.word, 8);
  std::string text = in_colour ? level.colour + word + "\033[0m" : word;
  text += padded(finding.subject, kSubjectWidth) + " " + finding.text + "\n";
  if (!finding.meaning.empty()) text += "           means: " + finding.meaning + "\n";
  if (!finding.next.empty()) text += "           next:  " + finding.next + "\n";
  return text;
}

std::string summary(const std::vector<Finding>& findings) {
  std::string text = plural(count(findings, Level::kProblem), "problem") + ", " +
                     plural(count(findings, Level::kNote), "note") + ", " +
                     std::to_string(count(findings, Level::kFine)) + " fine";
  if (const std::size_t skipped = count(findings, Level::kSkipped); skipped > 0) {
    text += ", " + std::to_string(skipped) + " skipped";
  }
  return text;
}

std::string to_json(const std::vector<Finding>& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"level", to_string(finding.level)},
                    {"subject", finding.subject},
                    {"text", finding.text},
                    {"meaning", finding.meaning},
                    {"next", finding.next}});
  }
  nlohmann::ordered_json whole{{"version", RDNA1CONV_VERSION},
                               {"problems", count(findings, Level::kProblem)},
                               {"findings", list}};
  // Text of other programs may hold any bytes.
  return whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace rdna1conv::tool

#pragma once

// What the doctor finds, and how it is told.

#include <cstdint>
#include <string>
#include <vector>

namespace rdna1conv::tool {

enum class Level : std::uint8_t {
  kFine,
  kNote,     // worth knowing; nothing is wrong
  kProblem,  // convolutions will not run, or not rightly
  kSkipped,  // a test that makes no sense after an earlier one failed
};
const char* to_string(Level level);

struct Finding {
  Level level = Level::kFine;
  std::string subject;  // "card", "test conv2d"
  std::string text;     // what was found
  std::string meaning;  // of what is not fine: what it does to programs
  std::string next;     // and the next command or step
};

// For people: a line, and one each for meaning and next step.
std::string to_text(const Finding& finding, bool in_colour);

// "1 problem, 2 notes, 14 fine".
std::string summary(const std::vector<Finding>& findings);

// {"version": ..., "findings": [{"level": "problem", "subject": ..., ...}], "problems": 1}
std::string to_json(const std::vector<Finding>& findings);

std::size_t count(const std::vector<Finding>& findings, Level level);

}  // namespace rdna1conv::tool

#pragma once

#include <array>
#include <map>
#include <ostream>
#include <string>

#include "core/conv_problem.h"

namespace rdna1conv {

// How many problems and plans passed, by what they are.
class Coverage {
 public:
  void add(const ConvProblem& problem, int plans);
  std::int64_t problems() const { return problems_; }
  std::int64_t plans() const { return plans_; }

  // A line for each type and layout, a column for each direction.
  void print(std::ostream& out) const;

 private:
  std::map<std::string, std::array<std::int64_t, 3>> rows_;  // problems by direction
  std::map<std::string, std::int64_t> features_;
  std::int64_t problems_ = 0, plans_ = 0;
};

}  // namespace rdna1conv

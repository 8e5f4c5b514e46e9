#include "problem_kinds.h"

#include <span>
#include <utility>

#include "core/driver_line.h"
#include "core/element_types.h"

namespace rdna1conv {
namespace {

// Channels first, with a gap behind every run.
FiveDims padded_strides(const FiveDims& lengths) {
  FiveDims strides{};
  std::int64_t next = 1;
  for (std::size_t i = lengths.size(); i-- > 0;) {
    strides[i] = next;
    next = next * lengths[i] + static_cast<std::int64_t>(i) + 1;
  }
  return strides;
}

}  // namespace

void place(ConvProblem& p, Placement placement) {
  switch (placement) {
    case Placement::kNchw:
      set_packed(p, Layout::kNchw);
      break;
    case Placement::kNhwc:
      set_packed(p, Layout::kNhwc);
      break;
    case Placement::kMixed:
      set_packed(p, Layout::kNchw);
      p.x_strides = packed_strides(p.x_lengths(), Layout::kNhwc);
      break;
    case Placement::kPadded:
      p.x_strides = padded_strides(p.x_lengths());
      p.w_strides = padded_strides(p.w_lengths());
      p.y_strides = padded_strides(p.y_lengths());
      break;
  }
  canonicalize(p);
}

std::vector<ConvProblem> every_type_of(const ConvProblem& problem) {
  std::vector<ConvProblem> problems;
  const bool has_all = problem.direction != Direction::kBackwardWeights;
  for (const ElementTypes& types : has_all ? std::span(kElementTypes) : float_types()) {
    ConvProblem p = problem;
    p.x_type = p.w_type = types.in;
    p.y_type = types.out;
    if (p.direction == Direction::kBackwardData) std::swap(p.x_type, p.y_type);
    problems.push_back(p);
  }
  return problems;
}

std::vector<ConvProblem> every_kind_of(std::string_view line) {
  std::vector<ConvProblem> problems;
  for (const Direction direction :
       {Direction::kForward, Direction::kBackwardData, Direction::kBackwardWeights}) {
    for (const Placement placement : kPlacements) {
      ConvProblem p = parse_driver_line(line).problem;
      p.direction = direction;
      place(p, placement);
      for (const ConvProblem& typed : every_type_of(p)) problems.push_back(typed);
    }
  }
  return problems;
}

}  // namespace rdna1conv

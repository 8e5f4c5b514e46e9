#pragma once

#include <compare>
#include <cstdint>
#include <span>

#include "core/conv_problem.h"
#include "params/rnn.h"
#include "plan/solver.h"

namespace rdna1conv {

enum class RnnPass : std::uint8_t {
  kForward,
  kBackward,
  kCopy,    // RnnStateParams, from and to of the type
  kWiden,   // to fp32
  kNarrow,  // from fp32
  kSkip,
  kMove,   // runs bring the marker, a float
  kTable,  // runs bring RnnTableWords
};

// One launch of kernels/rnn.hip, whose params' numbers these are, in the order of the params; what
// a pass has no use for is 0.
struct RnnStepProblem {
  RnnPass pass = RnnPass::kCopy;
  RnnCell cell = RnnCell::kRelu;
  RnnMove move = RnnMove::kPack;
  DataType type = DataType::kFloat;
  std::uint32_t rows = 1, hidden = 1;  // of kCopy, kWiden and kNarrow together the elements
  std::uint64_t bias_recurrent = 0;
  std::uint32_t input_row = 0, input_gate = 0, gates_row = 0, row = 0, carried = 0;
  std::uint32_t gates = 0;                                     // of kSkip
  std::uint32_t steps = 0, padded_step = 0, padded_batch = 0;  // of kMove; rows is the batch

  auto operator<=>(const RnnStepProblem&) const = default;
};

// What runs bring; each pass names those of its params.
enum class RnnBuffer : std::uint8_t {
  kInput,      // also kBackward's dy, from
  kRecurrent,  // product, added
  kBias,       // of kMove the table
  kH,          // dh, to
  kC,          // dc
  kY,          // h of kBackward
  kGates,
  kHBefore,  // dgates
  kKept,
  kDgatesRecurrent,
};

struct RnnTableWords {
  std::uint32_t count;
  std::uint32_t words[kRnnTableWords];
};

std::span<const Solver<RnnStepProblem>> solvers_of(const RnnStepProblem&);

}  // namespace rdna1conv

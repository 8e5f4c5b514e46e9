#include "solvers/operators/rnn_step.h"

#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = RnnBuffer;
constexpr const char* kFamily = "rnn";

// In the order of kElementTypes, by cell.
constexpr std::array kForward{RDNA1CONV_FLOAT_KERNELS("rnn_forward_relu_", ""),
                              RDNA1CONV_FLOAT_KERNELS("rnn_forward_tanh_", ""),
                              RDNA1CONV_FLOAT_KERNELS("rnn_forward_lstm_", ""),
                              RDNA1CONV_FLOAT_KERNELS("rnn_forward_gru_", "")};
constexpr std::array kBackward{RDNA1CONV_FLOAT_KERNELS("rnn_backward_relu_", ""),
                               RDNA1CONV_FLOAT_KERNELS("rnn_backward_tanh_", ""),
                               RDNA1CONV_FLOAT_KERNELS("rnn_backward_lstm_", ""),
                               RDNA1CONV_FLOAT_KERNELS("rnn_backward_gru_", "")};
constexpr std::array kCopy{RDNA1CONV_FLOAT_KERNELS("rnn_copy_", "")};
constexpr std::array kWiden{RDNA1CONV_FLOAT_KERNELS("rnn_widen_", "")};
constexpr std::array kNarrow{RDNA1CONV_FLOAT_KERNELS("rnn_narrow_", "")};
constexpr std::array kSkip{RDNA1CONV_FLOAT_KERNELS("rnn_skip_", "")};
constexpr std::array kMove{RDNA1CONV_FLOAT_KERNELS("rnn_move_", "")};

// A work item an element, blockIdx.y the row.
Extent3 grid_of(const RnnStepProblem& p, std::uint32_t depth = 1) {
  return {divide_up(p.hidden, kRnnThreads), p.rows, depth};
}
template <class Params>
Launch launch_with(const char* kernel, Extent3 grid, const Params& params,
                   std::initializer_list<PointerPatch> pointers) {
  return make_launch({kFamily, kernel}, grid, {kRnnThreads, 1, 1}, params, pointers);
}

Launch forward_launch(const RnnStepProblem& p, std::size_t type) {
  using P = RnnForwardParams;
  P params{};
  params.bias_recurrent = p.bias_recurrent;
  params.hidden = p.hidden;
  params.input_row = p.input_row;
  params.input_gate = p.input_gate;
  params.gates_row = p.gates_row;
  params.row = p.row;
  return launch_with(kForward[static_cast<std::size_t>(p.cell)][type], grid_of(p), params,
                     {{B::kInput, offsetof(P, input)},
                      {B::kRecurrent, offsetof(P, recurrent)},
                      {B::kBias, offsetof(P, bias)},
                      {B::kH, offsetof(P, h)},
                      {B::kC, offsetof(P, c)},
                      {B::kY, offsetof(P, y)},
                      {B::kGates, offsetof(P, gates)},
                      {B::kHBefore, offsetof(P, h_before)},
                      {B::kKept, offsetof(P, kept)}});
}

Launch backward_launch(const RnnStepProblem& p, std::size_t type) {
  using P = RnnBackwardParams;
  P params{};
  params.hidden = p.hidden;
  params.carried = p.carried;
  params.gates_row = p.gates_row;
  params.row = p.row;
  return launch_with(kBackward[static_cast<std::size_t>(p.cell)][type], grid_of(p), params,
                     {{B::kInput, offsetof(P, dy)},
                      {B::kRecurrent, offsetof(P, product)},
                      {B::kH, offsetof(P, dh)},
                      {B::kC, offsetof(P, dc)},
                      {B::kGates, offsetof(P, gates)},
                      {B::kKept, offsetof(P, kept)},
                      {B::kY, offsetof(P, h)},
                      {B::kHBefore, offsetof(P, dgates)},
                      {B::kDgatesRecurrent, offsetof(P, dgates_recurrent)}});
}

Launch state_launch(const RnnStepProblem& p, const char* kernel) {
  using P = RnnStateParams;
  P params{};
  params.count = p.rows * p.hidden;
  return launch_with(kernel, {divide_up(params.count, kRnnThreads), 1, 1}, params,
                     {{B::kInput, offsetof(P, from)},
                      {B::kRecurrent, offsetof(P, added)},
                      {B::kH, offsetof(P, to)}});
}

Launch skip_launch(const RnnStepProblem& p, std::size_t type) {
  using P = RnnSkipParams;
  P params{};
  params.rows = p.rows;
  params.gates = p.gates;
  params.hidden = p.hidden;
  return launch_with(kSkip[type], grid_of(p), params,
                     {{B::kInput, offsetof(P, dgates)}, {B::kH, offsetof(P, dx)}});
}

Launch move_launch(const RnnStepProblem& p, std::size_t type) {
  using P = RnnMoveParams;
  P params{};
  params.move = p.move;
  params.steps = p.steps;
  params.batch = p.rows;
  params.vector = p.hidden;
  params.padded_step = p.padded_step;
  params.padded_batch = p.padded_batch;
  Launch launch = launch_with(
      kMove[type], grid_of(p, p.steps), params,
      {{B::kInput, offsetof(P, from)}, {B::kH, offsetof(P, to)}, {B::kBias, offsetof(P, table)}});
  launch.scalars_offset = offsetof(P, marker);
  return launch;
}

Launch table_launch() {
  using P = RnnTableParams;
  static_assert(offsetof(P, words) - offsetof(P, count) == offsetof(RnnTableWords, words));
  Launch launch = launch_with("rnn_table", {1, 1, 1}, P{}, {{B::kBias, offsetof(P, table)}});
  launch.scalars_offset = offsetof(P, count);
  return launch;
}

Launch launch_of(const RnnStepProblem& p) {
  const std::size_t type = float_row(p.type).value();
  switch (p.pass) {
    case RnnPass::kForward:
      return forward_launch(p, type);
    case RnnPass::kBackward:
      return backward_launch(p, type);
    case RnnPass::kCopy:
      return state_launch(p, kCopy[type]);
    case RnnPass::kWiden:
      return state_launch(p, kWiden[type]);
    case RnnPass::kNarrow:
      return state_launch(p, kNarrow[type]);
    case RnnPass::kSkip:
      return skip_launch(p, type);
    case RnnPass::kMove:
      return move_launch(p, type);
    default:
      return table_launch();
  }
}

std::optional<std::string> refusal(const RnnStepProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  if (std::uint64_t{p.rows} * p.hidden >= std::uint64_t{kFastDivisionLimit})
    return "states have 2^31 elements or more";
  // What the hardware counts in y and z.
  if (p.rows > 65535 || p.steps > 65535) return "more than 65535 sequences or steps";
  return std::nullopt;
}

std::vector<Launch> launches(const RnnStepProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const RnnStepProblem& p, const DeviceFacts& device) {
  const double elements = static_cast<double>(p.rows) * p.hidden;
  const double bytes = elements * gates_of(p.cell) * static_cast<double>(bytes_of(p.type)) * 3;
  return {{.name = "elements",
           .estimated_clocks = elementwise_clocks(launch_of(p), 10 * elements, bytes, device)}};
}

constexpr Solver<RnnStepProblem> kSolvers[] = {{"RnnStep", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<RnnStepProblem>> solvers_of(const RnnStepProblem&) { return kSolvers; }

}  // namespace rdna1conv

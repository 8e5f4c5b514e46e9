#include "rnn/rnn_run.h"

#include <algorithm>

#include "rnn/rnn_memory.h"
#include "rnn/rnn_queue.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

// A run's sizes, and the addresses of parts of its tensors.
class Pass {
 public:
  explicit Pass(const RnnProblem& problem)
      : p(problem),
        rnn(problem.rnn),
        parameters(rnn, problem.input),
        size(static_cast<std::int64_t>(bytes_of(rnn.type))),
        steps(static_cast<std::int64_t>(problem.rows.size())) {
    for (const std::int64_t rows : problem.rows) {
      first.push_back(all_rows);
      all_rows += rows;
    }
    states = p.batch() * rnn.hidden;
  }

  const std::byte* at(const std::byte* base, std::int64_t elements) const {
    return base == nullptr ? nullptr : base + elements * size;
  }
  std::byte* at(std::byte* base, std::int64_t elements) const {
    return base == nullptr ? nullptr : base + elements * size;
  }
  std::int64_t rows(std::int64_t step) const { return p.rows[static_cast<std::size_t>(step)]; }
  std::int64_t first_row(std::int64_t step) const { return first[static_cast<std::size_t>(step)]; }
  // Elements before a step's row and direction in (row, direction, hidden) and with gates.
  std::int64_t output_at(std::int64_t step, std::int64_t direction) const {
    return first_row(step) * rnn.outputs() + direction * rnn.hidden;
  }
  std::int64_t gates_at(std::int64_t step, std::int64_t direction) const {
    return first_row(step) * rnn.gate_rows() + direction * rnn.gates() * rnn.hidden;
  }
  // Elements before a state of (layer and direction, batch, hidden).
  std::int64_t state_at(std::int64_t layer, std::int64_t direction) const {
    return (layer * rnn.directions() + direction) * states;
  }
  bool skips(std::int64_t layer) const { return layer == 0 && rnn.skips_input; }
  bool drops(std::int64_t layer) const { return rnn.dropout_rate() > 0 && layer + 1 < rnn.layers; }
  RnnStepProblem step_problem(RnnPass pass, std::int64_t step) const {
    RnnStepProblem problem;
    problem.pass = pass;
    problem.cell = rnn.cell;
    problem.type = rnn.type;
    problem.rows = to_u32(rows(step));
    problem.hidden = to_u32(rnn.hidden);
    problem.gates_row = to_u32(rnn.gate_rows());
    problem.row = to_u32(rnn.outputs());
    return problem;
  }

  const RnnProblem& p;
  const RnnDescriptor& rnn;
  const RnnParameters parameters;
  const std::int64_t size, steps;
  std::vector<std::int64_t> first;  // row of each step
  std::int64_t all_rows = 0, states = 0;
};

void set(RunArguments& arguments, RnnBuffer buffer, const void* address) {
  arguments.buffers[BufferSlot(buffer).number] = address;
}

// What of the reserve space and the workspace a layer's pass forward uses.
struct ForwardLayer {
  const std::byte* input;  // (row, vector)
  std::byte* gates;        // (row, direction, gate, hidden)
  std::byte* output;       // (row, direction, hidden)
  const RnnKept* kept;     // null in inference
};

void forward_direction(RnnQueue& queue, const Pass& pass, const RnnForward& b,
                       const RnnWorkspace& workspace, const ForwardLayer& layer_buffers,
                       std::int64_t layer, std::int64_t direction) {
  const RnnDescriptor& rnn = pass.rnn;
  const std::int64_t gates = rnn.gates() * rnn.hidden, state = pass.state_at(layer, direction);
  std::byte* const h = b.workspace + workspace.h;
  std::byte* const c = b.workspace + workspace.dc;
  std::byte* const product = b.workspace + workspace.product;
  const std::byte* const r =
      pass.at(b.w, pass.parameters.state_matrices(layer) + direction * gates * rnn.hidden);
  queue.convert(RnnPass::kCopy, pass.states, pass.at(b.hx, state), nullptr, h);
  if (rnn.cell == RnnCell::kLstm)
    queue.convert(RnnPass::kWiden, pass.states, pass.at(b.cx, state), nullptr, c);
  const RnnKept* const kept = layer_buffers.kept;
  for (std::int64_t i = 0; i < pass.steps; ++i) {
    const std::int64_t step = direction == 0 ? i : pass.steps - 1 - i;
    queue.multiply(pass.rows(step), rnn.hidden, gates, {h, rnn.hidden}, r, {product, gates});
    RnnStepProblem problem = pass.step_problem(RnnPass::kForward, step);
    problem.input_row = problem.gates_row;
    problem.input_gate = problem.hidden;
    problem.bias_recurrent = static_cast<std::uint64_t>(rnn.gate_rows());
    const std::int64_t output_at = pass.output_at(step, direction),
                       gates_at = pass.gates_at(step, direction);
    RunArguments arguments;
    if (pass.skips(layer)) {
      problem.input_row = problem.hidden;
      problem.input_gate = 0;
      set(arguments, RnnBuffer::kInput,
          pass.at(layer_buffers.input, pass.first_row(step) * rnn.hidden));
    } else {
      set(arguments, RnnBuffer::kInput, pass.at(layer_buffers.gates, gates_at));
    }
    set(arguments, RnnBuffer::kRecurrent, product);
    if (rnn.has_bias) {
      set(arguments, RnnBuffer::kBias,
          pass.at(b.w, pass.parameters.input_biases(layer) + direction * gates));
    }
    set(arguments, RnnBuffer::kH, h);
    set(arguments, RnnBuffer::kC, c);
    set(arguments, RnnBuffer::kY, pass.at(layer_buffers.output, output_at));
    if (kept != nullptr) {
      set(arguments, RnnBuffer::kGates, pass.at(layer_buffers.gates, gates_at));
      set(arguments, RnnBuffer::kHBefore, pass.at(b.reserve + kept->h_before, output_at));
      const std::int64_t kept_size = rnn.cell == RnnCell::kLstm ? 4 : pass.size;
      set(arguments, RnnBuffer::kKept, b.reserve + kept->kept + output_at * kept_size);
    }
    queue.step(problem, arguments);
  }
  if (b.hy != nullptr) queue.convert(RnnPass::kCopy, pass.states, h, nullptr, pass.at(b.hy, state));
  if (b.cy != nullptr && rnn.cell == RnnCell::kLstm)
    queue.convert(RnnPass::kNarrow, pass.states, c, nullptr, pass.at(b.cy, state));
}

void backward_direction(RnnQueue& queue, const Pass& pass, const RnnBackwardData& b,
                        const RnnWorkspace& workspace, const RnnKept& kept, const std::byte* dy,
                        std::int64_t layer, std::int64_t direction) {
  const RnnDescriptor& rnn = pass.rnn;
  const auto layer_index = static_cast<std::size_t>(layer);
  const std::int64_t gates = rnn.gates() * rnn.hidden, state = pass.state_at(layer, direction);
  std::byte* const dh = b.workspace + workspace.dh;
  std::byte* const dc = b.workspace + workspace.dc;
  std::byte* const product = b.workspace + workspace.product;
  std::byte* const dgates = b.workspace + workspace.dgates[layer_index];
  std::byte* const dgates_recurrent = b.workspace + workspace.dgates_recurrent[layer_index];
  const std::byte* const r =
      pass.at(b.w, pass.parameters.state_matrices(layer) + direction * gates * rnn.hidden);
  const bool is_lstm = rnn.cell == RnnCell::kLstm;
  queue.convert(RnnPass::kWiden, pass.states, pass.at(b.dhy, state), nullptr, dh);
  if (is_lstm) queue.convert(RnnPass::kWiden, pass.states, pass.at(b.dcy, state), nullptr, dc);
  std::int64_t carried = 0;
  for (std::int64_t i = 0; i < pass.steps; ++i) {
    const std::int64_t step = direction == 0 ? pass.steps - 1 - i : i;
    RnnStepProblem problem = pass.step_problem(RnnPass::kBackward, step);
    problem.carried = to_u32(std::min(carried, pass.rows(step)));
    const std::int64_t output_at = pass.output_at(step, direction),
                       gates_at = pass.gates_at(step, direction);
    RunArguments arguments;
    set(arguments, RnnBuffer::kInput, pass.at(dy, output_at));
    set(arguments, RnnBuffer::kRecurrent, product);
    set(arguments, RnnBuffer::kH, dh);
    set(arguments, RnnBuffer::kC, dc);
    set(arguments, RnnBuffer::kGates, pass.at(b.reserve + kept.gates, gates_at));
    set(arguments, RnnBuffer::kKept, b.reserve + kept.kept + output_at * (is_lstm ? 4 : pass.size));
    set(arguments, RnnBuffer::kY,
        pass.at(b.reserve + (rnn.cell == RnnCell::kGru ? kept.h_before : kept.h), output_at));
    set(arguments, RnnBuffer::kHBefore, pass.at(dgates, gates_at));
    set(arguments, RnnBuffer::kDgatesRecurrent, pass.at(dgates_recurrent, gates_at));
    queue.step(problem, arguments);
    queue.multiply_back(pass.rows(step), rnn.hidden, gates,
                        {pass.at(dgates_recurrent, gates_at), rnn.gate_rows()}, r,
                        {product, rnn.hidden});
    carried = pass.rows(step);
  }
  // Every sequence has its first step behind it: of the forward direction with the last launch, of
  // the other one with that of its own length.
  if (b.dhx != nullptr)
    queue.convert(RnnPass::kNarrow, pass.states, dh, product, pass.at(b.dhx, state));
  if (b.dcx != nullptr && is_lstm)
    queue.convert(RnnPass::kNarrow, pass.states, dc, nullptr, pass.at(b.dcx, state));
}

}  // namespace

void rnn_forward(RnnQueue& queue, const RnnProblem& problem, const RnnForward& b) {
  const Pass pass(problem);
  const RnnDescriptor& rnn = pass.rnn;
  const RnnWorkspace workspace(problem);
  const RnnReserve reserve(problem);
  const std::byte* input = b.x;
  for (std::int64_t layer = 0; layer < rnn.layers; ++layer) {
    const auto index = static_cast<std::size_t>(layer);
    const bool trains = b.reserve != nullptr, is_last = layer + 1 == rnn.layers;
    const RnnKept* const kept = trains ? &reserve.layers[index] : nullptr;
    ForwardLayer buffers{input, nullptr, nullptr, kept};
    buffers.gates = trains ? b.reserve + kept->gates : b.workspace + workspace.gates;
    buffers.output = trains    ? b.reserve + kept->h
                     : is_last ? b.y
                               : b.workspace + workspace.outputs[layer % 2];
    if (!pass.skips(layer)) {
      const std::int64_t columns = pass.parameters.input_of(layer);
      queue.multiply(pass.all_rows, columns, rnn.gate_rows(), {input, columns},
                     pass.at(b.w, pass.parameters.input_matrices(layer)),
                     {buffers.gates, rnn.gate_rows()});
    }
    for (std::int64_t direction = 0; direction < rnn.directions(); ++direction)
      forward_direction(queue, pass, b, workspace, buffers, layer, direction);
    input = buffers.output;
    const std::int64_t outputs = pass.all_rows * rnn.outputs();
    if (trains && pass.drops(layer)) {
      queue.drop(outputs, *rnn.dropout, layer, false, buffers.output, b.reserve + kept->dropped,
                 b.reserve + kept->mask);
      input = b.reserve + kept->dropped;
    }
    if (trains && is_last) queue.convert(RnnPass::kCopy, outputs, buffers.output, nullptr, b.y);
  }
}

void rnn_backward_data(RnnQueue& queue, const RnnProblem& problem, const RnnBackwardData& b) {
  const Pass pass(problem);
  const RnnDescriptor& rnn = pass.rnn;
  const RnnWorkspace workspace(problem);
  const RnnReserve reserve(problem);
  const std::byte* dy = b.dy;
  for (std::int64_t layer = rnn.layers - 1; layer >= 0; --layer) {
    const auto index = static_cast<std::size_t>(layer);
    if (pass.drops(layer)) {
      std::byte* const undropped = b.workspace + workspace.outputs[1];
      queue.drop(pass.all_rows * rnn.outputs(), *rnn.dropout, layer, true, dy, undropped,
                 b.reserve + reserve.layers[index].mask);
      dy = undropped;
    }
    for (std::int64_t direction = 0; direction < rnn.directions(); ++direction)
      backward_direction(queue, pass, b, workspace, reserve.layers[index], dy, layer, direction);
    const std::byte* const dgates = b.workspace + workspace.dgates[index];
    std::byte* const dx = layer == 0 ? b.dx : b.workspace + workspace.outputs[0];
    if (pass.skips(layer)) {
      RnnStepProblem skip;
      skip.pass = RnnPass::kSkip;
      skip.type = rnn.type;
      skip.hidden = to_u32(rnn.hidden);
      skip.gates = to_u32(rnn.directions() * rnn.gates());
      for (std::int64_t step = 0; step < pass.steps; ++step) {
        skip.rows = to_u32(pass.rows(step));
        RunArguments arguments;
        set(arguments, RnnBuffer::kInput, pass.at(dgates, pass.gates_at(step, 0)));
        set(arguments, RnnBuffer::kH, pass.at(dx, pass.first_row(step) * rnn.hidden));
        queue.step(skip, arguments);
      }
    } else {
      const std::int64_t columns = pass.parameters.input_of(layer);
      queue.multiply_back(pass.all_rows, columns, rnn.gate_rows(), {dgates, rnn.gate_rows()},
                          pass.at(b.w, pass.parameters.input_matrices(layer)), {dx, columns});
    }
    dy = dx;
  }
}

void rnn_backward_weights(RnnQueue& queue, const RnnProblem& problem, const RnnBackwardWeights& b) {
  const Pass pass(problem);
  const RnnDescriptor& rnn = pass.rnn;
  const RnnWorkspace workspace(problem);
  const RnnReserve reserve(problem);
  const std::int64_t gates = rnn.gates() * rnn.hidden;
  for (std::int64_t layer = 0; layer < rnn.layers; ++layer) {
    const auto index = static_cast<std::size_t>(layer);
    const RnnKept& kept = reserve.layers[index];
    const std::byte* const dgates = b.workspace + workspace.dgates[index];
    const std::byte* const dgates_recurrent = b.workspace + workspace.dgates_recurrent[index];
    if (!pass.skips(layer)) {
      const std::byte* input = b.x;
      if (layer > 0) {
        const RnnKept& below = reserve.layers[index - 1];
        input = b.reserve + (pass.drops(layer - 1) ? below.dropped : below.h);
      }
      const std::int64_t columns = pass.parameters.input_of(layer);
      queue.multiply_weights(pass.all_rows, columns, rnn.gate_rows(), {input, columns},
                             {dgates, rnn.gate_rows()},
                             pass.at(b.dw, pass.parameters.input_matrices(layer)));
    }
    for (std::int64_t direction = 0; direction < rnn.directions(); ++direction) {
      queue.multiply_weights(
          pass.all_rows, rnn.hidden, gates,
          {pass.at(b.reserve + kept.h_before, direction * rnn.hidden), rnn.outputs()},
          {pass.at(dgates_recurrent, direction * gates), rnn.gate_rows()},
          pass.at(b.dw, pass.parameters.state_matrices(layer) + direction * gates * rnn.hidden));
    }
    if (!rnn.has_bias) continue;
    std::byte* const biases = pass.at(b.dw, pass.parameters.input_biases(layer));
    std::byte* const partial = b.workspace + workspace.partial;
    queue.sum_rows(pass.all_rows, rnn.gate_rows(), dgates, biases, partial,
                   workspace.partial_bytes);
    queue.sum_rows(pass.all_rows, rnn.gate_rows(), dgates_recurrent,
                   pass.at(biases, rnn.gate_rows()), partial, workspace.partial_bytes);
  }
}

}  // namespace rdna1conv

#include "rnn/rnn_queue.h"

#include "core/error.h"
#include "dispatch/convolution.h"
#include "dispatch/operators.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

FiveDims row_strides(std::int64_t stride) { return {1, 1, 1, 1, stride}; }

// Rows are the pixels of one image, vectors their channels, which come last. (Solvers give tiles
// pixels of one image; of images of one pixel they would fill a sixteenth.)
ConvProblem problem_of(DataType type, Direction direction, std::int64_t rows, std::int64_t inputs,
                       std::int64_t outputs, std::int64_t from_stride, std::int64_t to_stride) {
  ConvProblem p;
  p.direction = direction;
  p.x_type = p.w_type = p.y_type = type;
  p.n = 1;
  p.in.w = p.out.w = rows;
  p.c = inputs;
  p.k = outputs;
  p.x_strides = row_strides(from_stride);
  p.w_strides = {inputs, 1, 1, 1, 1};
  p.y_strides = row_strides(to_stride);
  canonicalize(p);
  return p;
}

std::byte* writable(const std::byte* address) { return const_cast<std::byte*>(address); }

}  // namespace

RnnQueue::~RnnQueue() {
  if (handle_.profiling) handle_.kernel_milliseconds = milliseconds_;
}

void RnnQueue::note_time() {
  if (handle_.profiling) milliseconds_ += handle_.kernel_milliseconds;
}

void RnnQueue::product(const ConvProblem& problem, const std::byte* x, const std::byte* w,
                       const std::byte* y) {
  const ScopedDevice current(handle_.device);
  // The same bits from run to run, and no workspace, whose size would depend on the choice.
  const ConvolutionCall call{function_, problem, true};
  const auto choices = choices_without_workspace_of(handle_, call);
  if (choices->list.empty()) {
    throw Error(Status::kNotImplemented,
                "no solver without workspace multiplies " + std::to_string(problem.in.w) +
                    " rows of " + std::to_string(problem.c) + " to " + std::to_string(problem.k));
  }
  Buffers buffers;
  buffers.x = writable(x);
  buffers.w = writable(w);
  buffers.y = writable(y);
  launch_timed(handle_, choices->list.front()->prepared(handle_.modules), buffers);
  note_time();
}

void RnnQueue::multiply(std::int64_t rows, std::int64_t inputs, std::int64_t outputs,
                        RnnMatrix from, const std::byte* w, RnnMatrix to) {
  product(problem_of(type_, Direction::kForward, rows, inputs, outputs, from.stride, to.stride),
          from.at, w, to.at);
}

void RnnQueue::multiply_back(std::int64_t rows, std::int64_t inputs, std::int64_t outputs,
                             RnnMatrix to, const std::byte* w, RnnMatrix from) {
  product(
      problem_of(type_, Direction::kBackwardData, rows, inputs, outputs, from.stride, to.stride),
      from.at, w, to.at);
}

void RnnQueue::multiply_weights(std::int64_t rows, std::int64_t inputs, std::int64_t outputs,
                                RnnMatrix from, RnnMatrix to, std::byte* w) {
  product(
      problem_of(type_, Direction::kBackwardWeights, rows, inputs, outputs, from.stride, to.stride),
      from.at, w, to.at);
}

void RnnQueue::sum_rows(std::int64_t rows, std::int64_t columns, const std::byte* from,
                        std::byte* sums, std::byte* partial, std::size_t partial_bytes) {
  ReduceProblem p;
  p.a_type = p.c_type = type_;
  p.a_lengths = {rows, columns, 1, 1, 1};
  p.c_lengths = {1, columns, 1, 1, 1};
  p.a_strides = {columns, 1, 1, 1, 1};
  p.c_strides = {columns, 1, 1, 1, 1};
  canonicalize_strides(p.a_lengths, p.a_strides);
  canonicalize_strides(p.c_lengths, p.c_strides);
  if (reduce_workspace_bytes(p) > partial_bytes)
    throw Error(Status::kInternalError, "sums of biases need more workspace than they have");
  RunArguments arguments;
  const auto set = [&](ReduceBuffer buffer, const void* address) {
    arguments.buffers[BufferSlot(buffer).number] = address;
  };
  set(ReduceBuffer::kA, from);
  set(ReduceBuffer::kC, sums);
  set(ReduceBuffer::kWorkspace, partial);
  const ReduceScalars scalars;
  arguments.scalars = std::as_bytes(std::span(&scalars, 1));
  queue_operator(handle_, p, arguments);
  note_time();
}

void RnnQueue::drop(std::int64_t count, const DropoutDescriptor& dropout, std::int64_t layer,
                    bool reads_mask, const std::byte* x, std::byte* y, std::byte* mask) {
  DropoutProblem p;
  p.mask = reads_mask ? DropoutMask::kRead : DropoutMask::kWritten;
  p.type = type_;
  p.lengths = {1, 1, 1, 1, count};
  p.x_strides = p.y_strides = packed_strides(p.lengths, Layout::kNchw);
  RunArguments arguments;
  const auto set = [&](DropoutBuffer buffer, const void* address) {
    arguments.buffers[BufferSlot(buffer).number] = address;
  };
  set(DropoutBuffer::kX, x);
  set(DropoutBuffer::kY, y);
  set(DropoutBuffer::kMask, mask);
  set(DropoutBuffer::kStates, dropout.states);
  const DropoutScalars scalars = dropout_scalars(dropout.rate, to_u32(layer));
  arguments.scalars = std::as_bytes(std::span(&scalars, 1));
  queue_operator(handle_, p, arguments);
  note_time();
}

void RnnQueue::convert(RnnPass pass, std::int64_t count, const std::byte* from,
                       const std::byte* added, std::byte* to) {
  RnnStepProblem p;
  p.pass = pass;
  p.type = type_;
  p.hidden = to_u32(count);
  RunArguments arguments;
  arguments.buffers[BufferSlot(RnnBuffer::kInput).number] = from;
  arguments.buffers[BufferSlot(RnnBuffer::kRecurrent).number] = added;
  arguments.buffers[BufferSlot(RnnBuffer::kH).number] = to;
  step(p, arguments);
}

void RnnQueue::step(const RnnStepProblem& problem, const RunArguments& arguments) {
  queue_operator(handle_, problem, arguments);
  note_time();
}

}  // namespace rdna1conv

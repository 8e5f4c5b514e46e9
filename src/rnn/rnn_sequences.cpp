#include "rnn/rnn_sequences.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/error.h"
#include "dispatch/operators.h"
#include "rnn/rnn_queue.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

// The batch in packed order, longest first; those that are alike keep their order.
std::vector<std::uint32_t> order_of(const RnnSequences& sequences) {
  std::vector<std::uint32_t> order(sequences.lengths.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return sequences.lengths[a] > sequences.lengths[b];
  });
  return order;
}

RnnProblem problem_of(const RnnDescriptor& rnn, std::int64_t input, const RnnSequences& sequences) {
  RnnProblem p{rnn, input, {}};
  const std::int64_t longest =
      *std::max_element(sequences.lengths.begin(), sequences.lengths.end());
  // How many end at each step, then how many are left.
  p.rows.assign(static_cast<std::size_t>(longest), 0);
  for (const std::int64_t length : sequences.lengths)
    ++p.rows[static_cast<std::size_t>(length - 1)];
  for (std::size_t step = p.rows.size() - 1; step-- > 0;) p.rows[step] += p.rows[step + 1];
  return p;
}

// Packs and unpacks through the part of the workspace behind what the network itself uses.
class Packing {
 public:
  Packing(const RnnProblem& problem, const RnnSequences& sequences)
      : problem_(problem), sequences_(sequences), size_(bytes_of(problem.rnn.type)) {
    next_ = rnn_space(problem).workspace;
    if (sequences.layout == RnnLayout::kPacked) return;
    order_ = order_of(sequences);
    reorders_ = !std::is_sorted(order_.begin(), order_.end());
    table_ = take((order_.size() + 2 * static_cast<std::size_t>(sequences.most_steps)) *
                  sizeof(std::uint32_t));
    const auto rows = static_cast<std::size_t>(problem.all_rows());
    input_ = take(rows * static_cast<std::size_t>(problem.input) * size_);
    output_ = take(rows * static_cast<std::size_t>(problem.rnn.outputs()) * size_);
    for (std::size_t& state : states_)
      state =
          take(static_cast<std::size_t>(state_vectors() * sequences.batch() * problem.rnn.hidden) *
               size_);
  }
  std::size_t workspace_bytes() const { return next_; }
  bool is_packed() const { return sequences_.layout == RnnLayout::kPacked; }

  // The table that moves read, by as many launches as its words take.
  void bring_table(RnnQueue& queue, std::byte* workspace) const {
    if (is_packed()) return;
    std::vector<std::uint32_t> words = order_;
    std::uint32_t first = 0;
    for (std::int64_t step = 0; step < sequences_.most_steps; ++step) {
      const auto index = static_cast<std::size_t>(step);
      const std::uint32_t rows = index < problem_.rows.size() ? to_u32(problem_.rows[index]) : 0;
      words.push_back(rows);
      words.push_back(first);
      first += rows;
    }
    RnnStepProblem p;
    p.pass = RnnPass::kTable;
    for (std::size_t begin = 0; begin < words.size(); begin += kRnnTableWords) {
      RnnTableWords part{};
      part.count = to_u32(
          static_cast<std::int64_t>(std::min<std::size_t>(kRnnTableWords, words.size() - begin)));
      std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(begin), part.count, part.words);
      RunArguments arguments;
      arguments.buffers[BufferSlot(RnnBuffer::kBias).number] =
          workspace + table_ + begin * sizeof(std::uint32_t);
      arguments.scalars = std::as_bytes(std::span(&part, 1));
      queue.step(p, arguments);
    }
  }

  const std::byte* packed_input(RnnQueue& queue, const std::byte* x, std::byte* workspace) const {
    return pack(queue, x, problem_.input, workspace, input_);
  }
  const std::byte* packed_output(RnnQueue& queue, const std::byte* y, std::byte* workspace) const {
    return pack(queue, y, problem_.rnn.outputs(), workspace, output_);
  }
  // Where the network writes what goes to the client's tensor afterwards.
  std::byte* input_place(std::byte* dx, std::byte* workspace) const {
    return is_packed() ? dx : workspace + input_;
  }
  std::byte* output_place(std::byte* y, std::byte* workspace) const {
    return is_packed() ? y : workspace + output_;
  }
  void unpack_input(RnnQueue& queue, std::byte* dx, std::byte* workspace) const {
    unpack(queue, dx, problem_.input, workspace, input_);
  }
  void unpack_output(RnnQueue& queue, std::byte* y, std::byte* workspace) const {
    unpack(queue, y, problem_.rnn.outputs(), workspace, output_);
  }

  // States have four places, for those of a pass.
  const std::byte* sorted(RnnQueue& queue, const std::byte* state, std::byte* workspace,
                          std::size_t place) const {
    if (!reorders_ || state == nullptr) return state;
    move(queue, RnnMove::kSort, problem_.rnn.hidden, state, workspace + states_[place], workspace);
    return workspace + states_[place];
  }
  std::byte* state_place(std::byte* state, std::byte* workspace, std::size_t place) const {
    return !reorders_ || state == nullptr ? state : workspace + states_[place];
  }
  void unsort(RnnQueue& queue, std::byte* state, std::byte* workspace, std::size_t place) const {
    if (!reorders_ || state == nullptr) return;
    move(queue, RnnMove::kUnsort, problem_.rnn.hidden, workspace + states_[place], state,
         workspace);
  }

 private:
  std::int64_t state_vectors() const { return problem_.rnn.layers * problem_.rnn.directions(); }
  std::size_t take(std::size_t bytes) {
    const std::size_t at = next_;
    next_ = align_up(next_ + bytes);
    return at;
  }
  const std::byte* pack(RnnQueue& queue, const std::byte* from, std::int64_t vector,
                        std::byte* workspace, std::size_t place) const {
    if (is_packed()) return from;
    move(queue, RnnMove::kPack, vector, from, workspace + place, workspace);
    return workspace + place;
  }
  void unpack(RnnQueue& queue, std::byte* to, std::int64_t vector, std::byte* workspace,
              std::size_t place) const {
    if (!is_packed()) move(queue, RnnMove::kUnpack, vector, workspace + place, to, workspace);
  }
  void move(RnnQueue& queue, RnnMove kind, std::int64_t vector, const std::byte* from,
            std::byte* to, std::byte* workspace) const {
    RnnStepProblem p;
    p.pass = RnnPass::kMove;
    p.move = kind;
    p.type = problem_.rnn.type;
    p.rows = to_u32(sequences_.batch());
    p.hidden = to_u32(vector);
    const bool of_states = kind == RnnMove::kSort || kind == RnnMove::kUnsort;
    p.steps = to_u32(of_states ? state_vectors() : sequences_.most_steps);
    const bool batch_first = sequences_.layout == RnnLayout::kBatchFirst;
    p.padded_step = batch_first ? 1 : p.rows;
    p.padded_batch = batch_first ? to_u32(sequences_.most_steps) : 1;
    RunArguments arguments;
    arguments.buffers[BufferSlot(RnnBuffer::kInput).number] = from;
    arguments.buffers[BufferSlot(RnnBuffer::kH).number] = to;
    arguments.buffers[BufferSlot(RnnBuffer::kBias).number] = workspace + table_;
    arguments.scalars = std::as_bytes(std::span(&sequences_.marker, 1));
    queue.step(p, arguments);
  }

  const RnnProblem& problem_;
  const RnnSequences& sequences_;
  std::size_t size_;
  std::vector<std::uint32_t> order_;
  bool reorders_ = false;
  std::size_t next_ = 0, table_ = 0, input_ = 0, output_ = 0;
  std::array<std::size_t, 4> states_{};
};

}  // namespace

RnnSequences packed_sequences(std::span<const std::int64_t> rows) {
  RnnSequences sequences;
  sequences.most_steps = static_cast<std::int64_t>(rows.size());
  sequences.lengths.assign(static_cast<std::size_t>(rows.front()), 0);
  for (const std::int64_t of_step : rows) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(of_step); ++i) ++sequences.lengths[i];
  }
  return sequences;
}

RnnSpace rnn_space(const RnnDescriptor& rnn, std::int64_t input, const RnnSequences& sequences) {
  const RnnProblem problem = problem_of(rnn, input, sequences);
  return {Packing(problem, sequences).workspace_bytes(), rnn_space(problem).reserve};
}

RnnSpace most_rnn_space(const RnnDescriptor& rnn, std::int64_t input,
                        const RnnSequences& sequences) {
  RnnSequences longest = sequences;
  for (std::int64_t& length : longest.lengths) length = longest.most_steps;
  return rnn_space(rnn, input, longest);
}

void rnn_forward(Handle& handle, const char* function, const RnnDescriptor& rnn, std::int64_t input,
                 const RnnSequences& sequences, const RnnForward& b) {
  const RnnProblem problem = problem_of(rnn, input, sequences);
  const Packing packing(problem, sequences);
  RnnQueue queue(handle, function, rnn.type);
  packing.bring_table(queue, b.workspace);
  RnnForward packed = b;
  packed.x = packing.packed_input(queue, b.x, b.workspace);
  packed.hx = packing.sorted(queue, b.hx, b.workspace, 0);
  packed.cx = packing.sorted(queue, b.cx, b.workspace, 1);
  packed.y = packing.output_place(b.y, b.workspace);
  packed.hy = packing.state_place(b.hy, b.workspace, 2);
  packed.cy = packing.state_place(b.cy, b.workspace, 3);
  rnn_forward(queue, problem, packed);
  packing.unpack_output(queue, b.y, b.workspace);
  packing.unsort(queue, b.hy, b.workspace, 2);
  packing.unsort(queue, b.cy, b.workspace, 3);
}

void rnn_backward_data(Handle& handle, const char* function, const RnnDescriptor& rnn,
                       std::int64_t input, const RnnSequences& sequences,
                       const RnnBackwardData& b) {
  const RnnProblem problem = problem_of(rnn, input, sequences);
  const Packing packing(problem, sequences);
  RnnQueue queue(handle, function, rnn.type);
  packing.bring_table(queue, b.workspace);
  RnnBackwardData packed = b;
  packed.dy = packing.packed_output(queue, b.dy, b.workspace);
  packed.dhy = packing.sorted(queue, b.dhy, b.workspace, 0);
  packed.dcy = packing.sorted(queue, b.dcy, b.workspace, 1);
  packed.dx = packing.input_place(b.dx, b.workspace);
  packed.dhx = packing.state_place(b.dhx, b.workspace, 2);
  packed.dcx = packing.state_place(b.dcx, b.workspace, 3);
  rnn_backward_data(queue, problem, packed);
  packing.unpack_input(queue, b.dx, b.workspace);
  packing.unsort(queue, b.dhx, b.workspace, 2);
  packing.unsort(queue, b.dcx, b.workspace, 3);
}

void rnn_backward_weights(Handle& handle, const char* function, const RnnDescriptor& rnn,
                          std::int64_t input, const RnnSequences& sequences,
                          const RnnBackwardWeights& b) {
  const RnnProblem problem = problem_of(rnn, input, sequences);
  const Packing packing(problem, sequences);
  RnnQueue queue(handle, function, rnn.type);
  packing.bring_table(queue, b.workspace);
  RnnBackwardWeights packed = b;
  packed.x = packing.packed_input(queue, b.x, b.workspace);
  rnn_backward_weights(queue, problem, packed);
}

}  // namespace rdna1conv

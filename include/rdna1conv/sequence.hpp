#pragma once

// Many convolutions, one after the other, in one piece of memory.

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rdna1conv/arena.hpp"
#include "rdna1conv/convolution.hpp"
#include "rdna1conv/handle.hpp"
#include "rdna1conv/tensor.hpp"

namespace rdna1conv {
inline namespace v1 {

// A network of convolutions and concatenations for one input shape. It is put together step by
// step, planned once, and then run as often as wanted. Tensors between the steps and workspace lie
// in one arena, in which what is not needed at the same time shares memory. A concatenation copies
// nothing but parts that are the input or are in another concatenation too: all others are written
// where they belong in the whole.
//
//   Sequence net(handle);
//   const auto x = net.input(TensorShape::packed({1, 3, 224, 224}));
//   net.output(net.convolve(Convolution(3, 64, {3, 3}).same().bias().relu(), x, {weights, bias}));
//   net.plan();
//   net.run(x_memory, y_memory);
//
// Functions without a try_ twin throw Error with a sentence that names the step. The handle, and
// weights and biases in device memory, must outlive the sequence.
class Sequence {
 public:
  // A tensor of this sequence.
  struct Value {
    std::size_t index = 0;
  };

  // Device memory that a convolution needs: weights packed as Convolution::weights_shape() has them
  // in the sequence's type and layout, and one value of that type a channel (null without a bias).
  struct Parameters {
    const void* weights = nullptr;
    const void* bias = nullptr;
  };

  explicit Sequence(const Handle& handle, Layout layout = Layout::kChannelsFirst)
      : handle_(&handle), layout_(layout) {}

  // The input, packed in the sequence's layout: N, C, [D,] H, W. It comes first.
  Value input(std::vector<std::int64_t> lengths, ElementType type = ElementType::kFloat) {
    if (!tensors_.empty()) throw Error(miopenStatusBadParm, "a sequence has one input");
    return add_tensor(TensorShape::packed(std::move(lengths), type, layout_));
  }

  // convolution(x). `added` is what its epilogue adds, of the output's shape.
  Value convolve(const Convolution& convolution, Value x, const Parameters& parameters,
                 std::optional<Value> added = std::nullopt) {
    auto shape = convolution.try_output_shape(shape_of(x), layout_);
    if (!shape) throw Error(miopenStatusBadParm, step_name() + ": " + shape.error().what());
    if (convolution.has_bias() != (parameters.bias != nullptr)) fail("a bias comes with bias()");
    if (convolution.has_add() != added.has_value()) fail("a tensor to add comes with add()");
    if (added && shape_of(*added).lengths != shape->lengths) {
      fail("added is " + shape_of(*added).text() + ", the output " + shape->text());
    }
    const Value y = add_tensor(std::move(*shape));
    steps_.push_back({convolution, {x}, y, parameters, added, std::nullopt, {}});
    return y;
  }

  // The channels of the parts, one after the other.
  Value concatenate(const std::vector<Value>& parts) {
    if (parts.empty()) fail("nothing to concatenate");
    TensorShape whole = shape_of(parts.front());
    whole.lengths[1] = 0;
    for (const Value part : parts) {
      TensorShape shape = shape_of(part);
      const std::int64_t channels = std::exchange(shape.lengths[1], whole.lengths[1]);
      if (shape.lengths != whole.lengths) {
        fail("a part is " + shape_of(part).text() + ", the first " +
             shape_of(parts.front()).text());
      }
      whole.lengths[1] += channels;
    }
    const Value y = add_tensor(TensorShape::packed(whole.lengths, whole.type, layout_));
    steps_.push_back({std::nullopt, parts, y, {}, std::nullopt, std::nullopt, {}});
    return y;
  }

  // What run() writes: the result of a step.
  void output(Value value) {
    if (value.index == 0 || value.index >= tensors_.size()) fail("the output is no step's result");
    output_ = value.index;
  }

  // The shape of a value, packed.
  const TensorShape& shape_of(Value value) const { return tensors_.at(value.index).shape; }

  // Chooses every kernel, prepares the weights and allocates the arena.
  Expected<void> try_plan() {
    if (!output_) return Error(miopenStatusBadParm, "the sequence has no output");
    place_parts();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!steps_[i].convolution) continue;
      auto prepared = prepare(steps_[i]);
      if (!prepared) {
        return Error(prepared.error().status(),
                     "step " + std::to_string(i) + ": " + prepared.error().what());
      }
      steps_[i].prepared = std::move(*prepared);
    }
    return allocate();
  }
  void plan() { try_plan().value(); }

  // Of device memory, after plan(): the arena, and the weights in their kernels' form.
  std::size_t arena_bytes() const noexcept { return arena_.size(); }
  std::size_t prepared_weights_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const Step& step : steps_)
      bytes += step.prepared ? step.prepared->prepared_weights_bytes() : 0;
    return bytes;
  }

  // Queues all steps on the handle's stream. x and y are device memory, packed. Neither allocates
  // nor waits, and can be captured into a graph.
  Expected<void> try_run(const void* x, void* y) const { return try_run_steps(x, y, 0, steps()); }
  void run(const void* x, void* y) const { try_run(x, y).value(); }

  // The same for the steps [first, last), for whoever wants to time parts of a network. Steps are
  // numbered in the order in which they were added.
  Expected<void> try_run_steps(const void* x, void* y, std::size_t first, std::size_t last) const {
    if (!is_planned_) return Error(miopenStatusBadParm, "plan() comes before run()");
    const Memory memory{const_cast<void*>(x), y, arena_.data()};
    for (std::size_t i = first; i < last; ++i) {
      const Step& step = steps_[i];
      if (auto ran = step.prepared ? run_convolution(step, memory) : copy_parts(step, memory);
          !ran) {
        return Error(ran.error().status(), "step " + std::to_string(i) + ": " + ran.error().what());
      }
    }
    return {};
  }

  std::size_t steps() const noexcept { return steps_.size(); }
  // Solver and instance of a step after plan(), for people; "concatenation" of one of those.
  std::string kernel_of(std::size_t step) const {
    const auto& prepared = steps_.at(step).prepared;
    return prepared ? prepared->kernel() : "concatenation";
  }

 private:
  struct Tensor {
    TensorShape shape;                 // packed
    std::optional<std::size_t> whole;  // lies in this tensor,
    std::int64_t first_channel = 0;    // from this channel on
    ArenaBlock block;                  // unless it does
  };
  struct Step {
    std::optional<Convolution> convolution;  // none: a concatenation
    std::vector<Value> inputs;
    Value output;
    Parameters parameters;
    std::optional<Value> added;
    std::optional<PreparedConvolution> prepared;
    ArenaBlock workspace;
  };
  struct Memory {
    void* x;
    void* y;
    std::byte* arena;
  };

  Value add_tensor(TensorShape shape) {
    tensors_.push_back({std::move(shape), std::nullopt, 0, {}});
    return {tensors_.size() - 1};
  }
  std::string step_name() const { return "step " + std::to_string(steps_.size()); }
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(miopenStatusBadParm, step_name() + ": " + why);
  }

  // The tensor whose memory holds this one.
  std::size_t root_of(std::size_t index) const {
    while (tensors_[index].whole) index = *tensors_[index].whole;
    return index;
  }
  TensorView view_of(std::size_t index, const Memory& memory) const {
    std::int64_t first_channel = 0;
    std::size_t root = index;
    for (; tensors_[root].whole; root = *tensors_[root].whole) {
      first_channel += tensors_[root].first_channel;
    }
    void* data = root == 0          ? memory.x
                 : root == *output_ ? memory.y
                                    : memory.arena + tensors_[root].block.offset;
    return TensorView{tensors_[root].shape, data}.channels(first_channel,
                                                           tensors_[index].shape.lengths[1]);
  }

  // Parts of concatenations get their place in the whole, the first one that they are in. A tensor
  // that is added has to lie as the sum does; where places forbid it, both stay by themselves.
  void place_parts() {
    for (const Step& step : steps_) {
      if (step.convolution) continue;
      std::int64_t first_channel = 0;
      for (const Value part : step.inputs) {
        Tensor& tensor = tensors_[part.index];
        if (part.index != 0 && part.index != *output_ && !tensor.whole) {
          tensor.whole = step.output.index;
          tensor.first_channel = first_channel;
        }
        first_channel += tensor.shape.lengths[1];
      }
    }
    bool all_fit = false;
    while (!all_fit) {
      all_fit = true;
      for (const Step& step : steps_) {
        if (!step.added || lie_alike(step.added->index, step.output.index)) continue;
        tensors_[step.added->index].whole.reset();
        tensors_[step.output.index].whole.reset();
        all_fit = false;
      }
    }
  }
  // Strides of dimensions of length 1 do not matter.
  bool lie_alike(std::size_t a, std::size_t b) const {
    const TensorShape& lengths = tensors_[a].shape;
    const auto &of_a = tensors_[root_of(a)].shape.strides,
               &of_b = tensors_[root_of(b)].shape.strides;
    for (std::size_t i = 0; i < lengths.lengths.size(); ++i) {
      if (lengths.lengths[i] != 1 && of_a[i] != of_b[i]) return false;
    }
    return true;
  }

  Expected<PreparedConvolution> prepare(const Step& step) const {
    const TensorView x = view_of(step.inputs.front().index, {});
    const TensorView y = view_of(step.output.index, {});
    const TensorView weights{step.convolution->weights_shape(x.shape.type, layout_),
                             const_cast<void*>(step.parameters.weights)};
    return PreparedConvolution::try_create(*handle_, *step.convolution, x.shape, y.shape, weights);
  }

  Expected<void> allocate() {
    for (Tensor& tensor : tensors_) tensor.block = {tensor.shape.span_bytes(), steps_.size(), 0, 0};
    const auto use = [&](Value value, std::size_t step) {
      ArenaBlock& block = tensors_[root_of(value.index)].block;
      block.first = std::min(block.first, step);
      block.last = std::max(block.last, step);
    };
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      for (const Value input : steps_[i].inputs) use(input, i);
      if (steps_[i].added) use(*steps_[i].added, i);
      use(steps_[i].output, i);
    }
    std::vector<ArenaBlock> blocks;
    std::vector<ArenaBlock*> places;
    const auto add = [&](ArenaBlock& block) {
      blocks.push_back(block);
      places.push_back(&block);
    };
    for (std::size_t i = 1; i < tensors_.size(); ++i) {
      if (!tensors_[i].whole && i != *output_) add(tensors_[i].block);
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      steps_[i].workspace = {steps_[i].prepared ? steps_[i].prepared->workspace_bytes() : 0, i, i,
                             0};
      add(steps_[i].workspace);
    }
    auto arena = DeviceArray<std::byte>::try_allocate(plan_arena(blocks));
    if (!arena) return arena.error();
    for (std::size_t i = 0; i < blocks.size(); ++i) *places[i] = blocks[i];
    arena_ = std::move(*arena);
    is_planned_ = true;
    return {};
  }

  Expected<void> run_convolution(const Step& step, const Memory& memory) const {
    ConvolutionArguments arguments;
    arguments.x = view_of(step.inputs.front().index, memory).data;
    arguments.y = view_of(step.output.index, memory).data;
    arguments.bias = step.parameters.bias;
    if (step.added) arguments.add = view_of(step.added->index, memory).data;
    if (step.workspace.bytes != 0) arguments.workspace = memory.arena + step.workspace.offset;
    return step.prepared->try_run(arguments);
  }

  // Of the parts of a concatenation those that do not lie in the whole.
  Expected<void> copy_parts(const Step& step, const Memory& memory) const {
    const TensorView whole = view_of(step.output.index, memory);
    std::int64_t first_channel = 0;
    for (const Value part : step.inputs) {
      const std::int64_t channels = shape_of(part).lengths[1];
      const std::int64_t to_channel = std::exchange(first_channel, first_channel + channels);
      const TensorView to = whole.channels(to_channel, channels);
      const Tensor& tensor = tensors_[part.index];
      const bool lies_there =
          tensor.whole == step.output.index && tensor.first_channel == to_channel;
      if (lies_there) continue;
      if (auto copied = copy(view_of(part.index, memory), to); !copied) return copied;
    }
    return {};
  }

  // Row by row, a row being what lies together: a pixel's channels, or an image's.
  Expected<void> copy(const TensorView& from, const TensorView& to) const {
    const auto& lengths = from.shape.lengths;
    const std::size_t size = bytes_of(from.shape.type);
    std::int64_t pixels = 1;
    for (std::size_t i = 2; i < lengths.size(); ++i) pixels *= lengths[i];
    const bool channels_last = layout_ == Layout::kChannelsLast;
    const std::int64_t row = channels_last ? lengths[1] : lengths[1] * pixels;
    const std::int64_t rows = channels_last ? lengths[0] * pixels : lengths[0];
    const std::size_t pitched = channels_last ? lengths.size() - 1 : 0;
    const auto bytes = [&](std::int64_t elements) {
      return static_cast<std::size_t>(elements) * size;
    };
    return detail::checked(hipMemcpy2DAsync(to.data, bytes(to.shape.strides[pitched]), from.data,
                                            bytes(from.shape.strides[pitched]), bytes(row),
                                            static_cast<std::size_t>(rows), hipMemcpyDeviceToDevice,
                                            handle_->stream()),
                           "copying a part of a concatenation");
  }

  const Handle* handle_;
  Layout layout_;
  std::vector<Tensor> tensors_;  // the first is the input
  std::vector<Step> steps_;
  std::optional<std::size_t> output_;
  DeviceArray<std::byte> arena_;
  bool is_planned_ = false;
};

}  // namespace v1
}  // namespace rdna1conv

#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "core/operators/dropout.h"
#include "core/operators/rnn_line.h"
#include "operators/cases.h"
#include "operators/rnn_reference.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

constexpr float kMarker = 0.25f;  // of padding, in sequence tensors
constexpr std::size_t kStatesBytes = std::size_t{16384} * 24;

class RnnObject : public client::MiopenObject<miopenRNNDescriptor_t, miopenCreateRNNDescriptor,
                                              miopenDestroyRNNDescriptor> {
 public:
  RnnObject() : MiopenObject("miopenCreateRNNDescriptor") {}
};
class DropoutObject
    : public client::MiopenObject<miopenDropoutDescriptor_t, miopenCreateDropoutDescriptor,
                                  miopenDestroyDropoutDescriptor> {
 public:
  DropoutObject() : MiopenObject("miopenCreateDropoutDescriptor") {}
};
class SequenceObject
    : public client::MiopenObject<miopenSeqTensorDescriptor_t, miopenCreateSeqTensorDescriptor,
                                  miopenDestroySeqTensorDescriptor> {
 public:
  SequenceObject(const RnnLine& line, std::int64_t vector)
      : MiopenObject("miopenCreateSeqTensorDescriptor") {
    const std::vector<int> lengths(line.lengths.begin(), line.lengths.end());
    std::array<std::byte, 4> marker{};
    store_element(line.type, double{kMarker}, marker.data());
    client::check_miopen(miopenSetRNNDataSeqTensorDescriptor(
                             *this, static_cast<miopenDataType_t>(line.type),
                             static_cast<miopenRNNBaseLayout_t>(line.layout - 10),
                             static_cast<int>(line.most_steps), static_cast<int>(lengths.size()),
                             static_cast<int>(vector), lengths.data(), marker.data()),
                         "miopenSetRNNDataSeqTensorDescriptor");
  }
};

// Where the vectors of a batch lie in clients' tensors.
struct Rows {
  explicit Rows(const RnnLine& line) : line_(line) {
    first.push_back(0);
    for (std::int64_t step = 0; step < line.most_steps; ++step)
      first.push_back(first.back() + of_step(step));
  }
  bool is_padded() const { return line_.layout == 1 || line_.layout > 11; }
  std::int64_t of_step(std::int64_t step) const {
    std::int64_t count = 0;
    for (const std::int64_t length : line_.lengths) count += length > step ? 1 : 0;
    return count;
  }
  std::int64_t count() const {
    return is_padded() ? line_.most_steps * static_cast<std::int64_t>(line_.lengths.size())
                       : first.back();
  }
  std::int64_t row(std::int64_t sequence, std::int64_t step) const {
    if (line_.layout == 13) return sequence * line_.most_steps + step;
    if (is_padded()) return step * static_cast<std::int64_t>(line_.lengths.size()) + sequence;
    return first[static_cast<std::size_t>(step)] + sequence;
  }
  // The row among packed ones: sequences by length, those that are alike in order.
  std::int64_t packed_row(std::int64_t sequence, std::int64_t step) const {
    const auto length = [&](std::int64_t i) { return line_.lengths[static_cast<std::size_t>(i)]; };
    std::int64_t rank = 0;
    for (std::int64_t other = 0; other < static_cast<std::int64_t>(line_.lengths.size()); ++other)
      rank += length(other) > length(sequence) ||
              (other < sequence && length(other) == length(sequence));
    return first[static_cast<std::size_t>(step)] + rank;
  }
  // use(place of the reference's vector, sequence, step)
  template <class Use>
  void for_each(Use use) const {
    std::size_t at = 0;
    for (std::size_t sequence = 0; sequence < line_.lengths.size(); ++sequence)
      for (std::int64_t step = 0; step < line_.lengths[sequence]; ++step)
        use(at++, static_cast<std::int64_t>(sequence), step);
  }
  // The reference's vectors of a client's tensor, and the other way round.
  std::vector<double> to_reference(const std::vector<float>& tensor, std::int64_t vector) const {
    std::vector<double> values(static_cast<std::size_t>(first.back() * vector));
    for_each([&](std::size_t at, std::int64_t sequence, std::int64_t step) {
      for (std::int64_t j = 0; j < vector; ++j) {
        values[at * static_cast<std::size_t>(vector) + static_cast<std::size_t>(j)] =
            tensor[static_cast<std::size_t>(row(sequence, step) * vector + j)];
      }
    });
    return values;
  }
  std::vector<double> to_client(const std::vector<double>& values, std::int64_t vector) const {
    std::vector<double> tensor(static_cast<std::size_t>(count() * vector),
                               line_.layout > 11 ? double{kMarker} : 0);
    for_each([&](std::size_t at, std::int64_t sequence, std::int64_t step) {
      for (std::int64_t j = 0; j < vector; ++j) {
        tensor[static_cast<std::size_t>(row(sequence, step) * vector + j)] =
            values[at * static_cast<std::size_t>(vector) + static_cast<std::size_t>(j)];
      }
    });
    return tensor;
  }
  // Padding that nothing may read.
  void spoil_padding(std::vector<float>& tensor, std::int64_t vector) const {
    if (!is_padded()) return;
    std::vector<bool> used(static_cast<std::size_t>(count()));
    for_each([&](std::size_t, std::int64_t sequence, std::int64_t step) {
      used[static_cast<std::size_t>(row(sequence, step))] = true;
    });
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      if (!used[i / static_cast<std::size_t>(vector)])
        tensor[i] = std::numeric_limits<float>::quiet_NaN();
    }
  }

  std::vector<std::int64_t> first;

 private:
  const RnnLine& line_;
};

std::vector<double> dropout_factors(const RnnLine& line, const Rows& rows, const RnnSizes& n) {
  if (line.dropout == 0) return {};
  std::vector<double> factors(n.layers * n.steps() * n.outputs());
  const double threshold = std::floor(line.dropout * double{kDropoutNumbers});
  for (std::size_t layer = 0; layer < n.layers; ++layer) {
    rows.for_each([&](std::size_t at, std::int64_t sequence, std::int64_t step) {
      for (std::size_t j = 0; j < n.outputs(); ++j) {
        const std::uint64_t place =
            static_cast<std::uint64_t>(rows.packed_row(sequence, step)) * n.outputs() + j;
        const std::uint32_t number =
            dropout_numbers(place / 4, line.seed, static_cast<std::uint32_t>(layer)).at[place % 4];
        factors[(layer * n.steps() + at) * n.outputs() + j] =
            number >= threshold ? 1 / (1 - line.dropout) : 0;
      }
    });
  }
  return factors;
}

// All that calls take beside the case's tensors.
struct Network {
  explicit Network(const RnnLine& of) : line(of), rows(line), n(line) {
    const auto type = static_cast<miopenDataType_t>(line.type);
    const auto set = [&](auto... dropout_desc) {
      const auto call = [&](auto function) {
        return function(rnn, static_cast<int>(line.hidden), static_cast<int>(line.layers),
                        dropout_desc..., line.skips_input ? miopenRNNskip : miopenRNNlinear,
                        line.bidirectional ? miopenRNNbidirection : miopenRNNunidirection,
                        static_cast<miopenRNNMode_t>(line.cell),
                        line.has_bias ? miopenRNNwithBias : miopenRNNNoBias, miopenRNNdefault,
                        type);
      };
      if constexpr (sizeof...(dropout_desc) == 0)
        client::check_miopen(call(miopenSetRNNDescriptor), "miopenSetRNNDescriptor");
      else
        client::check_miopen(call(miopenSetRNNDescriptor_V2), "miopenSetRNNDescriptor_V2");
    };
    if (line.dropout > 0) {
      states = std::make_unique<DeviceBytes>(kStatesBytes);
      const client::MiopenHandle handle;
      client::check_miopen(miopenSetDropoutDescriptor(
                               dropout, handle, static_cast<float>(line.dropout), states->address(),
                               kStatesBytes, line.seed, false, false, MIOPEN_RNG_PSEUDO_XORWOW),
                           "miopenSetDropoutDescriptor");
      set(static_cast<miopenDropoutDescriptor_t>(dropout));
    } else {
      set();
    }
    if (line.layout == 1) {
      client::check_miopen(miopenSetRNNPaddingMode(rnn, miopenRNNIOWithPadding),
                           "miopenSetRNNPaddingMode");
    }
    const auto outputs = static_cast<std::int64_t>(n.outputs());
    for (std::int64_t step = 0; step < line.most_steps; ++step) {
      const int batch = static_cast<int>(rows.of_step(step));
      if (batch == 0) break;
      x_descs.push_back(std::make_unique<client::TensorDescriptor>(
          type, std::vector<int>{batch, static_cast<int>(line.input)}));
      y_descs.push_back(std::make_unique<client::TensorDescriptor>(
          type, std::vector<int>{batch, static_cast<int>(outputs)}));
      x_array.push_back(*x_descs.back());
      y_array.push_back(*y_descs.back());
    }
    state_desc = std::make_unique<client::TensorDescriptor>(
        type, std::vector<int>{static_cast<int>(n.layers * n.directions), static_cast<int>(n.batch),
                               static_cast<int>(n.hidden)});
    if (has_sequences()) {
      x_sequences = std::make_unique<SequenceObject>(line, line.input);
      y_sequences = std::make_unique<SequenceObject>(line, outputs);
    }
    measure();
  }

  bool has_sequences() const { return line.layout > 10; }
  int steps() const { return static_cast<int>(x_array.size()); }
  void measure() {
    const client::MiopenHandle handle;
    std::size_t workspace_bytes = 0, reserve_bytes = 0;
    if (has_sequences()) {
      client::check_miopen(miopenGetRNNTempSpaceSizes(handle, rnn, *x_sequences, miopenRNNTraining,
                                                      &workspace_bytes, &reserve_bytes),
                           "miopenGetRNNTempSpaceSizes");
    } else {
      client::check_miopen(
          miopenGetRNNWorkspaceSize(handle, rnn, steps(), x_array.data(), &workspace_bytes),
          "miopenGetRNNWorkspaceSize");
      client::check_miopen(
          miopenGetRNNTrainingReserveSize(handle, rnn, steps(), x_array.data(), &reserve_bytes),
          "miopenGetRNNTrainingReserveSize");
    }
    std::size_t parameter_bytes = 0;
    client::check_miopen(miopenGetRNNParamsSize(handle, rnn, x_array[0], &parameter_bytes,
                                                static_cast<miopenDataType_t>(line.type)),
                         "miopenGetRNNParamsSize");
    if (parameter_bytes != n.parameters() * bytes_of(line.type))
      throw std::runtime_error("miopenGetRNNParamsSize is not the reference's");
    workspace = std::make_unique<GuardedWorkspace>(workspace_bytes);
    reserve = std::make_unique<GuardedWorkspace>(reserve_bytes);
    sizes = {workspace_bytes, reserve_bytes};
  }

  miopenStatus_t forward(miopenHandle_t handle, bool trains, const void* x, const void* hx,
                         const void* cx, const void* w, void* y, void* hy, void* cy) const {
    void* const kept = trains ? reserve->address() : nullptr;
    if (has_sequences()) {
      return miopenRNNForward(handle, rnn, trains ? miopenRNNTraining : miopenRNNInference,
                              *x_sequences, x, *state_desc, hx, hy, *state_desc, cx, cy,
                              *y_sequences, y, w, n.parameters() * bytes_of(line.type),
                              workspace->address(), sizes[0], kept, trains ? sizes[1] : 0);
    }
    if (!trains) {
      return miopenRNNForwardInference(
          handle, rnn, steps(), x_array.data(), x, *state_desc, hx, *state_desc, cx, *state_desc, w,
          y_array.data(), y, *state_desc, hy, *state_desc, cy, workspace->address(), sizes[0]);
    }
    return miopenRNNForwardTraining(handle, rnn, steps(), x_array.data(), x, *state_desc, hx,
                                    *state_desc, cx, *state_desc, w, y_array.data(), y, *state_desc,
                                    hy, *state_desc, cy, workspace->address(), sizes[0], kept,
                                    sizes[1]);
  }
  miopenStatus_t backward_data(miopenHandle_t handle, const void* y, const void* dy,
                               const void* dhy, const void* dcy, const void* w, const void* hx,
                               const void* cx, void* dx, void* dhx, void* dcx) const {
    if (has_sequences()) {
      return miopenRNNBackwardSeqData(handle, rnn, *y_sequences, y, dy, *state_desc, hx, dhy, dhx,
                                      *state_desc, cx, dcy, dcx, *x_sequences, dx, w,
                                      n.parameters() * bytes_of(line.type), workspace->address(),
                                      sizes[0], reserve->address(), sizes[1]);
    }
    return miopenRNNBackwardData(
        handle, rnn, steps(), y_array.data(), y, y_array.data(), dy, *state_desc, dhy, *state_desc,
        dcy, *state_desc, w, *state_desc, hx, *state_desc, cx, x_array.data(), dx, *state_desc, dhx,
        *state_desc, dcx, workspace->address(), sizes[0], reserve->address(), sizes[1]);
  }
  miopenStatus_t backward_weights(miopenHandle_t handle, const void* x, const void* hx,
                                  const void* y, void* dw) const {
    if (has_sequences()) {
      return miopenRNNBackwardWeightsSeqTensor(
          handle, rnn, *x_sequences, x, *state_desc, hx, *y_sequences, y, dw,
          n.parameters() * bytes_of(line.type), workspace->address(), sizes[0], reserve->address(),
          sizes[1]);
    }
    return miopenRNNBackwardWeights(handle, rnn, steps(), x_array.data(), x, *state_desc, hx,
                                    y_array.data(), y, *state_desc, dw, workspace->address(),
                                    sizes[0], reserve->address(), sizes[1]);
  }

  const RnnLine line;
  const Rows rows;
  const RnnSizes n;
  RnnObject rnn;
  DropoutObject dropout;
  std::unique_ptr<DeviceBytes> states;
  std::vector<std::unique_ptr<client::TensorDescriptor>> x_descs, y_descs;
  std::vector<miopenTensorDescriptor_t> x_array, y_array;
  std::unique_ptr<client::TensorDescriptor> state_desc;
  std::unique_ptr<SequenceObject> x_sequences, y_sequences;
  std::unique_ptr<GuardedWorkspace> workspace, reserve;
  std::array<std::size_t, 2> sizes{};
};

}  // namespace

OperatorCase make_rnn_case(std::string_view text, bool with_reference) {
  const auto network = std::make_shared<Network>(parse_rnn(text));
  const RnnLine& line = network->line;
  const RnnSizes& n = network->n;
  const Rows& rows = network->rows;
  const auto inputs = static_cast<std::int64_t>(n.input),
             outputs = static_cast<std::int64_t>(n.outputs());
  const auto tensor = [&](std::int64_t count) {
    const FiveDims flat{1, 1, 1, 1, count};
    return StridedTensor{line.type, flat, packed_strides(flat, Layout::kNchw)};
  };
  // Results carry the rounding of every step of every layer.
  Tolerance tolerance = tolerance_of(line.type);
  tolerance.rms *= 4;
  tolerance.element *= 4;

  OperatorCase c;
  c.line = to_driver_line(line);
  c.allocates_host_memory = true;
  int salt = 1;
  const auto input = [&](const char* name, std::int64_t count, double range) {
    c.tensors.push_back({name,
                         tensor(count),
                         input_values(with_reference, line.type, count, salt++, -range, range),
                         {},
                         {}});
    return c.tensors.size() - 1;
  };
  const auto output = [&](const char* name, std::vector<double> expected) {
    const auto count = static_cast<std::int64_t>(expected.size());
    c.tensors.push_back({name, tensor(count), {}, std::move(expected), tolerance});
    return c.tensors.size() - 1;
  };
  const auto values_of = [&](std::size_t at) { return wide(c.tensors[at].before); };

  const bool is_lstm = line.cell == RnnCell::kLstm, has_states = line.has_states;
  const auto states = static_cast<std::int64_t>(n.states());
  const std::size_t x = input("x", rows.count() * inputs, 1);
  rows.spoil_padding(c.tensors[x].before, inputs);
  const std::size_t w =
      input("w", static_cast<std::int64_t>(n.parameters()), 2 / std::sqrt(double(n.hidden) + 4));
  const std::size_t none = ~std::size_t{0};
  const std::size_t hx = has_states ? input("hx", states, 1) : none,
                    cx = has_states && is_lstm ? input("cx", states, 1) : none;
  RnnValues v;
  v.x = rows.to_reference(c.tensors[x].before, inputs);
  v.w = values_of(w);
  if (hx != none) v.hx = values_of(hx);
  if (cx != none) v.cx = values_of(cx);
  const bool trains = line.direction != RnnDirection::kInference;
  const std::vector<double> kept = trains ? dropout_factors(line, rows, n) : std::vector<double>();
  if (with_reference) {
    reference_forward(line, v, kept);
  } else {
    v.y.resize(n.steps() * n.outputs());
    v.hy.resize(n.states());
    v.cy.resize(n.states());
  }
  const double size = static_cast<double>(bytes_of(line.type));
  c.bytes = size * (static_cast<double>(n.steps()) * static_cast<double>(n.input + n.outputs()) +
                    static_cast<double>(n.parameters()));
  const double products = static_cast<double>(n.steps()) * static_cast<double>(n.parameters());
  c.flops = 2 * products;
  const auto at_or_null = [](std::span<std::byte* const> at, std::size_t place) -> std::byte* {
    return place == ~std::size_t{0} ? nullptr : at[place];
  };
  c.further_fault = [=]() -> std::optional<std::string> {
    if (!network->workspace->has_canaries()) return "something was written before the workspace";
    if (!network->reserve->has_canaries()) return "something was written before the reserve space";
    return std::nullopt;
  };

  if (line.direction <= RnnDirection::kTraining) {
    const std::size_t y = output("y", rows.to_client(v.y, outputs));
    const std::size_t hy = has_states ? output("hy", v.hy) : none,
                      cy = has_states && is_lstm ? output("cy", v.cy) : none;
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return network->forward(handle, trains, at[x], at_or_null(at, hx), at_or_null(at, cx), at[w],
                              at[y], at_or_null(at, hy), at_or_null(at, cy));
    };
    return c;
  }

  // What the gradients are made of is computed by the library itself.
  const auto forward_y = std::make_shared<DeviceBytes>(
      static_cast<std::size_t>(rows.count() * outputs) * bytes_of(line.type));
  const auto forward = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return network->forward(handle, true, at[x], at_or_null(at, hx), at_or_null(at, cx), at[w],
                            forward_y->address(), nullptr, nullptr);
  };
  const std::size_t dy = input("dy", rows.count() * outputs, 1);
  rows.spoil_padding(c.tensors[dy].before, outputs);
  const std::size_t dhy = has_states ? input("dhy", states, 1) : none,
                    dcy = has_states && is_lstm ? input("dcy", states, 1) : none;
  RnnGradients g;
  g.dy = rows.to_reference(c.tensors[dy].before, outputs);
  if (dhy != none) g.dhy = values_of(dhy);
  if (dcy != none) g.dcy = values_of(dcy);
  if (with_reference) {
    reference_backward(line, v, kept, g);
  } else {
    g.dx.resize(n.steps() * n.input);
    g.dhx.resize(n.states());
    g.dcx.resize(n.states());
    g.dw.resize(n.parameters());
  }
  const auto backward = [=](miopenHandle_t handle, std::span<std::byte* const> at, std::byte* dx,
                            std::byte* dhx, std::byte* dcx) {
    return network->backward_data(handle, forward_y->address(), at[dy], at_or_null(at, dhy),
                                  at_or_null(at, dcy), at[w], at_or_null(at, hx),
                                  at_or_null(at, cx), dx, dhx, dcx);
  };
  if (line.direction == RnnDirection::kBackwardData) {
    const std::size_t dx = output("dx", rows.to_client(g.dx, inputs));
    const std::size_t dhx = has_states ? output("dhx", g.dhx) : none,
                      dcx = has_states && is_lstm ? output("dcx", g.dcx) : none;
    c.prepare = forward;
    c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
      return backward(handle, at, at[dx], at_or_null(at, dhx), at_or_null(at, dcx));
    };
    return c;
  }
  const std::size_t dw = output("dw", std::move(g.dw));
  const auto unused_dx = std::make_shared<DeviceBytes>(
      static_cast<std::size_t>(rows.count() * inputs) * bytes_of(line.type));
  c.prepare = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    const miopenStatus_t status = forward(handle, at);
    return status == miopenStatusSuccess
               ? backward(handle, at, unused_dx->address(), nullptr, nullptr)
               : status;
  };
  c.call = [=](miopenHandle_t handle, std::span<std::byte* const> at) {
    return network->backward_weights(handle, at[x], at_or_null(at, hx), forward_y->address(),
                                     at[dw]);
  };
  return c;
}

}  // namespace rdna1conv

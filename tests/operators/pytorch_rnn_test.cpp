// Recurrent networks as PyTorch trains them: the classical calls in its order, descriptors padded
// to five dimensions (three for packed sequences), gradients of data always asked for with biases.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>
#include <rdna1conv/error.h>

#include <cmath>
#include <memory>

#include "operators/cases.h"
#include "operators/rnn_reference.h"

namespace rdna1conv {
namespace {

struct Row {
  const char* what;
  RnnCell cell;
  bool bidirectional, has_bias;
  std::vector<std::int64_t> lengths;  // of packed sequences, which fall; else all alike
  DataType type = DataType::kFloat;
};
const Row kRows[] = {
    {"nn.LSTM", RnnCell::kLstm, false, true, {4, 4, 4}},
    {"nn.LSTM, bidirectional, packed", RnnCell::kLstm, true, true, {4, 3, 1}},
    {"nn.LSTM, fp16", RnnCell::kLstm, false, true, {4, 4, 4}, DataType::kHalf},
    {"nn.GRU, bidirectional", RnnCell::kGru, true, true, {4, 4, 4}},
    {"nn.GRU, packed, without biases", RnnCell::kGru, false, false, {4, 2, 2}},
    {"nn.RNN", RnnCell::kTanh, false, true, {4, 4, 4}},
    {"nn.RNN, relu, bidirectional, packed", RnnCell::kRelu, true, true, {4, 4, 2}},
};
constexpr int kInput = 6, kHidden = 5, kLayers = 2;

// Vectors of all sequences, one sequence after the other, as packed steps and the other way round.
template <class To, class From>
std::vector<To> reordered(const RnnLine& line, const std::vector<From>& values, std::size_t vector,
                          bool to_steps) {
  std::vector<To> result(values.size());
  std::size_t of_sequence = 0;
  for (std::size_t sequence = 0; sequence < line.lengths.size(); ++sequence) {
    for (std::int64_t step = 0; step < line.lengths[sequence]; ++step, ++of_sequence) {
      std::size_t row = sequence;
      for (const std::int64_t length : line.lengths)
        row += static_cast<std::size_t>(std::min(length, step));
      const std::size_t from = (to_steps ? of_sequence : row) * vector,
                        to = (to_steps ? row : of_sequence) * vector;
      for (std::size_t j = 0; j < vector; ++j) result[to + j] = static_cast<To>(values[from + j]);
    }
  }
  return result;
}

class Network {
 public:
  explicit Network(const Row& row) : line_(line_of(row)), n_(line_), row_(row) {
    miopenCreateRNNDescriptor(&rnn_);
  }
  ~Network() { miopenDestroyRNNDescriptor(rnn_); }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  void train(miopenHandle_t handle);

 private:
  using Descriptors = std::vector<std::unique_ptr<client::TensorDescriptor>>;

  static RnnLine line_of(const Row& row) {
    RnnLine line;
    line.direction = RnnDirection::kTraining;
    line.cell = row.cell;
    line.type = row.type;
    line.input = kInput;
    line.hidden = kHidden;
    line.layers = kLayers;
    line.bidirectional = row.bidirectional;
    line.has_bias = row.has_bias;
    line.most_steps = row.lengths.front();
    line.lengths = row.lengths;
    return line;
  }
  void set(bool with_bias) {
    ASSERT_EQ(miopenSetRNNDescriptor(
                  rnn_, kHidden, kLayers, miopenRNNlinear,
                  row_.bidirectional ? miopenRNNbidirection : miopenRNNunidirection,
                  static_cast<miopenRNNMode_t>(row_.cell),
                  with_bias ? miopenRNNwithBias : miopenRNNNoBias, miopenRNNdefault, type()),
              miopenStatusSuccess)
        << rdna1convLastErrorText();
  }
  miopenDataType_t type() const { return static_cast<miopenDataType_t>(row_.type); }
  // Of each step.
  Descriptors steps(int vector) const {
    const bool packed = row_.lengths.front() != row_.lengths.back();
    Descriptors all;
    for (std::int64_t step = 0; step < line_.most_steps; ++step) {
      int batch = 0;
      for (const std::int64_t length : line_.lengths) batch += length > step ? 1 : 0;
      all.push_back(std::make_unique<client::TensorDescriptor>(
          type(),
          packed ? std::vector<int>{batch, vector, 1} : std::vector<int>{batch, vector, 1, 1, 1}));
    }
    return all;
  }
  GuardedTensor tensor(const std::vector<float>& values) const {
    return row_of(static_cast<std::int64_t>(values.size()), values);
  }
  GuardedTensor empty(std::size_t count) const {
    return row_of(static_cast<std::int64_t>(count), {});
  }
  GuardedTensor row_of(std::int64_t count, const std::vector<float>& values) const {
    const FiveDims flat{1, 1, 1, 1, count};
    return {
        {row_.type, flat, packed_strides(flat, Layout::kNchw)}, GuardedTensor::Use::kWrite, values};
  }
  void expect(const char* name, const GuardedTensor& stored,
              const std::vector<double>& expected) const {
    Tolerance tolerance = tolerance_of(row_.type);  // of every step and layer
    tolerance.rms *= 4;
    tolerance.element *= 4;
    const auto fault = fault_of(stored.stored_values(), expected, tolerance);
    EXPECT_FALSE(fault) << name << ": " << *fault;
  }

  const RnnLine line_;
  const RnnSizes n_;
  const Row& row_;
  miopenRNNDescriptor_t rnn_ = nullptr;
};

void Network::train(miopenHandle_t handle) {
  const std::size_t rows = n_.steps(), states = n_.states();
  const bool is_lstm = line_.cell == RnnCell::kLstm;
  const auto values = [&](std::size_t count, int salt, double range = 1) {
    return case_values(row_.type, static_cast<std::int64_t>(count), salt, -range, range);
  };
  const std::vector<float> x = values(rows * kInput, 1), w = values(n_.parameters(), 2, 0.7),
                           hx = values(states, 3), cx = values(states, 4),
                           dy = values(rows * n_.outputs(), 5), dhy = values(states, 6),
                           dcy = values(states, 7);
  RnnValues v{.x = reordered<double>(line_, x, kInput, false), .hx = wide(hx), .w = wide(w)};
  RnnGradients g{.dy = reordered<double>(line_, dy, n_.outputs(), false), .dhy = wide(dhy)};
  if (is_lstm) {
    v.cx = wide(cx);
    g.dcy = wide(dcy);
  }
  reference_forward(line_, v, {});
  reference_backward(line_, v, {}, g);

  const Descriptors x_descs = steps(kInput), y_descs = steps(static_cast<int>(n_.outputs()));
  std::vector<miopenTensorDescriptor_t> x_array, y_array;
  for (std::size_t i = 0; i < x_descs.size(); ++i) {
    x_array.push_back(*x_descs[i]);
    y_array.push_back(*y_descs[i]);
  }
  const int count = static_cast<int>(x_array.size());
  const client::TensorDescriptor state_desc(type(), {static_cast<int>(n_.layers * n_.directions),
                                                     static_cast<int>(n_.batch), kHidden, 1, 1});
  set(row_.has_bias);
  std::size_t parameter_bytes = 0, workspace_bytes = 0, reserve_bytes = 0;
  ASSERT_EQ(miopenGetRNNParamsSize(handle, rnn_, x_array[0], &parameter_bytes, type()),
            miopenStatusSuccess);
  ASSERT_EQ(parameter_bytes, w.size() * bytes_of(row_.type));
  const client::TensorDescriptor w_desc(type(), {static_cast<int>(w.size()), 1, 1});
  ASSERT_EQ(miopenGetRNNWorkspaceSize(handle, rnn_, count, x_array.data(), &workspace_bytes),
            miopenStatusSuccess);
  ASSERT_EQ(miopenGetRNNTrainingReserveSize(handle, rnn_, count, x_array.data(), &reserve_bytes),
            miopenStatusSuccess);
  const GuardedWorkspace forward_workspace(workspace_bytes), reserve(reserve_bytes);

  const GuardedTensor x_in = tensor(x), w_in = tensor(w), hx_in = tensor(hx), cx_in = tensor(cx),
                      dy_in = tensor(dy), dhy_in = tensor(dhy), dcy_in = tensor(dcy);
  const GuardedTensor y = empty(v.y.size()), hy = empty(states), cy = empty(states),
                      dx = empty(x.size()), dhx = empty(states), dcx = empty(states),
                      dw = empty(w.size());
  const auto cells = [&](const GuardedTensor& of) { return is_lstm ? of.address() : nullptr; };
  ASSERT_EQ(miopenRNNForwardTraining(
                handle, rnn_, count, x_array.data(), x_in.address(), state_desc, hx_in.address(),
                state_desc, cells(cx_in), w_desc, w_in.address(), y_array.data(), y.address(),
                state_desc, hy.address(), state_desc, cells(cy), forward_workspace.address(),
                workspace_bytes, reserve.address(), reserve_bytes),
            miopenStatusSuccess)
      << rdna1convLastErrorText();

  // The backward pass sets a descriptor of its own, with biases, and makes another workspace, which
  // the gradient of weights then gets.
  set(true);
  std::size_t backward_bytes = 0;
  ASSERT_EQ(miopenGetRNNWorkspaceSize(handle, rnn_, count, x_array.data(), &backward_bytes),
            miopenStatusSuccess);
  const GuardedWorkspace workspace(backward_bytes);
  ASSERT_EQ(miopenRNNBackwardData(
                handle, rnn_, count, y_array.data(), y.address(), y_array.data(), dy_in.address(),
                state_desc, dhy_in.address(), state_desc, cells(dcy_in), w_desc, w_in.address(),
                state_desc, hx_in.address(), state_desc, cells(cx_in), x_array.data(), dx.address(),
                state_desc, dhx.address(), state_desc, cells(dcx), workspace.address(),
                backward_bytes, reserve.address(), reserve_bytes),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  set(row_.has_bias);
  ASSERT_EQ(miopenRNNBackwardWeights(handle, rnn_, count, x_array.data(), x_in.address(),
                                     state_desc, hx_in.address(), y_array.data(), y.address(),
                                     w_desc, dw.address(), workspace.address(), backward_bytes,
                                     reserve.address(), reserve_bytes),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);

  expect("output", y, reordered<double>(line_, v.y, n_.outputs(), true));
  expect("hy", hy, v.hy);
  expect("grad_input", dx, reordered<double>(line_, g.dx, kInput, true));
  expect("grad_hx", dhx, g.dhx);
  expect("grad_weight", dw, g.dw);
  if (is_lstm) {
    expect("cy", cy, v.cy);
    expect("grad_cx", dcx, g.dcx);
  }
}

TEST(ClientCalls, PyTorchRnn) {
  const client::MiopenHandle handle;
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.what);
    Network(row).train(handle);
  }
}

}  // namespace
}  // namespace rdna1conv

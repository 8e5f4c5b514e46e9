#pragma once

// What a miopenRNNDescriptor_t points to, and where the parameters of such a network lie.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/data_type.h"
#include "core/dropout_descriptor.h"
#include "params/rnn.h"

namespace rdna1conv {

struct RnnDescriptor {
  RnnCell cell = RnnCell::kTanh;
  std::int64_t hidden = 1, layers = 1;
  bool bidirectional = false, skips_input = false, has_bias = false;
  bool has_padded_io = false;
  std::uint32_t algorithm = 0;  // MIOpen's; nothing follows from it
  DataType type = DataType::kFloat;
  const DropoutDescriptor* dropout = nullptr;  // the client's, or null

  std::int64_t directions() const { return bidirectional ? 2 : 1; }
  std::int64_t gates() const { return gates_of(cell); }
  // Rows of a physical layer's matrices: every gate of every direction.
  std::int64_t gate_rows() const { return directions() * gates() * hidden; }
  std::int64_t outputs() const { return directions() * hidden; }
  float dropout_rate() const { return dropout == nullptr ? 0 : dropout->rate; }
};

// Where the parameters lie, in elements: for each physical layer the matrices of its input, then
// those of its state, each of all directions; behind the matrices of all layers the biases in the
// same order. A matrix is (gate, hidden) by input or hidden, the latter contiguous.
class RnnParameters {
 public:
  RnnParameters(const RnnDescriptor& rnn, std::int64_t input) : rnn_(rnn), input_(input) {}

  // The vector that physical layer `layer` takes; it has no input matrices where that is 0.
  std::int64_t input_of(std::int64_t layer) const { return layer == 0 ? input_ : rnn_.outputs(); }
  std::int64_t matrix_columns(std::int64_t layer) const {
    return layer == 0 && rnn_.skips_input ? 0 : input_of(layer);
  }

  std::int64_t input_matrices(std::int64_t layer) const {
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < layer; ++i) before += matrix_columns(i) + rnn_.hidden;
    return before * rnn_.gate_rows();
  }
  std::int64_t state_matrices(std::int64_t layer) const {
    return input_matrices(layer) + matrix_columns(layer) * rnn_.gate_rows();
  }
  std::int64_t matrices() const { return input_matrices(rnn_.layers); }
  std::int64_t input_biases(std::int64_t layer) const {
    return matrices() + layer * 2 * rnn_.gate_rows();
  }
  std::int64_t count() const {
    return matrices() + (rnn_.has_bias ? rnn_.layers * 2 * rnn_.gate_rows() : 0);
  }

  // The offset of a parameter as clients number them: `virtual_layer` counts directions, ids up to
  // gates() are of the input, those behind of the state.
  struct Matrix {
    std::int64_t offset, rows, columns;
  };
  Matrix matrix(std::int64_t virtual_layer, std::int64_t id) const {
    const auto [layer, row] = place(virtual_layer, id);
    const bool of_state = id >= rnn_.gates();
    const std::int64_t columns = of_state ? rnn_.hidden : matrix_columns(layer);
    return {(of_state ? state_matrices(layer) : input_matrices(layer)) + row * columns, rnn_.hidden,
            columns};
  }
  std::int64_t bias(std::int64_t virtual_layer, std::int64_t id) const {
    const auto [layer, row] = place(virtual_layer, id);
    return input_biases(layer) + (id >= rnn_.gates() ? rnn_.gate_rows() : 0) + row;
  }

 private:
  struct Place {
    std::int64_t layer, row;  // of the layer's gate_rows()
  };
  Place place(std::int64_t virtual_layer, std::int64_t id) const {
    const std::int64_t direction = virtual_layer % rnn_.directions();
    return {virtual_layer / rnn_.directions(),
            (direction * rnn_.gates() + id % rnn_.gates()) * rnn_.hidden};
  }

  const RnnDescriptor& rnn_;
  std::int64_t input_;
};

}  // namespace rdna1conv

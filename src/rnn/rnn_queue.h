#pragma once

// What passes of recurrent networks are queued of.

#include <cstddef>
#include <cstdint>

#include "core/conv_problem.h"
#include "core/dropout_descriptor.h"
#include "dispatch/handle.h"
#include "solvers/operators/rnn_step.h"

namespace rdna1conv {

// A matrix of rows that are `stride` elements apart.
struct RnnMatrix {
  const std::byte* at;
  std::int64_t stride;
};

// Queues on one handle for one entry point. With profiling on, times add up.
class RnnQueue {
 public:
  RnnQueue(Handle& handle, const char* function, DataType type)
      : handle_(handle), function_(function), type_(type) {}
  ~RnnQueue();
  RnnQueue(const RnnQueue&) = delete;
  RnnQueue& operator=(const RnnQueue&) = delete;

  // to (rows, outputs) = from (rows, inputs) * w (outputs, inputs) transposed
  void multiply(std::int64_t rows, std::int64_t inputs, std::int64_t outputs, RnnMatrix from,
                const std::byte* w, RnnMatrix to);
  // from (rows, inputs) = to (rows, outputs) * w (outputs, inputs)
  void multiply_back(std::int64_t rows, std::int64_t inputs, std::int64_t outputs, RnnMatrix to,
                     const std::byte* w, RnnMatrix from);
  // w (outputs, inputs) = to (rows, outputs) transposed * from (rows, inputs)
  void multiply_weights(std::int64_t rows, std::int64_t inputs, std::int64_t outputs,
                        RnnMatrix from, RnnMatrix to, std::byte* w);

  // sums (columns) = sum over rows of from (rows, columns), contiguous
  void sum_rows(std::int64_t rows, std::int64_t columns, const std::byte* from, std::byte* sums,
                std::byte* partial, std::size_t partial_bytes);

  // y = x where the mask, which is written or read, keeps it; each layer has numbers of its own
  void drop(std::int64_t count, const DropoutDescriptor& dropout, std::int64_t layer,
            bool reads_mask, const std::byte* x, std::byte* y, std::byte* mask);

  // to = from + added, of which either may be null for zeros
  void convert(RnnPass pass, std::int64_t count, const std::byte* from, const std::byte* added,
               std::byte* to);

  void step(const RnnStepProblem& problem, const RunArguments& arguments);

 private:
  void product(const ConvProblem& problem, const std::byte* x, const std::byte* w,
               const std::byte* y);
  void note_time();

  Handle& handle_;
  const char* function_;
  DataType type_;
  float milliseconds_ = 0;
};

}  // namespace rdna1conv

#include "api/rnn_arguments.h"

#include <string>

#include "core/element_value.h"
#include "core/error.h"

namespace rdna1conv {

std::int64_t vector_of(const RnnDescriptor& rnn, const TensorDescriptor& step, const char* name) {
  if (step.type() != rnn.type) {
    throw Error(Status::kBadParm, std::string(name) + " is " + std::string(name_of(step.type())) +
                                      ", rnnDesc is " + std::string(name_of(rnn.type)));
  }
  if (step.rank() < 2) {
    throw Error(Status::kBadParm, std::string(name) + " has " + std::to_string(step.rank()) +
                                      " dimensions, needs a batch and a vector");
  }
  return step.lengths()[1];
}

void require_input(const RnnDescriptor& rnn, std::int64_t vector, const char* name) {
  if (!rnn.skips_input || vector == rnn.hidden) return;
  throw Error(Status::kBadParm, std::string(name) + " has vectors of " + std::to_string(vector) +
                                    ", miopenRNNskip needs the hidden size " +
                                    std::to_string(rnn.hidden));
}

RnnSteps input_steps_of(const RnnDescriptor& rnn, int count, const miopenTensorDescriptor_t* steps,
                        const char* name) {
  const RnnSteps result = steps_of(rnn, count, steps, name);
  require_input(rnn, result.vector, name);
  return result;
}

RnnSteps steps_of(const RnnDescriptor& rnn, int count, const miopenTensorDescriptor_t* steps,
                  const char* name) {
  if (count < 1)
    throw Error(Status::kBadParm, "sequenceLen is " + std::to_string(count) + ", must be positive");
  require(steps, name);
  RnnSteps result;
  for (int i = 0; i < count; ++i) {
    const std::string of_step = std::string(name) + "[" + std::to_string(i) + "]";
    const TensorDescriptor& step = object(steps[i], of_step.c_str());
    const std::int64_t vector = vector_of(rnn, step, of_step.c_str());
    const std::int64_t rows = step.lengths()[0];
    if (i == 0) result.vector = vector;
    if (vector != result.vector) {
      throw Error(Status::kBadParm, of_step + " has vectors of " + std::to_string(vector) + ", " +
                                        name + "[0] of " + std::to_string(result.vector));
    }
    if (i > 0 && rows > result.rows.back()) {
      throw Error(Status::kBadParm, of_step + " has a batch of " + std::to_string(rows) +
                                        ", more than the step before, which has " +
                                        std::to_string(result.rows.back()));
    }
    result.rows.push_back(rows);
  }
  return result;
}

RnnSequences sequences_of(const RnnDescriptor& rnn, const RnnSteps& steps) {
  RnnSequences sequences = packed_sequences(steps.rows);
  if (rnn.has_padded_io) sequences.layout = RnnLayout::kStepsFirst;
  return sequences;
}

RnnSequences sequences_of(const SequenceDescriptor& sequences, const char* name) {
  RnnSequences result;
  switch (sequences.layout) {
    case SequenceLayout::kPacked:
      result.layout = RnnLayout::kPacked;
      break;
    case SequenceLayout::kStepsFirst:
      result.layout = RnnLayout::kStepsFirst;
      break;
    case SequenceLayout::kBatchFirst:
      result.layout = RnnLayout::kBatchFirst;
      break;
    default:
      throw Error(Status::kBadParm, std::string(name) + " is not set");
  }
  result.most_steps = sequences.most_steps;
  result.lengths = sequences.lengths;
  if (sequences.marker)
    result.marker = static_cast<float>(element_value(sequences.type, sequences.marker->data()));
  return result;
}

}  // namespace rdna1conv

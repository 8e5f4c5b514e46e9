#pragma once

// What entry points of recurrent networks have in common.

#include <miopen/miopen.h>

#include <cstdint>
#include <vector>

#include "api/guard.h"
#include "api/objects.h"
#include "core/rnn_descriptor.h"
#include "core/sequence_descriptor.h"
#include "rnn/rnn_sequences.h"

namespace rdna1conv {

inline RnnDescriptor& object(miopenRNNDescriptor_t descriptor, const char* name = "rnnDesc") {
  return *reinterpret_cast<RnnDescriptor*>(&require(descriptor, name));
}
inline SequenceDescriptor& object(miopenSeqTensorDescriptor_t descriptor, const char* name) {
  return *reinterpret_cast<SequenceDescriptor*>(&require(descriptor, name));
}

// Elements of a step's vector: the second length. Throws Error (kBadParm) if the type is not the
// network's or the descriptor has no such length.
std::int64_t vector_of(const RnnDescriptor& rnn, const TensorDescriptor& step, const char* name);

// Throws Error (kBadParm) unless vectors of the input fit a network that has no matrix for it.
void require_input(const RnnDescriptor& rnn, std::int64_t vector, const char* name);

// One descriptor for each step: how many sequences each has, and their vectors.
struct RnnSteps {
  std::vector<std::int64_t> rows;
  std::int64_t vector = 0;
};
// Throws Error (kBadParm) naming what is wrong.
RnnSteps steps_of(const RnnDescriptor& rnn, int count, const miopenTensorDescriptor_t* steps,
                  const char* name);
// The same of the network's input.
RnnSteps input_steps_of(const RnnDescriptor& rnn, int count, const miopenTensorDescriptor_t* steps,
                        const char* name);

// The sequences, padded as the descriptor of the network says.
RnnSequences sequences_of(const RnnDescriptor& rnn, const RnnSteps& steps);
RnnSequences sequences_of(const SequenceDescriptor& sequences, const char* name);

}  // namespace rdna1conv

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "api/rnn_arguments.h"
#include "core/element_types.h"

using namespace rdna1conv;

namespace {

// MIOpen has no bf16 here.
void require_network_type(miopenDataType_t type) {
  if (float_row(static_cast<DataType>(type))) return;
  throw Error(Status::kBadParm, "dataType is " + std::string(name_of(static_cast<DataType>(type))) +
                                    ", recurrent networks are " + float_types_text());
}

miopenStatus_t set(const char* function, miopenRNNDescriptor_t rnnDesc, int hsize, int nlayers,
                   miopenDropoutDescriptor_t dropoutDesc, bool has_dropout,
                   miopenRNNInputMode_t inMode, miopenRNNDirectionMode_t direction,
                   miopenRNNMode_t rnnMode, miopenRNNBiasMode_t biasMode, miopenRNNAlgo_t algo,
                   miopenDataType_t dataType) {
  return guard(
      {function,
       {{"rnnDesc", rnnDesc},
        {"hsize", hsize},
        {"nlayers", nlayers},
        {"dropoutDesc", dropoutDesc},
        {"inMode", inMode},
        {"direction", direction},
        {"rnnMode", rnnMode},
        {"biasMode", biasMode},
        {"algo", algo},
        {"dataType", dataType}}},
      [&] {
        RnnDescriptor& rnn = object(rnnDesc);
        // MIOpen takes 0, and has nothing to run then.
        require_at_least(1, {{"hsize", hsize}, {"nlayers", nlayers}});
        require_enumerator(inMode, {0, miopenRNNskip}, "inMode", "miopenRNNInputMode_t");
        require_enumerator(direction, {0, miopenRNNbidirection}, "direction",
                           "miopenRNNDirectionMode_t");
        require_enumerator(rnnMode, {0, miopenGRU}, "rnnMode", "miopenRNNMode_t");
        require_enumerator(biasMode, {0, miopenRNNwithBias}, "biasMode", "miopenRNNBiasMode_t");
        require_enumerator(algo, {0, miopenRNNroundedDynamic}, "algo", "miopenRNNAlgo_t");
        require_network_type(dataType);
        RnnDescriptor made;
        made.cell = static_cast<RnnCell>(rnnMode);
        made.hidden = hsize;
        made.layers = nlayers;
        made.bidirectional = direction == miopenRNNbidirection;
        made.skips_input = inMode == miopenRNNskip;
        made.has_bias = biasMode == miopenRNNwithBias;
        made.algorithm = algo;
        made.type = static_cast<DataType>(dataType);
        if (has_dropout) made.dropout = &object(dropoutDesc);
        rnn = made;
      });
}

// Getters leave out what the caller does not ask for.
template <class T, class V>
void give(T* to, V value) {
  if (to != nullptr) *to = static_cast<T>(value);
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateRNNDescriptor(miopenRNNDescriptor_t* rnnDesc) {
  return guard({__func__, {{"rnnDesc", rnnDesc}}}, [&] {
    miopenRNNDescriptor_t& result = require(rnnDesc, "rnnDesc");
    result = reinterpret_cast<miopenRNNDescriptor_t>(new RnnDescriptor);
  });
}

miopenStatus_t miopenDestroyRNNDescriptor(miopenRNNDescriptor_t rnnDesc) {
  return guard({__func__, {{"rnnDesc", rnnDesc}}}, [&] { delete &object(rnnDesc); });
}

miopenStatus_t miopenSetRNNDescriptor(miopenRNNDescriptor_t rnnDesc, const int hsize,
                                      const int nlayers, miopenRNNInputMode_t inMode,
                                      miopenRNNDirectionMode_t direction, miopenRNNMode_t rnnMode,
                                      miopenRNNBiasMode_t biasMode, miopenRNNAlgo_t algo,
                                      miopenDataType_t dataType) {
  return set(__func__, rnnDesc, hsize, nlayers, nullptr, false, inMode, direction, rnnMode,
             biasMode, algo, dataType);
}

miopenStatus_t miopenSetRNNDescriptor_V2(miopenRNNDescriptor_t rnnDesc, const int hsize,
                                         const int nlayers, miopenDropoutDescriptor_t dropoutDesc,
                                         miopenRNNInputMode_t inMode,
                                         miopenRNNDirectionMode_t direction,
                                         miopenRNNMode_t rnnMode, miopenRNNBiasMode_t biasMode,
                                         miopenRNNAlgo_t algo, miopenDataType_t dataType) {
  return set(__func__, rnnDesc, hsize, nlayers, dropoutDesc, true, inMode, direction, rnnMode,
             biasMode, algo, dataType);
}

miopenStatus_t miopenGetRNNDescriptor(miopenRNNDescriptor_t rnnDesc, miopenRNNMode_t* rnnMode,
                                      miopenRNNAlgo_t* algoMode, miopenRNNInputMode_t* inputMode,
                                      miopenRNNDirectionMode_t* dirMode,
                                      miopenRNNBiasMode_t* biasMode, int* hiddenSize, int* layer) {
  return guard({__func__, {{"rnnDesc", rnnDesc}}}, [&] {
    const RnnDescriptor& rnn = object(rnnDesc);
    give(rnnMode, rnn.cell);
    give(algoMode, rnn.algorithm);
    give(inputMode, rnn.skips_input);
    give(dirMode, rnn.bidirectional);
    give(biasMode, rnn.has_bias);
    give(hiddenSize, rnn.hidden);
    give(layer, rnn.layers);
  });
}

miopenStatus_t miopenGetRNNDescriptor_V2(miopenRNNDescriptor_t rnnDesc, int* hiddenSize, int* layer,
                                         miopenDropoutDescriptor_t* dropoutDesc,
                                         miopenRNNInputMode_t* inputMode,
                                         miopenRNNDirectionMode_t* dirMode,
                                         miopenRNNMode_t* rnnMode, miopenRNNBiasMode_t* biasMode,
                                         miopenRNNAlgo_t* algoMode, miopenDataType_t* dataType) {
  return guard({__func__, {{"rnnDesc", rnnDesc}}}, [&] {
    const RnnDescriptor& rnn = object(rnnDesc);
    give(hiddenSize, rnn.hidden);
    give(layer, rnn.layers);
    if (dropoutDesc != nullptr) {
      *dropoutDesc =
          reinterpret_cast<miopenDropoutDescriptor_t>(const_cast<DropoutDescriptor*>(rnn.dropout));
    }
    give(inputMode, rnn.skips_input);
    give(dirMode, rnn.bidirectional);
    give(rnnMode, rnn.cell);
    give(biasMode, rnn.has_bias);
    give(algoMode, rnn.algorithm);
    give(dataType, rnn.type);
  });
}

miopenStatus_t miopenSetRNNPaddingMode(miopenRNNDescriptor_t rnnDesc,
                                       miopenRNNPaddingMode_t paddingMode) {
  return guard({__func__, {{"rnnDesc", rnnDesc}, {"paddingMode", paddingMode}}}, [&] {
    RnnDescriptor& rnn = object(rnnDesc);
    require_enumerator(paddingMode, {0, miopenRNNIOWithPadding}, "paddingMode",
                       "miopenRNNPaddingMode_t");
    rnn.has_padded_io = paddingMode == miopenRNNIOWithPadding;
  });
}

miopenStatus_t miopenGetRNNPaddingMode(miopenRNNDescriptor_t rnnDesc,
                                       miopenRNNPaddingMode_t* paddingMode) {
  return guard({__func__, {{"rnnDesc", rnnDesc}, {"paddingMode", paddingMode}}}, [&] {
    const RnnDescriptor& rnn = object(rnnDesc);
    require(paddingMode, "paddingMode") =
        rnn.has_padded_io ? miopenRNNIOWithPadding : miopenRNNIONotPadded;
  });
}

miopenStatus_t miopenCreateSeqTensorDescriptor(miopenSeqTensorDescriptor_t* tensorDesc) {
  return guard({__func__, {{"tensorDesc", tensorDesc}}}, [&] {
    miopenSeqTensorDescriptor_t& result = require(tensorDesc, "tensorDesc");
    result = reinterpret_cast<miopenSeqTensorDescriptor_t>(new SequenceDescriptor);
  });
}

miopenStatus_t miopenDestroySeqTensorDescriptor(miopenSeqTensorDescriptor_t tensorDesc) {
  return guard({__func__, {{"tensorDesc", tensorDesc}}},
               [&] { delete &object(tensorDesc, "tensorDesc"); });
}

miopenStatus_t miopenSetRNNDataSeqTensorDescriptor(miopenSeqTensorDescriptor_t seqTensorDesc,
                                                   miopenDataType_t dataType,
                                                   miopenRNNBaseLayout_t layout, int maxSequenceLen,
                                                   int batchSize, int vectorSize,
                                                   const int* sequenceLenArray,
                                                   void* paddingMarker) {
  return guard(
      {__func__,
       {{"seqTensorDesc", seqTensorDesc},
        {"dataType", dataType},
        {"layout", layout},
        {"maxSequenceLen", maxSequenceLen},
        {"batchSize", batchSize},
        {"vectorSize", vectorSize},
        {"sequenceLenArray", sequenceLenArray},
        {"paddingMarker", paddingMarker}}},
      [&] {
        SequenceDescriptor& sequences = object(seqTensorDesc, "seqTensorDesc");
        require_network_type(dataType);
        if (layout < miopenRNNDataSeqMajorNotPadded || layout > miopenRNNDataBatchMajorPadded) {
          throw Error(Status::kBadParm, "layout " + std::to_string(layout) + " is unknown");
        }
        require_at_least(1, {{"maxSequenceLen", maxSequenceLen},
                             {"batchSize", batchSize},
                             {"vectorSize", vectorSize}});
        require(sequenceLenArray, "sequenceLenArray");
        SequenceDescriptor made;
        made.type = static_cast<DataType>(dataType);
        made.layout = static_cast<SequenceLayout>(layout);
        made.most_steps = maxSequenceLen;
        made.vector = vectorSize;
        made.lengths.assign(sequenceLenArray, sequenceLenArray + batchSize);
        for (std::size_t i = 0; i < made.lengths.size(); ++i) {
          const std::string name = "sequenceLenArray[" + std::to_string(i) + "]";
          if (made.lengths[i] < 1 || made.lengths[i] > maxSequenceLen) {
            throw Error(Status::kBadParm, name + " is " + std::to_string(made.lengths[i]) +
                                              ", must be 1 to maxSequenceLen " +
                                              std::to_string(maxSequenceLen));
          }
          if (layout == miopenRNNDataSeqMajorNotPadded && i > 0 &&
              made.lengths[i] > made.lengths[i - 1]) {
            throw Error(Status::kBadParm,
                        name + " is longer than the one before, and packed sequences are sorted");
          }
        }
        if (paddingMarker != nullptr)
          std::memcpy(made.marker.emplace().data(), paddingMarker, bytes_of(made.type));
        sequences = made;
      });
}

miopenStatus_t miopenGetRNNDataSeqTensorDescriptor(miopenSeqTensorDescriptor_t seqTensorDesc,
                                                   miopenDataType_t* dataType,
                                                   miopenRNNBaseLayout_t* layout,
                                                   int* maxSequenceLen, int* batchSize,
                                                   int* vectorSize, int sequenceLenArrayLimit,
                                                   int* sequenceLenArray, void* paddingMarker) {
  return guard({__func__, {{"seqTensorDesc", seqTensorDesc}}}, [&] {
    const SequenceDescriptor& sequences = object(seqTensorDesc, "seqTensorDesc");
    give(dataType, sequences.type);
    give(layout, sequences.layout);
    give(maxSequenceLen, sequences.most_steps);
    give(batchSize, sequences.lengths.size());
    give(vectorSize, sequences.vector);
    if (sequenceLenArray != nullptr) {
      const auto limit = static_cast<std::size_t>(std::max(sequenceLenArrayLimit, 0));
      for (std::size_t i = 0; i < std::min(limit, sequences.lengths.size()); ++i)
        sequenceLenArray[i] = static_cast<int>(sequences.lengths[i]);
    }
    if (paddingMarker != nullptr && sequences.marker)
      std::memcpy(paddingMarker, sequences.marker->data(), bytes_of(sequences.type));
  });
}

}  // extern "C"

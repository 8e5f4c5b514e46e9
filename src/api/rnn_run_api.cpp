#include <miopen/miopen.h>

#include <algorithm>
#include <string>

#include "api/device_arguments.h"
#include "api/rnn_arguments.h"
#include "core/operators/rnn_line.h"

using namespace rdna1conv;

namespace {

// Checked device pointers of a run call.
class Pointers {
 public:
  Pointers(const Handle& handle, DataType type) : handle_(handle), type_(type) {}

  template <class T>
  auto required(T* pointer, const char* name) const {
    return bytes(pointer, device_argument(handle_, pointer, name, type_));
  }
  template <class T>
  auto optional(T* pointer, const char* name) const {
    return pointer == nullptr ? bytes(pointer, nullptr) : required(pointer, name);
  }
  std::byte* space(const void* pointer, const char* name) const {
    require_pointer(pointer, name);
    return static_cast<std::byte*>(workspace_argument(handle_, const_cast<void*>(pointer), name));
  }

 private:
  static const std::byte* bytes(const void*, void* checked) {
    return static_cast<const std::byte*>(checked);
  }
  static std::byte* bytes(void*, void* checked) { return static_cast<std::byte*>(checked); }

  const Handle& handle_;
  DataType type_;
};

// y's steps have x's batches and vectors of all directions' outputs.
void check_output(const RnnDescriptor& rnn, const RnnSteps& input, const RnnSteps& output,
                  const char* name) {
  if (output.rows != input.rows)
    throw Error(Status::kBadParm, std::string(name) + " has other batches than the input");
  if (output.vector != rnn.outputs()) {
    throw Error(Status::kBadParm, std::string(name) + " has vectors of " +
                                      std::to_string(output.vector) + ", the network gives " +
                                      std::to_string(rnn.outputs()));
  }
}

struct StateDescriptor {
  miopenTensorDescriptor_t descriptor;
  const char* name;
};
// States' descriptors have one number of dimensions; nothing else of them is read.
void check_states(std::initializer_list<StateDescriptor> states) {
  const std::size_t rank = object(states.begin()->descriptor, states.begin()->name).rank();
  for (const StateDescriptor& state : states) {
    const std::size_t its = object(state.descriptor, state.name).rank();
    if (its == rank) continue;
    throw Error(Status::kBadParm, std::string(state.name) + " has " + std::to_string(its) +
                                      " dimensions, " + states.begin()->name + " has " +
                                      std::to_string(rank));
  }
}

void log_line(RnnDirection direction, const RnnDescriptor& rnn, std::int64_t input,
              const RnnSequences& sequences, bool of_sequence_tensors, bool has_states) {
  if (!are_commands_logged()) return;
  RnnLine line;
  line.direction = direction;
  line.cell = rnn.cell;
  line.type = rnn.type;
  line.input = input;
  line.hidden = rnn.hidden;
  line.layers = rnn.layers;
  line.bidirectional = rnn.bidirectional;
  line.skips_input = rnn.skips_input;
  line.has_bias = rnn.has_bias;
  line.dropout = static_cast<double>(rnn.dropout_rate());
  line.seed = rnn.dropout == nullptr ? 0 : rnn.dropout->seed;
  const auto layout = static_cast<std::int64_t>(sequences.layout);
  line.layout = of_sequence_tensors ? layout + 11 : layout;
  line.most_steps = sequences.most_steps;
  line.lengths = sequences.lengths;
  line.has_states = has_states;
  log_command("LogCmdRNN", to_driver_line(line));
}

// ---- What both APIs queue
// ------------------------------------------------------------------------

struct ForwardArguments {
  const void *x, *hx, *cx, *w;
  void *y, *hy, *cy, *workspace, *reserve;
  std::size_t workspace_bytes, reserve_bytes;
  bool trains, of_sequence_tensors;
};

void forward(Handle& handle, const char* function, const RnnDescriptor& rnn, std::int64_t input,
             const RnnSequences& sequences, const ForwardArguments& a) {
  const RnnSpace space = rnn_space(rnn, input, sequences);
  require_size(a.workspace_bytes, space.workspace, "workSpaceNumBytes");
  if (a.trains) require_size(a.reserve_bytes, space.reserve, "reserveSpaceNumBytes");
  const Pointers pointers(handle, rnn.type);
  RnnForward b{};
  b.x = pointers.required(a.x, "x");
  b.w = pointers.required(a.w, "w");
  b.y = pointers.required(a.y, "y");
  b.hx = pointers.optional(a.hx, "hx");
  b.cx = pointers.optional(a.cx, "cx");
  b.hy = pointers.optional(a.hy, "hy");
  b.cy = pointers.optional(a.cy, "cy");
  b.workspace = pointers.space(a.workspace, "workSpace");
  if (a.trains) b.reserve = pointers.space(a.reserve, "reserveSpace");
  if (a.trains && rnn.dropout_rate() > 0 && rnn.layers > 1 && rnn.dropout->states == nullptr)
    throw Error(Status::kUnknownError, "the dropout descriptor of rnnDesc has no states");
  log_line(a.trains ? RnnDirection::kTraining : RnnDirection::kInference, rnn, input, sequences,
           a.of_sequence_tensors, a.hx != nullptr);
  rnn_forward(handle, function, rnn, input, sequences, b);
}

struct BackwardDataArguments {
  const void *dy, *dhy, *dcy, *w;
  void *dx, *dhx, *dcx, *workspace, *reserve;
  std::size_t workspace_bytes, reserve_bytes;
  bool of_sequence_tensors;
};

void backward_data(Handle& handle, const char* function, const RnnDescriptor& rnn,
                   std::int64_t input, const RnnSequences& sequences,
                   const BackwardDataArguments& a) {
  const RnnSpace space = rnn_space(rnn, input, sequences);
  require_size(a.workspace_bytes, space.workspace, "workSpaceNumBytes");
  require_size(a.reserve_bytes, space.reserve, "reserveSpaceNumBytes");
  const Pointers pointers(handle, rnn.type);
  RnnBackwardData b{};
  b.dy = pointers.required(a.dy, "dy");
  b.w = pointers.required(a.w, "w");
  b.dx = pointers.required(a.dx, "dx");
  b.dhy = pointers.optional(a.dhy, "dhy");
  b.dcy = pointers.optional(a.dcy, "dcy");
  b.dhx = pointers.optional(a.dhx, "dhx");
  b.dcx = pointers.optional(a.dcx, "dcx");
  b.workspace = pointers.space(a.workspace, "workSpace");
  b.reserve = pointers.space(a.reserve, "reserveSpace");
  log_line(RnnDirection::kBackwardData, rnn, input, sequences, a.of_sequence_tensors,
           a.dhx != nullptr);
  rnn_backward_data(handle, function, rnn, input, sequences, b);
}

void backward_weights(Handle& handle, const char* function, const RnnDescriptor& rnn,
                      std::int64_t input, const RnnSequences& sequences, const void* x, void* dw,
                      void* workspace, std::size_t workspace_bytes, const void* reserve,
                      std::size_t reserve_bytes, bool of_sequence_tensors) {
  const RnnSpace space = rnn_space(rnn, input, sequences);
  require_size(workspace_bytes, space.workspace, "workSpaceNumBytes");
  require_size(reserve_bytes, space.reserve, "reserveSpaceNumBytes");
  const Pointers pointers(handle, rnn.type);
  RnnBackwardWeights b{};
  b.x = pointers.required(x, "x");
  b.dw = pointers.required(dw, "dw");
  b.workspace = pointers.space(workspace, "workSpace");
  b.reserve = pointers.space(reserve, "reserveSpace");
  log_line(RnnDirection::kBackwardWeights, rnn, input, sequences, of_sequence_tensors, true);
  rnn_backward_weights(handle, function, rnn, input, sequences, b);
}

// ---- Sequence tensors
// ----------------------------------------------------------------------------

// x and y of a call, whose sequences must be the same.
RnnSequences sequences_of_both(const RnnDescriptor& rnn, const SequenceDescriptor& x,
                               const SequenceDescriptor& y, bool marks_output) {
  if (x.type != rnn.type || y.type != rnn.type)
    throw Error(Status::kBadParm, "xDesc, yDesc and rnnDesc are of different types");
  if (x.lengths != y.lengths || x.layout != y.layout || x.most_steps != y.most_steps)
    throw Error(Status::kBadParm, "xDesc and yDesc have other sequences than each other");
  if (y.vector != rnn.outputs()) {
    throw Error(Status::kBadParm, "yDesc has vectors of " + std::to_string(y.vector) +
                                      ", the network gives " + std::to_string(rnn.outputs()));
  }
  require_input(rnn, x.vector, "xDesc");
  return marks_output ? sequences_of(y, "yDesc") : sequences_of(x, "xDesc");
}

void check_weights(const RnnDescriptor& rnn, std::int64_t input, std::size_t bytes) {
  require_size(bytes,
               static_cast<std::size_t>(RnnParameters(rnn, input).count()) * bytes_of(rnn.type),
               "weightSpaceSize");
}

std::size_t sum_of(const RnnSteps& steps) {
  std::size_t sum = 0;
  for (const std::int64_t rows : steps.rows) sum += static_cast<std::size_t>(rows);
  return sum;
}

}  // namespace

extern "C" {

miopenStatus_t miopenGetRNNWorkspaceSize(miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc,
                                         const int sequenceLen,
                                         const miopenTensorDescriptor_t* xDesc, size_t* numBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"sequenceLen", sequenceLen},
                 {"xDesc", xDesc},
                 {"numBytes", numBytes}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const RnnSteps steps = input_steps_of(rnn, sequenceLen, xDesc, "xDesc");
                 require(numBytes, "numBytes") =
                     rnn_space(rnn, steps.vector, sequences_of(rnn, steps)).workspace;
               });
}

miopenStatus_t miopenGetRNNTrainingReserveSize(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                               const int sequenceLen,
                                               const miopenTensorDescriptor_t* xDesc,
                                               size_t* numBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"sequenceLen", sequenceLen},
                 {"xDesc", xDesc},
                 {"numBytes", numBytes}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const RnnSteps steps = input_steps_of(rnn, sequenceLen, xDesc, "xDesc");
                 require(numBytes, "numBytes") =
                     rnn_space(rnn, steps.vector, sequences_of(rnn, steps)).reserve;
               });
}

miopenStatus_t miopenGetRNNTempSpaceSizes(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                          miopenSeqTensorDescriptor_t xDesc,
                                          miopenRNNFWDMode_t fwdMode, size_t* workSpaceSize,
                                          size_t* reserveSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"xDesc", xDesc},
                 {"fwdMode", fwdMode},
                 {"workSpaceSize", workSpaceSize},
                 {"reserveSpaceSize", reserveSpaceSize}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const SequenceDescriptor& x = object(xDesc, "xDesc");
                 const RnnSpace space = most_rnn_space(rnn, x.vector, sequences_of(x, "xDesc"));
                 if (workSpaceSize != nullptr) *workSpaceSize = space.workspace;
                 if (reserveSpaceSize != nullptr && fwdMode == miopenRNNTraining)
                   *reserveSpaceSize = space.reserve;
               });
}

miopenStatus_t miopenGetRNNInputTensorSize(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                           const int seqLen, miopenTensorDescriptor_t* xDesc,
                                           size_t* numBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"seqLen", seqLen},
                 {"xDesc", xDesc},
                 {"numBytes", numBytes}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const RnnSteps steps = input_steps_of(rnn, seqLen, xDesc, "xDesc");
                 const std::size_t rows =
                     rnn.has_padded_io
                         ? steps.rows.size() * static_cast<std::size_t>(steps.rows.front())
                         : sum_of(steps);
                 require(numBytes, "numBytes") =
                     rows * static_cast<std::size_t>(steps.vector) * bytes_of(rnn.type);
               });
}

miopenStatus_t miopenGetRNNHiddenTensorSize(miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc,
                                            const int seqLen, miopenTensorDescriptor_t* xDesc,
                                            size_t* numBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"seqLen", seqLen},
                 {"xDesc", xDesc},
                 {"numBytes", numBytes}}},
               [&] {
                 object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 const RnnSteps steps = input_steps_of(rnn, seqLen, xDesc, "xDesc");
                 require(numBytes, "numBytes") =
                     static_cast<std::size_t>(steps.rows.front() * rnn.layers * rnn.outputs()) *
                     bytes_of(rnn.type);
               });
}

miopenStatus_t miopenRNNForwardInference(
    miopenHandle_t handle, miopenRNNDescriptor_t rnnDesc, const int sequenceLen,
    const miopenTensorDescriptor_t* xDesc, const void* x, const miopenTensorDescriptor_t hxDesc,
    const void* hx, const miopenTensorDescriptor_t cxDesc, const void* cx,
    const miopenTensorDescriptor_t wDesc, const void* w, const miopenTensorDescriptor_t* yDesc,
    void* y, const miopenTensorDescriptor_t hyDesc, void* hy, const miopenTensorDescriptor_t cyDesc,
    void* cy, void* workSpace, size_t workSpaceNumBytes) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"rnnDesc", rnnDesc},
        {"sequenceLen", sequenceLen},
        {"xDesc", xDesc},
        {"x", x},
        {"hxDesc", hxDesc},
        {"hx", hx},
        {"cxDesc", cxDesc},
        {"cx", cx},
        {"wDesc", wDesc},
        {"w", w},
        {"yDesc", yDesc},
        {"y", y},
        {"hyDesc", hyDesc},
        {"hy", hy},
        {"cyDesc", cyDesc},
        {"cy", cy},
        {"workSpace", workSpace},
        {"workSpaceNumBytes", workSpaceNumBytes}}},
      [&] {
        Handle& owner = object(handle);
        const RnnDescriptor& rnn = object(rnnDesc);
        require_pointer(x, "x");
        require_pointer(w, "w");
        require_pointer(y, "y");
        check_states(
            {{hxDesc, "hxDesc"}, {cxDesc, "cxDesc"}, {hyDesc, "hyDesc"}, {cyDesc, "cyDesc"}});
        const RnnSteps steps = input_steps_of(rnn, sequenceLen, xDesc, "xDesc");
        check_output(rnn, steps, steps_of(rnn, sequenceLen, yDesc, "yDesc"), "yDesc");
        forward(owner, __func__, rnn, steps.vector, sequences_of(rnn, steps),
                {x, hx, cx, w, y, hy, cy, workSpace, nullptr, workSpaceNumBytes, 0, false, false});
      });
}

miopenStatus_t miopenRNNForwardTraining(
    miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc, const int sequenceLen,
    const miopenTensorDescriptor_t* xDesc, const void* x, const miopenTensorDescriptor_t hxDesc,
    const void* hx, const miopenTensorDescriptor_t cxDesc, const void* cx,
    const miopenTensorDescriptor_t wDesc, const void* w, const miopenTensorDescriptor_t* yDesc,
    void* y, const miopenTensorDescriptor_t hyDesc, void* hy, const miopenTensorDescriptor_t cyDesc,
    void* cy, void* workSpace, size_t workSpaceNumBytes, void* reserveSpace,
    size_t reserveSpaceNumBytes) {
  return guard(
      {__func__,
       {{"handle", handle},
        {"rnnDesc", rnnDesc},
        {"sequenceLen", sequenceLen},
        {"xDesc", xDesc},
        {"x", x},
        {"hxDesc", hxDesc},
        {"hx", hx},
        {"cxDesc", cxDesc},
        {"cx", cx},
        {"wDesc", wDesc},
        {"w", w},
        {"yDesc", yDesc},
        {"y", y},
        {"hyDesc", hyDesc},
        {"hy", hy},
        {"cyDesc", cyDesc},
        {"cy", cy},
        {"workSpace", workSpace},
        {"workSpaceNumBytes", workSpaceNumBytes},
        {"reserveSpace", reserveSpace},
        {"reserveSpaceNumBytes", reserveSpaceNumBytes}}},
      [&] {
        Handle& owner = object(handle);
        const RnnDescriptor& rnn = object(rnnDesc);
        require_pointer(x, "x");
        require_pointer(w, "w");
        require_pointer(y, "y");
        check_states(
            {{hxDesc, "hxDesc"}, {cxDesc, "cxDesc"}, {hyDesc, "hyDesc"}, {cyDesc, "cyDesc"}});
        const RnnSteps steps = input_steps_of(rnn, sequenceLen, xDesc, "xDesc");
        check_output(rnn, steps, steps_of(rnn, sequenceLen, yDesc, "yDesc"), "yDesc");
        forward(owner, __func__, rnn, steps.vector, sequences_of(rnn, steps),
                {x, hx, cx, w, y, hy, cy, workSpace, reserveSpace, workSpaceNumBytes,
                 reserveSpaceNumBytes, true, false});
      });
}

miopenStatus_t miopenRNNBackwardData(
    miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc, const int sequenceLen,
    const miopenTensorDescriptor_t* yDesc, const void* y, const miopenTensorDescriptor_t* dyDesc,
    const void* dy, const miopenTensorDescriptor_t dhyDesc, const void* dhy,
    const miopenTensorDescriptor_t dcyDesc, const void* dcy, const miopenTensorDescriptor_t wDesc,
    const void* w, const miopenTensorDescriptor_t hxDesc, const void* hx,
    const miopenTensorDescriptor_t cxDesc, const void* cx, const miopenTensorDescriptor_t* dxDesc,
    void* dx, const miopenTensorDescriptor_t dhxDesc, void* dhx,
    const miopenTensorDescriptor_t dcxDesc, void* dcx, void* workSpace, size_t workSpaceNumBytes,
    void* reserveSpace, size_t reserveSpaceNumBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"sequenceLen", sequenceLen},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"dhyDesc", dhyDesc},
                 {"dhy", dhy},
                 {"dcyDesc", dcyDesc},
                 {"dcy", dcy},
                 {"wDesc", wDesc},
                 {"w", w},
                 {"hxDesc", hxDesc},
                 {"hx", hx},
                 {"cxDesc", cxDesc},
                 {"cx", cx},
                 {"dxDesc", dxDesc},
                 {"dx", dx},
                 {"dhxDesc", dhxDesc},
                 {"dhx", dhx},
                 {"dcxDesc", dcxDesc},
                 {"dcx", dcx},
                 {"workSpace", workSpace},
                 {"workSpaceNumBytes", workSpaceNumBytes},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceNumBytes", reserveSpaceNumBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_pointer(dy, "dy");
                 require_pointer(w, "w");
                 require_pointer(dx, "dx");
                 check_states({{dhyDesc, "dhyDesc"},
                               {dcyDesc, "dcyDesc"},
                               {hxDesc, "hxDesc"},
                               {cxDesc, "cxDesc"},
                               {dhxDesc, "dhxDesc"},
                               {dcxDesc, "dcxDesc"}});
                 const RnnSteps steps = input_steps_of(rnn, sequenceLen, dxDesc, "dxDesc");
                 check_output(rnn, steps, steps_of(rnn, sequenceLen, dyDesc, "dyDesc"), "dyDesc");
                 backward_data(owner, __func__, rnn, steps.vector, sequences_of(rnn, steps),
                               {dy, dhy, dcy, w, dx, dhx, dcx, workSpace, reserveSpace,
                                workSpaceNumBytes, reserveSpaceNumBytes, false});
               });
}

miopenStatus_t miopenRNNBackwardWeights(miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc,
                                        const int sequenceLen,
                                        const miopenTensorDescriptor_t* xDesc, const void* x,
                                        const miopenTensorDescriptor_t hxDesc, const void* hx,
                                        const miopenTensorDescriptor_t* yDesc, const void* y,
                                        const miopenTensorDescriptor_t dwDesc, void* dw,
                                        void* workSpace, size_t workSpaceNumBytes,
                                        const void* reserveSpace, size_t reserveSpaceNumBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"sequenceLen", sequenceLen},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"hxDesc", hxDesc},
                 {"hx", hx},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"dwDesc", dwDesc},
                 {"dw", dw},
                 {"workSpace", workSpace},
                 {"workSpaceNumBytes", workSpaceNumBytes},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceNumBytes", reserveSpaceNumBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_pointer(x, "x");
                 require_pointer(dw, "dw");
                 const RnnSteps steps = input_steps_of(rnn, sequenceLen, xDesc, "xDesc");
                 backward_weights(owner, __func__, rnn, steps.vector, sequences_of(rnn, steps), x,
                                  dw, workSpace, workSpaceNumBytes, reserveSpace,
                                  reserveSpaceNumBytes, false);
               });
}

miopenStatus_t miopenRNNForward(miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc,
                                miopenRNNFWDMode_t fwdMode, const miopenSeqTensorDescriptor_t xDesc,
                                const void* x, const miopenTensorDescriptor_t hDesc, const void* hx,
                                void* hy, const miopenTensorDescriptor_t cDesc, const void* cx,
                                void* cy, const miopenSeqTensorDescriptor_t yDesc, void* y,
                                const void* w, size_t weightSpaceSize, void* workSpace,
                                size_t workSpaceNumBytes, void* reserveSpace,
                                size_t reserveSpaceNumBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"fwdMode", fwdMode},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"hDesc", hDesc},
                 {"hx", hx},
                 {"hy", hy},
                 {"cDesc", cDesc},
                 {"cx", cx},
                 {"cy", cy},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"w", w},
                 {"weightSpaceSize", weightSpaceSize},
                 {"workSpace", workSpace},
                 {"workSpaceNumBytes", workSpaceNumBytes},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceNumBytes", reserveSpaceNumBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_pointer(x, "x");
                 require_pointer(w, "w");
                 require_pointer(y, "y");
                 const SequenceDescriptor& from = object(xDesc, "xDesc");
                 const RnnSequences sequences =
                     sequences_of_both(rnn, from, object(yDesc, "yDesc"), true);
                 check_weights(rnn, from.vector, weightSpaceSize);
                 // Inference has no reserve space; MIOpen asks for one all the same.
                 forward(owner, __func__, rnn, from.vector, sequences,
                         {x, hx, cx, w, y, hy, cy, workSpace, reserveSpace, workSpaceNumBytes,
                          reserveSpaceNumBytes, fwdMode == miopenRNNTraining, true});
               });
}

miopenStatus_t miopenRNNBackwardSeqData(
    miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc,
    const miopenSeqTensorDescriptor_t yDesc, const void* y, const void* dy,
    const miopenTensorDescriptor_t hDesc, const void* hx, const void* dhy, void* dhx,
    const miopenTensorDescriptor_t cDesc, const void* cx, const void* dcy, void* dcx,
    const miopenSeqTensorDescriptor_t xDesc, void* dx, const void* w, size_t weightSpaceSize,
    void* workSpace, size_t workSpaceNumBytes, void* reserveSpace, size_t reserveSpaceNumBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"dy", dy},
                 {"hDesc", hDesc},
                 {"hx", hx},
                 {"dhy", dhy},
                 {"dhx", dhx},
                 {"cDesc", cDesc},
                 {"cx", cx},
                 {"dcy", dcy},
                 {"dcx", dcx},
                 {"xDesc", xDesc},
                 {"dx", dx},
                 {"w", w},
                 {"weightSpaceSize", weightSpaceSize},
                 {"workSpace", workSpace},
                 {"workSpaceNumBytes", workSpaceNumBytes},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceNumBytes", reserveSpaceNumBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_pointer(dy, "dy");
                 require_pointer(w, "w");
                 require_pointer(dx, "dx");
                 const SequenceDescriptor& to = object(xDesc, "xDesc");
                 const RnnSequences sequences =
                     sequences_of_both(rnn, to, object(yDesc, "yDesc"), false);
                 check_weights(rnn, to.vector, weightSpaceSize);
                 backward_data(owner, __func__, rnn, to.vector, sequences,
                               {dy, dhy, dcy, w, dx, dhx, dcx, workSpace, reserveSpace,
                                workSpaceNumBytes, reserveSpaceNumBytes, true});
               });
}

miopenStatus_t miopenRNNBackwardWeightsSeqTensor(
    miopenHandle_t handle, const miopenRNNDescriptor_t rnnDesc,
    const miopenSeqTensorDescriptor_t xDesc, const void* x, const miopenTensorDescriptor_t hDesc,
    const void* hx, const miopenSeqTensorDescriptor_t yDesc, const void* y, void* dw,
    size_t weightSpaceSize, void* workSpace, size_t workSpaceNumBytes, const void* reserveSpace,
    size_t reserveSpaceNumBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"rnnDesc", rnnDesc},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"hDesc", hDesc},
                 {"hx", hx},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"dw", dw},
                 {"weightSpaceSize", weightSpaceSize},
                 {"workSpace", workSpace},
                 {"workSpaceNumBytes", workSpaceNumBytes},
                 {"reserveSpace", reserveSpace},
                 {"reserveSpaceNumBytes", reserveSpaceNumBytes}}},
               [&] {
                 Handle& owner = object(handle);
                 const RnnDescriptor& rnn = object(rnnDesc);
                 require_pointer(x, "x");
                 require_pointer(dw, "dw");
                 const SequenceDescriptor& from = object(xDesc, "xDesc");
                 const RnnSequences sequences =
                     sequences_of_both(rnn, from, object(yDesc, "yDesc"), false);
                 check_weights(rnn, from.vector, weightSpaceSize);
                 backward_weights(owner, __func__, rnn, from.vector, sequences, x, dw, workSpace,
                                  workSpaceNumBytes, reserveSpace, reserveSpaceNumBytes, true);
               });
}

}  // extern "C"

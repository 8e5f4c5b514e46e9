#include <miopen/miopen.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/element_types.h"
#include "device/pointer_kind.h"
#include "dispatch/operators.h"
#include "solvers/operators/ctc.h"

using namespace rdna1conv;

namespace {

using B = CtcBuffer;

// What a miopenCTCLossDescriptor_t points to.
struct CtcDescriptor {
  DataType type = DataType::kFloat;
  int blank = 0;
  bool applies_softmax = true;
};
CtcDescriptor& ctc_object(miopenCTCLossDescriptor_t descriptor) {
  return *reinterpret_cast<CtcDescriptor*>(&require(descriptor, "ctcLossDesc"));
}

// MIOpen has no bf16 here.
void require_type(DataType type, const char* name) {
  if (float_row(type)) return;
  throw Error(Status::kBadParm, std::string(name) + " is " + std::string(name_of(type)) +
                                    ", must be " + float_types_text());
}

std::array<std::int64_t, 3> strides_of(const NamedTensor& tensor) {
  const auto strides = tensor.descriptor.strides();
  return {strides[0], strides[1], strides[2]};
}

// A batch's labels and how many each sequence has, on the host.
struct Labels {
  std::vector<int> steps, counts, labels;

  std::size_t table_words() const { return 3 * counts.size() + labels.size(); }
  // The table of params/ctc.h.
  std::vector<std::uint32_t> table() const {
    std::vector<std::uint32_t> words(steps.begin(), steps.end());
    words.insert(words.end(), counts.begin(), counts.end());
    std::uint32_t first = 0;
    for (const int count : counts) {
      words.push_back(first);
      first += static_cast<std::uint32_t>(count);
    }
    words.insert(words.end(), labels.begin(), labels.end());
    return words;
  }
};

// Clients' arrays, which PyTorch has on the device. `wrong` is MIOpen's status of what does not
// fit.
Labels labels_of(const Handle& handle, const CtcProblem& p, const int* labels,
                 const int* label_lengths, const int* input_lengths, Status wrong) {
  require_pointer(labels, "labels");
  require_pointer(label_lengths, "labelLengths");
  require_pointer(input_lengths, "inputLengths");
  const auto batch = static_cast<std::size_t>(p.batch);
  Labels all;
  all.steps = numbers_on_host(input_lengths, batch, "inputLengths", handle.stream);
  all.counts = numbers_on_host(label_lengths, batch, "labelLengths", handle.stream);
  std::size_t count = 0;
  for (std::size_t i = 0; i < batch; ++i) {
    const std::string index = "[" + std::to_string(i) + "] is ";
    if (all.steps[i] < 1 || all.steps[i] > p.steps) {
      throw Error(wrong, "inputLengths" + index + std::to_string(all.steps[i]) +
                             ", probsDesc has steps for 1 to " + std::to_string(p.steps));
    }
    if (all.counts[i] < 0 || all.counts[i] > all.steps[i]) {
      throw Error(wrong, "labelLengths" + index + std::to_string(all.counts[i]) +
                             ", inputLengths has " + std::to_string(all.steps[i]));
    }
    count += static_cast<std::size_t>(all.counts[i]);
  }
  if (count > 0) all.labels = numbers_on_host(labels, count, "labels", handle.stream);
  std::size_t at = 0;
  for (std::size_t i = 0; i < batch; ++i) {
    int repeats = 0;
    for (int j = 0; j < all.counts[i]; ++j, ++at) {
      if (all.labels[at] < 0 || all.labels[at] >= p.classes) {
        throw Error(wrong, "labels[" + std::to_string(at) + "] is " +
                               std::to_string(all.labels[at]) + ", there are " +
                               std::to_string(p.classes) + " classes");
      }
      repeats += j > 0 && all.labels[at] == all.labels[at - 1];
    }
    if (all.counts[i] + repeats > all.steps[i]) {
      throw Error(wrong, "inputLengths[" + std::to_string(i) + "] is " +
                             std::to_string(all.steps[i]) + ", its labels need " +
                             std::to_string(all.counts[i] + repeats) + " steps");
    }
  }
  return all;
}

CtcProblem problem_of(const CtcDescriptor& ctc, const NamedTensor& probabilities,
                      const NamedTensor& gradients, Status wrong) {
  require_type(probabilities.descriptor.type(), probabilities.name);
  if (probabilities.descriptor.rank() != 3 ||
      probabilities.descriptor.type() != gradients.descriptor.type() ||
      !std::ranges::equal(probabilities.descriptor.lengths(), gradients.descriptor.lengths())) {
    throw Error(wrong, text_of(probabilities) + ", " + text_of(gradients) +
                           ": both must have steps, batch and classes");
  }
  const auto lengths = probabilities.descriptor.lengths();
  CtcProblem p;
  p.applies_softmax = ctc.applies_softmax;
  p.type = probabilities.descriptor.type();
  p.steps = lengths[0];
  p.batch = lengths[1];
  p.classes = lengths[2];
  p.blank = std::clamp<std::int64_t>(ctc.blank, 0, p.classes - 1);
  p.strides = strides_of(probabilities);
  p.gradient_strides = strides_of(gradients);
  require_apart(gradients, wrong);
  return p;
}

std::size_t bytes_with(CtcProblem& p, const Labels& labels) {
  p.most_labels = *std::max_element(labels.counts.begin(), labels.counts.end());
  return ctc_workspace_bytes(p) + labels.table_words() * sizeof(std::uint32_t);
}

// Queues launches that write the table behind the rest of the workspace.
void bring_table(Handle& handle, const CtcProblem& p, const Labels& labels, std::byte* table) {
  CtcProblem words_problem;
  words_problem.brings_table = true;
  words_problem.type = p.type;
  const std::vector<std::uint32_t> words = labels.table();
  for (std::size_t begin = 0; begin < words.size(); begin += kCtcTableWords) {
    CtcWords part{};
    part.count =
        static_cast<std::uint32_t>(std::min<std::size_t>(kCtcTableWords, words.size() - begin));
    std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(begin), part.count, part.words);
    RunArguments arguments;
    arguments.buffers[BufferSlot(B::kTable).number] = table + begin * sizeof(std::uint32_t);
    arguments.scalars = std::as_bytes(std::span(&part, 1));
    queue_operator(handle, words_problem, arguments);
  }
}

}  // namespace

extern "C" {

miopenStatus_t miopenCreateCTCLossDescriptor(miopenCTCLossDescriptor_t* ctcLossDesc) {
  return guard({__func__, {{"ctcLossDesc", ctcLossDesc}}}, [&] {
    miopenCTCLossDescriptor_t& result = require(ctcLossDesc, "ctcLossDesc");
    result = reinterpret_cast<miopenCTCLossDescriptor_t>(new CtcDescriptor);
  });
}

miopenStatus_t miopenDestroyCTCLossDescriptor(miopenCTCLossDescriptor_t ctcLossDesc) {
  return guard({__func__, {{"ctcLossDesc", ctcLossDesc}}},
               [&] { delete &ctc_object(ctcLossDesc); });
}

miopenStatus_t miopenSetCTCLossDescriptor(miopenCTCLossDescriptor_t ctcLossDesc,
                                          miopenDataType_t dataType, const int blank_label_id,
                                          bool apply_softmax_layer) {
  return guard({__func__,
                {{"ctcLossDesc", ctcLossDesc},
                 {"dataType", dataType},
                 {"blank_label_id", blank_label_id},
                 {"apply_softmax_layer", apply_softmax_layer}}},
               [&] {
                 CtcDescriptor& ctc = ctc_object(ctcLossDesc);
                 require_type(static_cast<DataType>(dataType), "dataType");
                 ctc = {static_cast<DataType>(dataType), blank_label_id, apply_softmax_layer};
               });
}

miopenStatus_t miopenGetCTCLossDescriptor(miopenCTCLossDescriptor_t ctcLossDesc,
                                          miopenDataType_t* dataType, int* blank_label_id,
                                          bool* apply_softmax_layer) {
  return guard({__func__, {{"ctcLossDesc", ctcLossDesc}}}, [&] {
    const CtcDescriptor& ctc = ctc_object(ctcLossDesc);
    if (dataType != nullptr) *dataType = static_cast<miopenDataType_t>(ctc.type);
    if (blank_label_id != nullptr) *blank_label_id = ctc.blank;
    if (apply_softmax_layer != nullptr) *apply_softmax_layer = ctc.applies_softmax;
  });
}

miopenStatus_t miopenGetCTCLossWorkspaceSize(miopenHandle_t handle,
                                             const miopenTensorDescriptor_t probsDesc,
                                             const miopenTensorDescriptor_t gradientsDesc,
                                             const int* labels, const int* labelLengths,
                                             const int* inputLengths, miopenCTCLossAlgo_t algo,
                                             const miopenCTCLossDescriptor_t ctcLossDesc,
                                             size_t* workSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"probsDesc", probsDesc},
                 {"gradientsDesc", gradientsDesc},
                 {"labels", labels},
                 {"labelLengths", labelLengths},
                 {"inputLengths", inputLengths},
                 {"algo", algo},
                 {"ctcLossDesc", ctcLossDesc},
                 {"workSpaceSize", workSpaceSize}}},
               [&] {
                 Handle& owner = object(handle);
                 CtcProblem p = problem_of(
                     ctc_object(ctcLossDesc), {object(probsDesc, "probsDesc"), "probsDesc"},
                     {object(gradientsDesc, "gradientsDesc"), "gradientsDesc"}, Status::kBadParm);
                 const Labels all =
                     labels_of(owner, p, labels, labelLengths, inputLengths, Status::kBadParm);
                 require(workSpaceSize, "workSpaceSize") = bytes_with(p, all);
               });
}

miopenStatus_t miopenCTCLoss(miopenHandle_t handle, const miopenTensorDescriptor_t probsDesc,
                             const void* probs, const int* labels, const int* labelLengths,
                             const int* inputLengths, void* losses,
                             const miopenTensorDescriptor_t gradientsDesc, void* gradients,
                             miopenCTCLossAlgo_t algo, const miopenCTCLossDescriptor_t ctcLossDesc,
                             void* workSpace, size_t workSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"probsDesc", probsDesc},
                 {"probs", probs},
                 {"labels", labels},
                 {"labelLengths", labelLengths},
                 {"inputLengths", inputLengths},
                 {"losses", losses},
                 {"gradientsDesc", gradientsDesc},
                 {"gradients", gradients},
                 {"algo", algo},
                 {"ctcLossDesc", ctcLossDesc},
                 {"workSpace", workSpace},
                 {"workSpaceSize", workSpaceSize}}},
               [&] {
                 Handle& owner = object(handle);
                 require_enumerator(
                     algo, {MIOPEN_CTC_LOSS_ALGO_DETERMINISTIC, MIOPEN_CTC_LOSS_ALGO_DETERMINISTIC},
                     "algo", "miopenCTCLossAlgo_t");
                 CtcProblem p = problem_of(
                     ctc_object(ctcLossDesc), {object(probsDesc, "probsDesc"), "probsDesc"},
                     {object(gradientsDesc, "gradientsDesc"), "gradientsDesc"},
                     Status::kUnknownError);
                 const Labels all =
                     labels_of(owner, p, labels, labelLengths, inputLengths, Status::kUnknownError);
                 require_size(workSpaceSize, bytes_with(p, all), "workSpaceSize");
                 require_pointer(workSpace, "workSpace");
                 OperatorRun run(owner);
                 run.add(B::kProbabilities, probs, "probs", p.type);
                 run.add(B::kLosses, losses, "losses", p.type);
                 run.add(B::kGradients, gradients, "gradients", p.type);
                 run.add(B::kWorkspace, workSpace, "workSpace", DataType::kFloat);
                 auto* const table = static_cast<std::byte*>(workSpace) + ctc_workspace_bytes(p);
                 run.add(B::kTable, table, "workSpace", DataType::kInt32);
                 if (are_commands_logged()) {
                   log_command("LogCmdCTC", to_driver_line(p, {all.steps.begin(), all.steps.end()},
                                                           {all.counts.begin(), all.counts.end()}));
                 }
                 bring_table(owner, p, all, table);
                 queue_operator(owner, p, run.arguments());
               });
}

}  // extern "C"

#include "operators/operator_case.h"

#include <algorithm>

#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

struct Maker {
  const char* name;  // of the operator, as the driver has it
  OperatorCase (*make)(std::string_view line, bool with_reference);
};
constexpr Maker kMakers[] = {
    {"activ", make_activation_case},
    {"adam", make_adam_case},
    {"addlayernorm", make_layer_norm_case},
    {"bnorm", make_batch_norm_case},
    {"convbias", make_bias_case},
    {"ctc", make_ctc_case},
    {"dropout", make_dropout_case},
    {"glu", make_glu_case},
    {"groupnorm", make_layer_norm_case},
    {"kthvalue", make_axis_case},
    {"layernorm", make_layer_norm_case},
    {"lrn", make_lrn_case},
    {"multimarginloss", make_multi_margin_case},
    {"pool", make_pooling_case},
    {"prelu", make_prelu_case},
    {"reduce", make_reduce_case},
    {"reducecalculation", make_axis_case},
    {"reduceextreme", make_axis_case},
    {"rnn", make_rnn_case},
    {"rope", make_rope_case},
    {"softmarginloss", make_soft_margin_case},
    {"softmax", make_softmax_case},
    {"t5layernorm", make_layer_norm_case},
    {"tensorop", make_tensor_function_case},
    {"transformersadamw", make_adam_case},
};

const Maker* maker_of(std::string_view line) {
  for (const std::string_view word : split_at_blanks(line)) {
    for (const Maker& maker : kMakers) {
      const std::vector<std::string> words = operator_words(maker.name);
      if (std::find(words.begin(), words.end(), word) != words.end()) return &maker;
    }
  }
  return nullptr;
}

}  // namespace

OperatorCase make_operator_case(std::string_view line, bool with_reference) {
  const Maker* const maker = maker_of(line);
  if (maker == nullptr) {
    std::string words;
    for (const Maker& row : kMakers) words += (words.empty() ? "" : ", ") + std::string(row.name);
    throw Error(Status::kBadParm, "'" + std::string(line) + "' has none of " + words);
  }
  OperatorCase operator_case = maker->make(line, with_reference);
  operator_case.name = maker->name;
  return operator_case;
}

bool is_operator_line(std::string_view line) { return maker_of(line) != nullptr; }

std::vector<float> case_values(DataType type, std::int64_t count, int salt, double low,
                               double high) {
  std::vector<float> all(static_cast<std::size_t>(count));
  auto state = static_cast<std::uint64_t>(salt) * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
  for (float& value : all) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double share = static_cast<double>(state >> 40) / static_cast<double>(1 << 24);
    value = static_cast<float>(rounded(type, low + (high - low) * share));
  }
  return all;
}

OperatorRun::OperatorRun(const OperatorCase& operator_case) : case_(operator_case) {
  tensors_.reserve(case_.tensors.size());
  for (const CaseTensor& tensor : case_.tensors) {
    tensors_.emplace_back(tensor.tensor,
                          tensor.expected || tensor.is_workspace ? GuardedTensor::Use::kWrite
                                                                 : GuardedTensor::Use::kRead,
                          tensor.before);
    addresses_.push_back(tensors_.back().address());
  }
}

miopenStatus_t OperatorRun::prepare(miopenHandle_t handle) const {
  return case_.prepare ? case_.prepare(handle, addresses_) : miopenStatusSuccess;
}

miopenStatus_t OperatorRun::call(miopenHandle_t handle) const {
  return case_.call(handle, addresses_);
}

std::optional<std::string> OperatorRun::fault() const {
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const CaseTensor& tensor = case_.tensors[i];
    if (tensor.is_workspace) continue;
    if (!tensor.expected) {
      if (!tensors_[i].is_unchanged()) return tensor.name + " was written to";
      continue;
    }
    try {
      if (auto fault = fault_of(tensors_[i].stored_values(), *tensor.expected, tensor.tolerance))
        return tensor.name + ": " + *fault;
    } catch (const Error& error) {
      return tensor.name + ": " + error.what();
    }
  }
  return case_.further_fault ? case_.further_fault() : std::nullopt;
}

std::vector<std::vector<double>> OperatorRun::outputs() const {
  std::vector<std::vector<double>> all;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    if (case_.tensors[i].expected) all.push_back(tensors_[i].stored_values());
  }
  return all;
}

double OperatorRun::error() const {
  double worst = 0;
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    if (case_.tensors[i].expected)
      worst = std::max(worst, rms_range(tensors_[i].stored_values(), *case_.tensors[i].expected));
  }
  return worst;
}

}  // namespace rdna1conv

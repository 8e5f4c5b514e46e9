#pragma once

// Operators as cases: a driver line becomes tensors with values, a call of MIOpen's API on them,
// and what the call must store, computed in double precision.

#include <miopen/miopen.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/guarded_tensor.h"
#include "reference/strided_tensor.h"
#include "reference/tolerance.h"

namespace rdna1conv {

// Values are in N, C, D, H, W order whatever the strides.
struct CaseTensor {
  std::string name;
  StridedTensor tensor;
  std::vector<float> before;  // empty: NaN, for nothing may read it
  // Of what the call writes.
  std::optional<std::vector<double>> expected;
  Tolerance tolerance{0, 0};
  bool is_workspace = false;  // the call may write to it, and nothing is expected
};

struct OperatorCase {
  std::string line;  // canonical
  std::string name;  // "bnorm"
  std::vector<CaseTensor> tensors;
  // One call on the tensors' addresses, in their order.
  std::function<miopenStatus_t(miopenHandle_t, std::span<std::byte* const>)> call;
  // The call reads what it writes, so that a second one gives something else.
  bool once = false;
  // What has to be done before the first call, such as the forward call of a backward one. May be
  // empty.
  std::function<miopenStatus_t(miopenHandle_t, std::span<std::byte* const>)> prepare;
  // What else may be wrong after a call, in words; may be empty.
  std::function<std::optional<std::string>()> further_fault;
  // What the operator must at least read and write; a pass over a tensor that has to be repeated,
  // as for statistics, counts each time.
  double bytes = 0;
  // Of operators made of products: floating point operations of these, a multiply-add counted as
  // two.
  double flops = 0;
  // A call makes lists on the host, such as of its sequences' lengths.
  bool allocates_host_memory = false;
};

// Throws Error (kBadParm) naming the option at fault, or the words of operators if there is none.
// `with_reference`: else nothing is expected and values are all alike, for times alone.
OperatorCase make_operator_case(std::string_view line, bool with_reference = true);

// Whether a line or a word of one is an operator's, and not a convolution's.
bool is_operator_line(std::string_view line);

// Pseudorandom values, rounded to the type, in [low, high).
std::vector<float> case_values(DataType type, std::int64_t count, int salt, double low,
                               double high);

// The tensors of a case on the device.
class OperatorRun {
 public:
  explicit OperatorRun(const OperatorCase& operator_case);

  miopenStatus_t prepare(miopenHandle_t handle) const;
  miopenStatus_t call(miopenHandle_t handle) const;
  // What is wrong with what was stored, in words: values, what was written beside outputs, inputs
  // that have changed. Nothing if all is right.
  std::optional<std::string> fault() const;
  // What each output holds, for comparison of runs.
  std::vector<std::vector<double>> outputs() const;
  // The largest rms_range of all outputs.
  double error() const;

 private:
  const OperatorCase& case_;
  std::vector<GuardedTensor> tensors_;
  std::vector<std::byte*> addresses_;
};

}  // namespace rdna1conv

#pragma once

// oneDNN as the second reference of operators.

#include <string>
#include <vector>

#include "operators/operator_case.h"

namespace rdna1conv {

struct NamedValues {
  std::string tensor;  // CaseTensor::name
  std::vector<double> values;
};

// Operators for which onednn_results() may know something.
std::vector<std::string> onednn_operators();

// What oneDNN computes in fp32 from a case's inputs: some of its outputs; none if it does not have
// the case's operator or kind of it.
std::vector<NamedValues> onednn_results(const OperatorCase& c);

}  // namespace rdna1conv

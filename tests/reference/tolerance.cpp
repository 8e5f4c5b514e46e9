#include "tolerance.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include "element_type.h"
#include "strided_tensor.h"

namespace rdna1conv {
namespace {

// rms: MIOpenDriver's tolerances (driver/conv_driver.hpp, GetDefaultTolerance and VerifyBackward):
// backward weights sums more and gets twice as much, Winograd's ten times that in fp32. Its further
// factors, for kernels that add up by atomics and for implicit GEMM, are not claimed. Integer sums
// are exact; an epilogue works on them in fp32.
//
// element: ours. In a large tensor the mean hides a few wrong elements; the largest difference does
// not. It has room for about 20 times the rounding error of the type, or of fp16 products that are
// summed in fp16 by the few. Winograd's transforms to fp16 spread that of a tile's largest term
// over all its outputs, of which small images have only small ones.
struct Row {
  DataType output_type;
  bool weights;  // backward weights, else the other directions
  bool fused;    // of an integer output: with an epilogue
  std::optional<Algorithm> algorithm;
  Tolerance tolerance;
};
constexpr Row kRows[] = {
    {DataType::kFloat, false, false, {}, {1.5e-6, 3e-5}},
    {DataType::kFloat, true, false, Algorithm::kWinograd, {3e-5, 3e-4}},
    {DataType::kFloat, true, false, {}, {3e-6, 6e-5}},
    {DataType::kHalf, false, false, Algorithm::kWinograd, {8.2e-3, 3e-2}},
    {DataType::kHalf, false, false, {}, {8.2e-3, 1e-2}},
    {DataType::kHalf, true, false, {}, {1.64e-2, 2e-2}},
    {DataType::kBFloat16, false, false, {}, {6.56e-2, 3e-2}},
    {DataType::kBFloat16, true, false, {}, {1.312e-1, 6e-2}},
    {DataType::kInt32, false, false, {}, {0, 0}},
    {DataType::kInt32, false, true, {}, {1.5e-6, 3e-5}},
    {DataType::kInt8, false, false, {}, {0, 0}},
    {DataType::kInt8, false, true, {}, {2e-3, 1e-2}},  // a few round to the other neighbour
};

}  // namespace

Tolerance tolerance_of(const ConvProblem& problem, Algorithm algorithm) {
  const bool weights = problem.direction == Direction::kBackwardWeights;
  const DataType type = output_tensor(problem).type;
  const bool is_fused_integer = is_integer(type) && problem.epilogue != Epilogue{};
  for (const Row& row : kRows) {
    if (row.output_type == type && row.weights == weights && row.fused == is_fused_integer &&
        row.algorithm.value_or(algorithm) == algorithm)
      return row.tolerance;
  }
  throw std::logic_error("no tolerance for " + std::string(name_of(type)));
}

Tolerance tolerance_of(DataType type) {
  for (const Row& row : kRows) {
    if (row.output_type == type && !row.weights && !row.fused && !row.algorithm)
      return row.tolerance;
  }
  throw std::logic_error("no tolerance for " + std::string(name_of(type)));
}

double rms_range(std::span<const double> result, std::span<const double> reference) {
  double square_sum = 0, largest = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double difference = result[i] - reference[i];
    square_sum += difference * difference;
    largest = std::max({largest, std::fabs(result[i]), std::fabs(reference[i])});
  }
  if (largest == 0) return 0;
  return std::sqrt(square_sum) / (std::sqrt(static_cast<double>(result.size())) * largest);
}

std::optional<std::string> fault_of(std::span<const double> result,
                                    std::span<const double> reference, Tolerance tolerance) {
  std::ostringstream text;
  double largest = 0, worst = 0;
  std::size_t worst_at = 0;
  bool all_zero = true, reference_all_zero = true;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!std::isfinite(result[i]) && std::isfinite(reference[i])) {
      text << "element " << i << " is " << result[i] << ", not " << reference[i];
      return text.str();
    }
    all_zero = all_zero && result[i] == 0;
    reference_all_zero = reference_all_zero && reference[i] == 0;
    largest = std::max({largest, std::fabs(result[i]), std::fabs(reference[i])});
    const double difference = std::fabs(result[i] - reference[i]);
    if (difference > worst) {
      worst = difference;
      worst_at = i;
    }
  }
  if (all_zero && !reference_all_zero) return "result is all zero";
  const double rms = rms_range(result, reference);
  if (rms <= tolerance.rms && worst <= tolerance.element * largest) return std::nullopt;
  text << "error " << rms << " (tolerance " << tolerance.rms << "), the largest " << worst / largest
       << " (tolerance " << tolerance.element << ") at element " << worst_at << ": "
       << result[worst_at] << " instead of " << reference[worst_at];
  return text.str();
}

}  // namespace rdna1conv

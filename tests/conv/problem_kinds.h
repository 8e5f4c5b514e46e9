#pragma once

#include <string_view>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// What a problem's tensors are made of, apart from its shape.
enum class Placement {
  kNchw,
  kNhwc,
  kMixed,   // x packed channels last, w and y channels first
  kPadded,  // channels first, with gaps behind rows, planes, channels and images
};
inline constexpr Placement kPlacements[] = {Placement::kNchw, Placement::kNhwc, Placement::kMixed,
                                            Placement::kPadded};

struct Types {
  DataType x, y;  // read and written; w has the type of x
};
inline constexpr Types kFloatTypeRows[] = {{DataType::kFloat, DataType::kFloat},
                                           {DataType::kHalf, DataType::kHalf},
                                           {DataType::kBFloat16, DataType::kBFloat16}};
inline constexpr Types kInt8TypeRows[] = {{DataType::kInt8, DataType::kInt32},
                                          {DataType::kInt8, DataType::kFloat},
                                          {DataType::kInt8, DataType::kInt8}};

void place(ConvProblem& problem, Placement placement);

// The convolution of a driver line in every direction, element type and placement that there is:
// 3 * 3 * 4 with floats and 2 * 3 * 4 with int8, whose backward data is a transposed forward
// convolution.
std::vector<ConvProblem> every_kind_of(std::string_view line);

// The same for one direction and placement.
std::vector<ConvProblem> every_type_of(const ConvProblem& problem);

}  // namespace rdna1conv

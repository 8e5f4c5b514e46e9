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

void place(ConvProblem& problem, Placement placement);

// Shapes at the edges of what a convolution can be, as driver lines for every_kind_of().
inline constexpr const char* kEdgeLines[] = {
    "conv -n 2 -c 6 -H 7 -W 9 -k 4 -y 3 -x 3 -p 1 -q 1 -g 2",
    "conv -n 2 -c 3 -H 8 -W 5 -k 5 -y 2 -x 4 -p 1 -q 3 -u 2 -v 3 -l 1 -j 1",
    "conv -n 1 -c 4 -H 9 -W 8 -k 6 -y 3 -x 2 -p 2 -q 0 -u 3 -v 2 -l 2 -j 4",
    "conv -n 3 -c 5 -H 1 -W 13 -k 5 -y 1 -x 3 -p 0 -q 1 -g 5",
    "conv -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -p 2 -q 1 -u 2 -v 2",    // outputs of padding only
    "conv -n 1 -c 2 -H 3 -W 3 -k 2 -y 5 -x 5 -p 1 -q 1",              // filter beyond the input
    "conv -n 1 -c 2 -H 9 -W 7 -k 3 -y 2 -x 1 -u 4 -v 3",              // inputs that nothing sees
    "conv -n 1 -c 2 -H 11 -W 13 -k 3 -y 3 -x 3 -u 4 -v 6 -l 2 -j 4",  // common divisors
    "conv -n 1 -c 3 -H 17 -W 19 -k 3 -y 8 -x 8 -u 8 -v 8 -p 3 -q 0",  // patches
    "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1",
    "conv -n 1 -c 70 -H 5 -W 5 -k 67 -y 1 -x 1",
    "conv -n 2 -c 13 -H 6 -W 6 -k 7 -y 3 -x 3 -p 1 -q 1",
    "conv -n 2 -c 3 -H 5 -W 6 -k 4 -y 4 -x 3 -p 1 -q 1 -u 2 -v 2 -Y 1 -X 1 -m trans",
    "conv -n 1 -c 6 -H 4 -W 5 -k 4 -y 2 -x 2 -u 2 -v 2 -g 2 -m trans",
    "conv -n 2 -c 2 -! 4 -H 5 -W 3 -k 4 -@ 3 -y 2 -x 3 -$ 1 -q 1 -# 2 -v 2 -l 2 -_ 3 -g 2",
    "conv -n 1 -c 3 -! 6 -H 4 -W 7 -k 2 -@ 2 -y 3 -x 1 -p 2 -# 3 -u 2 -_ 3"};

// Epilogues for parse_epilogue(): each part alone, and some together.
inline constexpr const char* kEpilogueWords[] = {"scale",
                                                 "z",
                                                 "bias",
                                                 "norm",
                                                 "norm_per_activation",
                                                 "scale+z+bias+norm+relu",
                                                 "scale+bias+norm_per_activation+clamp",
                                                 "logistic",
                                                 "tanh",
                                                 "relu",
                                                 "softrelu",
                                                 "abs",
                                                 "power",
                                                 "clippedrelu",
                                                 "leakyrelu",
                                                 "elu",
                                                 "clamp"};

// The convolution of a driver line in every direction, row of params/element_types.h that the
// direction has, and placement.
std::vector<ConvProblem> every_kind_of(std::string_view line);

// The same for one direction and placement.
std::vector<ConvProblem> every_type_of(const ConvProblem& problem);

}  // namespace rdna1conv

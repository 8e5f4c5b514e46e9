#pragma once

// The CPU peer: oneDNN's direct convolution in fp32 on all cores of this machine.

#include <optional>
#include <string>
#include <vector>

#include "reference/conv_case.h"

namespace rdna1conv::bench {

struct CpuResult {
  std::vector<double> values;  // of the output, in N, C, D, H, W order
  double seconds = 0;          // of one convolution: the minimum of the timed runs
  int runs = 0;                // how many were timed
  std::string implementation;  // oneDNN's name of it, such as "jit:avx512_core"
};

// Runs a problem of any direction in fp32, whatever its types, for that is what the CPU is fastest
// in; `inputs` are those drawn for it. oneDNN chooses its own memory formats; reordering into and
// out of them is not timed, as a network keeps its tensors in them. Timed are 3 runs and more until
// 0.25 s have passed, at most 200, after one that is not timed; one run and no other if it takes
// longer than 2 s. Nothing if oneDNN has no implementation for the problem.
std::optional<CpuResult> run_on_cpu(const ConvProblem& problem, const ConvCase& inputs);

// "AMD EPYC, 2 threads, oneDNN 2.6.3"; with a warning if other programs keep the CPU so busy that
// its times mean little.
std::string cpu_description();

}  // namespace rdna1conv::bench

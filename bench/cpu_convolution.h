#pragma once

// The CPU peer: oneDNN's direct convolution in fp32 on all cores of this machine.

#include <span>
#include <string>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv::bench {

struct CpuResult {
  std::vector<float> y;        // packed NCHW (NCDHW)
  double seconds = 0;          // of one convolution: the minimum of the timed runs
  int runs = 0;                // how many were timed
  std::string implementation;  // oneDNN's name of it, such as "jit:avx512_core"
};

// Runs a forward problem, transposed or not, on packed NCHW x and w. oneDNN chooses its own memory
// formats; reordering into and out of them is not timed, as a network keeps its tensors in them.
// The algorithm is convolution_direct: Winograd would cost the result its exactness.
// Timed are 3 runs and more until 0.25 s have passed, at most 200, after one that is not timed; one
// run and no other if it takes longer than 2 s.
CpuResult run_on_cpu(const ConvProblem& problem, std::span<const float> x,
                     std::span<const float> w);

// "AMD EPYC, 2 threads, oneDNN 2.6.3"; with a warning if other programs keep the CPU so busy that
// its times mean little.
std::string cpu_description();

}  // namespace rdna1conv::bench

#include "solvers/weights_sum.h"

#include <array>
#include <cstddef>

#include "params/weights_sum.h"
#include "plan/convolution_buffers.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"

namespace rdna1conv {
namespace {

// In the order of kElementTypes.
constexpr std::array kKernels = RDNA1CONV_FLOAT_KERNELS("weights_sum_", "");

}  // namespace

std::int64_t weights_of(const ConvProblem& p) { return p.k * (p.c / p.groups) * p.filter.volume(); }

Launch weights_sum_launch(const ConvProblem& p, std::uint32_t splits) {
  WeightsSumParams params{};
  params.weights = to_u32(weights_of(p));
  params.splits = splits;
  params.c = make_fast_division(to_u32(p.c / p.groups));
  params.filter_d = make_fast_division(to_u32(p.filter.d));
  params.filter_h = make_fast_division(to_u32(p.filter.h));
  params.filter_w = make_fast_division(to_u32(p.filter.w));
  for (std::size_t i = 0; i < 5; ++i) params.w_strides[i] = to_u32(p.w_strides[i]);
  params.epilogue = epilogue_params(p);
  Launch launch = make_launch({"weights_sum", kKernels[element_types_of(p).value()]},
                              {divide_up(params.weights, kWeightsSumThreads), 1, 1},
                              {kWeightsSumThreads, 1, 1}, params,
                              {{Buffer::kWorkspace, offsetof(WeightsSumParams, partial)},
                               {Buffer::kW, offsetof(WeightsSumParams, w)}});
  patch_epilogue(launch, p, offsetof(WeightsSumParams, epilogue));
  return launch;
}

}  // namespace rdna1conv

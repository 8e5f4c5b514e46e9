#include "solvers/weights_sum.h"

#include <array>
#include <cstddef>

#include "params/weights_sum.h"
#include "plan/convolution_buffers.h"
#include "solvers/element_types.h"
#include "solvers/epilogue_launch.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/tile_conv_estimate.h"

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

std::uint64_t partial_bytes(const ConvProblem& p, std::uint32_t splits) {
  return splits > 1 ? static_cast<std::uint64_t>(weights_of(p) * 4) * splits : 0;
}

bool partial_sums_fit(const ConvProblem& p, std::uint32_t splits) {
  constexpr std::uint32_t kMostRows = 65535;
  constexpr std::uint64_t kMaxWorkspace = std::uint64_t{256} << 20;
  return splits <= kMostRows && partial_bytes(p, splits) <= kMaxWorkspace;
}

void add_weights_sum(Estimate& estimate, const ConvProblem& p, std::uint32_t splits,
                     const Machine& machine) {
  if (splits == 1) return;
  estimate.add(
      {CostFamily::kPack, "", 1, 1,
       tile_conv::pack_terms(static_cast<double>(partial_bytes(p, splits)),
                             static_cast<double>(weights_of(p)) / kWeightsSumThreads, machine)});
}

}  // namespace rdna1conv

#include "solvers/reference.h"

#include <algorithm>

#include "dispatch/cost_model.h"
#include "params/reference.h"
#include "solvers/refusals.h"

namespace rdna1conv::reference {
namespace {

// Enough workgroups to fill any RDNA1 card many times over; beyond it a work item takes several
// outputs.
constexpr std::int64_t kMaxWorkgroups = 1 << 20;

std::int32_t narrow(std::int64_t value) { return static_cast<std::int32_t>(value); }

LaunchWork work_of(const ConvProblem& p, double outputs, double workgroups) {
  const std::int64_t channels = p.c / p.groups;
  const double taps = static_cast<double>(channels * p.filter.volume());
  LaunchWork work;
  work.workgroups = workgroups;
  work.waves_per_workgroup = kReferenceBlock / 32.0;
  work.fma_per_workgroup = outputs / workgroups * taps;
  // The inner loop computes two addresses, compares and loads twice for one FMA.
  work.fma_share = 0.1;
  work.independent_fmas = 1;
  // A wave's 32 filter reads are one broadcast line, its 32 input reads at least one.
  work.l2_bytes = outputs * taps / 32 * 2 * 128;
  work.dram_bytes = 4.0 * (static_cast<double>(p.n * p.c * p.in.volume()) + outputs +
                           static_cast<double>(p.k) * taps);
  return work;
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& problem, const DeviceFacts&) {
  return unless_forward_2d_fp32(problem);
}

std::vector<Plan> plans(const ConvProblem& p, const DeviceFacts& device) {
  ReferenceParams params{};
  params.x_n = p.x_strides[0];
  params.x_c = p.x_strides[1];
  params.x_h = p.x_strides[3];
  params.x_w = p.x_strides[4];
  params.w_k = p.w_strides[0];
  params.w_c = p.w_strides[1];
  params.w_r = p.w_strides[3];
  params.w_s = p.w_strides[4];
  params.y_n = p.y_strides[0];
  params.y_k = p.y_strides[1];
  params.y_h = p.y_strides[3];
  params.y_w = p.y_strides[4];
  params.outputs = p.n * p.k * p.out.h * p.out.w;
  params.k = narrow(p.k);
  params.out_h = narrow(p.out.h);
  params.out_w = narrow(p.out.w);
  params.c_per_group = narrow(p.c / p.groups);
  params.k_per_group = narrow(p.k / p.groups);
  params.in_h = narrow(p.in.h);
  params.in_w = narrow(p.in.w);
  params.filter_h = narrow(p.filter.h);
  params.filter_w = narrow(p.filter.w);
  params.stride_h = narrow(p.stride.h);
  params.stride_w = narrow(p.stride.w);
  params.pad_h = narrow(p.pad.h);
  params.pad_w = narrow(p.pad.w);
  params.dilation_h = narrow(p.dilation.h);
  params.dilation_w = narrow(p.dilation.w);

  const std::int64_t workgroups =
      std::min(kMaxWorkgroups, (params.outputs + kReferenceBlock - 1) / kReferenceBlock);
  Plan plan;
  plan.instance = "1";
  plan.estimated_clocks = launch_clocks(
      work_of(p, static_cast<double>(params.outputs), static_cast<double>(workgroups)), device);
  plan.launches.push_back(make_launch({"reference", "reference_forward_f32"},
                                      {static_cast<std::uint32_t>(workgroups), 1, 1},
                                      {kReferenceBlock, 1, 1}, params,
                                      {{Buffer::kX, offsetof(ReferenceParams, x)},
                                       {Buffer::kW, offsetof(ReferenceParams, w)},
                                       {Buffer::kY, offsetof(ReferenceParams, y)}}));
  return {std::move(plan)};
}

}  // namespace rdna1conv::reference

#include "solvers/gemm_1x1.h"

#include <algorithm>
#include <limits>

#include "solvers/gemm_launches.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"

namespace rdna1conv::gemm_1x1 {
namespace {

// As many images as the 32-bit byte offsets into x and the column index reach, at least one.
std::int64_t images_a_launch(const ConvProblem& p) {
  constexpr std::int64_t kOffsetLimit = std::numeric_limits<std::uint32_t>::max();
  constexpr std::int64_t kColumnLimit = (std::int64_t{1} << 30) - 1;
  const std::int64_t image_bytes = p.c * p.in.volume() * 4;
  const std::int64_t by_offset = (kOffsetLimit - p.in.volume() * 4) / image_bytes + 1;
  return std::clamp<std::int64_t>(std::min(by_offset, kColumnLimit / p.out.volume()), 1, p.n);
}

// y[k, (image, pixel)] = w[k, c] x[c, (image, pixel)] for each group.
Gemm gemm_of(const ConvProblem& p, std::int64_t first_image, std::int64_t images) {
  const std::int64_t c = p.c / p.groups, k = p.k / p.groups;
  Gemm gemm;
  gemm.batches = to_u32(p.groups);
  gemm.a.buffer = Buffer::kW;
  gemm.b = {Buffer::kX, 0, static_cast<std::uint64_t>(first_image * p.c * p.in.volume() * 4)};
  gemm.c = {Buffer::kY, 0, static_cast<std::uint64_t>(first_image * p.k * p.out.volume() * 4)};
  gemm.c_elements = static_cast<std::uint64_t>(images * p.k * p.out.volume());
  gemm.b_unique_bytes = static_cast<std::uint64_t>(images * p.c * p.out.volume() * 4);
  GemmParams& params = gemm.params;
  params.m = to_u32(k);
  params.n = to_u32(images * p.out.volume());
  params.k = to_u32(c);
  params.lda = to_u32(c);
  params.ldb = static_cast<std::uint64_t>(p.in.volume());
  params.ldc = to_u32(p.out.volume());
  params.a_batch_stride = static_cast<std::uint64_t>(k * c);
  params.b_batch_stride = static_cast<std::uint64_t>(c * p.in.volume());
  params.c_batch_stride = static_cast<std::uint64_t>(k * p.out.volume());
  params.c_image_stride = static_cast<std::uint64_t>(p.k * p.out.volume());
  params.b_image_stride = images > 1 ? to_u32(p.c * p.in.volume()) : 0;
  params.b_row_step = to_u32(p.stride.h * p.in.w);
  params.b_column_step = to_u32(p.stride.w);
  params.columns_per_image = make_fast_division(to_u32(p.out.volume()));
  params.out_width = make_fast_division(to_u32(p.out.w));
  return gemm;
}

// One plan for all images; the launches of a chunk reuse the partial sums' workspace.
Plan plan_of(const ConvProblem& p, const GemmTile& tile, std::uint32_t splits,
             const DeviceFacts& device) {
  const std::int64_t chunk = images_a_launch(p);
  Plan plan;
  plan.instance = splits > 1 ? tile.split_k_name : tile.name;
  plan.workspace_bytes = split_bytes(gemm_of(p, 0, chunk), splits);
  for (std::int64_t image = 0; image < p.n; image += chunk) {
    const Gemm gemm = gemm_of(p, image, std::min(chunk, p.n - image));
    plan.estimated_clocks += append_gemm(plan, gemm, tile, splits, 0, device);
  }
  return plan;
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts&) {
  if (auto reason = unless_forward_2d_fp32(p)) return reason;
  if (auto reason = unless_packed_nchw(p)) return reason;
  if (p.filter.h != 1 || p.filter.w != 1) {
    return "filter is " + std::to_string(p.filter.h) + "x" + std::to_string(p.filter.w) +
           ", needs 1x1";
  }
  if (!p.is_unpadded()) return "input is padded";
  if (p.in.volume() >= std::int64_t{1} << 30) return "an image has 2^30 pixels or more";
  return gemm_refusal(gemm_of(p, 0, images_a_launch(p)));
}

std::vector<Plan> plans(const ConvProblem& p, const DeviceFacts& device) {
  const Gemm gemm = gemm_of(p, 0, images_a_launch(p));
  std::vector<Plan> plans;
  for (const GemmTile& tile : gemm_tiles()) {
    if (!gemm_fits(gemm, tile, 1)) continue;
    plans.push_back(plan_of(p, tile, 1, device));
    const std::uint32_t splits = best_splits(gemm, tile, device);
    if (splits > 1) plans.push_back(plan_of(p, tile, splits, device));
  }
  return plans;
}

}  // namespace rdna1conv::gemm_1x1

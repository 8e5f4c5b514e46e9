#include "solvers/im2col_gemm.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "params/im2col.h"
#include "solvers/gemm_launches.h"
#include "solvers/launch_arithmetic.h"
#include "solvers/refusals.h"

namespace rdna1conv::im2col_gemm {
namespace {

// Column matrices of several images share a GEMM as long as they stay below this: enough columns
// for the largest tiles of a small map, little enough not to surprise the caller.
constexpr std::int64_t kColumnBytes = 64 << 20;

std::int64_t column_elements(const ConvProblem& p) {  // of one image
  return p.c * p.filter.volume() * p.out.volume();
}

std::int64_t images_a_launch(const ConvProblem& p) {
  constexpr std::int64_t kThreadLimit = kFastDivisionLimit - kIm2colThreads;
  return std::clamp<std::int64_t>(
      std::min(kColumnBytes / (column_elements(p) * 4), kThreadLimit / (p.c * p.out.volume())), 1,
      p.n);
}

// y[k, (image, pixel)] = w[k, crs] column[crs, (image, pixel)] for each group.
Gemm gemm_of(const ConvProblem& p, std::int64_t first_image, std::int64_t images) {
  const std::int64_t crs = p.c / p.groups * p.filter.volume(), k = p.k / p.groups;
  const std::int64_t pixels = p.out.volume();
  Gemm gemm;
  gemm.batches = to_u32(p.groups);
  gemm.a.buffer = Buffer::kW;
  gemm.b.buffer = Buffer::kWorkspace;
  gemm.c = {Buffer::kY, 0, static_cast<std::uint64_t>(first_image * p.k * pixels * 4)};
  gemm.c_elements = static_cast<std::uint64_t>(images * p.k * pixels);
  gemm.b_unique_bytes = static_cast<std::uint64_t>(images * column_elements(p) * 4);
  GemmParams& params = gemm.params;
  params.m = to_u32(k);
  params.n = to_u32(images * pixels);
  params.k = to_u32(crs);
  params.lda = to_u32(crs);
  params.ldb = static_cast<std::uint64_t>(pixels);
  params.ldc = to_u32(pixels);
  params.a_batch_stride = static_cast<std::uint64_t>(k * crs);
  params.b_batch_stride = static_cast<std::uint64_t>(crs * pixels);
  params.c_batch_stride = static_cast<std::uint64_t>(k * pixels);
  params.c_image_stride = static_cast<std::uint64_t>(p.k * pixels);
  params.b_image_stride = images > 1 ? to_u32(column_elements(p)) : 0;
  params.b_row_step = 0;
  params.b_column_step = 1;
  params.columns_per_image = make_fast_division(to_u32(pixels));
  params.out_width = make_fast_division(to_u32(pixels));  // a row of the column matrix is one row
  return gemm;
}

double append_im2col(Plan& plan, const ConvProblem& p, std::int64_t first_image,
                     std::int64_t images, const DeviceFacts& device) {
  Im2colParams params{};
  params.elements = to_u32(images * p.c * p.out.volume());
  params.h = to_i32(p.in.h);
  params.w = to_i32(p.in.w);
  params.r = to_u32(p.filter.h);
  params.s = to_u32(p.filter.w);
  params.stride_h = to_i32(p.stride.h);
  params.stride_w = to_i32(p.stride.w);
  params.pad_h = to_i32(p.pad.h);
  params.pad_w = to_i32(p.pad.w);
  params.dilation_h = to_i32(p.dilation.h);
  params.dilation_w = to_i32(p.dilation.w);
  params.out_pixels = make_fast_division(to_u32(p.out.volume()));
  params.out_w = make_fast_division(to_u32(p.out.w));
  const std::uint32_t workgroups = divide_up(params.elements, kIm2colThreads);
  plan.launches.push_back(
      make_launch({"im2col", "im2col_f32"}, {workgroups, 1, 1}, {kIm2colThreads, 1, 1}, params,
                  {{Buffer::kX, offsetof(Im2colParams, x),
                    static_cast<std::uint64_t>(first_image * p.c * p.in.volume() * 4)},
                   {Buffer::kWorkspace, offsetof(Im2colParams, column), 0}}));

  LaunchWork work;
  work.workgroups = workgroups;
  work.waves_per_workgroup = kIm2colThreads / 32.0;
  // About 16 VALU instructions an entry, read off the compiled loop.
  work.fma_per_workgroup = 16.0 * kIm2colThreads * static_cast<double>(p.filter.volume());
  const double columns = 4.0 * static_cast<double>(images * column_elements(p));
  work.l2_bytes = 2 * columns;
  work.dram_bytes = columns + 4.0 * static_cast<double>(images * p.c * p.in.volume());
  return launch_clocks(work, device);
}

// The column matrix at the start of the workspace, partial sums behind it; every chunk of images
// uses both again.
Plan plan_of(const ConvProblem& p, const GemmTile& tile, std::uint32_t splits,
             const DeviceFacts& device) {
  const std::int64_t chunk = images_a_launch(p);
  const std::uint64_t partial_offset =
      align_up(static_cast<std::uint64_t>(chunk * column_elements(p) * 4));
  Plan plan;
  plan.instance = splits > 1 ? tile.split_k_name : tile.name;
  plan.workspace_bytes = partial_offset + split_bytes(gemm_of(p, 0, chunk), splits);
  for (std::int64_t image = 0; image < p.n; image += chunk) {
    const std::int64_t images = std::min(chunk, p.n - image);
    plan.estimated_clocks += append_im2col(plan, p, image, images, device);
    plan.estimated_clocks +=
        append_gemm(plan, gemm_of(p, image, images), tile, splits, partial_offset, device);
  }
  return plan;
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = unless_forward_2d_fp32(p)) return reason;
  if (auto reason = unless_packed_nchw(p)) return reason;
  if (auto reason = unless_positions_fit(p)) return reason;
  if (p.filter.h == 1 && p.filter.w == 1 && p.is_unpadded())
    return "1x1 filter without padding needs no im2col";
  if (p.in.volume() >= std::int64_t{1} << 30) return "an image has 2^30 pixels or more";
  if (p.c * p.out.volume() >= kFastDivisionLimit - kIm2colThreads)
    return "an image has too many channels and output pixels for 32-bit indices";
  if (const std::int64_t bytes = column_elements(p) * 4;
      device.memory_bytes != 0 && static_cast<std::uint64_t>(bytes) > device.memory_bytes) {
    return "column matrix of one image takes " + std::to_string(bytes) + " bytes, the device has " +
           std::to_string(device.memory_bytes);
  }
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

}  // namespace rdna1conv::im2col_gemm

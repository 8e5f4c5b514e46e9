#include "solvers/im2col_gemm.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "params/im2col.h"
#include "plan/cost_model.h"
#include "solvers/chunks.h"
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

Chunks chunks_of_images(const ConvProblem& p) {
  // What the 32-bit byte offsets into the column matrix, the column index and im2col's work items
  // reach.
  constexpr std::int64_t kOffsetLimit = std::numeric_limits<std::uint32_t>::max();
  constexpr std::int64_t kColumnLimit = (std::int64_t{1} << 30) - 1;
  constexpr std::int64_t kThreadLimit = kFastDivisionLimit - kIm2colThreads;
  const std::int64_t pixels = p.out.volume();
  const std::int64_t image_bytes = column_elements(p) * 4;
  const std::int64_t most = std::min({(kOffsetLimit - pixels * 4) / image_bytes + 1,
                                      kColumnLimit / pixels, kThreadLimit / (p.c * pixels)});
  return chunks_of(p.n, kColumnBytes / image_bytes, std::max<std::int64_t>(most, 1));
}

// y[k, (image, pixel)] = w[k, crs] column[crs, (image, pixel)] for each group.
Gemm gemm_of(const ConvProblem& p, std::int64_t first_image, std::int64_t images) {
  const std::int64_t crs = p.c / p.groups * p.filter.volume(), k = p.k / p.groups;
  const std::int64_t pixels = p.out.volume();
  Gemm gemm;
  gemm.problem = &p;
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

Extent3 workgroups_of(const ConvProblem& p, std::int64_t images) {
  return {divide_up(to_u32(images * p.c * p.out.volume()), kIm2colThreads), 1, 1};
}

Launch im2col_launch(const ConvProblem& p, std::int64_t first_image, std::int64_t images) {
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
  return make_launch({"im2col", "im2col_f32"}, workgroups_of(p, images), {kIm2colThreads, 1, 1},
                     params,
                     {{Buffer::kX, offsetof(Im2colParams, x),
                       static_cast<std::uint64_t>(first_image * p.c * p.in.volume() * 4)},
                      {Buffer::kWorkspace, offsetof(Im2colParams, column), 0}});
}

LaunchCost im2col_cost(const ConvProblem& p, std::int64_t launches, std::int64_t images,
                       const Machine& machine) {
  LaunchWork work;
  work.workgroups = workgroups_of(p, images).x;
  work.waves_per_workgroup = kIm2colThreads / 32.0;
  // About 16 VALU instructions an entry, read off the compiled loop.
  work.fma_per_workgroup = 16.0 * kIm2colThreads * static_cast<double>(p.filter.volume());
  const double columns = 4.0 * static_cast<double>(images * column_elements(p));
  work.l2_bytes = 2 * columns;
  work.dram_bytes = columns + 4.0 * static_cast<double>(images * p.c * p.in.volume());
  return {CostFamily::kIm2col, "", 1, static_cast<double>(launches), terms_of(work, machine)};
}

// The column matrix at the start of the workspace, partial sums behind it; every chunk of images
// uses both again.
std::uint64_t column_bytes(const ConvProblem& p, const Chunks& chunks) {
  return align_up(static_cast<std::uint64_t>(chunks.size * column_elements(p) * 4));
}

GemmSequence sequence_of(const ConvProblem& p, const DeviceFacts& device) {
  const Chunks chunks = chunks_of_images(p);
  GemmSequence sequence;
  sequence.full = gemm_of(p, 0, chunks.size);
  sequence.count = chunks.full;
  sequence.workspace_bytes = column_bytes(p, chunks);
  const Machine machine = machine_of(device);
  sequence.others.add(im2col_cost(p, chunks.full, chunks.size, machine));
  if (chunks.rest > 0) {
    sequence.rest = gemm_of(p, 0, chunks.rest);
    sequence.others.add(im2col_cost(p, 1, chunks.rest, machine));
  }
  return sequence;
}

}  // namespace

std::optional<std::string> refusal(const ConvProblem& p, const DeviceFacts& device) {
  if (auto reason = first_reason(p, unless_forward, unless_2d, unless_fp32, unless_packed_nchw,
                                 unless_positions_fit))
    return reason;
  if (p.filter.h == 1 && p.filter.w == 1 && p.is_unpadded())
    return "1x1 filter without padding needs no im2col";
  if (p.in.volume() >= std::int64_t{1} << 30) return "an image has 2^30 pixels or more";
  if (p.c * p.out.volume() >= kFastDivisionLimit - kIm2colThreads)
    return "an image has too many channels and output pixels for 32-bit indices";
  const Chunks chunks = chunks_of_images(p);
  if (const std::uint64_t bytes = column_bytes(p, chunks);
      device.memory_bytes != 0 && bytes > device.memory_bytes) {
    return "column matrix of " + std::to_string(chunks.size) + " images takes " +
           std::to_string(bytes) + " bytes, the device has " + std::to_string(device.memory_bytes);
  }
  if (auto reason = unless_few(chunks, 3)) return reason;
  return gemm_refusal(gemm_of(p, 0, chunks.size));
}

std::vector<Instance> instances(const ConvProblem& p, const DeviceFacts& device) {
  return gemm_instances(sequence_of(p, device), device);
}

Estimate estimate(const ConvProblem& p, const Instance& instance, const DeviceFacts& device) {
  return gemm_estimate(sequence_of(p, device), instance, device);
}

std::vector<Launch> launches(const ConvProblem& p, const Instance& instance) {
  const Chunks chunks = chunks_of_images(p);
  std::vector<Launch> launches;
  for_each_chunk(chunks, [&](std::int64_t first, std::int64_t images) {
    launches.push_back(im2col_launch(p, first, images));
    append_gemm(launches, gemm_of(p, first, images), instance, column_bytes(p, chunks));
  });
  return launches;
}

}  // namespace rdna1conv::im2col_gemm

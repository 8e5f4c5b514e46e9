#include "solvers/operators/getitem.h"

#include "core/tensor_dims.h"
#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = GetitemBuffer;
constexpr auto kKernels = RDNA1CONV_FLOAT_KERNELS("getitem_backward_", "");

BufferSlot index_slot(std::size_t i) {
  return static_cast<B>(static_cast<std::size_t>(B::kIndex) + i);
}

Launch launch_of(const GetitemProblem& p) {
  GetitemParams params{};
  params.elements = make_split_walk<2>(walk_dimensions(p.lengths, {p.dy_strides, p.dx_strides}));
  params.rows = to_u32(p.rows);
  params.index_count = to_u32(static_cast<std::int64_t>(p.index_count));
  params.dy_row = static_cast<std::uint64_t>(p.dy_row);
  for (std::size_t i = 0; i < kMaxIndices; ++i) {
    params.index_step[i] = static_cast<std::uint64_t>(p.index_step[i]);
    params.dx_step[i] = static_cast<std::uint64_t>(p.dx_step[i]);
    params.length[i] = static_cast<std::int32_t>(p.length[i]);
  }
  const Extent3 grid{
      divide_up(params.elements.inner.count, kElementwiseThreads * kElementwiseSteps),
      params.elements.outer_step, 1};
  Launch launch = make_launch({"getitem", kKernels[float_row(p.type).value()]}, grid,
                              {kElementwiseThreads, 1, 1}, params,
                              {{B::kDy, offsetof(GetitemParams, dy)},
                               {B::kDx, offsetof(GetitemParams, dx),
                                static_cast<std::uint64_t>(p.offset) * bytes_of(p.type)},
                               {B::kError, offsetof(GetitemParams, error)}});
  for (std::size_t i = 0; i < p.index_count; ++i) {
    launch.pointers[launch.pointer_count++] = {
        index_slot(i),
        static_cast<std::uint32_t>(offsetof(GetitemParams, index) + i * sizeof params.index[0])};
  }
  return launch;
}

std::optional<std::string> refusal(const GetitemProblem& p, const DeviceFacts&) {
  if (auto reason = unless_float_types({p.type})) return reason;
  if (p.rows >= kWalkCountLimit) return "there are 2^31 rows";
  return std::nullopt;
}

std::vector<Launch> launches(const GetitemProblem& p, const Instance&) { return {launch_of(p)}; }

std::vector<Instance> instances(const GetitemProblem& p, const DeviceFacts& device) {
  const double elements =
      3 * static_cast<double>(count_of(p.lengths)) * static_cast<double>(p.rows);
  return {{.name = "elements",
           .estimated_clocks = elementwise_clocks(
               launch_of(p), elements, elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<GetitemProblem> kSolvers[] = {{"Getitem", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<GetitemProblem>> solvers_of(const GetitemProblem&) { return kSolvers; }

}  // namespace rdna1conv

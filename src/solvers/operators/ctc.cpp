#include "solvers/operators/ctc.h"

#include "solvers/element_types.h"
#include "solvers/elementwise.h"

namespace rdna1conv {
namespace {

using B = CtcBuffer;
constexpr const char* kFamily = "ctc";

// In the order of kElementTypes.
constexpr std::array kNormalize{RDNA1CONV_FLOAT_KERNELS("ctc_normalize_", "")};
constexpr std::array kPaths{RDNA1CONV_FLOAT_KERNELS("ctc_paths_", "")};
constexpr std::array kGradient{RDNA1CONV_FLOAT_KERNELS("ctc_gradient_", "")};

// Where parts of the workspace begin.
struct Space {
  explicit Space(const CtcProblem& p) {
    const auto rows = static_cast<std::uint64_t>(p.steps * p.batch);
    const std::uint64_t paths = align_up(rows * static_cast<std::uint64_t>(p.positions()) * 4);
    alpha = align_up(rows * 4);
    beta = alpha + paths;
    bytes = beta + paths;
  }
  std::uint64_t alpha, beta, bytes;
};

Launch launch_with(const CtcProblem& p, const char* kernel, Extent3 grid) {
  using P = CtcParams;
  P params{};
  params.step_stride = static_cast<std::uint64_t>(p.strides[0]);
  params.batch_stride = static_cast<std::uint64_t>(p.strides[1]);
  params.class_stride = static_cast<std::uint64_t>(p.strides[2]);
  params.gradient_step = static_cast<std::uint64_t>(p.gradient_strides[0]);
  params.gradient_batch = static_cast<std::uint64_t>(p.gradient_strides[1]);
  params.gradient_class = static_cast<std::uint64_t>(p.gradient_strides[2]);
  params.steps = to_u32(p.steps);
  params.batch = to_u32(p.batch);
  params.classes = to_u32(p.classes);
  params.positions = to_u32(p.positions());
  params.blank = to_u32(p.blank);
  params.applies_softmax = p.applies_softmax;
  const Space space(p);
  return make_launch({kFamily, kernel}, grid, {kCtcThreads, 1, 1}, params,
                     {{B::kProbabilities, offsetof(P, probabilities)},
                      {B::kLosses, offsetof(P, losses)},
                      {B::kGradients, offsetof(P, gradients)},
                      {B::kWorkspace, offsetof(P, normalizers)},
                      {B::kWorkspace, offsetof(P, alpha), space.alpha},
                      {B::kWorkspace, offsetof(P, beta), space.beta},
                      {B::kTable, offsetof(P, table)}});
}

std::vector<Launch> launches(const CtcProblem& p, const Instance&) {
  if (p.brings_table) {
    Launch launch = make_launch({kFamily, "ctc_table"}, {1, 1, 1}, {kCtcThreads, 1, 1},
                                CtcTableParams{}, {{B::kTable, offsetof(CtcTableParams, table)}});
    launch.scalars_offset = offsetof(CtcTableParams, words);
    return {launch};
  }
  const std::size_t type = float_row(p.type).value();
  const std::uint32_t batch = to_u32(p.batch), steps = to_u32(p.steps);
  std::vector<Launch> all;
  if (p.applies_softmax) {
    constexpr std::uint32_t kRows = kCtcThreads / kCtcWave;
    all.push_back(launch_with(p, kNormalize[type], {divide_up(steps * batch, kRows), 1, 1}));
  }
  all.push_back(launch_with(p, kPaths[type], {batch, 2, 1}));
  all.push_back(launch_with(p, kGradient[type], {batch, steps, 1}));
  return all;
}

std::optional<std::string> refusal(const CtcProblem& p, const DeviceFacts&) {
  if (p.brings_table) return std::nullopt;
  if (auto reason = unless_float_types({p.type})) return reason;
  if (p.steps > 65535) return "there are more than 65535 steps";
  if (p.steps * p.batch >= std::int64_t{1} << 31 || p.classes >= std::int64_t{1} << 31)
    return "there are 2^31 vectors or classes";
  return std::nullopt;
}

std::vector<Instance> instances(const CtcProblem& p, const DeviceFacts& device) {
  const double elements = static_cast<double>(p.steps * p.batch) * static_cast<double>(p.classes);
  const Launch first = launches(p, {}).front();
  return {{.name = p.brings_table ? "table" : "paths",
           .workspace_bytes = p.brings_table ? 0 : ctc_workspace_bytes(p),
           .estimated_clocks = elementwise_clocks(
               first, 4 * elements, 3 * elements * static_cast<double>(bytes_of(p.type)), device)}};
}

constexpr Solver<CtcProblem> kSolvers[] = {{"CTCLoss", 1, true, refusal, instances, launches}};

}  // namespace

std::span<const Solver<CtcProblem>> solvers_of(const CtcProblem&) { return kSolvers; }

std::size_t ctc_workspace_bytes(const CtcProblem& p) { return Space(p).bytes; }

}  // namespace rdna1conv

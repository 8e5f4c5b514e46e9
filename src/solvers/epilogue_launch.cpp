#include "solvers/epilogue_launch.h"

#include <cstddef>
#include <stdexcept>

namespace rdna1conv {
namespace {

void add_pointer(Launch& launch, Buffer buffer, std::size_t params_offset,
                 std::uint64_t buffer_offset = 0) {
  if (launch.pointer_count == kMaxPointers) throw std::logic_error("too many pointers in a launch");
  launch.pointers[launch.pointer_count++] = {buffer, static_cast<std::uint32_t>(params_offset),
                                             buffer_offset};
}

}  // namespace

EpilogueParams epilogue_params(const ConvProblem& problem) {
  const Epilogue& epilogue = problem.epilogue;
  EpilogueParams params{};
  params.activation = epilogue.activation;
  if (epilogue.scaled) params.operations |= kEpilogueScaled;
  if (epilogue.adds_z) params.operations |= kEpilogueAddsZ;
  if (epilogue.adds_bias) params.operations |= kEpilogueAddsBias;
  if (epilogue.batch_norm != BatchNorm::kNone) params.operations |= kEpilogueNormalizes;
  const bool per_activation = epilogue.batch_norm == BatchNorm::kPerActivation;
  const Spatial& pixels = problem.direction == Direction::kForward ? problem.out : problem.in;
  params.norm_k = per_activation ? static_cast<std::uint64_t>(pixels.volume()) : 1;
  params.norm_pixel = per_activation ? 1 : 0;
  return params;
}

void patch_epilogue(Launch& launch, const ConvProblem& problem, std::uint32_t params_offset,
                    std::uint64_t output_offset) {
  const Epilogue& epilogue = problem.epilogue;
  if (epilogue == Epilogue{}) return;
  launch.scalars_offset = params_offset + offsetof(EpilogueParams, scalars);
  const auto add = [&](Buffer buffer, std::size_t field) {
    add_pointer(launch, buffer, params_offset + field);
  };
  if (epilogue.adds_z) {
    add_pointer(launch, Buffer::kZ, params_offset + offsetof(EpilogueParams, z), output_offset);
  }
  if (epilogue.adds_bias) add(Buffer::kBias, offsetof(EpilogueParams, bias));
  if (epilogue.batch_norm == BatchNorm::kNone) return;
  add(Buffer::kNormScale, offsetof(EpilogueParams, norm_scale));
  add(Buffer::kNormShift, offsetof(EpilogueParams, norm_shift));
  add(Buffer::kNormMean, offsetof(EpilogueParams, norm_mean));
  add(Buffer::kNormVariance, offsetof(EpilogueParams, norm_variance));
}

}  // namespace rdna1conv

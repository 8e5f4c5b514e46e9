#include "core/operators/batch_norm.h"

#include "core/activation_descriptor.h"
#include "core/epilogue.h"
#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_dims.h"

namespace rdna1conv {
namespace {

struct Options {
  std::int64_t n = 32, c = 3, d = 0, h = 32, w = 32;
  std::int64_t mode = 0, forward = 0, backward = 0, running = 0, saved = 0, inverse_variance = 0;
  std::string layout, in_strides, out_strides, din_strides, activation;
};

constexpr OptionRange kSwitch{0, 1};
constexpr OptionRow<Options> kRows[] = {
    {"batchsize", "n", [](Options& o) -> OptionField { return &o.n; }, {}, true},
    {"in_channels", "c", [](Options& o) -> OptionField { return &o.c; }, {}, true},
    {"in_d", "D", [](Options& o) -> OptionField { return &o.d; }, {0, kMaxOptionNumber}},
    {"in_h", "H", [](Options& o) -> OptionField { return &o.h; }, {}, true},
    {"in_w", "W", [](Options& o) -> OptionField { return &o.w; }, {}, true},
    {"mode", "m", [](Options& o) -> OptionField { return &o.mode; }, kSwitch, true},
    {"forw", "F", [](Options& o) -> OptionField { return &o.forward; }, {0, 2}, true},
    {"back", "b", [](Options& o) -> OptionField { return &o.backward; }, kSwitch, true},
    {"run", "r", [](Options& o) -> OptionField { return &o.running; }, kSwitch},
    {"save", "s", [](Options& o) -> OptionField { return &o.saved; }, kSwitch},
    {"layout", "L", [](Options& o) -> OptionField { return &o.layout; }},
    {"in_strides", "", [](Options& o) -> OptionField { return &o.in_strides; }},
    {"out_strides", "", [](Options& o) -> OptionField { return &o.out_strides; }},
    {"din_strides", "", [](Options& o) -> OptionField { return &o.din_strides; }},
    {"activation", "", [](Options& o) -> OptionField { return &o.activation; }},
    {"inverse_variance", "", [](Options& o) -> OptionField { return &o.inverse_variance; },
     kSwitch},
};
constexpr IgnoredOption kIgnored[] = {{"iter", "i"},     {"verify", "V"}, {"time", "t"},
                                      {"wall", "w"},     {"alpha", "A"},  {"beta", "B"},
                                      {"printconv", "P"}};

}  // namespace

std::int64_t BatchNormProblem::members() const {
  return lengths[0] * (per_activation ? 1 : lengths[2] * lengths[3] * lengths[4]);
}

std::string to_driver_line(const BatchNormProblem& p) {
  Options o;
  o.n = p.lengths[0];
  o.c = p.lengths[1];
  o.d = p.lengths[2] == 1 ? 0 : p.lengths[2];
  o.h = p.lengths[3];
  o.w = p.lengths[4];
  o.mode = p.per_activation ? 0 : 1;
  o.backward = p.pass == BatchNormPass::kBackward;
  o.forward = o.backward ? 0 : p.pass == BatchNormPass::kTraining ? 1 : 2;
  o.running = p.running;
  o.saved = p.saved;
  o.inverse_variance = p.inverse_variance;
  const int spatial = spatial_dims_of(p.lengths);
  const bool has_dx = p.pass == BatchNormPass::kBackward;
  o.layout = layout_text(p.lengths, p.x_strides, spatial);
  const FiveDims usual =
      packed_strides(p.lengths, o.layout.empty() ? Layout::kNchw : Layout::kNhwc);
  if (p.x_strides != usual) o.in_strides = strides_text(p.x_strides, spatial);
  if (p.y_strides != usual) o.out_strides = strides_text(p.y_strides, spatial);
  if (has_dx && p.dx_strides != usual) o.din_strides = strides_text(p.dx_strides, spatial);
  o.activation = to_text(Epilogue{.activation = p.activation});
  return print_operator_line("bnorm", p.type, kRows, o);
}

BatchNormProblem parse_batch_norm(std::string_view line) {
  const auto [type, o] = read_operator_line("bnorm", line, kRows, kIgnored);
  BatchNormProblem p;
  p.type = type;
  p.pass = o.backward != 0  ? BatchNormPass::kBackward
           : o.forward == 2 ? BatchNormPass::kInference
                            : BatchNormPass::kTraining;
  p.per_activation = o.mode == 0;
  p.lengths = {o.n, o.c, std::max<std::int64_t>(o.d, 1), o.h, o.w};
  require_sizes(p.lengths);
  const int spatial = o.d > 1 ? 3 : 2;
  p.x_strides =
      strides_of_options(p.lengths, spatial, "-L", o.layout, "--in_strides", o.in_strides);
  p.y_strides =
      strides_of_options(p.lengths, spatial, "-L", o.layout, "--out_strides", o.out_strides);
  canonicalize_strides(p.lengths, p.x_strides);
  canonicalize_strides(p.lengths, p.y_strides);
  if (p.pass == BatchNormPass::kBackward) {
    p.dx_strides =
        strides_of_options(p.lengths, spatial, "-L", o.layout, "--din_strides", o.din_strides);
    canonicalize_strides(p.lengths, p.dx_strides);
  }
  p.running = o.running != 0 && p.pass == BatchNormPass::kTraining;
  p.saved = o.saved != 0 && p.pass != BatchNormPass::kInference;
  p.inverse_variance = o.inverse_variance != 0;
  const Epilogue epilogue = parse_epilogue(o.activation);
  if (epilogue != Epilogue{.activation = epilogue.activation})
    throw Error(Status::kBadParm, "option --activation: '" + o.activation + "' is no activation");
  p.activation = epilogue.activation;
  return p;
}

}  // namespace rdna1conv

#include "coverage.h"

#include <algorithm>
#include <cstdio>

#include "element_type.h"

namespace rdna1conv {
namespace {

std::string layout_name(const ConvProblem& p) {
  const bool has_depth = p.spatial_dims == 3;
  if (p.is_packed_nchw()) return has_depth ? "NCDHW" : "NCHW";
  if (p.is_packed_nhwc()) return has_depth ? "NDHWC" : "NHWC";
  return has_depth ? "other 3-D" : "other 2-D";
}

struct Feature {
  const char* name;
  bool (*has)(const ConvProblem& problem);
};
constexpr Feature kFeatures[] = {
    {"transposed", [](const ConvProblem& p) { return p.transposed; }},
    {"output padding",
     [](const ConvProblem& p) {
       return p.output_pad != Spatial{0, 0, 0};
     }},
    {"groups", [](const ConvProblem& p) { return p.groups > 1; }},
    {"depthwise", [](const ConvProblem& p) { return p.groups > 1 && p.groups == p.c; }},
    {"strided", [](const ConvProblem& p) { return p.stride != Spatial{}; }},
    {"dilated", [](const ConvProblem& p) { return p.dilation != Spatial{}; }},
    {"padding beyond the filter",
     [](const ConvProblem& p) { return p.pad.h >= p.filter.h || p.pad.w >= p.filter.w; }},
    {"filter beyond the input",
     [](const ConvProblem& p) { return p.filter.h > p.in.h || p.filter.w > p.in.w; }},
    {"even filter",
     [](const ConvProblem& p) { return p.filter.h % 2 == 0 || p.filter.w % 2 == 0; }},
    {"alpha and beta", [](const ConvProblem& p) { return p.epilogue.scaled; }},
    {"fused",
     [](const ConvProblem& p) { return p.epilogue != Epilogue{.scaled = p.epilogue.scaled}; }},
};

}  // namespace

void Coverage::add(const ConvProblem& problem, int plans) {
  ++rows_[types_text(problem) + ", " + layout_name(problem)]
         [static_cast<std::size_t>(problem.direction)];
  for (const Feature& feature : kFeatures) features_[feature.name] += feature.has(problem);
  ++problems_;
  plans_ += plans;
}

void Coverage::print(std::ostream& out) const {
  char line[128];
  std::snprintf(line, sizeof line, "%-28s %9s %13s %16s\n", "problems verified", "forward",
                "backward data", "backward weights");
  out << line;
  std::array<std::int64_t, 3> sums{};
  for (const auto& [name, counts] : rows_) {
    std::snprintf(line, sizeof line, "%-28s %9ld %13ld %16ld\n", name.c_str(),
                  static_cast<long>(counts[0]), static_cast<long>(counts[1]),
                  static_cast<long>(counts[2]));
    out << line;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i];
  }
  std::snprintf(line, sizeof line, "%-28s %9ld %13ld %16ld\n", "sum", static_cast<long>(sums[0]),
                static_cast<long>(sums[1]), static_cast<long>(sums[2]));
  out << line << "of them";
  for (const auto& [name, count] : features_) out << ", " << count << " " << name;
  out << "\n" << problems_ << " problems verified by " << plans_ << " plans\n";
}

}  // namespace rdna1conv

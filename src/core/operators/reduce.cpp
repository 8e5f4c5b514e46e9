#include "core/operators/reduce.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/operators/dimensions_text.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"
#include "core/tensor_dims.h"

namespace rdna1conv {
namespace {

struct Options {
  std::string lengths = "100,60,16,240", reduced = "0,2";
  std::int64_t operation = 0, comp_type = 1, propagates_nan = 0, has_indices = 0;
  double alpha = 1, beta = 0;
  std::string a, c, c_type;
};

constexpr OptionRow<Options> kRows[] = {
    {"DimLengths", "D", [](Options& o) -> OptionField { return &o.lengths; }, {}, true},
    {"DimsToReduce", "R", [](Options& o) -> OptionField { return &o.reduced; }, {}, true},
    {"ReduceOp", "O", [](Options& o) -> OptionField { return &o.operation; }, {0, 7}, true},
    {"CompType", "C", [](Options& o) -> OptionField { return &o.comp_type; }, {0, 6}},
    {"NanPropagation",
     "N",
     [](Options& o) -> OptionField { return &o.propagates_nan; },
     {0, 1},
     true},
    {"IndicesUsed", "I", [](Options& o) -> OptionField { return &o.has_indices; }, {0, 1}, true},
    {"alpha", "A", [](Options& o) -> OptionField { return &o.alpha; }, {}, true},
    {"beta", "B", [](Options& o) -> OptionField { return &o.beta; }, {}, true},
    {"a", "", [](Options& o) -> OptionField { return &o.a; }},
    {"c", "", [](Options& o) -> OptionField { return &o.c; }},
    {"c_type", "", [](Options& o) -> OptionField { return &o.c_type; }},
};
constexpr IgnoredOption kIgnored[] = {
    {"forw", "F"}, {"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

}  // namespace

std::string to_driver_line(const ReduceProblem& p, const ReduceScalars& scalars) {
  Options o;
  const std::size_t rank = spatial_dims_of(p.a_lengths) == 3 ? 5 : 4;
  o.lengths = dimensions_text(p.a_lengths);
  o.reduced.clear();
  for (std::size_t i = 0; i < rank; ++i) {
    if (p.c_lengths[place_of_dimension(i, rank)] == 1)
      o.reduced += (o.reduced.empty() ? "" : ",") + std::to_string(i);
  }
  o.operation = static_cast<std::int64_t>(p.operation);
  o.propagates_nan = p.propagates_nan;
  o.has_indices = p.has_indices;
  o.alpha = static_cast<double>(scalars.alpha);
  o.beta = static_cast<double>(scalars.beta);
  o.a = strides_option(p.a_lengths, p.a_strides);
  o.c = strides_option(p.c_lengths, p.c_strides);
  if (p.c_type != p.a_type) o.c_type = name_of(p.c_type);
  return print_operator_line("reduce", p.a_type, kRows, o);
}

ParsedReduce parse_reduce(std::string_view line) {
  const auto line_of = read_operator_line("reduce", line, kRows, kIgnored);
  const Options& o = line_of.options;  // lambdas take no structured bindings
  ParsedReduce parsed;
  ReduceProblem& p = parsed.problem;
  p.a_type = p.c_type = line_of.type;
  if (!o.c_type.empty()) {
    const auto row = std::find_if(float_types().begin(), float_types().end(),
                                  [&](const ElementTypes& t) { return name_of(t.in) == o.c_type; });
    if (row == float_types().end()) {
      throw Error(Status::kBadParm,
                  "option --c_type: '" + o.c_type + "' is not " + float_types_text());
    }
    p.c_type = row->in;
  }
  p.a_lengths = parse_dimensions("-D", o.lengths);
  p.c_lengths = p.a_lengths;
  const std::size_t rank = parse_list("-D", o.lengths).size();
  for (const std::int64_t dimension : parse_list("-R", o.reduced)) {
    if (dimension < 0 || dimension >= static_cast<std::int64_t>(rank))
      throw Error(Status::kBadParm, "option -R: -D has no dimension " + std::to_string(dimension));
    p.c_lengths[place_of_dimension(static_cast<std::size_t>(dimension), rank)] = 1;
  }
  p.a_strides = parse_strides_option(p.a_lengths, "--a", o.a);
  p.c_strides = parse_strides_option(p.c_lengths, "--c", o.c);
  p.operation = static_cast<ReduceOperation>(o.operation);
  p.propagates_nan = o.propagates_nan == 1;
  p.has_indices = o.has_indices == 1 && is_extreme(p.operation);
  parsed.scalars = {static_cast<float>(o.alpha), static_cast<float>(o.beta)};
  return parsed;
}

}  // namespace rdna1conv

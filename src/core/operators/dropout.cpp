#include "core/operators/dropout.h"

#include <cmath>

#include "core/error.h"
#include "core/operators/dimensions_text.h"
#include "core/operators/operator_line.h"
#include "core/option_table.h"

namespace rdna1conv {
namespace {

struct Options {
  std::string lengths = "4";
  double rate = 0.5;
  std::int64_t seed_low = 0, seed_high = 0, reads_mask = 0, has_mask = 1, direction = 0;
  std::string x, y;
};

constexpr OptionRow<Options> kRows[] = {
    {"input_dim", "d", [](Options& o) -> OptionField { return &o.lengths; }, {}, true},
    {"dropout", "p", [](Options& o) -> OptionField { return &o.rate; }, {}, true},
    {"seed_low", "l", [](Options& o) -> OptionField { return &o.seed_low; }, {0}, true},
    {"seed_high", "m", [](Options& o) -> OptionField { return &o.seed_high; }, {0}, true},
    {"use_mask", "e", [](Options& o) -> OptionField { return &o.reads_mask; }, {0, 1}, true},
    {"mask", "", [](Options& o) -> OptionField { return &o.has_mask; }, {0, 1}},
    {"x", "", [](Options& o) -> OptionField { return &o.x; }},
    {"y", "", [](Options& o) -> OptionField { return &o.y; }},
    {"forw", "F", [](Options& o) -> OptionField { return &o.direction; }, {0, 2}, true},
};
constexpr IgnoredOption kIgnored[] = {
    {"gen_file", "f"}, {"iter", "i"}, {"verify", "V"}, {"time", "t"}, {"wall", "w"}};

}  // namespace

DropoutScalars dropout_scalars(float rate, std::uint32_t stream) {
  // A number n of 24 bits is kept if (n + 1) / 2^24 > rate.
  return {static_cast<std::uint32_t>(std::floor(rate * kDropoutNumbers)),
          rate < 1 ? 1 / (1 - rate) : 0, stream};
}

std::string to_driver_line(const DropoutProblem& p, const DropoutNumbers& numbers, bool backward) {
  Options o;
  o.lengths = dimensions_text(p.lengths);
  o.rate = numbers.rate;
  o.seed_low = static_cast<std::int64_t>(numbers.seed & 0x7fffffff);
  o.seed_high = static_cast<std::int64_t>(numbers.seed >> 32 & 0x7fffffff);
  o.reads_mask = p.mask == DropoutMask::kRead;
  o.has_mask = p.mask != DropoutMask::kNone;
  o.x = strides_option(p.lengths, p.x_strides);
  o.y = strides_option(p.lengths, p.y_strides);
  o.direction = backward ? 2 : 1;
  return print_operator_line("dropout", p.type, kRows, o);
}

ParsedDropout parse_dropout(std::string_view line) {
  const auto [type, o] = read_operator_line("dropout", line, kRows, kIgnored);
  ParsedDropout parsed;
  DropoutProblem& p = parsed.problem;
  p.type = type;
  p.lengths = parse_dimensions("-d", o.lengths);
  p.x_strides = parse_strides_option(p.lengths, "--x", o.x);
  p.y_strides = parse_strides_option(p.lengths, "--y", o.y);
  if (!(o.rate >= 0 && o.rate <= 1))
    throw Error(Status::kBadParm, "option -p: a rate is between 0 and 1");
  parsed.numbers = {o.rate, static_cast<std::uint64_t>(o.seed_high) << 32 |
                                static_cast<std::uint64_t>(o.seed_low)};
  parsed.backward = o.direction == 2;
  const bool reads = o.reads_mask == 1 || parsed.backward;
  p.mask =
      o.has_mask == 0 ? DropoutMask::kNone : (reads ? DropoutMask::kRead : DropoutMask::kWritten);
  return parsed;
}

}  // namespace rdna1conv

// Convolutions near the limits of what can be counted, through everything that calculates with them
// on the host: driver line or descriptors, every solver's refusal and plans. What is refused has a
// sentence, what is planned stays within the hardware. Meant for UndefinedBehaviorSanitizer, which
// sees the overflows; needs no device.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "core/convolution_descriptor.h"
#include "core/driver_line.h"
#include "core/error.h"
#include "dispatch/solver_table.h"
#include "extreme_problems.h"
#include "shapes.h"

namespace rdna1conv {
namespace {

struct Counts {
  int lines = 0, refused = 0, problems = 0, refusals = 0, plans = 0;
  int failures = 0;
};

class Fuzz {
 public:
  void line(const std::string& text, const std::string& origin) {
    ++counts_.lines;
    origin_ = text + " # " + origin;
    try {
      const ConvProblem problem = parse_driver_line(text).problem;
      if (parse_driver_line(to_driver_line(problem)).problem != problem)
        fail("reads back as another problem");
      plan(problem);
      by_descriptors(problem);
    } catch (const Error& error) {
      refuse(error);
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  // The same convolution as MIOpen's callers say it, its tensors' strides made longer by `factor`.
  void descriptors(const std::string& text, std::int64_t factor, const std::string& origin) {
    origin_ = text + " by descriptors, strides " + std::to_string(factor) + " as long # " + origin;
    try {
      by_descriptors(parse_driver_line(text).problem, factor);
    } catch (const Error& error) {
      refuse(error);
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  int finish() const {
    std::cout << counts_.lines << " lines, " << counts_.refused << " times Error, "
              << counts_.problems << " problems, of solvers " << counts_.refusals
              << " refusals and " << counts_.plans << " plans, " << counts_.failures << " failures"
              << std::endl;
    // Nothing is tested where all is refused.
    return counts_.failures == 0 && (counts_.lines < 100 || counts_.plans > counts_.lines) ? 0 : 1;
  }

 private:
  void fail(const std::string& what) {
    ++counts_.failures;
    std::cout << "FAILED " << origin_ << ": " << what << std::endl;
  }

  void refuse(const Error& error) {
    ++counts_.refused;
    if (error.status() != Status::kBadParm || std::string(error.what()).empty())
      fail("status " + std::to_string(static_cast<int>(error.status())) + ": " + error.what());
  }

  void by_descriptors(const ConvProblem& p, std::int64_t factor = 1) {
    const auto narrow = [](const Spatial& s) {
      return std::array{static_cast<int>(s.d), static_cast<int>(s.h), static_cast<int>(s.w)};
    };
    const auto pad = narrow(p.pad), stride = narrow(p.stride), dilation = narrow(p.dilation);
    ConvolutionDescriptor convolution =
        make_convolution_descriptor(pad, stride, dilation, p.transposed ? 1 : 0);
    convolution.groups = static_cast<int>(p.groups);
    const auto tensor = [factor](DataType type, const FiveDims& lengths, FiveDims strides) {
      for (std::int64_t& value : strides) {
        if (__builtin_mul_overflow(value, factor, &value)) value = INT64_MAX;
      }
      return TensorDescriptor(type, lengths, std::span<const std::int64_t>(strides));
    };
    const TensorDescriptor x = tensor(p.x_type, p.x_lengths(), p.x_strides),
                           w = tensor(p.w_type, p.w_lengths(), p.w_strides),
                           y = tensor(p.y_type, p.y_lengths(), p.y_strides);
    static_cast<void>(make_problem(convolution, x, w, "xDesc", "wDesc"));
    plan(make_problem(convolution, p.direction, x, w, y));
  }

  void plan(const ConvProblem& problem) {
    ++counts_.problems;
    const ConvProblem ordinary = untransposed(problem);
    bool is_taken = false;
    for (const SolverRow& solver : solver_table()) {
      if (const auto reason = solver.refusal(ordinary, rx_5700_xt())) {
        ++counts_.refusals;
        if (reason->empty()) fail(std::string(solver.name) + " refuses without a word");
        continue;
      }
      is_taken = true;
      const std::vector<Plan> plans = make_plans(solver, ordinary, rx_5700_xt());
      if (plans.empty()) fail(std::string(solver.name) + " refuses nothing and plans nothing");
      for (const Plan& plan : plans) check(solver, plan);
    }
    if (!is_taken) fail("no solver takes it");
  }

  void check(const SolverRow& solver, const Plan& plan) {
    ++counts_.plans;
    const std::string name = std::string(solver.name) + " " + std::string(plan.instance);
    if (!(plan.estimated_clocks > 0)) fail(name + " estimates no time");
    for (const Launch& launch : plan.launches) {
      const std::uint64_t block = std::uint64_t{launch.block.x} * launch.block.y * launch.block.z;
      const std::uint64_t items = block * launch.grid.x * launch.grid.y * launch.grid.z;
      if (block < 1 || block > 1024) fail(name + " has a workgroup of " + std::to_string(block));
      if (items < 1 || items >> 32 != 0) fail(name + " has " + std::to_string(items) + " items");
      if (launch.dynamic_lds > rx_5700_xt().lds_bytes_per_workgroup)
        fail(name + " asks for " + std::to_string(launch.dynamic_lds) + " bytes of LDS");
    }
  }

  Counts counts_;
  std::string origin_;
};

int run(int argc, char** argv) {
  std::uint64_t seed = 1, count = 0;
  std::vector<std::string> lines;
  CLI::App app{"Plans convolutions whose numbers are near the limits of arithmetic."};
  app.add_option("--seed", seed, "the first line drawn");
  app.add_option("--count", count, "how many");
  app.add_option("--line", lines, "one driver line, quoted");
  CLI11_PARSE(app, argc, argv);
  Fuzz fuzz;
  for (const std::string& line : lines) fuzz.line(line, "--line");
  for (std::uint64_t i = seed; i < seed + count; ++i) {
    const std::string origin = "--seed " + std::to_string(i) + " --count 1";
    fuzz.line(extreme_line(i), origin);
    fuzz.descriptors(extreme_line(i), std::int64_t{1} << i % 61, origin);
  }
  return fuzz.finish();
}

}  // namespace
}  // namespace rdna1conv

int main(int argc, char** argv) { return rdna1conv::run(argc, argv); }

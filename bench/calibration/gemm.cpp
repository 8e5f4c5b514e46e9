#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "bench/calibration/experiments.h"
#include "bench/calibration/gemm_arguments.h"
#include "bench/calibration/kernel_tables.h"
#include "bench/calibration/kernel_timer.h"

namespace rdna1conv::calibration {
namespace {

// Steps of K that a launch executes at most. A longer K is extrapolated from this one and half of
// it: the main loop repeats itself, and executing hundreds more of its turns shows nothing new.
constexpr int kLongestDepth = 512;

constexpr std::size_t kL2Bytes = std::size_t{4} << 20;

struct GemmProblem {
  int m, n, k, batch;
  const GemmKernel* kernel;
};

int rounded_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

// "16x8" or "16x8x1"
std::vector<int> numbers(const std::string& text) {
  std::vector<int> values;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, 'x');) values.push_back(std::stoi(part));
  return values;
}

const GemmKernel* find_kernel(const Measurement& row) {
  const std::vector<int> tile = numbers(row.text("MT"));
  const std::vector<int> thread = numbers(row.text("TT"));
  const std::vector<int> group = numbers(row.text("WG"));
  const int wave = row.number("wave");
  const auto& kernels = wave == 64 ? gemm_wave64_kernels() : gemm_wave32_kernels();
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const GemmKernel& each) {
    return each.wave == wave && each.trans == row.text("trans") &&
           each.thread_tile0 == thread.at(0) && each.thread_tile1 == thread.at(1) &&
           each.group0 == group.at(0) && each.group1 == group.at(1) && each.depth == tile.at(2) &&
           (!row.keys.contains("VW") || each.vector_width == row.number("VW"));
  });
  // The measured kernels can also split K inside a workgroup or between workgroups.
  const bool split = group.size() > 2 && group[2] > 1;
  return found == kernels.end() || split ? nullptr : &*found;
}

// Grown to the largest that was asked for and reused: what is in it does not matter.
float* memory(std::size_t elements, int which) {
  struct Grown {
    std::size_t elements = 0;
    std::unique_ptr<DeviceBuffer> buffer;
  };
  static std::map<int, Grown> buffers;
  Grown& grown = buffers[which];
  if (grown.elements < elements) {
    grown.buffer.reset();
    grown.buffer = std::make_unique<DeviceBuffer>(elements * sizeof(float));
    grown.elements = elements;
  }
  return grown.buffer->as<float>();
}

// Where the workgroups of one launch start along K: rocBLAS's files say 32 places (StaggerU), 256
// bytes apart (StaggerUStride), fewer where K is too short for them.
int stagger_mask(const GemmKernel& kernel, int k) {
  constexpr int kPlaces = 32;
  constexpr int kBytesApart = 256;
  const int tiles = k / kernel.depth;
  const int tiles_apart = std::max(1, kBytesApart / (kernel.depth * 4));
  int places = kPlaces;
  while (places > 1 && tiles < places * tiles_apart) places /= 2;
  return places - 1;
}

// Seconds of one launch over the first `depth` steps of K.
double launch(const GemmProblem& problem, int depth) {
  const GemmKernel& kernel = *problem.kernel;
  const int m = rounded_up(problem.m, kernel.thread_tile0 * kernel.group0);
  const int n = rounded_up(problem.n, kernel.thread_tile1 * kernel.group1);
  const int k = rounded_up(problem.k, kernel.depth);
  const bool a_by_k = kernel.trans[0] == 'T';
  const bool b_by_k = kernel.trans[1] == 'N';
  GemmArguments p{};
  p.a_stride = a_by_k ? k : m;
  p.b_stride = b_by_k ? k : n;
  p.c_stride = m;
  p.depth = depth;
  p.tiles0 = m / (kernel.thread_tile0 * kernel.group0);
  p.tiles1 = n / (kernel.thread_tile1 * kernel.group1);
  p.tiles_of_k = static_cast<unsigned>(k / kernel.depth);
  p.stagger_mask = stagger_mask(kernel, k);
  p.a_batch = std::size_t(m) * k;
  p.b_batch = std::size_t(n) * k;
  p.c_batch = std::size_t(m) * n;
  p.a = memory(p.a_batch * problem.batch, 0);
  p.b = memory(p.b_batch * problem.batch, 1);
  p.c = memory(p.c_batch * problem.batch, 2);
  void* arguments[] = {&p};
  // The measured times are those of repeated launches: small operands stay in the L2.
  const bool warm = (p.a_batch + p.b_batch) * problem.batch * sizeof(float) <= kL2Bytes;
  return kernel_seconds(kernel.function, dim3(p.tiles0, p.tiles1, problem.batch),
                        dim3(kernel.group0 * kernel.group1), arguments, warm);
}

struct GemmTime {
  double seconds;
  std::string as_run;
};

GemmTime run(const GemmProblem& problem) {
  const int k = rounded_up(problem.k, problem.kernel->depth);
  // The measured times are those of repeated launches: the code is in the instruction caches.
  launch({problem.kernel->thread_tile0 * problem.kernel->group0,
          problem.kernel->thread_tile1 * problem.kernel->group1, 3 * problem.kernel->depth, 1,
          problem.kernel},
         3 * problem.kernel->depth);
  if (!on_software_device() || k <= kLongestDepth) return {launch(problem, k), {}};
  const int half = kLongestDepth / 2;
  const double short_time = launch(problem, half);
  const double long_time = launch(problem, kLongestDepth);
  const double per_step = (long_time - short_time) / (kLongestDepth - half);
  return {long_time + per_step * (k - kLongestDepth), "K = " + std::to_string(half) + " and " +
                                                          std::to_string(kLongestDepth) +
                                                          " of it, extrapolated"};
}

}  // namespace

std::optional<Outcome> run_gemm(const Measurement& row) {
  const GemmKernel* kernel = find_kernel(row);
  if (kernel == nullptr) return std::nullopt;
  const GemmProblem problem{row.number("M"), row.number("N"), row.number("K"), row.number("batch"),
                            kernel};
  const GemmTime time = run(problem);
  const double operations = 2.0 * problem.m * problem.n * problem.k * problem.batch;
  return Outcome{operations / time.seconds * 1e-9, time.as_run};
}

std::optional<Outcome> run_smallest(const Measurement& row) {
  const GemmKernel* kernel = find_kernel(row);
  if (kernel == nullptr) return std::nullopt;
  const GemmProblem problem{row.number("M"), row.number("N"), row.number("K"), row.number("batch"),
                            kernel};
  return Outcome{run(problem).seconds * 1e6, "whole tiles, K = " + std::to_string(kernel->depth)};
}

}  // namespace rdna1conv::calibration

#include <algorithm>
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

std::string pair(const std::array<int, 2>& values) {
  return std::to_string(values[0]) + "x" + std::to_string(values[1]);
}

std::string prefetch_of(const GemmKernel& kernel) {
  if (kernel.prefetches_global) return kernel.prefetches_local ? "both" : "global";
  return kernel.prefetches_local ? "local" : "none";
}

// What the row says of its kernel. Rows of Navi 21 say less: then anything fits.
const GemmKernel* find_kernel(const Measurement& row) {
  static const std::vector<GemmKernel> kernels = gemm_kernels();
  const std::vector<int> tile = numbers(row.text("MT"));
  const std::vector<int> thread = numbers(row.text("TT"));
  const std::vector<int> group = numbers(row.text("WG"));
  const auto is_or_unknown = [&](const char* key, const std::string& value) {
    return !row.keys.contains(key) || row.text(key) == value;
  };
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const GemmKernel& each) {
    return each.wave == row.number("wave") && each.trans == row.text("trans") &&
           each.thread_tile0 == thread.at(0) && each.thread_tile1 == thread.at(1) &&
           each.group0 == group.at(0) && each.group1 == group.at(1) && each.depth == tile.at(2) &&
           is_or_unknown("VW", std::to_string(each.vector_width)) &&
           is_or_unknown("load", pair(each.load_width)) &&
           is_or_unknown("pad", pair(each.padding)) && is_or_unknown("prefetch", prefetch_of(each));
  });
  // The measured kernels can also split K inside a workgroup or between workgroups.
  const bool split = group.size() > 2 && group[2] > 1;
  return found == kernels.end() || split ? nullptr : &*found;
}

// Operands of all rows begin at the same addresses, whichever rows are run: where they lie decides
// in which slices of the L2 they meet. What is in them does not matter, and pages that nobody
// touches cost nothing.
struct Operands {
  static constexpr std::size_t kLargest = std::size_t{1} << 31;
  DeviceBuffer a{kLargest};
  DeviceBuffer b{kLargest};
  DeviceBuffer c{kLargest};
  DeviceBuffer other{kThroughBytes};
};

const Operands& operands() {
  static const Operands all;
  return all;
}

// What the row before left in the L2 is no concern of this one.
void empty_l2() {
  const float* data = operands().other.as<float>();
  float* result = operands().c.as<float>();
  void* arguments[] = {&data, &result};
  kernel_seconds(through_kernel(), dim3(kThroughBlocks), dim3(kThroughThreads), arguments, false);
}

float* place(const DeviceBuffer& buffer, std::size_t elements) {
  if (elements * sizeof(float) > Operands::kLargest) {
    throw std::runtime_error("an operand is over 2 GB");
  }
  return buffer.as<float>();
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

// A size along which `width` elements are loaded or stored at a time.
int whole_vectors(int size, int width) { return rounded_up(size, width); }

// Seconds of one launch over the first `depth` steps of K.
double launch(const GemmProblem& problem, int depth) {
  const GemmKernel& kernel = *problem.kernel;
  const bool a_by_k = kernel.trans[0] == 'T';
  const bool b_by_k = kernel.trans[1] == 'N';
  const auto [load_a, load_b] = kernel.load_width;
  GemmArguments p{};
  p.m = whole_vectors(problem.m, std::max(kernel.vector_width, a_by_k ? 1 : load_a));
  p.n = whole_vectors(problem.n, std::max(kernel.vector_width, b_by_k ? 1 : load_b));
  p.a_stride = a_by_k ? whole_vectors(problem.k, load_a) : p.m;
  p.b_stride = b_by_k ? whole_vectors(problem.k, load_b) : p.n;
  p.c_stride = p.m;
  p.depth = depth;
  const int tile0 = kernel.thread_tile0 * kernel.group0;
  const int tile1 = kernel.thread_tile1 * kernel.group1;
  p.tiles0 = rounded_up(p.m, tile0) / tile0;
  p.tiles1 = rounded_up(p.n, tile1) / tile1;
  p.tiles_of_k = static_cast<unsigned>(problem.k / kernel.depth);
  p.stagger_mask = stagger_mask(kernel, problem.k);
  p.a_batch = std::size_t(a_by_k ? p.m : problem.k) * p.a_stride;
  p.b_batch = std::size_t(b_by_k ? p.n : problem.k) * p.b_stride;
  p.c_batch = std::size_t(p.m) * p.n;
  // The last pieces of a K that is no multiple of a load reach beyond it.
  constexpr std::size_t kBeyond = 4;
  p.a = place(operands().a, p.a_batch * problem.batch + kBeyond);
  p.b = place(operands().b, p.b_batch * problem.batch + kBeyond);
  p.c = place(operands().c, p.c_batch * problem.batch);
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
  const GemmKernel& kernel = *problem.kernel;
  empty_l2();
  // The measured times are those of repeated launches: the code is in the instruction caches. Two
  // tiles of K and a step more go through all of it.
  const int through_all = 3 * kernel.depth + 1;
  launch({kernel.thread_tile0 * kernel.group0, kernel.thread_tile1 * kernel.group1, through_all, 1,
          &kernel},
         through_all);
  if (!on_software_device() || problem.k <= kLongestDepth) {
    return {launch(problem, problem.k), {}};
  }
  const int half = kLongestDepth / 2;
  const double short_time = launch(problem, half);
  const double long_time = launch(problem, kLongestDepth);
  const double per_step = (long_time - short_time) / (kLongestDepth - half);
  return {long_time + per_step * (problem.k - kLongestDepth),
          "K = " + std::to_string(half) + " and " + std::to_string(kLongestDepth) +
              " of it, extrapolated"};
}

}  // namespace

std::vector<GemmKernel> gemm_kernels() {
  std::vector<GemmKernel> all;
  for (const auto* each :
       {&gemm_nn_kernels(), &gemm_nt_kernels(), &gemm_tn_kernels(), &gemm_wave32_kernels()}) {
    all.insert(all.end(), each->begin(), each->end());
  }
  return all;
}

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
  return Outcome{run(problem).seconds * 1e6, {}};
}

}  // namespace rdna1conv::calibration

#include "bench/cpu_convolution.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <oneapi/dnnl/dnnl.hpp>
#include <thread>

#include "reference/onednn_convolution.h"

namespace rdna1conv::bench {
namespace {

constexpr int kMinRuns = 3, kMaxRuns = 200;
// More than a build of this project leaves behind.
constexpr double kBusyLoadPerThread = 2;
constexpr double kEnoughSeconds = 0.25, kTooSlowToRepeatSeconds = 2;

double seconds_of_run(OnednnConvolution& convolution) {
  const auto start = std::chrono::steady_clock::now();
  convolution.run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

std::optional<CpuResult> run_on_cpu(const ConvProblem& asked, const ConvCase& inputs) {
  ConvProblem problem = asked;
  problem.x_type = problem.w_type = problem.y_type = DataType::kFloat;
  auto convolution = OnednnConvolution::prepare(problem, inputs);
  if (!convolution) return std::nullopt;

  CpuResult result;
  result.implementation = convolution->implementation();
  result.seconds = seconds_of_run(*convolution);
  result.runs = 1;
  if (result.seconds < kTooSlowToRepeatSeconds) {
    // The first run paid for the first touch of the pages.
    result.seconds = seconds_of_run(*convolution);
    double total = result.seconds;
    while (result.runs < kMinRuns || (result.runs < kMaxRuns && total < kEnoughSeconds)) {
      const double seconds = seconds_of_run(*convolution);
      total += seconds;
      result.seconds = std::min(result.seconds, seconds);
      ++result.runs;
    }
  }
  result.values = convolution->output();
  return result;
}

std::string cpu_description() {
  std::string model = "unknown CPU";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) model = line.substr(colon + 2);
    break;
  }
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  const dnnl_version_t* version = dnnl_version();
  std::string text = model + ", " + std::to_string(threads) + " threads, oneDNN " +
                     std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                     std::to_string(version->patch);
  double load = 0;
  if (getloadavg(&load, 1) == 1 && load > kBusyLoadPerThread * threads) {
    text += "; BUSY with other programs, load " + std::to_string(std::lround(load)) +
            ": its times are too long";
  }
  return text;
}

}  // namespace rdna1conv::bench

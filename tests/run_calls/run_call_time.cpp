// Prints the host's time of a warm run call by the API, without what HIP takes: the median of many
// calls for each problem and way to call.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "api_client.h"
#include "core/driver_line.h"
#include "guarded_run.h"
#include "watch.h"

namespace rdna1conv {
namespace {

constexpr int kCalls = 201;

struct Medians {
  double own, hip;  // microseconds
};

template <class Call>
Medians medians_of(Call call) {
  std::vector<double> own, hip;
  for (int i = 0; i < kCalls; ++i) {
    Watch watch;
    const auto begin = std::chrono::steady_clock::now();
    call();
    const std::chrono::duration<double, std::micro> all = std::chrono::steady_clock::now() - begin;
    const double in_hip = static_cast<double>(watch.stop().hip_nanoseconds) * 1e-3;
    own.push_back(all.count() - in_hip);
    hip.push_back(in_hip);
  }
  const auto median = [](std::vector<double>& values) {
    std::nth_element(values.begin(), values.begin() + kCalls / 2, values.end());
    return values[kCalls / 2];
  };
  return {median(own), median(hip)};
}

void run() {
  std::printf("%8s %8s  %s\n", "own, us", "HIP, us", "call");
  // The smallest kernels: the host's time does not depend on them, but they have to be waited for.
  for (const char* text : {"conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1",
                           "convfp16 -n 1 -c 2 -H 3 -W 3 -k 2 -y 3 -x 3 -p 1 -q 1"}) {
    for (const Direction direction : parse_driver_line(text).directions) {
      ConvProblem problem = parse_driver_line(text).problem;
      problem.direction = direction;
      const GuardedRun guarded(problem);
      ApiClient client(problem, 0);
      const std::size_t bytes = client.workspace_bytes();
      static_cast<void>(guarded.run(bytes, {}, [&](const Buffers& buffers) {
        const std::vector<miopenConvAlgoPerf_t> found = client.find(buffers, bytes);
        const auto algorithm = static_cast<Algorithm>(found.front().fwd_algo);
        const std::uint64_t id = client.solutions().front().solution_id;
        const Medians run =
            medians_of([&] { static_cast<void>(client.run(algorithm, buffers, bytes)); });
        const Medians immediate =
            medians_of([&] { static_cast<void>(client.run_immediate(id, buffers, bytes)); });
        const std::string line = to_driver_line(problem);
        std::printf("%8.2f %8.2f  %s\n", run.own, run.hip, line.c_str());
        std::printf("%8.2f %8.2f  %s -S %lu\n", immediate.own, immediate.hip, line.c_str(),
                    static_cast<unsigned long>(id));
      }));
    }
  }
}

}  // namespace
}  // namespace rdna1conv

int main() {
  try {
    rdna1conv::run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "run_call_time: %s\n", error.what());
    return 1;
  }
}

// Runs every generated case for many inputs on the device and on the host and compares the results
// bit for bit.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>

#include "device_memory.h"
#include "differential/case_group.h"
#include "differential/inputs.h"

namespace differential {
namespace {

constexpr std::size_t kInputs = 1024;
static_assert(kInputs % kWorkgroup == 0);

// How many failures of a case are printed in full.
constexpr unsigned kPrinted = 2;

struct Totals {
  std::size_t cases = 0;
  std::size_t results = 0;
  std::set<std::string> areas;
};

Totals& totals() {
  static Totals value;
  return value;
}

class Differential : public testing::TestWithParam<CaseGroup> {
 protected:
  static void TearDownTestSuite() {
    std::printf("%zu differential cases in %zu areas, %zu results compared with the host's\n",
                totals().cases, totals().areas.size(), totals().results);
  }
};

void compare_case(const CaseGroup& group, const Case& which, const std::vector<Inputs>& inputs,
                  const std::uint64_t* device, const std::uint64_t* host) {
  std::size_t different = 0;
  std::string examples;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (device[i] == host[i] || ++different > kPrinted) continue;
    char text[120];
    std::snprintf(text, sizeof text, "input %zu (lane %zu): device 0x%016llx, host 0x%016llx; ", i,
                  i % 32, static_cast<unsigned long long>(device[i]),
                  static_cast<unsigned long long>(host[i]));
    examples += text + describe(inputs[i]) + '\n';
  }
  EXPECT_EQ(different, 0u) << which.name << ", seed " << group.seed << ": " << different << " of "
                           << inputs.size() << " results differ\n"
                           << examples << which.text;
}

TEST_P(Differential, DeviceGivesTheHostsResult) {
  const CaseGroup& group = GetParam();
  const std::vector<Inputs> inputs = make_inputs(kInputs, group.seed);
  const std::size_t count = group.cases.size() * kInputs;
  const programs::DeviceArray<Inputs> device_inputs(inputs);
  const programs::DeviceArray<std::uint64_t> device_results(count);
  programs::check(hipMemset(device_results.data(), 0xff, device_results.bytes()), "hipMemset");
  group.run_on_device(device_inputs.data(), kInputs, device_results.data());
  programs::check(hipGetLastError(), "launch");
  const std::vector<std::uint64_t> device = device_results.to_host();
  std::vector<std::uint64_t> host(count);
  group.run_on_host(inputs.data(), kInputs, host.data());
  for (std::size_t k = 0; k < group.cases.size(); ++k) {
    compare_case(group, group.cases[k], inputs, &device[k * kInputs], &host[k * kInputs]);
  }
  totals().cases += group.cases.size();
  totals().results += count;
  totals().areas.insert(group.area);
}

INSTANTIATE_TEST_SUITE_P(Generated, Differential, testing::ValuesIn(case_groups()),
                         [](const testing::TestParamInfo<CaseGroup>& group) {
                           // The same cases may be there twice, compiled with other flags.
                           return std::string(group.param.cases.front().name) + "_in_group_" +
                                  std::to_string(group.index);
                         });

}  // namespace
}  // namespace differential

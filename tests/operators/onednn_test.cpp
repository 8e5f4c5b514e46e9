// The cases' reference in double precision against oneDNN, for the operators and kinds that oneDNN
// has.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "operators/lines.h"
#include "operators/onednn_results.h"

namespace rdna1conv {
namespace {

// fp32 of many terms, which oneDNN adds in an order of its own.
constexpr Tolerance kTolerance{2e-6, 2e-5};

TEST(OperatorReference, IsThatOfOnednn) {
  std::map<std::string, int> compared, all;
  for (const std::string& line : operator_lines(DataType::kFloat)) {
    SCOPED_TRACE(line);
    const OperatorCase c = make_operator_case(line);
    ++all[c.name];
    const std::vector<NamedValues> results = onednn_results(c);
    if (!results.empty()) ++compared[c.name];
    for (const NamedValues& result : results) {
      const auto tensor =
          std::find_if(c.tensors.begin(), c.tensors.end(),
                       [&](const CaseTensor& t) { return t.name == result.tensor; });
      ASSERT_NE(tensor, c.tensors.end()) << result.tensor;
      ASSERT_TRUE(tensor->expected) << result.tensor;
      const auto fault = fault_of(result.values, *tensor->expected, kTolerance);
      EXPECT_FALSE(fault) << result.tensor << ": " << *fault;
    }
  }
  for (const std::string& name : onednn_operators()) {
    EXPECT_GT(compared[name], 0) << name;
    std::printf("%s: %d of %d lines\n", name.c_str(), compared[name], all[name]);
  }
}

}  // namespace
}  // namespace rdna1conv

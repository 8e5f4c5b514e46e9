// The oracle against oneDNN, and against faults that it has to find: no device.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <limits>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <utility>

#include "conv_case.h"
#include "core/driver_line.h"
#include "core/element_types.h"
#include "element_type.h"
#include "onednn_convolution.h"
#include "problem_generator.h"
#include "tolerance.h"

namespace rdna1conv {
namespace {

std::optional<std::vector<double>> by_onednn(const ConvProblem& problem, const ConvCase& c) {
  auto convolution = OnednnConvolution::prepare(problem, c);
  if (!convolution) return std::nullopt;
  convolution->run();
  return convolution->output();
}

// The types of which oneDNN's documentation says that its CPU engine has convolutions, how many of
// the 400 problems below have to meet it, and on which processors.
struct OnednnType {
  DataType type;
  bool forward_only;
  int least;
  bool (*is_here)();
};
constexpr OnednnType kOnednnTypes[] = {
    {DataType::kFloat, false, 50, [] { return true; }},
    {DataType::kBFloat16, false, 8,
     [] { return dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core; }},
    {DataType::kInt8, true, 20, [] { return true; }},
    {DataType::kHalf, false, 8, [] { return dnnl_version()->major > 2; }},
};

TEST(Oracle, AgreesWithOneDnn) {
  std::map<std::pair<Direction, DataType>, int> compared;
  int transposed = 0, skipped = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    ConvProblem problem = random_problem(seed, 1e5);
    problem.epilogue = {};
    if (problem.y_type == DataType::kInt8) problem.y_type = DataType::kInt32;
    const ConvCase c = make_case(problem);
    const auto second = by_onednn(problem, c);
    if (!second) {
      ++skipped;
      continue;
    }
    const auto fault = fault_of(*second, c.sums, tolerance_of(c.problem, Algorithm::kDirect));
    EXPECT_FALSE(fault) << to_driver_line(problem) << ": " << *fault;
    ++compared[{problem.direction, problem.x_type}];
    transposed += problem.transposed;
  }
  constexpr std::array kDirections{Direction::kForward, Direction::kBackwardData,
                                   Direction::kBackwardWeights};
  for (const Direction direction : kDirections) {
    std::cout << "direction " << static_cast<int>(direction) << ":";
    for (const ElementTypes& row : kInputTypes)
      std::cout << " " << compared[{direction, row.in}] << " " << name_of(row.in);
    std::cout << "\n";
  }
  std::cout << transposed << " of them transposed; " << skipped << " that oneDNN does not do\n";
  for (const OnednnType& row : kOnednnTypes) {
    for (const Direction direction : kDirections) {
      if (row.forward_only && direction != Direction::kForward) continue;
      const int count = compared[{direction, row.type}];
      if (row.is_here()) {
        EXPECT_GE(count, row.least) << name_of(row.type) << " " << static_cast<int>(direction);
      } else {
        EXPECT_EQ(count, 0) << "oneDNN has " << name_of(row.type) << " here after all";
      }
    }
  }
  EXPECT_GT(transposed, 30);
}

// A result that is right but for one thing.
struct Fault {
  const char* name;
  void (*inflict)(std::vector<double>& result);
  const char* words;  // part of what the oracle says; nullptr: it is content
};
const Fault kFaults[] = {
    {"None", [](std::vector<double>&) {}, nullptr},
    {"Rounding",
     [](std::vector<double>& r) {
       for (double& v : r) v = static_cast<float>(v);
     },
     nullptr},
    {"OneWrongElement", [](std::vector<double>& r) { r[r.size() / 2] += 0.01; }, "the largest"},
    {"OneZeroElement", [](std::vector<double>& r) { r.back() = 0; }, "the largest"},
    {"SwappedElements", [](std::vector<double>& r) { std::swap(r[0], r[1]); }, "the largest"},
    {"AllALittleOff",
     [](std::vector<double>& r) {
       for (double& v : r) v *= 1 + 1e-5;
     },
     "error"},
    {"AllZero", [](std::vector<double>& r) { std::fill(r.begin(), r.end(), 0.0); }, "all zero"},
    {"NotANumber", [](std::vector<double>& r) { r[3] = std::numeric_limits<double>::quiet_NaN(); },
     "is nan"},
    {"Infinite", [](std::vector<double>& r) { r[3] = std::numeric_limits<double>::infinity(); },
     "is inf"},
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.name; }

class OracleFault : public testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(Rows, OracleFault, testing::ValuesIn(kFaults),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(OracleFault, IsFoundAmongMany) {
  // Enough elements for a mean to hide one.
  const ConvProblem problem =
      parse_driver_line("conv -n 4 -c 3 -H 64 -W 64 -k 16 -y 3 -x 3 -p 1 -q 1 -F 1").problem;
  const ConvCase c = make_case(problem);
  std::vector<double> result = c.sums;
  GetParam().inflict(result);
  const auto fault = fault_of(result, c.sums, tolerance_of(problem, Algorithm::kDirect));
  if (GetParam().words == nullptr) {
    EXPECT_FALSE(fault) << *fault;
  } else {
    ASSERT_TRUE(fault);
    EXPECT_NE(fault->find(GetParam().words), std::string::npos) << *fault;
  }
}

// Values that are easy to round wrongly, and their bytes.
struct Rounding {
  DataType type;
  double value, nearest;
};
const Rounding kRoundings[] = {
    {DataType::kHalf, 1 + 0x1p-11, 1},               // a tie goes to even
    {DataType::kHalf, 1 + 3 * 0x1p-11, 1 + 0x1p-9},  // and up
    {DataType::kHalf, 65519.99, 65504},              // the largest
    {DataType::kHalf, 65520, std::numeric_limits<double>::infinity()},
    {DataType::kHalf, -0x1p-24, -0x1p-24},  // the smallest denormal
    {DataType::kHalf, 0x1.8p-25, 0x1p-24},
    {DataType::kHalf, 0x1p-25, 0},
    {DataType::kHalf, 0x1.ff8p-15, 0x1.ff8p-15},  // the largest denormal
    {DataType::kHalf, 0x1.ffcp-15, 0x1p-14},      // a tie with the smallest normal
    {DataType::kBFloat16, 1 + 0x1p-8, 1},
    {DataType::kBFloat16, -(1 + 3 * 0x1p-8), -(1 + 0x1p-6)},
    {DataType::kBFloat16, 3.3e38, 0x1.fp127},
    {DataType::kInt8, 127.6, 127},
    {DataType::kInt8, -2.5, -2},
    {DataType::kInt32, 3e9, 2147483647},
    {DataType::kFloat, 1 + 0x1p-24, 1},
};

TEST(ElementType, RoundsToTheNearestAndStoresWhatItRounds) {
  for (const auto& [type, value, nearest] : kRoundings) {
    EXPECT_EQ(rounded(type, value), nearest) << name_of(type) << " " << value;
    std::byte bytes[4];
    store_element(type, value, bytes);
    EXPECT_EQ(load_element(type, bytes), nearest) << name_of(type) << " " << value;
  }
}

// What a row of params/element_types.h needs of the oracle.
TEST(ElementType, OfEveryRowHasArithmeticAndTolerance) {
  for (const ElementTypes& row : kElementTypes) {
    SCOPED_TRACE(row.suffix);
    for (const DataType type : {row.in, row.out}) {
      std::byte bytes[8];
      store_element(type, -3, bytes);
      EXPECT_EQ(load_element(type, bytes), -3) << name_of(type);
    }
    EXPECT_NO_THROW(static_cast<void>(tolerance_of(row.out)));
  }
}

// Problems from tables keep what matters when they are cut, and the generator makes everything.
TEST(Generator, ScalesDownToTheLimitAndKeepsRemainders) {
  const ConvProblem large =
      parse_driver_line(
          "conv -n 129 -c 1027 -H 227 -W 341 -k 513 -y 3 -x 5 -p 1 -q 2 -u 2 -v 1 -F 4")
          .problem;
  const ConvProblem small = scaled_down(large, 1e6);
  EXPECT_LE(products_of(small), 1e6) << to_driver_line(small);
  EXPECT_EQ(small.n % 2, 1);
  EXPECT_EQ(small.c % 8, 1027 % 8);
  EXPECT_EQ(small.k % 8, 513 % 8);
  EXPECT_EQ((small.in.h - 3) % 8, (227 - 3) % 8);
  EXPECT_EQ((small.in.w - 5) % 8, (341 - 5) % 8);
  EXPECT_EQ(small.direction, large.direction);
  EXPECT_EQ(scaled_down(small, 1e6), small);
}

TEST(Generator, MakesValidProblemsThatTheirLineGivesBack) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const ConvProblem problem = random_problem(seed);
    const std::string line = to_driver_line(problem);
    EXPECT_EQ(parse_driver_line(line).problem, problem) << line;
    // Wide filters in three dimensions leave little to cut.
    EXPECT_LE(products_of(problem), problem.spatial_dims == 3 ? 4e6 : 1e6) << line;
  }
}

TEST(Generator, ShrinksToWhatMatters) {
  const ConvProblem problem =
      parse_driver_line(
          "convfp16 -n 3 -c 24 -H 20 -W 21 -k 36 -y 3 -x 5 -p 1 -q 2 -u 2 -v 3 -l 2 -j 1 -g 4 "
          "--epilogue bias+relu -F 1")
          .problem;
  const ConvProblem smallest = shrunk(
      problem, [](const ConvProblem& p) { return p.stride.w == 3 && p.k >= 5 && p.filter.h == 3; });
  EXPECT_EQ(
      to_driver_line(smallest),
      "conv -n 1 -c 1 -H 1 -W 1 -k 5 -y 3 -x 1 -p 1 -q 0 -u 1 -v 3 -l 1 -j 1 -m conv -g 1 -F 1");
}

}  // namespace
}  // namespace rdna1conv

// The fused Winograd kernels, with every number of waves that share inputs and of slices of c, at
// the edges of their tiles: in outputs, tiles of a wave, channels of a step and of a workgroup; in
// both layouts; and with every kind of store. Forward in fp32, fp16 and bf16, and backward data,
// which is the same kernels over turned filters.
#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

#include "plan_check.h"
#include "shapes.h"
#include "solvers/winograd.h"

namespace rdna1conv::winograd {
namespace {

// What the tests go through.
struct Row {
  int m;
  DataType type;
  Direction direction;

  const SolverRow& solver() const {
    const bool forward = direction == Direction::kForward;
    return *find_solver(
        std::string_view(m == 2 ? (forward ? "WinogradF2x3Fwd" : "WinogradF2x3BwdData")
                                : (forward ? "WinogradF4x3Fwd" : "WinogradF4x3BwdData")));
  }
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.solver().name << " " << name_of(row.type);
}

// `problem` in the row's type and direction: backward data of it has its k as channels.
ConvProblem as(const Row& row, ConvProblem problem) {
  problem.x_type = problem.w_type = problem.y_type = row.type;
  problem.direction = row.direction;
  return problem;
}

std::vector<ConvProblem> edges_of(const Row& row) {
  const int m = row.m;
  std::vector<ConvProblem> problems;
  // n, c, h, w, k, r, s, pad, stride, dilation, groups
  for (const Shape& shape : {
           Shape{1, 2, m + 2, m + 2, 4, 3, 3},              // one tile, one pair
           Shape{1, 1, 3, 3, 5, 3, 3},                      // a single pixel
           Shape{1, 64, m + 1, m + 3, 9, 3, 3, 1, 1},       // all slices; one more
           Shape{1, 63, 2 * m - 1, m, 31, 3, 3, 1, 1},      // one less
           Shape{1, 66, 2, 32 * m, 64, 3, 3, 1, 1},         // 32 tiles
           Shape{1, 9, m - 1, 33 * m - 2, 65, 3, 3, 1, 1},  // 33 tiles
           Shape{37, 8, 4, 3, 16, 3, 3, 1, 1},              // an image for each tile
           Shape{1, 128, m + 1, m + 3, 33, 3, 3, 1, 1},     // all slices, and their halves
           Shape{1, 128, 2, 48 * m, 9, 3, 3, 1, 1},         // halves of a second wave
           Shape{3, 80, 7, 7, 12, 3, 3, 1, 1},              // several images a wave
           Shape{1, 64, m + 1, 2 * m, 9, 3, 3, 1, 1},       // whole rows: all slices; one more
           Shape{1, 128, m + 1, m, 33, 3, 3, 1, 1},         // and their halves
           Shape{1, 66, 2, 32 * m - 1, 64, 3, 3, 1, 1},     // 32 tiles whose rows are not whole
           Shape{1, 128, 2, 48 * m - 1, 9, 3, 3, 1, 1},     // halves of a second wave
           Shape{2, 12, 3, 2 * m, 15, 3, 3, 0, 1, 1, 1, 1, 1, 3},  // no rows of padding
           Shape{2, 5, 9, 5, 7, 3, 3, 2, 0},                       // paddings that differ
           Shape{1, 4, 1, 2, 5, 3, 3, 4, 5},                       // mostly padding
           Shape{2, 12, 6, 5, 15, 3, 3, 1, 1, 1, 1, 1, 1, 3},      // groups
       }) {
    for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
      problems.push_back(as(row, problem_of(shape)));
      set_packed(problems.back(), layout);
    }
  }
  return problems;
}

std::vector<ConvProblem> stores_of(const Row& row) {
  const int m = row.m;
  const ConvProblem plain = as(row, problem_of(Shape{2, 6, m + 3, 2 * m + 1, 11, 3, 3, 1, 1}));
  std::vector<ConvProblem> problems(5, plain);
  problems[0].epilogue.adds_bias = true;
  problems[0].epilogue.activation = Activation::kRelu;
  problems[1].epilogue.scaled = true;
  problems[1].epilogue.adds_z = true;
  problems[1].epilogue.activation = Activation::kLeakyRelu;
  problems[2].epilogue.batch_norm = BatchNorm::kSpatial;
  problems[2].epilogue.activation = Activation::kTanh;
  problems[3].epilogue.adds_bias = true;
  problems[3].epilogue.batch_norm = BatchNorm::kPerActivation;
  problems[4].epilogue.adds_bias = true;
  set_packed(problems[4], Layout::kNhwc);
  // Whole rows of tiles, and rows of channels, which are stored at once.
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
    problems.push_back(as(row, problem_of(Shape{1, 16, m + 1, 2 * m, 16, 3, 3, 1, 1})));
    set_packed(problems.back(), layout);
  }
  return problems;
}

class Winograd : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Rows, Winograd,
                         testing::Values(Row{2, DataType::kFloat, Direction::kForward},
                                         Row{4, DataType::kFloat, Direction::kForward},
                                         Row{2, DataType::kFloat, Direction::kBackwardData},
                                         Row{4, DataType::kFloat, Direction::kBackwardData},
                                         Row{2, DataType::kHalf, Direction::kForward},
                                         Row{4, DataType::kHalf, Direction::kForward},
                                         Row{2, DataType::kHalf, Direction::kBackwardData},
                                         Row{4, DataType::kHalf, Direction::kBackwardData},
                                         Row{2, DataType::kBFloat16, Direction::kForward},
                                         Row{4, DataType::kBFloat16, Direction::kForward},
                                         Row{2, DataType::kBFloat16, Direction::kBackwardData},
                                         Row{4, DataType::kBFloat16, Direction::kBackwardData}));

// Checks every instance and gives their names.
std::set<std::string_view> check_all(const Row& row, const std::vector<ConvProblem>& problems,
                                     Values values) {
  std::set<std::string_view> seen;
  const SolverRow& solver = row.solver();
  for (const ConvProblem& problem : problems) {
    if (solver.refusal(problem, test_device_facts())) continue;
    const PlanChecker checker(problem, values);
    for (const Plan& plan : make_plans(solver, problem, test_device_facts())) {
      EXPECT_TRUE(checker.check(solver, plan));
      seen.insert(plan.instance);
    }
  }
  return seen;
}

TEST_P(Winograd, AreRightAtTheirEdges) {
  const Row row = GetParam();
  const std::set<std::string_view> seen = check_all(row, edges_of(row), Values::kIntegers);
  if (row.direction != Direction::kForward) {
    EXPECT_FALSE(seen.empty());
    return;
  }
  if (row.type == DataType::kHalf) {
    // Shares of 4, 8 and 16 with slices as far as 16 waves and 64 KB of LDS go, from halves, rows
    // and from pairs.
    EXPECT_EQ(seen.size(), row.m == 2 ? 3u * (3 + 2 + 1) : 3u * (2 + 1));
    return;
  }
  // 2, 4 and 8 waves share inputs. Of F(2x2) two tiles have up to 16 waves, of F(4x4) one 8, each
  // with whole slices and with halves. Raw filters take LDS too, and of a step there are 32 at
  // most. Inputs come pixel by pixel and by rows.
  const std::size_t transformed = row.m == 2 ? 2u * (4 + 3 + 2) : 2u * (3 + 2 + 1);
  const std::size_t raw_by_8 = 4 + 2 + 3, raw_by_4 = 4 + 3 + 1 + 4 + 2;
  if (row.m == 4) {
    // Of bf16 F(4x4) takes transformed filters with rows alone.
    const std::size_t sources = row.type == DataType::kFloat ? 2 : 1;
    EXPECT_EQ(seen.size(), sources * transformed + 2 * ((3u + 2) + (3 + 1)));
  } else if (row.type == DataType::kFloat) {
    EXPECT_EQ(seen.size(), 2 * (2 * transformed + raw_by_8 + raw_by_4));
  } else {
    // Of bf16 a wave has eight output channels, but with raw filters and single pixels four.
    EXPECT_EQ(seen.size(), 2 * transformed + raw_by_4 + raw_by_8);
  }
}

TEST_P(Winograd, StoreWhatIsFused) {
  EXPECT_FALSE(check_all(GetParam(), stores_of(GetParam()), Values::kUniform).empty());
}

}  // namespace
}  // namespace rdna1conv::winograd

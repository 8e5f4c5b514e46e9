// Plans without a device: what the solvers refuse and what their launches ask of the hardware.
#include <gtest/gtest.h>

#include <set>

#include "core/driver_line.h"
#include "device/code_objects.h"
#include "dispatch/solver_table.h"
#include "shapes.h"
#include "solvers/chunks.h"

namespace rdna1conv {
namespace {

struct Refusal {
  const char* solver;
  Shape shape;
  const char* words;  // part of the reason; nullptr: not refused
};

std::ostream& operator<<(std::ostream& out, const Refusal& row) {
  return out << row.shape << " -S " << row.solver;
}

constexpr Shape kPlain3x3{1, 8, 9, 9, 8, 3, 3, 1, 1};
constexpr Refusal kRefusals[] = {
    {"WinogradF2x3Fwd", kPlain3x3, nullptr},
    {"WinogradF4x3Fwd", kPlain3x3, nullptr},
    {"WinogradF2x3BwdData", kPlain3x3, "direction is not backward data"},
    {"Im2colGemmFwd", kPlain3x3, nullptr},
    {"DirectTiledFwd", kPlain3x3, nullptr},
    {"Gemm1x1Fwd", kPlain3x3, "filter is 3x3, needs 1x1"},
    {"WinogradF2x3Fwd", {1, 8, 9, 9, 8, 5, 3}, "filter is 5x3, needs 3x3"},
    {"WinogradF4x3Fwd", {1, 8, 9, 9, 8, 3, 3, 1, 1, 2, 1}, "stride is 2x1, needs 1x1"},
    {"WinogradF4x3Fwd", {1, 8, 9, 9, 8, 3, 3, 1, 1, 1, 1, 1, 2}, "dilation is 1x2, needs 1x1"},
    {"Gemm1x1Fwd", {1, 8, 9, 9, 8, 1, 1, 1, 0}, nullptr},
    {"Gemm1x1Fwd", {1, 8, 9, 9, 8, 1, 1, 0, 0, 2, 3}, nullptr},
    {"Im2colGemmFwd", {1, 8, 9, 9, 8, 1, 1}, "1x1 filter without padding needs no im2col"},
    {"Im2colGemmFwd", {1, 8, 9, 9, 8, 1, 1, 1, 0}, nullptr},
    {"Im2colGemmFwd", {1, 1 << 18, 9, 9, 1, 5, 5}, "an output sums 6553600 products"},
    {"Im2colGemmFwd", {1, 4096, 1024, 1024, 8, 3, 3, 1, 1}, "too many channels and output pixels"},
    {"DirectTiledFwd", {1, 1, 700, 700, 1, 200, 200, 0, 0, 1, 1, 3, 3}, "65536 bytes of LDS"},
    {"DirectGroupedFwd", kPlain3x3, nullptr},
    {"DirectGroupedFwd", {1, 17, 9, 9, 16, 3, 3, 1, 1}, nullptr},
    {"DirectGroupedFwd",
     {1, 34, 9, 9, 34, 3, 3, 1, 1, 1, 1, 1, 1, 2},
     "needs at most 16 of either"},
    {"DirectGroupedFwd", {1, 1, 300, 300, 1, 200, 200}, "65536 bytes of LDS"},
    {"DirectGroupedFwd", {1, 1, 40000, 40000, 1, 3, 3}, "an image spans 4 GB or more"},
    {"DirectGroupedBwdData", kPlain3x3, "direction is not backward data"},
    {"DirectGroupedBwdWeights", kPlain3x3, "direction is not backward weights"},
    {"DirectReference", {1, 1, 40000, 40000, 1, 3, 3}, nullptr},
};

class SolverRefusal : public testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(Rows, SolverRefusal, testing::ValuesIn(kRefusals));

TEST_P(SolverRefusal, GivesItsReason) {
  const auto& [name, shape, words] = GetParam();
  const SolverRow* solver = find_solver(std::string_view(name));
  ASSERT_NE(solver, nullptr) << name;
  const auto reason = solver->refusal(problem_of(shape), rx_5700_xt());
  if (words == nullptr) {
    EXPECT_FALSE(reason) << shape << " -S " << name << ": " << *reason;
  } else {
    ASSERT_TRUE(reason) << shape << " -S " << name;
    EXPECT_NE(reason->find(words), std::string::npos) << shape << " -S " << name << ": " << *reason;
  }
}

TEST(SolverRefusal, NamesWhatIsNotForwardFp32OrNchw) {
  ConvProblem backward = problem_of(kPlain3x3);
  backward.direction = Direction::kBackwardData;
  ConvProblem half = problem_of(kPlain3x3);
  half.x_type = half.w_type = half.y_type = DataType::kHalf;
  ConvProblem nhwc = problem_of(kPlain3x3);
  set_packed(nhwc, Layout::kNhwc);
  for (const char* name :
       {"WinogradF4x3Fwd", "WinogradF2x3Fwd", "Gemm1x1Fwd", "Im2colGemmFwd", "DirectTiledFwd"}) {
    const SolverRow* solver = find_solver(std::string_view(name));
    ASSERT_NE(solver, nullptr) << name;
    EXPECT_TRUE(solver->refusal(backward, rx_5700_xt())) << name;
    const bool is_winograd = std::string_view(name).starts_with("Winograd");
    EXPECT_EQ(!solver->refusal(half, rx_5700_xt()), is_winograd) << name;
    EXPECT_EQ(!solver->refusal(nhwc, rx_5700_xt()), is_winograd) << name;
  }
}

// Launches within the hardware's limits, instances with names of their own.
TEST(SolverPlans, StayWithinTheHardware) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const Shape shape = random_shape(seed);
    const ConvProblem problem = problem_of(shape);
    for (const SolverRow& solver : solver_table()) {
      if (solver.refusal(problem, rx_5700_xt())) continue;
      const std::vector<Plan> plans = make_plans(solver, problem, rx_5700_xt());
      ASSERT_FALSE(plans.empty()) << shape << " -S " << solver.name;
      std::set<std::string_view> names;
      for (const Plan& plan : plans) {
        SCOPED_TRACE(to_driver_line(problem) + " -S " + std::string(solver.name) + " (" +
                     std::string(plan.instance) + ")");
        EXPECT_TRUE(names.insert(plan.instance).second);
        EXPECT_GT(plan.estimated_clocks, 0);
        EXPECT_FALSE(plan.launches.empty());
        for (const Launch& launch : plan.launches) {
          EXPECT_FALSE(code_object(launch.kernel.family).empty()) << launch.kernel.family;
          const std::uint64_t block =
              std::uint64_t{launch.block.x} * launch.block.y * launch.block.z;
          const std::uint64_t grid = std::uint64_t{launch.grid.x} * launch.grid.y * launch.grid.z;
          EXPECT_GE(block, 1u);
          EXPECT_LE(block, 1024u);
          EXPECT_GE(grid, 1u);
          EXPECT_LT(grid * block, std::uint64_t{1} << 32);
          EXPECT_LE(launch.dynamic_lds, 64u * 1024);
          for (std::uint32_t i = 0; i < launch.pointer_count; ++i) {
            EXPECT_EQ(launch.pointers[i].buffer_offset % 4, 0u);
            EXPECT_LE(launch.pointers[i].params_offset + sizeof(void*), launch.params_bytes);
          }
        }
      }
    }
  }
}

// However many images there are: what a solver offers costs no more, and what it launches has a
// limit.
constexpr const char* kManyImages[] = {
    "conv -n 1000000 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1",
    "conv -n 1000000 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 2",
    "conv -n 1000000 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 4",
    "conv -n 1000000 -c 64 -H 56 -W 56 -k 64 -y 1 -x 1",
    "conv -n 100000000 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1",
    "conv -n 100000000 -c 64 -H 56 -W 56 -k 64 -y 1 -x 1",
    "conv -n 2000000000 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1",
    "conv -n 5000 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1",
    "conv -n 100000 -c 4 -H 8 -W 8 -k 4 -y 7 -x 7 -p 3 -q 3",
};

TEST(SolverPlans, HaveALimitOfLaunches) {
  for (const char* line : kManyImages) {
    const ConvProblem problem = parse_driver_line(line).problem;
    for (const SolverRow& solver : solver_table()) {
      if (solver.refusal(problem, rx_5700_xt())) continue;
      const std::vector<Instance> instances = solver.instances(problem, rx_5700_xt());
      ASSERT_FALSE(instances.empty()) << line << " -S " << solver.name;
      const std::vector<Launch> launches = solver.launches(problem, instances.back());
      EXPECT_GE(launches.size(), 1u);
      EXPECT_LE(launches.size(), static_cast<std::size_t>(kMaxLaunches))
          << line << " -S " << solver.name;
    }
  }
}

// Strides beyond the image: one workgroup writes all there is.
TEST(SolverPlans, LaunchNothingBeyondTheImage) {
  for (const char* line :
       {"conv -n 1 -c 1 -H 9 -W 9 -k 1 -y 3 -x 3 -p 1 -q 1 -u 512 -v 512 -F 2",
        "conv -n 1 -c 4 -H 20 -W 10 -k 4 -y 1 -x 1 -u 8191 -v 65535 -g 4 -F 2"}) {
    const ConvProblem problem = parse_driver_line(line).problem;
    const SolverRow& solver = *find_solver("DirectGroupedBwdData");
    ASSERT_FALSE(solver.refusal(problem, rx_5700_xt())) << line;
    for (const Plan& plan : make_plans(solver, problem, rx_5700_xt())) {
      const Launch& launch = plan.launches.front();
      EXPECT_LE(launch.grid.x, problem.groups * problem.in.h * problem.in.w)
          << line << " (" << plan.instance << ")";
    }
  }
}

struct ChunkCase {
  std::int64_t total, preferred, most, granule;
  std::int64_t size;
};
constexpr ChunkCase kChunkCases[] = {
    {10, 4, 100, 1, 4},
    {10, 20, 100, 1, 10},
    {10, 0, 100, 1, 1},
    {300, 128, 1000, 128, 128},
    {100, 128, 1000, 128, 100},
    {1'000'000, 1, 10'000, 1, 978},
    {1'000'000, 1, 50, 1, 50},
    {1'000'000, 128, 100'000, 128, 1024},
    {1'000'000, 128, 1000, 128, 896},
};

TEST(Chunks, CoverTheProblemOnce) {
  for (const ChunkCase& row : kChunkCases) {
    const Chunks chunks = chunks_of(row.total, row.preferred, row.most, row.granule);
    EXPECT_EQ(chunks.size, row.size) << row.total;
    EXPECT_EQ(chunks.total(), row.total);
    std::int64_t next = 0, count = 0;
    for_each_chunk(chunks, [&](std::int64_t first, std::int64_t size) {
      EXPECT_EQ(first, next);
      EXPECT_EQ(size, count < chunks.full ? chunks.size : chunks.rest);
      next += size;
      ++count;
    });
    EXPECT_EQ(next, row.total);
    EXPECT_EQ(count, chunks.count());
    EXPECT_EQ(unless_few(chunks, 4).has_value(), count > kMaxChunks) << row.total;
  }
}

}  // namespace
}  // namespace rdna1conv

// What lets the model not follow a launch again, and what makes its ranges.
#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

#include "timing/digest.h"
#include "timing/memory_system.h"
#include "timing/sensitivity.h"

namespace emulator::timing {
namespace {

Digest digest_of(const std::vector<std::uint64_t>& numbers) {
  Digest digest;
  digest.add_all(std::span(numbers));
  return digest;
}

TEST(Digests, TellSequencesApart) {
  const std::vector<std::uint64_t> numbers{1, 2, 3};
  EXPECT_EQ(digest_of(numbers), digest_of(numbers));
  EXPECT_FALSE(digest_of(numbers) == digest_of({1, 3, 2}));
  EXPECT_FALSE(digest_of(numbers) == digest_of({1, 2, 3, 0}));
  EXPECT_FALSE(digest_of({}) == digest_of({0}));
}

TEST(UsedLines, ComeInTheOrderOfTheirLastUse) {
  TagCache cache(64, 4);
  cache.insert(7, 0);
  const std::uint64_t mark = cache.clock();
  cache.insert(8, 8, 0, true);
  cache.insert(9, 0);
  cache.find(8);
  const auto used = cache.used_since(mark);
  ASSERT_EQ(used.size(), 2u);
  EXPECT_EQ(used[0].number, 9u);
  EXPECT_FALSE(used[0].dirty);
  EXPECT_EQ(used[1].number, 8u);
  EXPECT_TRUE(used[1].dirty);
}

// One line a request, in an order that is not that of the addresses.
void access_lines(MemorySystem& memory, OperationKind kind, std::uint64_t first) {
  memory.begin_launch();
  MemoryOperation operation;
  operation.kind = kind;
  operation.dwords = 1;
  operation.line_count = 1;
  operation.bytes = 128;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const std::uint64_t line = first + i * 1237 % 3000;
    memory.access(static_cast<unsigned>(i % 20), 0, operation, &line, static_cast<double>(i));
  }
}

// Launches that evict lines of others, so that the order in which lines were used shows.
double fills_after(MemorySystem& memory) {
  for (std::uint64_t k = 0; k < 12; ++k) {
    access_lines(memory, OperationKind::kLoad, 1000000 + k * 3000);
  }
  access_lines(memory, OperationKind::kLoad, 4000);
  return memory.l2_fills();
}

TEST(UsedLines, UsedAgainLeaveL2AsTheLaunchThatUsedThem) {
  const Constants constants = rx5700xt();
  MemorySystem followed(constants), repeated(constants);
  for (MemorySystem* memory : {&followed, &repeated}) {
    access_lines(*memory, OperationKind::kStore, 4000);
    access_lines(*memory, OperationKind::kLoad, 9000);
  }
  std::uint64_t mark = repeated.l2_clock();
  access_lines(repeated, OperationKind::kLoad, 4000);
  EXPECT_EQ(repeated.l2_fills(), 0);
  const auto lines = repeated.l2_used_since(mark);
  EXPECT_EQ(lines.size(), 3000u);
  access_lines(repeated, OperationKind::kLoad, 9000);
  ASSERT_TRUE(repeated.l2_holds(lines));
  repeated.use_l2(lines);

  access_lines(followed, OperationKind::kLoad, 4000);
  access_lines(followed, OperationKind::kLoad, 9000);
  access_lines(followed, OperationKind::kLoad, 4000);
  EXPECT_EQ(fills_after(repeated), fills_after(followed));
  EXPECT_FALSE(MemorySystem(constants).l2_holds(lines));
}

TEST(Uncertainties, AddAsIndependentOnes) {
  const std::vector<Sensitivity> sensitivities{
      {"lds_latency", -0.3, 0.1}, {"l2_latency", 0.2, -0.4}, {"branch_taken", 0.05, 0.02}};
  const Uncertainty off = uncertainty(sensitivities, 0);
  EXPECT_NEAR(off.down, 0.5, 1e-9);
  EXPECT_NEAR(off.up, std::sqrt(0.01 + 0.04 + 0.0025), 1e-9);
  EXPECT_NEAR(uncertainty({}, 0.02).up, 0.02, 1e-9);
}

}  // namespace
}  // namespace emulator::timing

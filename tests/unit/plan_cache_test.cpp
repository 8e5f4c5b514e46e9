#include "dispatch/plan_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "core/convolution_descriptor.h"
#include "core/driver_line.h"
#include "dispatch/solver_table.h"

namespace {
// Counts this thread's allocations; every allocation of the test program passes here.
thread_local std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace rdna1conv {
namespace {

ConvProblem problem(int channels) {
  ConvProblem p = parse_driver_line("conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1").problem;
  p.c = channels;
  p.out = implied_output(p);
  set_packed(p, Layout::kNchw);
  canonicalize(p);
  return p;
}

Choices choices_for(const ConvProblem& p, float milliseconds) {
  const SolverRow& solver = solver_table().back();
  return {
      {std::make_shared<const Choice>(solver, std::make_shared<const ConvProblem>(p),
                                      solver.instances(p, rx_5700_xt()).front(), milliseconds)}};
}

TEST(PlanCache, FindsWhatWasInserted) {
  PlanCache cache;
  const PlanKey key{problem(4)};
  EXPECT_EQ(cache.find(key), nullptr);
  const auto first = cache.insert(key, choices_for(key.problem, 1));
  EXPECT_EQ(cache.find(key), first);
  EXPECT_EQ(cache.find({problem(4), true}), nullptr) << "determinism is part of the key";
  EXPECT_EQ(cache.find({problem(8)}), nullptr);
}

TEST(PlanCache, FirstInsertionStaysUntilReplaced) {
  PlanCache cache;
  const PlanKey key{problem(4)};
  const auto first = cache.insert(key, choices_for(key.problem, 1));
  EXPECT_EQ(cache.insert(key, choices_for(key.problem, 2)), first);
  cache.replace(key, choices_for(key.problem, 3));
  EXPECT_EQ(cache.find(key)->list.front()->milliseconds(), 3);
  EXPECT_EQ(first->list.front()->milliseconds(), 1) << "a call under way keeps what it has";
}

// What a run call does before it launches.
TEST(PlanCache, LookUpOfAKnownProblemAllocatesNothing) {
  PlanCache cache;
  const std::int64_t x_lengths[]{1, 4, 8, 8}, w_lengths[]{2, 4, 3, 3}, y_lengths[]{1, 2, 8, 8};
  const TensorDescriptor x(DataType::kFloat, x_lengths, std::nullopt);
  const TensorDescriptor w(DataType::kFloat, w_lengths, std::nullopt);
  const TensorDescriptor y(DataType::kFloat, y_lengths, std::nullopt);
  ConvolutionDescriptor convolution;
  convolution.pad = {0, 1, 1};
  cache.insert({problem(4)}, choices_for(problem(4), 1));
  const std::size_t before = allocations;
  const auto found = cache.find({make_problem(convolution, Direction::kForward, x, w, y)});
  EXPECT_EQ(allocations, before);
  EXPECT_NE(found, nullptr);
}

constexpr int kMost = static_cast<int>(PlanCache::kMostProblems);

// A cache at its limit, with the problems of 1 to kMost channels in this order of use.
struct FullCache {
  PlanCache cache;
  Choices choices = choices_for(problem(1), 1);
  FullCache() {
    for (int channels = 1; channels <= kMost; ++channels) add(channels);
  }
  void add(int channels) { EXPECT_NE(cache.insert({problem(channels)}, choices), nullptr); }
  bool has(int channels) { return cache.find({problem(channels)}) != nullptr; }
};

TEST(PlanCache, ForgetsTheLeastRecentlyUsed) {
  FullCache full;
  EXPECT_TRUE(full.has(1)) << "a look-up is a use";
  full.cache.insert({problem(2)}, full.choices);   // so is what adds nothing
  full.cache.replace({problem(3)}, full.choices);  // and what Find replaces
  constexpr int kNew = 1000;
  for (int i = 1; i <= kNew; ++i) full.add(kMost + i);
  EXPECT_EQ(full.cache.size(), PlanCache::kMostProblems);
  for (int channels = 1; channels <= kMost + kNew; ++channels) {
    const bool is_forgotten = channels > 3 && channels <= 3 + kNew;
    EXPECT_EQ(full.has(channels), !is_forgotten) << channels << " of " << kMost + kNew;
  }
}

TEST(PlanCache, ForgetsNothingForAProblemThatItKnows) {
  FullCache full;
  for (int i = 0; i < 100; ++i) {
    full.cache.insert({problem(7)}, full.choices);
    full.cache.replace({problem(8)}, full.choices);
  }
  for (int channels = 1; channels <= kMost; ++channels) EXPECT_TRUE(full.has(channels)) << channels;
}

// Whatever is used again and again stays, however many others come and go.
TEST(PlanCache, KeepsWhatIsInUse) {
  FullCache full;
  constexpr int kInUse = 8;
  for (int channels = 1; channels <= kInUse; ++channels) EXPECT_TRUE(full.has(channels));
  for (int i = 1; i <= 3 * kMost; ++i) {
    full.add(kMost + i);
    EXPECT_TRUE(full.has(1 + i % kInUse)) << i;
    EXPECT_TRUE(full.has(kMost + i)) << "the newest is there";
  }
  EXPECT_EQ(full.cache.size(), PlanCache::kMostProblems);
}

TEST(PlanCache, ThreadsMayShareIt) {
  PlanCache cache;
  std::atomic<int> wrong{0};
  const auto work = [&](int seed) {
    for (int i = 0; i < 2000; ++i) {
      const PlanKey key{problem(1 + (i * 7 + seed) % 13)};
      const auto inserted = cache.insert(key, choices_for(key.problem, 1));
      const auto found = cache.find(key);
      if (found == nullptr || found->list.size() != 1 || inserted == nullptr) ++wrong;
      if (i % 5 == seed) cache.replace(key, choices_for(key.problem, 2));
    }
  };
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace rdna1conv

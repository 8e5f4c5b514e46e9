#pragma once

// Convolutions as networks have them, drawn at random: for conv-bench --random, whose problems the
// tuner never sees, and for the tuner (bench/tuner).

#include <cstdint>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv::bench {

// Every problem belongs to one of two sets, by a hash of its driver line: the tuner refuses those
// that are held apart, and what is judged is judged by them.
enum class ProblemSet { kTuning, kHeldApart };
ProblemSet set_of(const ConvProblem& problem);

struct RandomKind {
  DataType type = DataType::kFloat;
  Direction direction = Direction::kForward;
  Layout layout = Layout::kNchw;
};

// Problem `number` of the sequence that `seed` begins, the same on every machine: 1x1 and 3x3 in
// most, then strided, depthwise and grouped ones, stems, other filters, dilation, 1-D and 3-D, of
// the channels, map sizes and batch sizes that networks have. At most `most_flops`.
ConvProblem random_problem(std::uint64_t seed, std::uint64_t number, const RandomKind& kind,
                           ProblemSet set, double most_flops);

constexpr double kMostRandomFlops = 2e9;

// `count` of them, kinds by turns.
std::vector<ConvProblem> random_problems(std::uint64_t seed, std::int64_t count,
                                         const std::vector<RandomKind>& kinds, ProblemSet set,
                                         double most_flops = kMostRandomFlops);

}  // namespace rdna1conv::bench

// Do the checks find what is wrong? The machine code of the library's kernels is changed in one
// place at a time: waits and barriers removed or weakened, addresses shifted, buffers shrunk. A
// problem runs with each change plainly, with memory operations as late as waits allow, and under
// all checks. A change that alters its result must be found: there, or on one of the small problems
// on which the same kernel runs into the ends of other tensors and tiles.
//
//   mutation_test               a sample
//   mutation_test --all         every change
//   mutation_test --part I/N    the I-th of N parts, from 0, that every change is in one of
//   mutation_test --list        also prints each change that nothing found
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <string_view>
#include <thread>

#include "core/conv_problem.h"
#include "core/driver_line.h"
#include "device/code_objects.h"
#include "dispatch/solver_table.h"
#include "observers/late_arrival.h"
#include "observers/mutation/mutants.h"
#include "observers/mutation/plan_runner.h"
#include "observers/mutation/scores.h"
#include "observers/mutation/trial.h"

namespace emulator {
namespace {

using rdna1conv::ConvProblem;
using rdna1conv::Plan;

// Problems with odd lengths, so that tiles are cut off, and more than one workgroup for most tiles.
// Between them they reach every kernel family in every direction that it has; a test sees to it.
constexpr const char* kProblems[] = {
    "conv -n 1 -c 37 -H 11 -W 9 -k 41 -y 1 -x 1 -F 1",
    "conv -n 2 -c 19 -H 10 -W 11 -k 21 -y 3 -x 3 -p 1 -q 1 -F 1",
    "conv -n 1 -c 5 -H 17 -W 15 -k 9 -y 5 -x 3 -p 2 -q 1 -u 2 -v 2 -F 1",
    "conv -n 1 -c 12 -H 9 -W 9 -k 12 -y 3 -x 3 -p 1 -q 1 -g 12 -F 1",
    "conv -n 1 -c 12 -H 9 -W 9 -k 12 -y 3 -x 3 -p 1 -q 1 -g 12 -F 2",
    "conv -n 1 -c 12 -H 9 -W 9 -k 12 -y 3 -x 3 -p 1 -q 1 -g 12 -F 4",
    "conv -n 1 -c 19 -H 9 -W 8 -k 21 -y 3 -x 3 -p 1 -q 1 -F 2",
    "conv -n 1 -c 19 -H 9 -W 8 -k 21 -y 3 -x 3 -p 1 -q 1 -F 4",
    "conv -n 2 -c 5 -H 33 -W 31 -k 9 -y 1 -x 1 -F 4",  // sums of splits
    "conv -n 1 -c 65 -H 5 -W 7 -k 33 -y 1 -x 1 -F 4",
    "conv -n 1 -c 65 -H 5 -W 7 -k 33 -y 1 -x 1 --in_layout NHWC --fil_layout NHWC "
    "--out_layout NHWC -F 4",
    "conv -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC --fil_layout NHWC "
    "--out_layout NHWC -F 1",
    "conv -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC --fil_layout NHWC "
    "--out_layout NHWC -F 2",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 2",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC --fil_layout NHWC "
    "--out_layout NHWC -F 1",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC --fil_layout NHWC "
    "--out_layout NHWC -F 2",
    "convbfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convbfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 2",
    "convbfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convint8 -n 1 -c 20 -H 9 -W 8 -k 24 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convint8 -n 1 -c 24 -H 9 -W 8 -k 20 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC --fil_layout NHWC "
    "--out_layout NHWC -F 1",
    "convfp16 -n 1 -c 48 -H 9 -W 8 -k 22 -y 1 -x 1 -F 1",  // filters read as they lie
};
constexpr unsigned kSmallProblems = 1500;

// Families of no convolution, which is all that a trial can run.
constexpr std::string_view kOtherOperators[] = {
    "activation", "adam", "axis", "batch_norm", "ctc",    "dropout", "gates",   "getitem",
    "layer_norm", "loss", "lrn",  "pooling",    "reduce", "rnn",     "softmax", "tensor_functions"};

// Changes are dealt out to parts at random; the sample is one part.
unsigned part = 0;
unsigned parts = 40;
bool list_missed = false;
constexpr std::uint32_t kSeed = 1;

// Marks the instructions that run; not more than one dispatch at a time.
std::vector<std::uint8_t>* executed_instructions_of = nullptr;

class Coverage final : public DispatchObserver, public WorkgroupObserver {
 public:
  static std::unique_ptr<DispatchObserver> make(const Dispatch&, const MemorySnapshot&) {
    return std::make_unique<Coverage>();
  }
  std::shared_ptr<WorkgroupObserver> begin(Workgroup&) override {
    return std::make_shared<Coverage>();
  }
  TurnEnd run_turn(Workgroup& workgroup, std::uint64_t quantum) override {
    const Instruction* first = workgroup.dispatch->kernel->program->instructions().data();
    return emulator::run_turn(workgroup, [&](Wave& wave) {
      resume_wave(wave, quantum);
      while (wave.state == WaveState::kReady) {
        std::uint8_t& mark =
            (*executed_instructions_of)[static_cast<std::size_t>(wave.next - first)];
        __atomic_store_n(&mark, std::uint8_t{1}, __ATOMIC_RELAXED);
        step(wave);
      }
    });
  }
};

struct Task {
  std::size_t row = 0;
  Change change;
  const Mutant* mutant = nullptr;
  const KernelCode* code = nullptr;
  std::string text;
};

class Subject {
 public:
  Subject(const ConvProblem& problem, const Plan& plan, std::string name, KernelStore& store)
      : trial_(problem, plan, std::move(name), store), store_(store) {}

  Trial& trial() { return trial_; }

  void add_code_tasks(std::vector<Task>& tasks, std::set<std::string>& known_kernels) {
    PlanRunner runner = trial_.make_runner();
    const Plan& plan = trial_.plan();
    for (const rdna1conv::Launch& launch : plan.launches) {
      if (!known_kernels.insert(launch.kernel.name).second) continue;
      codes_.push_back(std::make_unique<KernelCode>(store_.find(launch.kernel)));
      // All launches mark the same array, the kernels of a family being one program.
      std::size_t most = 0;
      for (const rdna1conv::Launch& each : plan.launches) {
        most = std::max(most, store_.find(each.kernel)->program->instructions().size());
      }
      std::vector<std::uint8_t> executed(most);
      executed_instructions_of = &executed;
      runner.run(Coverage::make);
      mutants_.push_back(std::make_unique<std::vector<Mutant>>(codes_.back()->mutants(executed)));
      for (const Mutant& mutant : *mutants_.back()) {
        Task task{static_cast<std::size_t>(mutant.kind), {}, &mutant, codes_.back().get(), {}};
        task.change.kernel_name = launch.kernel.name;
        task.text = std::string(launch.kernel.name) + ": " + mutant.text;
        tasks.push_back(std::move(task));
      }
    }
  }
  void add_launch_tasks(std::vector<Task>& tasks) const {
    const PlanRunner runner = trial_.make_runner();
    const Plan& plan = trial_.plan();
    const std::size_t element = rdna1conv::bytes_of(trial_.problem().x_type);
    for (int buffer = 0; buffer < 4; ++buffer) {
      if (runner.bytes_of(buffer) == 0) continue;
      Task task{
          kBufferShrunk, {}, nullptr, nullptr, "buffer " + std::to_string(buffer) + " shrunk"};
      task.change.shrunk_buffer = buffer;
      task.change.shrunk_by = element;
      tasks.push_back(task);
    }
    for (std::size_t i = 0; i < plan.launches.size(); ++i) {
      for (std::uint32_t j = 0; j < plan.launches[i].pointer_count; ++j) {
        const int buffer = int{plan.launches[i].pointers[j].buffer.number};
        if (buffer > 2 || runner.bytes_of(buffer) == 0) continue;
        for (const std::int64_t shift : {4, -4}) {
          Task task{kPointerShifted,
                    {},
                    nullptr,
                    nullptr,
                    "buffer " + std::to_string(buffer) + " shifted by " + std::to_string(shift)};
          task.change.launch = i;
          task.change.pointer = j;
          task.change.pointer_shift = shift;
          tasks.push_back(task);
        }
      }
    }
  }

  void run(const Task& task, PlanRunner& runner, const SmallTrials& small, Scores& scores) {
    Change change = task.change;
    if (task.mutant != nullptr) change.kernel = task.code->mutate(*task.mutant);
    Score& score = scores.rows[task.row];
    ++score.changes;
    const bool plain = !(runner.run(nullptr, change) == trial_.expected());
    const bool late = !plain && !(runner.run(make_late_arrival, change) == trial_.expected());
    score.alter_plain += plain;
    score.alter_late += late;
    if (!plain && !late) return;
    ++score.alter_any;
    Found found = trial_.find(runner, change);
    if (found == Found::kNot && task.mutant != nullptr) found = find_elsewhere(change, small);
    score.by_check += found == Found::kByCheck;
    score.by_unused_data += found == Found::kByUnusedData;
    score.unseen += found == Found::kNot;
    if (found != Found::kNot) return;
    const std::string text = trial_.name() + ": " + task.text;
    if (!may_stay_unseen(task.row)) ADD_FAILURE() << "not found: " << text;
    if (list_missed) std::printf("not found: %s\n", text.c_str());
  }

 private:
  static Found find_elsewhere(const Change& change, const SmallTrials& small) {
    for (Trial* other : small.of(change.kernel_name)) {
      if (!other->complaint().empty()) {
        ADD_FAILURE() << other->name() << ", unchanged: " << other->complaint();
        continue;
      }
      PlanRunner runner = other->make_runner();
      const Found found = other->find(runner, change);
      if (found != Found::kNot) return found;
    }
    return Found::kNot;
  }

  Trial trial_;
  KernelStore& store_;
  std::vector<std::unique_ptr<KernelCode>> codes_;
  std::vector<std::unique_ptr<std::vector<Mutant>>> mutants_;
};

// What a plan launches: "<family> of <direction>".
void add_reached(const ConvProblem& problem, const Plan& plan, std::set<std::string>& reached) {
  constexpr const char* kDirections[] = {"forward", "backward data", "backward weights"};
  for (const rdna1conv::Launch& launch : plan.launches) {
    reached.insert(std::string(launch.kernel.family) + " of " +
                   kDirections[static_cast<int>(problem.direction)]);
  }
}

TEST(Mutation, ProblemsReachEveryKernelFamilyInEveryDirection) {
  const rdna1conv::DeviceFacts device = rdna1conv::rx_5700_xt();
  std::set<std::string> reached, families;
  for (const char* line : kProblems) {
    const ConvProblem problem = rdna1conv::parse_driver_line(line).problem;
    for (const rdna1conv::SolverRow& solver : rdna1conv::solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Plan& plan : make_plans(solver, problem, device)) {
        add_reached(problem, plan, reached);
        for (const rdna1conv::Launch& launch : plan.launches) families.insert(launch.kernel.family);
      }
    }
  }
  for (const std::string_view family : rdna1conv::code_object_families()) {
    if (std::find(std::begin(kOtherOperators), std::end(kOtherOperators), family) !=
        std::end(kOtherOperators))
      continue;
    EXPECT_TRUE(families.contains(std::string(family))) << "no problem reaches " << family;
  }
  KernelStore store;
  std::set<std::string> possible;
  const SmallTrials small(kSmallProblems, kSeed, store);
  for (const auto& trial : small.all()) {
    add_reached(trial->problem(), trial->plan(), possible);
  }
  EXPECT_GT(possible.size(), families.size());
  for (const std::string& pair : possible) {
    EXPECT_TRUE(reached.contains(pair)) << "no problem reaches " << pair;
  }
}

void run_tasks(Subject& subject, const std::vector<Task>& tasks, const SmallTrials& small,
               Scores& scores) {
  const unsigned workers = std::max(1u, std::min(8u, std::thread::hardware_concurrency()));
  std::atomic<std::size_t> next{0};
  std::vector<Scores> partial(workers);
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < workers; ++w) {
    threads.emplace_back([&, w] {
      PlanRunner runner = subject.trial().make_runner();
      for (std::size_t i = next++; i < tasks.size(); i = next++) {
        subject.run(tasks[i], runner, small, partial[w]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Scores& each : partial) scores += each;
}

TEST(Mutation, ChangesThatAlterAResultAreFound) {
  KernelStore store;
  const SmallTrials small(kSmallProblems, kSeed, store);
  Scores scores{};
  std::set<std::string> known_kernels;
  std::mt19937 random(kSeed);
  unsigned subjects = 0;
  for (const char* line : kProblems) {
    const ConvProblem problem = rdna1conv::parse_driver_line(line).problem;
    const rdna1conv::DeviceFacts device = rdna1conv::rx_5700_xt();
    for (const rdna1conv::SolverRow& solver : rdna1conv::solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Plan& plan : make_plans(solver, problem, device)) {
        bool is_new = false;
        for (const rdna1conv::Launch& launch : plan.launches) {
          is_new = is_new || !known_kernels.contains(launch.kernel.name);
        }
        if (!is_new) continue;
        Subject subject(problem, plan,
                        std::string(line) + " -S " + std::string(solver.name) + " (" +
                            std::string(plan.instance) + ")",
                        store);
        ++subjects;
        const std::string& complaint = subject.trial().complaint();
        EXPECT_EQ(complaint, "") << subject.trial().name();
        if (!complaint.empty()) continue;
        std::vector<Task> tasks;
        subject.add_code_tasks(tasks, known_kernels);
        subject.add_launch_tasks(tasks);
        std::erase_if(tasks, [&](const Task&) { return random() % parts != part; });
        run_tasks(subject, tasks, small, scores);
      }
    }
  }
  std::printf("%u plans, %zu kernels, part %u of %u of the changes\n", subjects,
              known_kernels.size(), part, parts);
  scores.print();
  for (std::size_t row = 0; row < kScoreRows; ++row) {
    if (!may_stay_unseen(row)) {
      EXPECT_EQ(scores.rows[row].unseen, 0u) << score_row_name(row);
    }
  }
  const Score total = scores.total();
  EXPECT_LE(total.unseen * 100, total.alter_any) << "more than one change in 100 is not found";
  EXPECT_GT(scores.rows[static_cast<std::size_t>(MutantKind::kWaitRemoved)].alter_late, 0u);
}

}  // namespace
}  // namespace emulator

int main(int argc, char** argv) {
  // Before the device starts: bytes are tracked, a changed loop bound costs little.
  setenv("RDNA1CONV_EMULATOR_CHECKS", "all", 1);
  setenv("RDNA1CONV_EMULATOR_MAX_INSTRUCTIONS", "1000000", 1);
  setenv("RDNA1CONV_EMULATOR_CLOCK", "off", 1);
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool is_part = argument == "--part" && i + 1 < argc &&
                         std::sscanf(argv[i + 1], "%u/%u", &emulator::part, &emulator::parts) == 2;
    if (is_part && emulator::part < emulator::parts) {
      ++i;
    } else if (argument == "--all") {
      emulator::part = 0;
      emulator::parts = 1;
    } else if (argument == "--list") {
      emulator::list_missed = true;
    } else {
      std::fprintf(stderr, "usage: mutation_test [--all | --part I/N] [--list]\n");
      return EXIT_FAILURE;
    }
  }
  return RUN_ALL_TESTS();
}

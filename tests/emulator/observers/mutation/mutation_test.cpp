// Do the checks find what is wrong? The machine code of the library's kernels is changed in one
// place at a time: waits and barriers removed or weakened, addresses shifted, buffers shrunk. Small
// problems run with each change plainly, with memory operations as late as waits allow, and under
// all checks. A change that alters any result must be found by a check or stop the device.
//
//   mutation_test              a sample with a fixed seed
//   mutation_test --all        every change
//   mutation_test --list       also prints each change that nothing found
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <thread>

#include "core/conv_problem.h"
#include "core/driver_line.h"
#include "dispatch/solver_table.h"
#include "observers/checked_dispatch.h"
#include "observers/late_arrival.h"
#include "observers/mutation/mutants.h"
#include "observers/mutation/plan_runner.h"

namespace emulator {
namespace {

using rdna1conv::ConvProblem;
using rdna1conv::Plan;

// Problems with odd lengths, so that tiles are cut off, and more than one workgroup for most tiles.
// Between them they reach every kernel family in every direction.
constexpr const char* kProblems[] = {
    "conv -n 1 -c 37 -H 11 -W 9 -k 41 -y 1 -x 1 -F 1",
    "conv -n 2 -c 19 -H 10 -W 11 -k 21 -y 3 -x 3 -p 1 -q 1 -F 1",
    "conv -n 1 -c 5 -H 17 -W 15 -k 9 -y 5 -x 3 -p 2 -q 1 -u 2 -v 2 -F 1",
    "conv -n 1 -c 12 -H 9 -W 9 -k 12 -y 3 -x 3 -p 1 -q 1 -g 12 -F 1",
    "conv -n 1 -c 12 -H 9 -W 9 -k 12 -y 3 -x 3 -p 1 -q 1 -g 12 -F 2",
    "conv -n 1 -c 12 -H 9 -W 9 -k 12 -y 3 -x 3 -p 1 -q 1 -g 12 -F 4",
    "conv -n 1 -c 19 -H 9 -W 8 -k 21 -y 3 -x 3 -p 1 -q 1 -F 2",
    "conv -n 1 -c 19 -H 9 -W 8 -k 21 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 2",
    "convfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 4",
    "convbfp16 -n 1 -c 18 -H 9 -W 8 -k 22 -y 3 -x 3 -p 1 -q 1 -F 1",
    "convint8 -n 1 -c 20 -H 9 -W 8 -k 24 -y 3 -x 3 -p 1 -q 1 -F 1",
};

bool run_all = false;
bool list_missed = false;
std::uint32_t seed = 1;
unsigned one_in = 24;  // of the changes, when not all run

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
  TurnEnd run_turn(Workgroup& workgroup, std::uint64_t) override {
    const Instruction* first = workgroup.dispatch->kernel->program->instructions().data();
    for (;;) {
      std::size_t ended = 0;
      for (std::size_t i = 0; i < workgroup.wave_count; ++i) {
        Wave& wave = *workgroup.waves[i];
        if (wave.state == WaveState::kReady || wave.state == WaveState::kYielded) {
          resume_wave(wave);
          while (wave.state == WaveState::kReady) {
            std::uint8_t& mark =
                (*executed_instructions_of)[static_cast<std::size_t>(wave.next - first)];
            __atomic_store_n(&mark, std::uint8_t{1}, __ATOMIC_RELAXED);
            step(wave);
          }
        }
        ended += wave.state == WaveState::kEnded;
      }
      if (ended == workgroup.wave_count) return TurnEnd::kDone;
      release_barrier(workgroup);
    }
  }
};

struct Score {
  unsigned changes = 0;
  unsigned change_plain = 0;  // result or end differs with immediate memory
  unsigned change_late = 0;   // with memory as late as allowed
  unsigned change_any = 0;
  unsigned found = 0;  // by a check or by the device itself, or y is left unwritten
  unsigned found_changing = 0;
  Score& operator+=(const Score& other) {
    changes += other.changes;
    change_plain += other.change_plain;
    change_late += other.change_late;
    change_any += other.change_any;
    found += other.found;
    found_changing += other.found_changing;
    return *this;
  }
};

// Rows of the printed table: those of MutantKind, then changes of the launch.
constexpr std::size_t kShrunk = static_cast<std::size_t>(MutantKind::kCount);
constexpr std::size_t kPointerShifted = kShrunk + 1;
constexpr std::size_t kRows = kPointerShifted + 1;
using Scores = std::array<Score, kRows>;

std::string row_name(std::size_t row) {
  if (row == kShrunk) return "buffer one element shorter";
  if (row == kPointerShifted) return "pointer argument shifted";
  return std::string(name_of(static_cast<MutantKind>(row)));
}

// An offset that stays inside the buffer reads or writes another element of it, which no check of
// memory can know to be wrong. Such changes are counted, and tests against a reference find them.
bool may_stay_unseen(std::size_t row) {
  return row == static_cast<std::size_t>(MutantKind::kAddressShifted) ||
         row == static_cast<std::size_t>(MutantKind::kAddressFar);
}

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
      : problem_(problem), plan_(plan), name_(std::move(name)), store_(store) {}

  // The unchanged plan: no check finds anything, late memory changes nothing.
  bool check_unchanged() {
    PlanRunner runner(problem_, plan_, store_);
    expected_ = runner.run(nullptr);
    const Outcome late = runner.run(make_late_arrival);
    const Outcome checked = runner.run(make_enabled_checks);
    EXPECT_EQ(expected_.fault, "") << name_;
    EXPECT_EQ(late.fault, "") << name_;
    EXPECT_TRUE(late == expected_) << name_ << ": differs when memory operations are late";
    EXPECT_EQ(checked.fault, "") << name_;
    EXPECT_TRUE(checked == expected_) << name_ << ": differs under checks";
    output_is_written_ = checked.output_is_written;
    return expected_.fault.empty() && late == expected_ && checked.fault.empty();
  }

  void add_code_tasks(std::vector<Task>& tasks, std::set<std::string>& known_kernels) {
    PlanRunner runner(problem_, plan_, store_);
    for (const rdna1conv::Launch& launch : plan_.launches) {
      if (!known_kernels.insert(launch.kernel.name).second) continue;
      codes_.push_back(std::make_unique<KernelCode>(store_.find(launch.kernel)));
      // All launches mark the same array, the kernels of a family being one program.
      std::size_t most = 0;
      for (const rdna1conv::Launch& each : plan_.launches) {
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
    const PlanRunner runner(problem_, plan_, store_);
    const std::size_t element = rdna1conv::bytes_of(problem_.x_type);
    for (int buffer = 0; buffer < 4; ++buffer) {
      if (runner.bytes_of(buffer) == 0) continue;
      Task task{kShrunk, {}, nullptr, nullptr, "buffer " + std::to_string(buffer) + " shrunk"};
      task.change.shrunk_buffer = buffer;
      task.change.shrunk_by = element;
      tasks.push_back(task);
    }
    for (std::size_t i = 0; i < plan_.launches.size(); ++i) {
      for (std::uint32_t j = 0; j < plan_.launches[i].pointer_count; ++j) {
        const int buffer = static_cast<int>(plan_.launches[i].pointers[j].buffer);
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

  void run(const Task& task, PlanRunner& runner, Scores& scores) const {
    Change change = task.change;
    if (task.mutant != nullptr) change.kernel = task.code->mutate(*task.mutant);
    Score score;
    score.changes = 1;
    const bool plain = !(runner.run(nullptr, change) == expected_);
    const bool late = !(runner.run(make_late_arrival, change) == expected_);
    const Outcome checked = runner.run(make_enabled_checks, change);
    const bool found = !checked.fault.empty() || (output_is_written_ && !checked.output_is_written);
    score.change_plain = plain;
    score.change_late = late;
    score.change_any = plain || late;
    score.found = found;
    score.found_changing = found && (plain || late);
    scores[task.row] += score;
    if ((plain || late) && !found) {
      const std::string text = name_ + ": " + task.text;
      if (!may_stay_unseen(task.row)) ADD_FAILURE() << "not found: " << text;
      if (list_missed) std::printf("not found: %s\n", text.c_str());
    }
  }

  const ConvProblem& problem() const { return problem_; }
  const Plan& plan() const { return plan_; }

 private:
  ConvProblem problem_;
  Plan plan_;
  std::string name_;
  KernelStore& store_;
  Outcome expected_;
  bool output_is_written_ = false;
  std::vector<std::unique_ptr<KernelCode>> codes_;
  std::vector<std::unique_ptr<std::vector<Mutant>>> mutants_;
};

void run_tasks(const Subject& subject, const std::vector<Task>& tasks, KernelStore& store,
               Scores& scores) {
  const unsigned workers = std::max(1u, std::min(8u, std::thread::hardware_concurrency()));
  std::atomic<std::size_t> next{0};
  std::vector<Scores> partial(workers);
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < workers; ++w) {
    threads.emplace_back([&, w] {
      PlanRunner runner(subject.problem(), subject.plan(), store);
      for (std::size_t i = next++; i < tasks.size(); i = next++) {
        subject.run(tasks[i], runner, partial[w]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Scores& each : partial) {
    for (std::size_t row = 0; row < kRows; ++row) scores[row] += each[row];
  }
}

void print(const Scores& scores) {
  Score total;
  std::printf("%-30s %8s %8s %8s %8s %8s %10s\n", "change", "changes", "plain", "late",
              "any result", "found", "of changing");
  for (std::size_t row = 0; row < kRows; ++row) {
    const Score& s = scores[row];
    total += s;
    std::printf("%-30s %8u %8u %8u %8u %8u %6u/%u\n", row_name(row).c_str(), s.changes,
                s.change_plain, s.change_late, s.change_any, s.found, s.found_changing,
                s.change_any);
  }
  std::printf("%-30s %8u %8u %8u %8u %8u %6u/%u\n", "total", total.changes, total.change_plain,
              total.change_late, total.change_any, total.found, total.found_changing,
              total.change_any);
}

TEST(Mutation, ChangesThatAlterAResultAreFound) {
  KernelStore store;
  Scores scores{};
  std::set<std::string> known_kernels;
  std::mt19937 random(seed);
  unsigned subjects = 0;
  for (const char* line : kProblems) {
    const ConvProblem problem = rdna1conv::parse_driver_line(line).problem;
    const rdna1conv::DeviceFacts device = rdna1conv::rx_5700_xt();
    for (const rdna1conv::SolverRow& solver : rdna1conv::solver_table()) {
      if (solver.refusal(problem, device)) continue;
      for (const Plan& plan : solver.plans(problem, device)) {
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
        if (!subject.check_unchanged()) continue;
        std::vector<Task> tasks;
        subject.add_code_tasks(tasks, known_kernels);
        subject.add_launch_tasks(tasks);
        if (!run_all) {
          std::erase_if(tasks, [&](const Task&) { return random() % one_in != 0; });
        }
        run_tasks(subject, tasks, store, scores);
      }
    }
  }
  std::printf("%u plans, %zu kernels%s\n", subjects, known_kernels.size(),
              run_all ? "" : ", a sample of the changes");
  print(scores);
  for (std::size_t row = 0; row < kRows; ++row) {
    if (!may_stay_unseen(row)) {
      EXPECT_EQ(scores[row].found_changing, scores[row].change_any) << row_name(row);
    }
  }
  EXPECT_GT(scores[static_cast<std::size_t>(MutantKind::kWaitRemoved)].change_late, 0u);
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
    if (argument == "--all") {
      emulator::run_all = true;
    } else if (argument == "--list") {
      emulator::list_missed = true;
    } else {
      std::fprintf(stderr, "usage: mutation_test [--all] [--list]\n");
      return EXIT_FAILURE;
    }
  }
  return RUN_ALL_TESTS();
}

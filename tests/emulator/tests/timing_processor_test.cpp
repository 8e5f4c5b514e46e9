// Clocks of instruction sequences by the rules of timing/workgroup_processor.h. Each expectation is
// derived from a rule and its constant, not from what the model happens to say.
#include <functional>

#include "timing_machine.h"

namespace emulator::timing {
namespace {

MemoryOperation lds_operation(unsigned clocks) {
  MemoryOperation operation;
  operation.kind = OperationKind::kLds;
  operation.clocks = static_cast<std::uint16_t>(clocks);
  return operation;
}

// Clocks that one more repetition of `group` takes, with `waves` waves a workgroup that all execute
// it.
double clocks_per_repetition(const std::vector<code::Words>& group, unsigned waves, bool wave64,
                             const MemoryOperation* operation = nullptr,
                             const Constants& constants = undisturbed(), unsigned workgroups = 1,
                             bool compute_unit_mode = false) {
  const auto clocks = [&](unsigned repetitions) {
    TimingProgram program;
    for (unsigned i = 0; i < repetitions; ++i) {
      for (const code::Words& words : group) {
        const bool is_memory = (words[0] >> 26) == 0x36 || (words[0] >> 26) == 0x37;
        program.add(words, is_memory ? operation : nullptr);
      }
    }
    if (operation != nullptr) program.add(code::wait(63, 0));  // the port's time shows at the end
    program.add(code::end());
    WorkgroupNeeds needs;
    needs.wave64 = wave64;
    needs.compute_unit_mode = compute_unit_mode;
    return run(program, std::vector<WaveTrace>(waves, program.wave()), constants, needs, workgroups)
        .clocks;
  };
  constexpr unsigned kFew = 4;
  constexpr unsigned kMore = 24;  // under 63 operations that no wait ends
  return (clocks(kMore) - clocks(kFew)) / (kMore - kFew);
}

struct IssueCase {
  const char* rule;
  std::vector<code::Words> group;
  unsigned waves = 1;  // wave i goes to SIMD i mod 4
  bool wave64 = false;
  double clocks = 0;
  unsigned lds_clocks = 0;
};

TEST(Issue, TakesTheClocksOfTheRules) {
  using namespace code;
  const std::vector<Words> five{fmac(0), fmac(1), fmac(2), fmac(3), fmac(4)};
  const IssueCase cases[] = {
      {"a dependent multiply-add every 5 clk", {fmac(0)}, 1, false, 5},
      {"independent ones every clk", five, 1, false, 5},
      {"five waves on a SIMD hide the latency", {fmac(0)}, 20, false, 5},
      {"eight waves share the one vector ALU in turn", {fmac(0)}, 32, false, 8},
      {"four waves have a SIMD each", five, 4, false, 5},
      {"wave64 is two passes", five, 1, true, 10},
      {"of which the second hides one clk of the latency", {fmac(0)}, 1, true, 6},
      {"v_mul_lo_u32 at a quarter of the rate", {mul_lo(0)}, 1, false, 4},
      {"with its own latency", {mul_lo(0, 0)}, 1, false, 8},
      {"transcendentals at a quarter of the rate", {rcp(0)}, 1, false, 4},
      {"with their latency", {rcp(0, 0)}, 1, false, 10},
      {"three multiply-adds fit beside one", {rcp(0), fmac(1), fmac(2), fmac(3)}, 1, false, 4 + 1},
      {"fp64 at one sixteenth", {fma_f64(0)}, 1, false, 16},
      {"with its latency", {fma_f64(0, 0)}, 1, false, 22},
      {"64-bit shifts at half the rate", {shift_b64(0)}, 1, false, 2},
      {"with their latency", {shift_b64(0, 0)}, 1, false, 6},
      {"scalar results after 2 clk", {s_add(0, 0)}, 1, false, 2},
      {"independent scalar operations every clk", {s_add(0)}, 1, false, 1},
      {"one wave issues one instruction a clk",
       {fmac(0), s_add(0), fmac(1), s_add(1), fmac(2), s_add(2)},
       1,
       false,
       6},
      {"two waves of a SIMD use two units",
       {fmac(0), s_add(0), fmac(1), s_add(1), fmac(2), s_add(2)},
       8,
       false,
       6},
      {"ds_read_b32 takes the port 1 clk", {ds_read(1, 0)}, 1, false, 1, 1},
      {"ds_read_b64 2", {ds_read(2, 0)}, 1, false, 2, 2},
      {"ds_read_b96 3", {ds_read(3, 0)}, 1, false, 3, 3},
      {"ds_read_b128 4", {ds_read(4, 0)}, 1, false, 4, 4},
      {"two SIMDs share the port of their CU", {ds_read(4, 0)}, 2, false, 8, 4},
      {"LDS data after 20 clk", {ds_read(1, 0), wait(63, 0)}, 1, false, 20, 1},
      {"with one left to wait for, half as long each",
       {ds_read(1, 0), wait(63, 1)},
       1,
       false,
       10,
       1},
  };
  for (const IssueCase& each : cases) {
    const MemoryOperation lds = lds_operation(each.lds_clocks);
    const double measured = clocks_per_repetition(each.group, each.waves, each.wave64,
                                                  each.lds_clocks > 0 ? &lds : nullptr);
    // Where the pattern of a few repetitions is not even, the mean is within a tenth of a clock.
    EXPECT_NEAR(measured, each.clocks, 0.1) << each.rule;
  }
}

struct PortCase {
  const char* rule;
  unsigned waves;  // a workgroup
  unsigned workgroups;
  bool compute_unit_mode;
  bool shared;    // the port is that of workgroups on both CUs
  double clocks;  // for each wave to read 4 clk of a port
};

// The other side of the rule: what the workgroups of a processor get in all.
TEST(LdsPorts, AreTwoUnlessAWorkgroupLiesOnBothComputeUnits) {
  constexpr PortCase kCases[] = {
      {"two waves lie on one CU", 2, 1, false, false, 8},
      {"two workgroups of two on a CU each: both ports", 2, 2, false, false, 8},
      {"eight of one wave, two a SIMD: both ports", 1, 8, false, false, 16},
      {"four waves lie on both CUs: one port", 4, 1, false, true, 16},
      {"in CU mode on one, the other CU's port idles", 4, 1, true, false, 16},
      {"two workgroups of four on both CUs share one port", 4, 2, false, true, 32},
      {"in CU mode they have a port each", 4, 2, true, false, 16},
  };
  const MemoryOperation read = lds_operation(4);
  for (const PortCase& each : kCases) {
    EXPECT_NEAR(clocks_per_repetition({code::ds_read(4, 0)}, each.waves, false, &read,
                                      undisturbed(), each.workgroups, each.compute_unit_mode),
                each.clocks * (each.shared ? undisturbed().lds_shared_dword_clocks : 1), 0.1)
        << each.rule;
  }
}

TEST(Issue, LdsDataThatAreCountedInOrder) {
  // The port serves in order: three reads of 4 clk, then the wait for the first.
  TimingProgram program;
  const MemoryOperation read = lds_operation(4);
  for (unsigned i = 0; i < 3; ++i) program.add(code::ds_read(4, 4 * i), &read);
  program.add(code::wait(63, 2));
  program.add(code::end());
  const Constants c = undisturbed();
  const ProcessorResult result = run(program, {program.wave()}, c);
  // Issued at 0; port busy to 4; the latency counts from its last clock; s_endpgm follows.
  EXPECT_EQ(result.clocks, 4 + c.lds_latency - 1 + 1);
}

TEST(Issue, LdsReadsWriteTheirRowsAtTheCostOfTheVectorAlu) {
  using namespace code;
  const std::vector<Words> eight{fmac(0), fmac(1), fmac(2), fmac(3),
                                 fmac(4), fmac(5), fmac(6), fmac(7)};
  std::vector<Words> with_read{ds_read(4, 20)};
  with_read.insert(with_read.end(), eight.begin(), eight.end());
  const MemoryOperation read = lds_operation(4);
  // Two waves a SIMD keep its ALU busy, and the port of two SIMDs is busy for 16 clk of 24.
  // Workgroups of two waves lie on one CU.
  const auto clocks = [&](const std::vector<Words>& group, bool wave64,
                          const MemoryOperation* operation) {
    return clocks_per_repetition(group, 2, wave64, operation, undisturbed(), 4);
  };
  EXPECT_NEAR(clocks(eight, false, nullptr), 2 * 8, 0.2);
  EXPECT_NEAR(clocks(with_read, false, &read), 2 * (8 + 4), 0.5);
  const MemoryOperation wide = lds_operation(8);
  EXPECT_NEAR(clocks(with_read, true, &wide), 2 * 2 * (8 + 4), 1) << "wave64";
  // What comes while the ALU is idle costs nothing.
  TimingProgram program;
  program.add(ds_read(4, 20), &read);
  program.add(wait(63, 0));
  for (unsigned i = 0; i < 5; ++i) program.add(s_add(0, 0));  // the rows are written meanwhile
  program.add(fmac(0));
  program.add(fmac(0));
  program.add(end());
  Constants free = undisturbed();
  free.lds_return_clocks = 0;
  EXPECT_EQ(run(program, {program.wave()}, undisturbed()).clocks,
            run(program, {program.wave()}, free).clocks);
}

TEST(Banks, CostTheirShareOfAClock) {
  using namespace code;
  Constants c = undisturbed();
  c.bank_conflict_cost = 0.25;
  // v0, v4 and v8 lie in one bank: two operands too many.
  const std::vector<Words> group{vop2(0x2b, 0, 4, 8), vop2(0x2b, 12, 4, 8), vop2(0x2b, 16, 4, 8),
                                 vop2(0x2b, 20, 4, 8), vop2(0x2b, 24, 4, 8)};
  EXPECT_NEAR(clocks_per_repetition(group, 4, false, nullptr, c), 5 * 1.5, 0.2);
  // One register read twice is read once.
  const std::vector<Words> same{vop2(0x2b, 1, 4, 4), vop2(0x2b, 2, 4, 4), vop2(0x2b, 3, 4, 4),
                                vop2(0x2b, 5, 4, 4), vop2(0x2b, 6, 4, 4)};
  EXPECT_NEAR(clocks_per_repetition(same, 4, false, nullptr, c), 5, 0.2);
}

TEST(Barrier, ReleasesAfterTheLastWave) {
  TimingProgram program;
  constexpr unsigned kSlow = 40;
  for (unsigned i = 0; i < kSlow; ++i) program.add(code::fmac(0));
  program.add(code::barrier());
  program.add(code::end());
  const Constants c = undisturbed();
  const ProcessorResult result = run(program, {program.wave(0), program.wave(kSlow)}, c);
  // 40 dependent multiply-adds end at 39 * 5, the barrier follows in the next clock, then its
  // latency, then s_endpgm.
  EXPECT_EQ(result.clocks, (kSlow - 1) * c.valu_latency + 1 + c.barrier_latency + 1);
  const InstructionStatistics& at = result.statistics.by_instruction[kSlow + 1];
  EXPECT_GT(at.stall[static_cast<std::size_t>(Stall::kBarrier)], (kSlow - 2) * c.valu_latency);
}

TEST(Branch, TakenCostsTheRefill) {
  TimingProgram program;
  program.add({0xbf82ffff});  // s_branch to itself
  program.add(code::end());
  const Constants c = undisturbed();
  const auto clocks = [&](unsigned times) {
    WaveTrace trace = program.wave(0, 1);
    trace.blocks.assign(times, {0, 1});
    trace.blocks.push_back({1, 1});
    return run(program, {trace}, c).clocks;
  };
  EXPECT_EQ((clocks(30) - clocks(10)) / 20, c.branch_taken);
}

TEST(Fetch, ColdLinesComeFromBeyondTheCache) {
  TimingProgram program;
  for (unsigned i = 0; i < 160; ++i) program.add(code::fmac(i % 8));
  program.add(code::end());
  Constants c = undisturbed();
  const double warm = run(program, {program.wave()}, c).clocks;
  c.instruction_cache_miss = 200;
  c.instruction_prefetch_lines = 0;
  // 161 instructions of 4 bytes are 11 lines of 64.
  EXPECT_EQ(run(program, {program.wave()}, c).clocks, warm + 11 * 200);
}

TEST(Workgroups, ThatDoNotFitTogetherTakeTurns) {
  TimingProgram program;
  for (unsigned i = 0; i < 100; ++i) program.add(code::fmac(0));
  program.add(code::end());
  WorkgroupNeeds needs;
  needs.lds_bytes = 131072;  // all of it
  const Constants c = undisturbed();
  const double one = run(program, {program.wave()}, c, needs, 1).clocks;
  for (const unsigned workgroups : {2u, 3u, 7u}) {
    EXPECT_NEAR(run(program, {program.wave()}, c, needs, workgroups).clocks, workgroups * one,
                workgroups)
        << workgroups << " workgroups";
  }
  needs.lds_bytes = 65536;  // half of it: two at a time, on SIMDs of their own
  EXPECT_NEAR(run(program, {program.wave()}, c, needs, 2).clocks, one, 2);
  EXPECT_NEAR(run(program, {program.wave()}, c, needs, 3).clocks, 2 * one, 4);
}

// A workgroup that starts where one has ended while half the waves of another have: its waves still
// go to a SIMD each, over both CUs. Two by two on the SIMDs that are free they would have the LDS
// port of that CU to themselves, by chance; measured kernels run alike from workgroup to workgroup.
TEST(Workgroups, SpreadTheirWavesOverAllSimdsWhateverIsFree) {
  constexpr unsigned kReads = 24;
  constexpr unsigned kLong = 2000;
  const MemoryOperation read = lds_operation(4);
  TimingProgram program;
  for (unsigned i = 0; i < kReads; ++i) program.add(code::ds_read(4, 0), &read);
  program.add(code::wait(63, 0));
  program.add(code::end());
  const std::size_t busy = program.size();
  for (unsigned i = 0; i < kLong; ++i) program.add(code::fmac(0));
  program.add(code::end());
  const std::size_t last = program.size() - 1;
  const WaveTrace reads = program.wave(0, busy), lasts = program.wave(busy),
                  ends = program.wave(last);
  WorkgroupTrace first, second, third;
  first.waves = {ends, ends, ends, ends};
  second.waves = {ends, ends, lasts, lasts};
  third.waves = {reads, reads, reads, reads};
  WorkgroupNeeds needs;
  needs.waves = 4;
  needs.vgprs = kVgprsPerSimd / 2;  // two waves a SIMD
  Constants c = undisturbed();
  c.lds_shared_dword_clocks = 2;
  const ProgramTiming timing(program.instructions(), needs.wave64, c);
  const auto clocks_of_last = [&](const std::vector<WorkgroupJob>& jobs) {
    MemorySystem memory(c);
    memory.begin_launch();
    const ProcessorResult result = run_processor(timing, needs, jobs, c, memory);
    return result.times.back().end - result.times.back().start;
  };
  const double alone = clocks_of_last({{&third, {}}});
  EXPECT_GT(alone, 4 * kReads * 4 * c.lds_shared_dword_clocks);
  EXPECT_NEAR(clocks_of_last({{&first, {}}, {&second, {}}, {&third, {}}}), alone, 4);
}

// Two waves have the port of a CU whatever is free.
TEST(Workgroups, OfTwoWavesLieOnOneComputeUnit) {
  constexpr unsigned kReads = 24;
  const MemoryOperation read = lds_operation(4);
  TimingProgram program;
  for (unsigned i = 0; i < kReads; ++i) program.add(code::ds_read(4, 0), &read);
  program.add(code::wait(63, 0));
  program.add(code::end());
  const std::size_t busy = program.size();
  for (unsigned i = 0; i < 2000; ++i) program.add(code::fmac(0));
  program.add(code::end());
  const std::size_t last = program.size() - 1;
  const WaveTrace reads = program.wave(0, busy), lasts = program.wave(busy),
                  ends = program.wave(last);
  // On the second CU one ends at once; on the first a wave of another does.
  WorkgroupTrace first, second, third;
  first.waves = {lasts, ends};
  second.waves = {ends, ends};
  third.waves = {reads, reads};
  WorkgroupNeeds needs;
  needs.waves = 2;
  needs.vgprs = kVgprsPerSimd;  // one wave a SIMD
  Constants c = undisturbed();
  c.lds_shared_dword_clocks = 2;
  const ProgramTiming timing(program.instructions(), needs.wave64, c);
  MemorySystem memory(c);
  memory.begin_launch();
  const std::vector<WorkgroupJob> jobs = {{&first, {}}, {&second, {}}, {&third, {}}};
  const WorkgroupTimes times = run_processor(timing, needs, jobs, c, memory).times.back();
  EXPECT_NEAR(times.end - times.start, 2 * kReads * 4 + c.lds_latency, 6);
}

TEST(VectorMemory, TakesTheClocksOfTheLevelThatHasTheLine) {
  const Constants c = undisturbed();
  MemorySystem memory(c);
  MemoryOperation load;
  load.dwords = 1;
  load.line_count = 1;
  load.bytes = 128;
  const auto latency = [&](unsigned processor, unsigned unit, std::uint64_t line, double now) {
    return memory.access(processor, unit, load, &line, now) - now;
  };
  constexpr double kTags = 2;  // look-ups and transfers on the way
  constexpr double kTransfers = 16;
  memory.begin_launch();
  const double dram = latency(0, 0, 100, 0);
  EXPECT_NEAR(dram, c.dram_latency + kTransfers, kTransfers) << "cold";
  EXPECT_NEAR(latency(0, 0, 100, 10'000), c.l0_latency, kTags) << "the same CU";
  EXPECT_NEAR(latency(0, 1, 100, 20'000), c.l1_latency + 3, 4) << "its neighbour: L1";
  EXPECT_NEAR(latency(4, 0, 100, 30'000), c.l1_latency + 3, 4) << "the same shader array";
  EXPECT_NEAR(latency(1, 0, 100, 40'000), c.l2_latency + 5, 6) << "another one: L2";
  MemoryOperation invalidate;
  invalidate.kind = OperationKind::kInvalidateL0;
  memory.access(0, 0, invalidate, nullptr, 50'000);
  EXPECT_NEAR(latency(0, 0, 100, 50'001), c.l1_latency + 3, 4) << "after buffer_gl0_inv";
  memory.begin_launch();
  EXPECT_NEAR(latency(0, 0, 100, 0), c.l2_latency + 5, 6) << "L2 outlives a launch";
}

TEST(VectorMemory, WaitsForBanksThatLanesShare) {
  const Constants c = undisturbed();
  struct Row {
    unsigned dwords, passes, bank_passes;
    double clocks;
  };
  const Row rows[] = {
      {1, 1, 1, 2},    // neighbours: one for the addresses, one for the data
      {1, 1, 2, 4},    // two dwords apart
      {1, 1, 32, 64},  // a line apart
      {4, 1, 4, 5},    // four dwords a lane
      {4, 1, 8, 10},   // of which two lanes of eight share each bank
      {1, 2, 2, 4},    // both halves of a wave64
      {1, 2, 4, 8},
  };
  for (const Row& row : rows) {
    MemorySystem memory(c);
    memory.begin_launch();
    MemoryOperation load;
    load.has_setup = true;
    load.dwords = static_cast<std::uint8_t>(row.dwords);
    load.passes = static_cast<std::uint8_t>(row.passes);
    load.bank_passes = static_cast<std::uint16_t>(row.bank_passes);
    load.line_count = 1;
    const std::uint64_t line = 7;
    memory.access(0, 0, load, &line, 0);
    EXPECT_EQ(memory.address_busy(0), row.clocks)
        << row.dwords << " dwords, " << row.bank_passes << " turns";
  }
}

TEST(VectorMemory, StreamsAtTheRateOfTheMemory) {
  const Constants c = undisturbed();
  MemorySystem memory(c);
  memory.begin_launch();
  MemoryOperation load;
  load.dwords = 4;
  load.line_count = 4;
  load.bytes = 512;
  double last = 0;
  constexpr unsigned kLoads = 20'000;
  for (unsigned i = 0; i < kLoads; ++i) {
    const std::uint64_t lines[] = {4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3};
    last = std::max(last, memory.access(i % 20, i / 20 % 2, load, lines, i * 0.1));
  }
  const double bytes_per_clock = kLoads * 512.0 / last;
  const double gb_per_s = bytes_per_clock * c.core_mhz * 1e-3;
  EXPECT_NEAR(gb_per_s, c.dram_gb_per_s * c.dram_efficiency, 10);
}

TEST(VectorMemory, RowsFourKilobytesApartMeetInOneSlice) {
  const Constants c = undisturbed();
  const auto clocks = [&](std::uint64_t stride_lines) {
    MemorySystem memory(c);
    memory.begin_launch();
    MemoryOperation load;
    load.dwords = 1;
    load.line_count = 1;
    load.bytes = 128;
    double last = 0;
    for (unsigned round = 0; round < 2; ++round) {  // the second finds the lines in L2
      if (round == 1) memory.begin_launch();
      last = 0;
      for (unsigned i = 0; i < 2000; ++i) {
        const std::uint64_t line = i * stride_lines;
        last = std::max(last, memory.access(i % 20, i / 20 % 2, load, &line, 0));
      }
    }
    return last;
  };
  const double spread = clocks(34);  // 4 KB and 256 bytes
  const double camped = clocks(32);  // 4 KB
  EXPECT_GT(camped, 4 * spread);
  // 2000 lines of 128 bytes through one slice.
  EXPECT_NEAR(camped, 2000 * 128 / c.l2_slice_bytes_per_clock, 0.1 * camped);
}

// Twenty processors load lines of one slice. Whenever the others do, they load each line once;
// apart from one another they are less in the way of the first.
TEST(OtherProcessors, CarryOutEachOperationOnceWheneverTheyDo) {
  constexpr unsigned kLoads = 12;
  constexpr std::uint64_t kLinesOfAllSlices = 32;
  TimingProgram program;
  MemoryOperation load;
  load.dwords = 1;
  load.line_count = 1;
  load.bytes = 128;
  for (unsigned i = 0; i < kLoads; ++i) {
    program.add({0xdc308000, 0x087d0002}, &load, i * kLinesOfAllSlices);  // global_load_dword
  }
  program.add(code::wait(0, 15));
  program.add(code::end());
  WorkgroupTrace trace;
  trace.waves = {program.wave()};
  std::vector<WorkgroupTrace> others(19, trace);
  WorkgroupJob job{&trace, {}};
  for (std::size_t k = 0; k < others.size(); ++k) {
    for (std::uint64_t& line : others[k].waves[0].lines) {
      line += (k + 1) * kLoads * kLinesOfAllSlices;
    }
    job.others.push_back(&others[k]);
  }
  const auto clocks = [&](double drift) {
    Constants c = undisturbed();
    c.processor_drift = drift;
    MemorySystem memory(c);
    memory.begin_launch();
    const ProgramTiming timing(program.instructions(), false, c);
    const double taken = run_processor(timing, {}, {&job, 1}, c, memory).clocks;
    EXPECT_EQ(memory.traffic()[0].requests, 20 * kLoads) << "drift " << drift;
    return taken;
  };
  EXPECT_LT(clocks(1500), 0.95 * clocks(0));
}

}  // namespace
}  // namespace emulator::timing

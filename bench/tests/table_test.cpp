#include "bench/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace rdna1conv::bench {
namespace {

constexpr const char* kLine = "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1 *3 layer";

BenchDevice device(bool software) {
  BenchDevice device{rx_5700_xt(), software};
  return device;
}

Measurement measurement(Outcome outcome, double error) {
  Measurement m;
  m.outcome = outcome;
  m.solver = "Gemm";
  m.instance = "128x128";
  m.instructions = {8000000, 4000000};
  m.cpu_seconds = 0.002;
  m.error = error;
  m.tolerance = 1.5e-6;
  return m;
}

std::string print(const BenchDevice& device, const Workload& workload,
                  const std::vector<Measurement>& measurements, TableOptions options = {}) {
  std::ostringstream out;
  Table table(out, device, workload, options);
  std::vector<TableRow> rows;
  table.head();
  for (std::size_t i = 0; i < measurements.size(); ++i) {
    rows.push_back({&workload.layers[i], &measurements[i]});
    table.row(rows.back());
  }
  table.total(rows);
  return out.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Table, OfTheSoftwareDeviceHasInstructionsAndNoTimes) {
  const Workload workload = workload_of_line(kLine);
  const std::string text = print(device(true), workload, {measurement(Outcome::kVerified, 2e-7)});
  EXPECT_TRUE(contains(text, "software RX 5700 XT")) << text;
  EXPECT_TRUE(contains(text, "no GPU times")) << text;
  EXPECT_TRUE(contains(text, "\nlayer 3x3_s1_c64_k64_56x56      3    0.2312  Gemm 128x128"))
      << text;
  EXPECT_FALSE(contains(text, "GPU ms")) << text;
  EXPECT_FALSE(contains(text, "TFLOP")) << text;
  EXPECT_TRUE(contains(text, "8.000    50.0       2.000     115.6")) << text;
  // Three times as much in the total, the share unchanged.
  EXPECT_TRUE(contains(text, "24.000    50.0       6.000     115.6")) << text;
  EXPECT_TRUE(contains(text, "1 of 1 layers verified, worst error 2.00e-07, tolerance 1.5e-06"))
      << text;
}

TEST(Table, OfACardHasMeasuredTimesPeakShareAndRatio) {
  const Workload workload = workload_of_line(kLine);
  Measurement m = measurement(Outcome::kVerified, 2e-7);
  m.gpu_seconds = 50e-6;
  const std::string text = print(device(false), workload, {m});
  EXPECT_TRUE(contains(text, "GPU times measured")) << text;
  EXPECT_FALSE(contains(text, "software")) << text;
  // 231.2 MFLOP in 50 us, of 20 * 128 * 2 * 2.1 GHz; 2 ms on the CPU.
  EXPECT_TRUE(contains(text, "0.0500     4.624     43.0       2.000     115.6      40.0")) << text;
}

TEST(Table, ShowsHowSureModelledTimesAre) {
  const Workload workload = workload_of_line(kLine);
  BenchDevice software = device(true);
  software.clock = ModelledClock{"rx5700xt", 1950, 20};
  Measurement m = measurement(Outcome::kVerified, 1e-7);
  m.gpu_seconds = 50e-6;
  m.gpu_range = TimeRange{5e-6, 10e-6};
  const std::string text = print(software, workload, {m}, {true, true, false});
  EXPECT_TRUE(contains(text, "modelled ms        low       high   TFLOP/s")) << text;
  EXPECT_TRUE(contains(text, "0.0500     0.0450     0.0600")) << text;
  EXPECT_TRUE(contains(text, "0.1500     0.1350     0.1800")) << text;  // three times in the total
  EXPECT_TRUE(contains(text, "what the clock's constants leave open")) << text;
}

TEST(Table, OfTimesAloneSaysThatNothingIsVerified) {
  const Workload workload = workload_of_line(kLine);
  BenchDevice software = device(true);
  software.clock = ModelledClock{"rx5700xt", 1950, 20};
  Measurement m = measurement(Outcome::kTimed, 0);
  m.gpu_seconds = 50e-6;
  const std::string text = print(software, workload, {m}, {false, false, true});
  EXPECT_TRUE(contains(text, "NOTHING IS VERIFIED")) << text;
  EXPECT_TRUE(contains(text, "1 of 1 layers timed, none verified\n")) << text;
  EXPECT_TRUE(contains(text, "0.0500     4.624")) << text;
  for (const char* word : {"Minstr", "error", "  ok", "WRONG", "FAILED", "tolerance", "nan"}) {
    EXPECT_FALSE(contains(text, word)) << word << " in\n" << text;
  }
}

// The model's clock is not the one that HIP reports, and the peak is the model's.
TEST(Table, OfModelledTimesSaysWhichClockThePeakIsAt) {
  const Workload workload = workload_of_line(kLine);
  BenchDevice with_clock = device(true);
  with_clock.clock = ModelledClock{"rx5700xt", 1950, 20};
  Measurement m = measurement(Outcome::kVerified, 2e-7);
  m.gpu_seconds = 50e-6;
  const std::string text = print(with_clock, workload, {m});
  EXPECT_TRUE(contains(text, "peak 9.98 TFLOP/s of fp32 FMA at the clock model's 1950 MHz"))
      << text;
  // 231.2 MFLOP in 50 us, of 20 * 128 * 2 * 1.95 GHz.
  EXPECT_TRUE(contains(text, "0.0500     4.624     46.3")) << text;
  const std::string lines = device_lines(with_clock, "none");
  EXPECT_TRUE(contains(lines, "2100 MHz by HIP, 1950 MHz by the clock model\n")) << lines;
  EXPECT_TRUE(contains(device_lines(device(false), "none"), "2100 MHz\n"));
}

TEST(Table, SaysWhatWentWrongAndHowToReproduceIt) {
  Workload workload = workload_of_line(kLine);
  workload.layers.resize(4, workload.layers.front());
  Measurement refused;
  refused.outcome = Outcome::kNoSolver;
  refused.reason = "Reference: 3-D";
  Measurement failed = refused;
  failed.outcome = Outcome::kFailed;
  failed.reason = "hipMalloc: out of memory";
  const std::string text = print(device(true), workload,
                                 {measurement(Outcome::kWrong, std::nan("")), refused, failed,
                                  measurement(Outcome::kVerified, 1e-7)});
  EXPECT_TRUE(contains(text, "no solver: Reference: 3-D")) << text;
  EXPECT_TRUE(contains(text, "FAILED: hipMalloc: out of memory")) << text;
  EXPECT_TRUE(contains(text, "1 of 4 layers verified, worst error nan")) << text;
  EXPECT_TRUE(contains(text, "1 without a solver; 1 failed; 1 WRONG")) << text;
  EXPECT_TRUE(contains(text, "WRONG layer; to reproduce: conv-bench conv -n 1 -c 64 -H 56"))
      << text;
}

}  // namespace
}  // namespace rdna1conv::bench

// The report as JSON and the page around it, without a device.
#include "bench/report/report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "bench/report/page.h"
#include "bench/report/write_report.h"

namespace rdna1conv::bench {
namespace {

constexpr const char* kLine = "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1 *3 layer";

Measurement measured() {
  Measurement m;
  m.outcome = Outcome::kVerified;
  m.solver = "Gemm";
  m.instance = "128x128";
  m.gpu_seconds = 50e-6;
  m.error = 2e-7;
  m.tolerance = 1.5e-6;
  m.spent = {{{"vector ALU", 30e-6}, {"lds", 15e-6}}, 1e6};
  return m;
}

nlohmann::ordered_json report_of_one(const Workload& workload, const Measurement& m) {
  const BenchDevice device{rx_5700_xt(), true, ModelledClock{"rx5700xt", 1950, 20, 448}, 448e9};
  const ReportedWorkload reported{
      &workload,
      workload.name,
      {{&workload.layers[0], &m, {{{"Gemm", "128x128", 40e-6, {}}}, {{"Winograd", "1x1"}}}}}};
  return report_of(device, "", {&reported, 1});
}

TEST(Report, HasTheNumbersOfALayer) {
  const Workload workload = workload_of_line(kLine);
  const auto report = report_of_one(workload, measured());
  EXPECT_EQ(report["gpu_times"], "modelled");
  EXPECT_TRUE(report["cpu"].is_null());
  EXPECT_EQ(report["device"]["fma_flop_per_second"], 20 * 128 * 2 * 1950e6);
  const auto& layer = report["workloads"][0]["layers"][0];
  EXPECT_EQ(layer["name"], "layer");
  EXPECT_EQ(layer["count"], 3);
  EXPECT_EQ(layer["flop"], 2.0 * 64 * 64 * 9 * 56 * 56);
  EXPECT_EQ(layer["bytes"], 4.0 * (2 * 64 * 56 * 56 + 64 * 64 * 9));
  EXPECT_EQ(layer["gpu_seconds"], 50e-6);
  EXPECT_TRUE(layer["cpu_seconds"].is_null());
  EXPECT_EQ(layer["plans"][0]["estimate_seconds"], 40e-6);
  EXPECT_TRUE(layer["plans"][0]["seconds"].is_null());
  EXPECT_EQ(layer["refusals"][0]["reason"], "1x1");
  // What the rows of the clock model leave of the time lies between launches.
  EXPECT_EQ(layer["spent"].size(), 3u);
  EXPECT_EQ(layer["spent"][2]["cause"], "between launches");
  EXPECT_NEAR(layer["spent"][2]["seconds"].get<double>(), 5e-6, 1e-12);
}

// JSON knows neither NaN nor infinity.
TEST(Report, SaysErrorsThatAreNoNumbers) {
  const Workload workload = workload_of_line(kLine);
  Measurement m = measured();
  m.outcome = Outcome::kWrong;
  m.error = std::nan("");
  EXPECT_EQ(report_of_one(workload, m)["workloads"][0]["layers"][0]["error_rms_range"], "NaN");
  m.error = std::numeric_limits<double>::infinity();
  EXPECT_EQ(report_of_one(workload, m)["workloads"][0]["layers"][0]["error_rms_range"], "infinity");
}

TEST(Report, ComparesWithAnotherType) {
  std::vector<Workload> workloads{workload_of_line(kLine),
                                  workload_of_line("convint8 -n 1 -c 4 -H 8 -W 8 -k 4 -F 1")};
  const auto networks = add_comparisons(workloads);
  ASSERT_EQ(workloads.size(), 3u) << "nothing is compared with integers";
  EXPECT_EQ(networks[1], networks[0]);
  EXPECT_NE(workloads[1].name, workloads[0].name);
  EXPECT_EQ(workloads[1].layers[0].problem.x_type, DataType::kHalf);
  EXPECT_EQ(workloads[1].layers[0].problem.y_type, DataType::kHalf);
  EXPECT_EQ(workloads[1].layers[0].name, workloads[0].layers[0].name);
}

TEST(Page, HoldsTheReportAndTheLibraryAndFetchesNothing) {
  const auto report = report_of_one(workload_of_line(kLine), measured());
  const std::string page = page_of(report, {{"first_script()", "second_script()"}});
  const std::string begin = "<script type=\"application/json\" id=\"report\">";
  const std::size_t from = page.find(begin) + begin.size();
  ASSERT_NE(page.find(begin), std::string::npos);
  EXPECT_EQ(nlohmann::ordered_json::parse(page.substr(from, page.find("</script>", from) - from)),
            report);
  EXPECT_LT(page.find("first_script()"), page.find("second_script()"));
  for (const char* mark : {"<!--", "src=", "http:", "https:", "@import"}) {
    EXPECT_EQ(page.find(mark), std::string::npos) << mark;
  }
}

TEST(Page, LetsNoTextEndTheScriptItStandsIn) {
  const std::string text = inside_script(R"({"a": "</script><!--"})");
  EXPECT_EQ(text.find('<'), std::string::npos) << text;
  EXPECT_EQ(nlohmann::json::parse(text)["a"], "</script><!--");
}

TEST(Page, SaysHowToGetTheLibrary) {
  try {
    load_plotting_library({"/nonexistent"});
    FAIL() << "there is no library";
  } catch (const std::runtime_error& error) {
    for (const char* part :
         {"npm pack d3@", "@observablehq/plot@", "/nonexistent", "RDNA1CONV_PLOTTING_LIBRARY"}) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace rdna1conv::bench

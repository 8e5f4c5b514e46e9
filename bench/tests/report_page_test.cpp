// A report opened in a browser: that it draws without an error, fetches nothing, and shows the
// numbers of its JSON. The report of conv-bench's run before is in the folder of the first
// argument.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

namespace {

namespace fs = std::filesystem;

fs::path folder;

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Opened {
  int status = -1;
  std::string document, messages;
};

// In a profile of its own, at a window of this width.
Opened open_page(const fs::path& page, int width) {
  const fs::path document = folder / "document.html", messages = folder / "messages.txt";
  const std::string command =
      "timeout 120 " CHROMIUM
      " --no-sandbox --disable-gpu --enable-logging=stderr --host-resolver-rules='MAP * ~NOTFOUND'"
      " --user-data-dir='" +
      (folder / "profile").string() + "' --window-size=" + std::to_string(width) +
      ",900 --dump-dom 'file://" + page.string() + "' >'" + document.string() + "' 2>'" +
      messages.string() + "'";
  const int status = std::system(command.c_str());
  return {status, read_file(document), read_file(messages)};
}

class ReportPage : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(CHROMIUM).ends_with("NOTFOUND")) {
      GTEST_SKIP() << "there is no Chromium: apt-get install chromium-headless-shell";
    }
    if (!fs::exists(folder / "report.html")) {
      GTEST_SKIP() << "conv-bench wrote no report: it has no plotting library";
    }
    report_ = nlohmann::json::parse(read_file(folder / "report.json"));
  }
  nlohmann::json report_;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

// The text of the one element with this attribute, from `from` on.
std::string field(const std::string& document, const std::string& name, std::size_t from = 0) {
  const std::size_t at = document.find("data-field=\"" + name + "\"", from);
  if (at == std::string::npos) return "there is no " + name;
  const std::size_t begin = document.find('>', at) + 1;
  return document.substr(begin, document.find('<', begin) - begin);
}

// What is shown has three figures.
void expect_shown(const std::string& shown, double value, const std::string& what) {
  const double number = std::atof(shown.c_str());
  EXPECT_GT(number, 0) << what << " is shown as " << shown;
  EXPECT_NEAR(number, value, 0.0051 * value) << what << " is shown as " << shown;
}

TEST_F(ReportPage, ShowsTheNumbersOfItsJson) {
  const Opened opened = open_page(folder / "report.html", 1200);
  ASSERT_EQ(opened.status, 0) << opened.messages;
  const std::string& document = opened.document;
  EXPECT_EQ(opened.messages.find("CONSOLE"), std::string::npos) << opened.messages;
  EXPECT_EQ(count(document, "id=\"errors\""), 0u);
  EXPECT_NE(document.find("GPU times here are modelled, not measured"), std::string::npos);

  const auto& workload = report_["workloads"][0];
  const auto& other = report_["workloads"][1];
  EXPECT_EQ(other["type"], "fp16");
  double gpu = 0, cpu = 0, flop = 0, other_gpu = 0;
  const std::size_t layers = workload["layers"].size();
  ASSERT_GT(layers, 1u);
  for (std::size_t i = 0; i < layers; ++i) {
    const auto& layer = workload["layers"][i];
    const double times = layer["count"].get<double>(), seconds = layer["gpu_seconds"];
    gpu += times * seconds;
    cpu += times * layer["cpu_seconds"].get<double>();
    flop += times * layer["flop"].get<double>();
    other_gpu += times * other["layers"][i]["gpu_seconds"].get<double>();

    const std::string name = layer["name"];
    const std::size_t row = document.rfind("data-layer=\"" + name + "\"");
    ASSERT_NE(row, std::string::npos) << name;
    expect_shown(field(document, "gpu_ms", row), seconds * 1e3, name + " on the card");
    expect_shown(field(document, "cpu_ms", row), layer["cpu_seconds"].get<double>() * 1e3,
                 name + " on the CPU");
    expect_shown(field(document, "tflops", row), layer["flop"].get<double>() / seconds * 1e-12,
                 name + "'s rate");
    EXPECT_EQ(field(document, "solver", row),
              layer["solver"].get<std::string>() + " " + layer["instance"].get<std::string>());
    EXPECT_EQ(field(document, "outcome", row), "ok");
    // A dot of the roofline and a bar of the peak's share, each with what it says to a reader.
    EXPECT_EQ(count(document, "aria-label=\"" + name + ": "), 2u);
  }
  expect_shown(field(document, "total_gpu_ms"), gpu * 1e3, "the total on the card");
  expect_shown(field(document, "total_cpu_ms"), cpu * 1e3, "the total on the CPU");
  expect_shown(field(document, "total_tflops"), flop / gpu * 1e-12, "the rate of all");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(document, match, std::regex("fp32, ([0-9.]+) ms in fp16 in all")));
  expect_shown(match[1], other_gpu * 1e3, "the total in fp16");
  // Of the first layer, what the vector ALU's own work takes of its time.
  const auto& first = workload["layers"][0];
  double spent = 0;
  for (const auto& row : first["spent"]) spent += row["seconds"].get<double>();
  const std::string label = first["name"].get<std::string>() + ", vector ALU: ";
  const std::size_t bar = document.find("aria-label=\"" + label);
  ASSERT_NE(bar, std::string::npos);
  EXPECT_EQ(first["spent"][0]["cause"], "vector ALU");
  EXPECT_NEAR(std::atof(document.c_str() + bar + label.size() + 12),
              100 * first["spent"][0]["seconds"].get<double>() / spent, 0.051);
  // Why each solver that takes none of it was passed over.
  for (const auto& refusal : first["refusals"]) {
    EXPECT_NE(document.find(refusal["reason"].get<std::string>()), std::string::npos) << refusal;
  }
}

TEST_F(ReportPage, FitsANarrowWindow) {
  const Opened opened = open_page(folder / "report.html", 400);
  ASSERT_EQ(opened.status, 0) << opened.messages;
  EXPECT_EQ(opened.messages.find("CONSOLE"), std::string::npos) << opened.messages;
  const std::regex width("<svg[^>]* width=\"([0-9]+)\"");
  int drawn = 0;
  for (std::sregex_iterator each(opened.document.begin(), opened.document.end(), width), end;
       each != end; ++each, ++drawn) {
    EXPECT_LE(std::stoi((*each)[1]), 400);
  }
  EXPECT_GE(drawn, 5);
}

// So that the tests above would see an error.
TEST_F(ReportPage, ShowsAnErrorOfItsOwn) {
  std::string page = read_file(folder / "report.html");
  const std::string begin = "id=\"report\">";
  page.insert(page.find(begin) + begin.size(), "{broken");
  std::ofstream(folder / "broken.html", std::ios::binary) << page;
  const Opened opened = open_page(folder / "broken.html", 1200);
  EXPECT_NE(opened.messages.find("CONSOLE"), std::string::npos) << opened.messages;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1) folder = argv[1];
  return RUN_ALL_TESTS();
}

#include "bench/calibration/report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "bench/calibration/document.h"
#include "bench/calibration/modelled.h"

namespace rdna1conv::calibration {
namespace {

Measurement tile_row(const char* tile, double value, Use use) {
  Measurement row;
  row.group = "gemm_tiles";
  row.parameters = std::string("TT=") + tile;
  row.keys["TT"] = tile;
  row.value = value;
  row.use = use;
  return row;
}

Measurement best_row(double value) {
  Measurement row;
  row.group = "gemm_peak";
  row.value = value;
  row.use = Use::kFit;
  return row;
}

// Measured 100 %, modelled `modelled` % of each other's best.
struct TileCase {
  double measured;
  double modelled;
  Use use;
};

bool report(const std::vector<TileCase>& cases, std::string& text) {
  std::vector<Measurement> rows = {best_row(5000)};
  for (const TileCase& each : cases) rows.push_back(tile_row("8x4", each.measured * 50, each.use));
  std::vector<Comparison> comparisons = {{&rows[0], Outcome{8000, ""}}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    comparisons.push_back({&rows[i + 1], Outcome{cases[i].modelled * 80, "as it was"}});
  }
  std::ostringstream out;
  print_rows(out, comparisons, Format::kText);
  const bool met = print_summary(out, comparisons, Format::kText);
  text = out.str();
  return met;
}

struct ReportCase {
  const char* what;
  std::vector<TileCase> rows;
  bool met;
  const char* says;
};

TEST(Report, JudgesRowsByTheirGroupsCriterion) {
  const ReportCase cases[] = {
      {"5.9 points off", {{80, 85.9, Use::kEvidence}}, true, "1 of 1"},
      {"6.1 points off", {{80, 86.1, Use::kEvidence}}, false, "NOT MET"},
      {"one of two", {{80, 70, Use::kEvidence}, {80, 81, Use::kEvidence}}, false, "1 of 2"},
      {"noise does not count", {{80, 20, Use::kNoise}, {80, 81, Use::kEvidence}}, true, "1 of 1"},
      {"what was fitted proves nothing", {{80, 80, Use::kFit}}, false, "0 of 0"},
  };
  for (const ReportCase& each : cases) {
    std::string text;
    EXPECT_EQ(report(each.rows, text), each.met) << each.what << '\n' << text;
    EXPECT_NE(text.find(each.says), std::string::npos) << each.what << '\n' << text;
  }
}

// A sample is judged as a whole.
TEST(Report, JudgesSamplesByMedianAndBias) {
  struct SampleCase {
    const char* what;
    std::vector<double> errors;  // percent
    bool met;
  };
  const SampleCase cases[] = {
      {"errors that cancel", {5, -5, 6, -6}, true},
      {"a median over 7 %", {8, -8, 8, -8}, false},
      {"a bias over 3 %", {4, 4, 3, 3}, false},
      {"one row far off, the others balance it",
       {60, -6, -6, -6, -6, -6, -6, -6, -6, -6, -6},
       true},
  };
  for (const SampleCase& each : cases) {
    std::vector<Measurement> rows = {best_row(5000)};
    for (std::size_t i = 0; i < each.errors.size(); ++i) {
      Measurement row = tile_row("8x4", 2500, Use::kEvidence);
      row.group = "gemm_second";
      row.keys["trans"] = "NN";
      rows.push_back(row);
    }
    std::vector<Comparison> comparisons = {{&rows[0], Outcome{5000, ""}}};
    for (std::size_t i = 0; i < each.errors.size(); ++i) {
      comparisons.push_back({&rows[i + 1], Outcome{2500 * (1 + each.errors[i] / 100), ""}});
    }
    std::ostringstream out;
    print_summary(out, comparisons, Format::kText);
    const std::string text = out.str();
    const auto met = [&](const char* title) {
      const auto line = text.substr(text.find(title));
      return line.substr(0, line.find('\n')).find("NOT MET") == std::string::npos;
    };
    EXPECT_EQ(met("second sample, median") && met("second sample, bias NN"), each.met)
        << each.what << '\n'
        << text;
  }
}

TEST(Modelled, TableIsReadAsWrittenAndDifferencesAreNamed) {
  std::vector<Measurement> rows = {best_row(5000), tile_row("8x4", 80, Use::kEvidence)};
  std::vector<Comparison> comparisons = {{&rows[0], Outcome{8000.25, ""}},
                                         {&rows[1], Outcome{0.125, ""}}};
  const auto file = std::filesystem::temp_directory_path() /
                    ("modelled_test_" + std::to_string(getpid()) + ".tsv");
  write_modelled(file, comparisons);
  const ModelledValues known = read_modelled(file);
  std::filesystem::remove(file);
  std::ostringstream out;
  EXPECT_TRUE(same_as_modelled(out, known, comparisons)) << out.str();
  comparisons[1].outcome->value *= 1.001;
  EXPECT_FALSE(same_as_modelled(out, known, comparisons));
  EXPECT_NE(out.str().find("TT=8x4: 0.125 in the table, now"), std::string::npos) << out.str();
  comparisons[1].outcome.reset();
  EXPECT_FALSE(same_as_modelled(out, known, comparisons));
}

// A time that may be 10 % shorter or 25 % longer: rates up to 1 / 0.9 higher and 1 / 1.25 lower.
TEST(Report, CountsMeasurementsWithinTheRange) {
  struct RangeCase {
    double measured;  // percent of what is modelled
    bool inside;
  };
  const RangeCase cases[] = {{100, true}, {81, true}, {79, false}, {111, true}, {112, false}};
  for (const RangeCase& each : cases) {
    Measurement rate = tile_row("8x4", each.measured, Use::kEvidence);
    rate.group = "mixbench";
    Measurement time = rate;
    time.group = "smallest";
    time.value = 100 / each.measured;
    const std::vector<Comparison> comparisons = {
        {&rate, Outcome{100, "", RelativeRange{0.1, 0.25}}},
        {&time, Outcome{1, "", RelativeRange{0.1, 0.25}}}};
    std::ostringstream out;
    print_ranges(out, comparisons);
    const char* expected = each.inside ? "all: 2 of 2" : "all: 0 of 2";
    EXPECT_NE(out.str().find(expected), std::string::npos) << each.measured << '\n' << out.str();
  }
}

TEST(Report, ShowsRowsThatNothingRepeats) {
  const Measurement row = [] {
    Measurement each = tile_row("3x5", 100, Use::kEvidence);
    each.group = "bc250";
    return each;
  }();
  const std::vector<Comparison> comparisons = {{&row, std::nullopt}};
  std::ostringstream out;
  print_rows(out, comparisons, Format::kText);
  EXPECT_NE(out.str().find("no kernel of ours does this"), std::string::npos) << out.str();
}

TEST(Document, KeepsWhatIsNotGenerated) {
  const std::string text = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n";
  EXPECT_EQ(with_section(text, "x", "new\n"), "a\n<!-- begin x -->\nnew\n<!-- end x -->\nb\n");
  EXPECT_THROW(with_section(text, "y", ""), std::runtime_error);
}

}  // namespace
}  // namespace rdna1conv::calibration

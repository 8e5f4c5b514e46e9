#include "bench/calibration/measurement.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "bench/calibration/groups.h"

namespace rdna1conv::calibration {
namespace {

constexpr const char* kHead = "group\tparameters\tvalue\tunit\tuse\tdevice\tsource\n";

std::vector<Measurement> read(const std::string& text) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("measurements_test_" + std::to_string(getpid()) + ".tsv");
  std::ofstream(file) << text;
  try {
    auto rows = read_measurements(file);
    std::filesystem::remove(file);
    return rows;
  } catch (...) {
    std::filesystem::remove(file);
    throw;
  }
}

TEST(Measurements, AreReadWithTheirKeys) {
  const auto rows = read(std::string("# a comment\n") + kHead +
                         "mixbench\ttype=fp32;iters=4\t990.5\tGFLOP/s\tnoise\tcard\tlog\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].value, 990.5);
  EXPECT_EQ(rows[0].use, Use::kNoise);
  EXPECT_EQ(rows[0].text("type"), "fp32");
  EXPECT_EQ(rows[0].number("iters"), 4);
  EXPECT_THROW(rows[0].text("MT"), std::runtime_error);
}

struct BadTable {
  const char* what;
  std::string text;
  const char* says;
};

TEST(Measurements, SayWhatIsWrongWithATable) {
  const std::string head = kHead;
  const BadTable cases[] = {
      {"no head", "mixbench\ta=1\t1\tx\tfit\td\ts\n", "line 1: its first row does not name"},
      {"columns", head + "mixbench\ta=1\t1\n", "line 2: it has 3 columns, not 7"},
      {"number", head + "mixbench\ta=1\t1z\tx\tfit\td\ts\n", "'1z' is not a number"},
      {"use", head + "mixbench\ta=1\t1\tx\tmaybe\td\ts\n", "'maybe' is none of"},
      {"key", head + "mixbench\ta\t1\tx\tfit\td\ts\n", "'a' is not key=value"},
  };
  for (const BadTable& each : cases) {
    try {
      read(each.text);
      ADD_FAILURE() << each.what << " was accepted";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(each.says), std::string::npos)
          << each.what << ": " << error.what();
    }
  }
}

TEST(Measurements, OfTheProjectHaveGroupBoardAndSource) {
  const auto rows = read_measurements(RDNA1CONV_MEASUREMENTS);
  EXPECT_GT(rows.size(), 300u);
  for (const Measurement& row : rows) {
    const Group& group = group_of(row);
    EXPECT_GT(row.value, 0) << row.group << ' ' << row.parameters;
    EXPECT_NE(row.source.find("github.com/"), std::string::npos) << row.group << row.parameters;
    bool found = false;
    for (const Board& board : boards()) found |= std::string(board.name) == group.board;
    EXPECT_TRUE(found) << group.board;
  }
}

TEST(Measurements, EachReferenceHasOneRow) {
  const auto rows = read_measurements(RDNA1CONV_MEASUREMENTS);
  for (const Group& group : groups()) {
    if (group.reference[0] == '\0') continue;
    const auto count = std::count_if(rows.begin(), rows.end(), [&](const Measurement& row) {
      return row.group == group.reference;
    });
    EXPECT_EQ(count, 1) << group.name;
  }
}

}  // namespace
}  // namespace rdna1conv::calibration

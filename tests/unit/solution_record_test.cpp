#include "find2/solution_record.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "core/driver_line.h"
#include "core/error.h"

namespace rdna1conv {
namespace {

SolutionRecord record_of(const std::string& line) {
  return {.problem = parse_driver_line(line).problem,
          .deterministic = true,
          .solver_id = 1,
          .instance = "64x64x8",
          .milliseconds = 0.25f,
          .workspace_bytes = std::uint64_t{5} << 32,
          .output = 38,
          .activation_alpha = 0.5f,
          .activation_beta = -2,
          .activation_gamma = 3};
}

const char* const kLines[] = {
    "conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
    "convfp16 -n 2 -c 6 -H 5 -W 7 -k 4 -y 3 -x 4 -p 1 -q 0 -u 2 -v 3 -l 1 -j 1 -Y 1 -m trans -g 2 "
    "-F 2",
    "conv -n 2 -c 8 --in_d 4 -H 7 -W 6 -k 16 --fil_d 1 -y 1 -x 1 --pad_d 0 -p 0 -q 0 "
    "--conv_stride_d 1 -u 1 -v 1 --dilation_d 1 -l 1 -j 1 --spatial_dim 3 --in_layout NDHWC "
    "--out_strides 5000,200,50,7,1 -m conv -g 1 -F 4",
    "conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --epilogue bias+relu "
    "-m conv -g 1 -F 1",
};

// The status of reading these bytes; the text of the failure goes to `text`.
Status status_of(const std::vector<char>& bytes, std::string& text) {
  try {
    static_cast<void>(solution_from_bytes(bytes));
    return Status::kSuccess;
  } catch (const Error& error) {
    text = error.what();
    return error.status();
  }
}

TEST(SolutionRecord, SurvivesSavingAndLoading) {
  for (const char* const line : kLines) {
    const SolutionRecord record = record_of(line);
    EXPECT_EQ(solution_from_bytes(to_bytes(record)), record) << line;
  }
}

TEST(SolutionRecord, RefusesWhatIsTruncatedOrContinued) {
  const std::vector<char> whole = to_bytes(record_of(kLines[0]));
  std::string text;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(status_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}, text),
              Status::kUnknownError)
        << size << " of " << whole.size() << " bytes";
    EXPECT_NE(text.find("data is no saved solution"), std::string::npos) << text;
  }
  std::vector<char> longer = whole;
  longer.push_back(0);
  EXPECT_EQ(status_of(longer, text), Status::kUnknownError);
  EXPECT_NE(text.find("1 bytes follow its end"), std::string::npos) << text;
}

TEST(SolutionRecord, RefusesEveryChangedBit) {
  const std::vector<char> whole = to_bytes(record_of(kLines[0]));
  const std::size_t version_at = 8;
  std::string text;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<char> changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const bool is_version = at >= version_at && at < version_at + 4;
      EXPECT_EQ(status_of(changed, text),
                is_version ? Status::kVersionMismatch : Status::kUnknownError)
          << "bit " << bit << " of byte " << at << ": " << text;
    }
  }
}

TEST(SolutionRecord, RefusesOtherThings) {
  std::string text;
  EXPECT_EQ(status_of(std::vector<char>(1000, 'x'), text), Status::kUnknownError);
  EXPECT_NE(text.find("does not begin with RDNA1SOL"), std::string::npos) << text;
  // What MIOpen saves: a MessagePack map.
  const std::string msgpack("\x84\xa6solver\x01\xa7problem\x80", 18);
  EXPECT_EQ(status_of({msgpack.begin(), msgpack.end()}, text), Status::kUnknownError);
}

// A solver that a newer version of the library has added.
TEST(SolutionRecord, NamesASolverThatIsNotThere) {
  SolutionRecord record = record_of(kLines[0]);
  record.solver_id = std::numeric_limits<std::uint64_t>::max();
  std::string text;
  EXPECT_EQ(status_of(to_bytes(record), text), Status::kVersionMismatch);
  EXPECT_NE(text.find("solver 18446744073709551615"), std::string::npos) << text;
}

}  // namespace
}  // namespace rdna1conv

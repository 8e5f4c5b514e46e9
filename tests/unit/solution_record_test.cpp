#include "find2/solution_record.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "core/driver_line.h"
#include "core/error.h"

namespace rdna1conv {
namespace {

SolutionRecord record_of(const std::string& line, std::uint32_t output = 38) {
  return {.problem = parse_driver_line(line).problem,
          .deterministic = true,
          .solver_id = 1,
          .instance = "64x64x8",
          .milliseconds = 0.25f,
          .workspace_bytes = std::uint64_t{5} << 32,
          .output = output,
          .activation_alpha = 0.5f,
          .activation_beta = -2,
          .activation_gamma = 3};
}

constexpr std::uint32_t kConvolutionY = 3, kBiasY = 42, kActivationY = 38;

struct Row {
  const char* line;
  std::uint32_t output;
};
const Row kRows[] = {
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
     kConvolutionY},
    {"convfp16 -n 2 -c 6 -H 5 -W 7 -k 4 -y 3 -x 4 -p 1 -q 0 -u 2 -v 3 -l 1 -j 1 -Y 1 -m trans -g 2 "
     "-F 2",
     kConvolutionY},
    {"conv -n 2 -c 8 --in_d 4 -H 7 -W 6 -k 16 --fil_d 1 -y 1 -x 1 --pad_d 0 -p 0 -q 0 "
     "--conv_stride_d 1 -u 1 -v 1 --dilation_d 1 -l 1 -j 1 --spatial_dim 3 --in_layout NDHWC "
     "--out_strides 5000,200,50,7,1 -m conv -g 1 -F 4",
     kConvolutionY},
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 --epilogue bias -F 1", kBiasY},
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 --epilogue bias+relu -F 1", kActivationY},
    {"convbfp16 -n 1 -c 4 -H 1 -W 8 -k 2 -y 1 -x 3 --epilogue tanh -F 1", kActivationY},
    // An activation that passes everything through.
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC -F 1", kActivationY},
    {"convint8 -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 --out_type fp32 -F 1", kConvolutionY},
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
  for (const auto& [line, output] : kRows) {
    const SolutionRecord record = record_of(line, output);
    EXPECT_EQ(solution_from_bytes(to_bytes(record)), record) << line;
  }
}

TEST(SolutionRecord, RefusesWhatIsTruncatedOrContinued) {
  const std::vector<char> whole = to_bytes(record_of(kRows[0].line, kRows[0].output));
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
  const std::vector<char> whole = to_bytes(record_of(kRows[0].line, kRows[0].output));
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

// Right in form and checksum, but nothing that a client of Find 2.0 can describe: a run call could
// not give it the tensors that its kernels would read or write.
TEST(SolutionRecord, RefusesProblemsThatNobodyCanDescribe) {
  const std::string size = " -n 2 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 ";
  struct Refused {
    std::string line;
    std::uint32_t output;
    const char* reason;
  };
  const Refused rows[] = {
      {"conv" + size + "--epilogue z -F 1", kActivationY, "is described so"},
      {"conv" + size + "--epilogue scale -F 1", kConvolutionY, "is described so"},
      {"conv" + size + "--epilogue norm -F 1", kActivationY, "is described so"},
      {"conv" + size + "--epilogue norm_per_activation+relu -F 1", kActivationY, "is described so"},
      {"conv" + size + "--epilogue bias -F 1", kConvolutionY, "is described so"},
      {"conv" + size + "--epilogue relu -F 1", kConvolutionY, "is described so"},
      {"conv" + size + "-F 1", kBiasY, "is described so"},
      {"conv" + size + "-F 1", 0, "names no tensor"},
      {"conv" + size + "-F 1", 1, ""},
      {"conv" + size + "-F 1", 43, ""},
      {"conv" + size + "--epilogue bias+relu -F 2", kActivationY, "that is not forward"},
      {"conv" + size + "--out_strides 1,1,1,1 -F 1", kConvolutionY, "yDesc has strides by which"},
      {"conv" + size + "--in_strides 256,64,8,2 -F 2", kConvolutionY,
       "dxDesc has strides by which"},
      {"conv" + size + "--fil_strides 9,9,3,1 -F 4", kConvolutionY, "dwDesc has strides by which"},
      {"conv" + size + "--fil_type fp16 -F 1", kConvolutionY, "they must be equal"},
      {"conv" + size + "--out_type fp16 -F 1", kConvolutionY, "they must be equal"},
      {"convint8" + size + "-F 4", kConvolutionY, "no backward weights"},
  };
  for (const Refused& row : rows) {
    std::string text;
    EXPECT_EQ(status_of(to_bytes(record_of(row.line, row.output)), text), Status::kUnknownError)
        << row.line << ", output " << row.output;
    EXPECT_NE(text.find(row.reason), std::string::npos) << row.line << ": " << text;
  }
}

// A solver that a newer version of the library has added.
TEST(SolutionRecord, NamesASolverThatIsNotThere) {
  SolutionRecord record = record_of(kRows[0].line, kRows[0].output);
  record.solver_id = std::numeric_limits<std::uint64_t>::max();
  std::string text;
  EXPECT_EQ(status_of(to_bytes(record), text), Status::kVersionMismatch);
  EXPECT_NE(text.find("solver 18446744073709551615"), std::string::npos) << text;
}

}  // namespace
}  // namespace rdna1conv

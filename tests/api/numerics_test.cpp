// MIOPEN_CHECK_NUMERICS and MIOPEN_DUMP_TENSOR_PATH.
#include <hip/hip_runtime_api.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "api_convolution.h"
#include "element_type.h"
#include "scoped_variable.h"

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

// Makes one element of a tensor abnormal.
void poison(void* tensor, DataType type, std::size_t element, double value) {
  std::byte bytes[8];
  store_element(type, value, bytes);
  ASSERT_EQ(hipMemcpy(static_cast<std::byte*>(tensor) + element * bytes_of(type), bytes,
                      bytes_of(type), hipMemcpyHostToDevice),
            hipSuccess);
}

struct Row {
  const char* line;
  void* CallArguments::*input;
  const char* text;    // of the input
  const char* result;  // of what comes out
};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const Row kRows[] = {
    {"conv -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -F 1", &CallArguments::x,
     "x has 1 NaN and 0 infinite of 32 elements", "y has 3 NaN and 0 infinite of 48 elements"},
    {"convfp16 -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -F 1", &CallArguments::w,
     "w has 1 NaN and 0 infinite of 6 elements", "y has 16 NaN and 0 infinite of 48 elements"},
    {"convbfp16 -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -F 2", &CallArguments::y,
     "dy has 1 NaN and 0 infinite of 48 elements", "dx has 2 NaN and 0 infinite of 32 elements"},
    {"conv -n 1 -c 2 -H 4 -W 4 -k 3 -y 1 -x 1 -F 4", &CallArguments::x,
     "x has 1 NaN and 0 infinite of 32 elements", "dw has 3 NaN and 0 infinite of 6 elements"},
};

struct Outcome {
  miopenStatus_t status;
  std::string log;
};
// Runs a problem with one abnormal input under MIOPEN_CHECK_NUMERICS=mode.
Outcome run(const Row& row, const char* mode, double value = kNan, const char* log_level = "5") {
  const ScopedVariable check("MIOPEN_CHECK_NUMERICS", mode);
  const ScopedVariable level("MIOPEN_LOG_LEVEL", log_level);
  ApiConvolution conv(row.line);
  CallArguments a = conv.bare_arguments();
  const ConvProblem& p = conv.problem();
  const DataType type = row.input == &CallArguments::w   ? p.w_type
                        : row.input == &CallArguments::y ? p.y_type
                                                         : p.x_type;
  poison(a.*row.input, type, 1, value);
  testing::internal::CaptureStderr();
  const miopenStatus_t status = conv.call(kRun, a);
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  return {status, testing::internal::GetCapturedStderr()};
}

TEST(CheckNumerics, FindsAbnormalInputsAndResults) {
  for (const Row& row : kRows) {
    Outcome outcome = run(row, "2");
    EXPECT_EQ(outcome.status, miopenStatusSuccess);
    EXPECT_NE(
        outcome.log.find(std::string("MIOpen(HIP): Warning [checkNumericsInput] ") +
                         name_of(ApiConvolution(row.line).direction(), kRun) + ": " + row.text),
        std::string::npos)
        << outcome.log;
    EXPECT_NE(outcome.log.find(std::string(": ") + row.result), std::string::npos) << outcome.log;
    outcome = run(row, "0");
    EXPECT_EQ(outcome.log.find("checkNumerics"), std::string::npos) << outcome.log;
    outcome = run(row, "4");
    EXPECT_EQ(outcome.status, miopenStatusInternalError);
    EXPECT_NE(std::string(rdna1convLastErrorText()).find(row.text), std::string::npos);
    outcome = run(row, "2", kInfinity);
    EXPECT_NE(outcome.log.find("has 0 NaN and 1 infinite"), std::string::npos) << outcome.log;
  }
}

TEST(CheckNumerics, InfoAndStatistics) {
  const Outcome outcome = run(kRows[0], "17");
  EXPECT_NE(
      outcome.log.find("Info [checkNumericsInput] miopenConvolutionForward: w has 0 NaN and 0 "
                       "infinite of 6 elements, mean "),
      std::string::npos)
      << outcome.log;
  EXPECT_NE(outcome.log.find(", min "), std::string::npos) << outcome.log;
}

TEST(CheckNumericsDeathTest, Abort) {
  EXPECT_DEATH(
      {
        const ScopedVariable check("MIOPEN_CHECK_NUMERICS", "8");
        ApiConvolution conv(kRows[0].line);
        CallArguments a = conv.bare_arguments();
        poison(a.x, DataType::kFloat, 1, kNan);
        conv.call(kRun, a);
      },
      "Fatal \\[miopenConvolutionForward\\] x has 1 NaN");
}

TEST(CheckNumerics, DumpsOnAHit) {
  std::string name = (fs::temp_directory_path() / "rdna1conv_dump_XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const fs::path folder = name;
  const ScopedVariable path("MIOPEN_DUMP_TENSOR_PATH", (folder / "hit").string());
  run(kRows[0], "2");
  for (const auto& [file, bytes] :
       {std::pair{"hit_x.bin", 32u * 4}, {"hit_w.bin", 6u * 4}, {"hit_y.bin", 48u * 4}}) {
    EXPECT_EQ(fs::file_size(folder / file), bytes) << file;
  }
  std::ifstream stream(folder / "hit_x.bin", std::ios::binary);
  float values[2] = {};
  stream.read(reinterpret_cast<char*>(values), sizeof values);
  EXPECT_TRUE(values[0] >= 0 && values[0] < 1) << values[0];
  EXPECT_TRUE(std::isnan(values[1]));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace rdna1conv

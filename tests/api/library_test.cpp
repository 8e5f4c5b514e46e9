#include <gtest/gtest.h>
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include <cstddef>

namespace {

TEST(Library, Version) {
  std::size_t major = 0, minor = 0, patch = 0;
  EXPECT_EQ(miopenGetVersion(&major, &minor, &patch), miopenStatusSuccess);
  EXPECT_EQ(major, 3u);
  EXPECT_EQ(minor, 4u);
  EXPECT_EQ(patch, 0u);
  EXPECT_EQ(miopenGetVersion(nullptr, nullptr, nullptr), miopenStatusSuccess);
}

TEST(Library, ErrorStrings) {
  struct Row {
    miopenStatus_t status;
    int value;
    const char* name;
  };
  const Row rows[] = {
      {miopenStatusSuccess, 0, "miopenStatusSuccess"},
      {miopenStatusNotInitialized, 1, "miopenStatusNotInitialized"},
      {miopenStatusInvalidValue, 2, "miopenStatusInvalidValue"},
      {miopenStatusBadParm, 3, "miopenStatusBadParm"},
      {miopenStatusAllocFailed, 4, "miopenStatusAllocFailed"},
      {miopenStatusInternalError, 5, "miopenStatusInternalError"},
      {miopenStatusNotImplemented, 6, "miopenStatusNotImplemented"},
      {miopenStatusUnknownError, 7, "miopenStatusUnknownError"},
      {miopenStatusUnsupportedOp, 8, "miopenStatusUnsupportedOp"},
      {miopenStatusGpuOperationsSkipped, 9, "miopenStatusGpuOperationsSkipped"},
      {miopenStatusVersionMismatch, 10, "miopenStatusVersionMismatch"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(static_cast<int>(row.status), row.value);
    EXPECT_STREQ(miopenGetErrorString(row.status), row.name);
  }
  EXPECT_STREQ(miopenGetErrorString(static_cast<miopenStatus_t>(11)), "Unknown error status");
}

// Layouts that binary clients have compiled in.
static_assert(sizeof(miopenConvAlgoPerf_t) == 16 && offsetof(miopenConvAlgoPerf_t, time) == 4 &&
              offsetof(miopenConvAlgoPerf_t, memory) == 8);
static_assert(sizeof(miopenConvSolution_t) == 32 &&
              offsetof(miopenConvSolution_t, workspace_size) == 8 &&
              offsetof(miopenConvSolution_t, solution_id) == 16 &&
              offsetof(miopenConvSolution_t, algorithm) == 24);
static_assert(MIOPEN_VERSION_MAJOR == 3 && MIOPEN_VERSION_MINOR == 4 && MIOPEN_VERSION_PATCH == 0);

}  // namespace

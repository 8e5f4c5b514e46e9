#include "api/guard.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/last_error.h"

namespace rdna1conv {
namespace {

struct Thrown {
  const char* name;
  void (*body)();
  miopenStatus_t status;
  const char* text;
};
const Thrown kThrown[] = {
    {"nothing", [] {}, miopenStatusSuccess, ""},
    {"bad argument", [] { throw Error(Status::kBadParm, "n is 0"); }, miopenStatusBadParm,
     "f: n is 0"},
    {"not implemented", [] { throw Error(Status::kNotImplemented, "no"); },
     miopenStatusNotImplemented, "f: no"},
    {"no memory", [] { throw std::bad_alloc(); }, miopenStatusAllocFailed, "f: out of host memory"},
    {"another exception", [] { throw std::out_of_range("odd"); }, miopenStatusUnknownError,
     "f: odd"},
    {"no exception class", [] { throw 1; }, miopenStatusUnknownError, "f: unknown exception"},
};

TEST(Guard, MapsExceptions) {
  for (const Thrown& row : kThrown) {
    set_last_error("");
    testing::internal::CaptureStderr();
    EXPECT_EQ(guard({"f", {}}, row.body), row.status) << row.name;
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_STREQ(last_error(), row.text) << row.name;
    const std::string text(row.text);
    EXPECT_EQ(log, text.empty() ? "" : "MIOpen(HIP): Error [f] " + text.substr(3) + "\n")
        << row.name;
  }
}

TEST(Guard, SuccessLeavesTheTextAndThreadsHaveTheirOwn) {
  testing::internal::CaptureStderr();
  guard({"f", {}}, [] { throw Error(Status::kBadParm, "first"); });
  guard({"f", {}}, [] {});
  std::thread([] {
    EXPECT_STREQ(last_error(), "");
    guard({"f", {}}, [] { throw Error(Status::kBadParm, "second"); });
    EXPECT_STREQ(last_error(), "f: second");
  }).join();
  testing::internal::GetCapturedStderr();
  EXPECT_STREQ(last_error(), "f: first");
}

TEST(Guard, LogsCallsWithTheirArguments) {
  Environment environment;
  environment.log_calls = true;
  configure_logging(environment);
  testing::internal::CaptureStderr();
  guard({"f", {{"n", 3}, {"flag", true}, {"p", static_cast<const void*>(nullptr)}}}, [] {});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "MIOpen(HIP): f(){\nMIOpen(HIP): n = 3\nMIOpen(HIP): flag = 1\nMIOpen(HIP): p = "
            "(nil)\nMIOpen(HIP): }\n");
  configure_logging({});
}

TEST(Guard, StatusesAgreeWithTheHeader) {
  EXPECT_EQ(static_cast<int>(Status::kNotInitialized), miopenStatusNotInitialized);
  EXPECT_EQ(static_cast<int>(Status::kInvalidValue), miopenStatusInvalidValue);
  EXPECT_EQ(static_cast<int>(Status::kBadParm), miopenStatusBadParm);
  EXPECT_EQ(static_cast<int>(Status::kAllocFailed), miopenStatusAllocFailed);
  EXPECT_EQ(static_cast<int>(Status::kInternalError), miopenStatusInternalError);
  EXPECT_EQ(static_cast<int>(Status::kNotImplemented), miopenStatusNotImplemented);
  EXPECT_EQ(static_cast<int>(Status::kUnknownError), miopenStatusUnknownError);
  EXPECT_EQ(static_cast<int>(Status::kUnsupportedOp), miopenStatusUnsupportedOp);
}

}  // namespace
}  // namespace rdna1conv

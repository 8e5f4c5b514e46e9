#pragma once

#include <gtest/gtest.h>
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include <string>

// Runs a call that must fail: with this status, this text in the last error, and this line (and no
// other) on stderr.
template <class Call>
void expect_failure(const std::string& what, miopenStatus_t status, const std::string& text,
                    Call&& call) {
  testing::internal::CaptureStderr();
  const miopenStatus_t got = call();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(got, status) << what << ": " << miopenGetErrorString(got) << ", last error '"
                         << rdna1convLastErrorText() << "'";
  EXPECT_NE(std::string(rdna1convLastErrorText()).find(text), std::string::npos)
      << what << "\n  expected: " << text << "\n  gave:     " << rdna1convLastErrorText();
  EXPECT_NE(log.find("MIOpen(HIP): Error ["), std::string::npos) << what << ": " << log;
}

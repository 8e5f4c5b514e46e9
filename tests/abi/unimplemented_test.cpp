// Every function that is not implemented: it answers, with the right status and its name, whatever
// the arguments are.
#include <gtest/gtest.h>
#include <rdna1conv/error.h>

#include <cstdio>
#include <string>
#include <type_traits>

#include "api/hidden_functions.h"

namespace {

template <class T>
T zero() {
  if constexpr (std::is_reference_v<T>) {
    static std::remove_reference_t<T> value{};
    return value;
  } else {
    return T{};
  }
}

template <class... Parameters>
miopenStatus_t call_with_zeros(miopenStatus_t (*function)(Parameters...)) {
  return function(zero<Parameters>()...);
}

// Clients try such functions again and again: once in the log is enough.
template <class Function>
void expect_refusal(const std::string& name, Function* function) {
  for (int call = 1; call <= 2; ++call) {
    testing::internal::CaptureStderr();
    const miopenStatus_t status = call_with_zeros(function);
    const std::string log = testing::internal::GetCapturedStderr();
    const std::string what = name + ", call " + std::to_string(call);
    EXPECT_EQ(status, miopenStatusNotImplemented) << what;
    EXPECT_EQ(rdna1convLastErrorText(), name + ": rdna1conv does not implement this function");
    EXPECT_EQ(log, call == 1 ? "MIOpen(HIP): Error [" + name +
                                   "] rdna1conv does not implement this function\n"
                             : "")
        << what;
  }
}

TEST(Unimplemented, EachFunctionSaysSoOnce) {
  int rows = 0;
#define UNIMPLEMENTED(name, ...) \
  expect_refusal(#name, name);   \
  ++rows;
#include "api/unimplemented_functions.inc"
  std::printf("%d of MIOpen's 272 functions are not implemented\n", rows);
}

}  // namespace

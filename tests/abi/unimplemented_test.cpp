// Every function that is not implemented: it answers, with the right status and its name, whatever
// the arguments are.
#include <gtest/gtest.h>
#include <rdna1conv/error.h>

#include <cstdio>
#include <iterator>
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

struct Row {
  const char* name;
  miopenStatus_t (*call)();
};
const Row kRows[] = {
#define UNIMPLEMENTED(name, ...) {#name, [] { return call_with_zeros(name); }},
#include "api/unimplemented_functions.inc"
};

TEST(Unimplemented, EachFunctionSaysSoOnce) {
  const std::string text = "rdna1conv does not implement this function";
  for (const Row& row : kRows) {
    const std::string name = row.name;
    // Clients try such functions again and again: once in the log is enough.
    for (const std::string& expected_log :
         {"MIOpen(HIP): Error [" + name + "] " + text + "\n", std::string()}) {
      testing::internal::CaptureStderr();
      const miopenStatus_t status = row.call();
      EXPECT_EQ(testing::internal::GetCapturedStderr(), expected_log) << name;
      EXPECT_EQ(status, miopenStatusNotImplemented) << name;
      EXPECT_EQ(rdna1convLastErrorText(), name + ": " + text);
    }
  }
  std::printf("%zu of MIOpen's 272 functions are not implemented\n", std::size(kRows));
}

}  // namespace

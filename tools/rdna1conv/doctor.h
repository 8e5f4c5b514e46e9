#pragma once

// `rdna1conv doctor`: what stands between this machine and a convolution on its card.

#include <chrono>
#include <string>
#include <vector>

#include "card_tests.h"
#include "child_process.h"
#include "findings.h"
#include "installation.h"

namespace rdna1conv::tool {

struct DoctorOptions {
  bool software_card = false;
  bool json = false;
  bool tests = true;  // on the card
  std::chrono::seconds limit{60};
  std::vector<std::string> programs;  // whose libMIOpen is looked at
};

// What a test's end means.
Finding finding_of(const CardTest& test, const ChildResult& result);

// All tests, each in a process of its own; those after one that is needed and failed are skipped.
// `show` sees each as it comes.
std::vector<Finding> run_card_tests(const Installation& installation, const DoctorOptions& options,
                                    void (*show)(const Finding& finding));

// Prints the report. The exit status: 0 no problems, 1 problems.
int run_doctor(const Installation& installation, const DoctorOptions& options);

}  // namespace rdna1conv::tool

#include "doctor.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "loaded_library.h"
#include "machine.h"

namespace rdna1conv::tool {
namespace {

using End = ChildResult::End;

// What the probe says, or the last line that anybody said.
std::string said(const std::string& output) {
  std::string last;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kProbeSays)) return line.substr(kProbeSays.size());
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

std::string seconds_text(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  return text.data();
}

// The next step, by how the test ended.
std::string next_step(const CardTest& test, const ChildResult& result) {
  const std::string again = "; docs/troubleshooting.md has the causes";
  switch (result.end) {
    case End::kNotStarted:
      return "install rdna1conv's tools anew";
    case End::kTimedOut:
      return "sudo dmesg | tail: a line with 'amdgpu' and 'timeout' or 'reset' names the unit that "
             "hangs" +
             again;
    case End::kSignalled:
      return "sudo dmesg | tail: a fault of the card is told there" + again;
    case End::kExited:
      break;
  }
  constexpr int kLoaderFailed = 127;
  if (result.status == kLoaderFailed) {
    return "install HIP's runtime: on Debian and Ubuntu apt-get install libamdhip64-5";
  }
  if (result.status == kProbeNoDevice) {
    return "see card, device file and environment above; rocminfo lists what the runtime finds";
  }
  if (!test.line.empty()) {
    return "MIOPEN_LOG_LEVEL=6 conv-bench " + std::string(test.line) + again;
  }
  return "sudo dmesg | tail" + again;
}

std::string failure_text(const ChildResult& result) {
  const std::string text = said(result.output);
  const std::string detail = text.empty() ? "" : ": " + text;
  switch (result.end) {
    case End::kNotStarted:
      return std::string("the test could not be started: ") + std::strerror(result.status);
    case End::kTimedOut:
      return "hangs: ended after " + seconds_text(result.seconds) + detail;
    case End::kSignalled:
      return std::string("crashes: ") + strsignal(result.status) + detail;
    case End::kExited:
      break;
  }
  switch (result.status) {
    case kProbeWrong:
      return "gives a wrong result" + detail;
    case kProbeNoDevice:
    case kProbeFailed:
      return "fails" + detail;
    default:
      return "fails with exit status " + std::to_string(result.status) + detail;
  }
}

Variables software_card_variables(const Installation& installation) {
  const char* const before = std::getenv("LD_LIBRARY_PATH");
  std::string path = installation.software_card.string();
  if (before != nullptr && *before != '\0') path += std::string(":") + before;
  return {{"LD_LIBRARY_PATH", path},
          {"RDNA1CONV_KFD_TOPOLOGY", (installation.software_card / "topology/nodes").string()}};
}

void show_in_text(const Finding& finding) {
  const bool in_colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  std::cout << to_text(finding, in_colour) << std::flush;
}

}  // namespace

Finding finding_of(const CardTest& test, const ChildResult& result) {
  Finding finding{Level::kFine, "test " + std::string(test.name), "", "", ""};
  if (result.end == End::kExited && result.status == kProbeFine) {
    finding.text = std::string(test.what) + ": " + said(result.output) + " (" +
                   seconds_text(result.seconds) + ")";
    return finding;
  }
  finding.level = Level::kProblem;
  finding.text = std::string(test.what) + " " + failure_text(result);
  finding.meaning = test.meaning;
  finding.next = next_step(test, result);
  return finding;
}

std::vector<Finding> run_card_tests(const Installation& installation, const DoctorOptions& options,
                                    void (*show)(const Finding& finding)) {
  std::vector<Finding> findings;
  const Variables variables =
      options.software_card ? software_card_variables(installation) : Variables{};
  std::string_view failed;
  for (const CardTest& test : kCardTests) {
    if (!failed.empty()) {
      findings.push_back(
          {Level::kSkipped, "test " + std::string(test.name),
           std::string(test.what) + ": not run, since " + std::string(failed) + " failed", "", ""});
    } else {
      findings.push_back(
          finding_of(test, run_child({installation.probe.string(), std::string(test.name)},
                                     options.limit, variables)));
      if (test.is_needed && findings.back().level == Level::kProblem) failed = test.name;
    }
    if (show != nullptr) show(findings.back());
  }
  return findings;
}

int run_doctor(const Installation& installation, const DoctorOptions& options) {
  if (options.software_card && installation.software_card.empty()) {
    throw std::runtime_error("the software RX 5700 XT is not installed");
  }
  const auto show = options.json ? nullptr : show_in_text;
  std::vector<Finding> all;
  const auto add = [&](const std::vector<Finding>& findings, bool is_shown) {
    for (const Finding& finding : findings) {
      if (show != nullptr && !is_shown) show(finding);
      all.push_back(finding);
    }
  };
  add(examine_machine("/", options.software_card), false);
  for (const std::string& program : options.programs) add(examine_program(program), false);
  if (options.tests) add(run_card_tests(installation, options, show), true);
  std::cout << (options.json ? to_json(all) : summary(all) + "\n");
  return count(all, Level::kProblem) == 0 ? 0 : 1;
}

}  // namespace rdna1conv::tool

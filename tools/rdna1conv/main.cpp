// rdna1conv: the program for owners of an RDNA1 card.
//   rdna1conv doctor       what stands between this machine and a convolution on its card
//   rdna1conv run PROGRAM  a program with this project's libMIOpen.so.1 in place of any other
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "command_line/generate.h"
#include "doctor.h"
#include "run_program.h"

namespace {

constexpr int kUsage = 2;

constexpr const char* kFooter =
    "\nExit status of doctor: 0 nothing is wrong; 1 there are problems; 2 it cannot look.\n"
    "Exit status of run: the program's; 126 and 127 as a shell has them.";

// For the manual page and the shells' completions.
rdna1conv::command_line::Facts facts() {
  using rdna1conv::command_line::Choices;
  return {"tell what keeps an RDNA1 card from convolving; exchange a program's MIOpen",
          {{"--program", {{}, Choices::Also::kFiles}}, {"run", {{}, Choices::Also::kPrograms}}}};
}

// Takes what `run` is to run off the words: all from the first that is no option on, whose own
// options are none of ours.
std::vector<std::string> take_program(std::vector<std::string>& words) {
  if (words.empty() || words.front() != "run") return {};
  auto first = words.begin() + 1;
  while (first != words.end() && first->starts_with('-') && *first != "--") ++first;
  const auto end_of_ours = first;
  if (first != words.end() && *first == "--") ++first;
  std::vector<std::string> program(first, words.end());
  words.erase(end_of_ours, words.end());
  return program;
}

int run(int argc, char** argv) {
  using namespace rdna1conv;
  using namespace rdna1conv::tool;
  CLI::App app("rdna1conv: convolutions for RDNA1 cards", "rdna1conv");
  command_line::add_generate_option(app, facts);
  app.footer(kFooter);
  app.require_subcommand(1);

  DoctorOptions doctor;
  CLI::App* const doctor_command = app.add_subcommand(
      "doctor", "look at card, driver, HIP and environment, then run tests on the card");
  doctor_command->add_flag("--json", doctor.json, "the report as JSON");
  doctor_command->add_flag("--software-card", doctor.software_card,
                           "test on the software RX 5700 XT");
  bool no_tests = false;
  doctor_command->add_flag("--no-tests", no_tests, "only look, run nothing on the card");
  doctor_command
      ->add_option("--program", doctor.programs,
                   "also say which libMIOpen.so.1 this program loads; may be repeated")
      ->option_text("PATH")
      ->expected(1)
      ->take_all();
  int limit = static_cast<int>(doctor.limit.count());
  doctor_command->add_option("--limit", limit, "seconds that a test may take (60)")
      ->check(CLI::Range(1, 3600))
      ->option_text("SECONDS");

  RunOptions options;
  CLI::App* const run_command =
      app.add_subcommand("run", "run a program with this libMIOpen.so.1 in place of any other");
  run_command->add_flag("--software-card", options.software_card,
                        "give it the software RX 5700 XT");
  run_command->add_flag("--quiet", options.quiet, "do not say what is exchanged");
  run_command->footer("rdna1conv run [OPTIONS] PROGRAM [ARGUMENT...]");

  std::vector<std::string> words(argv + 1, argv + argc);
  options.program = take_program(words);
  std::reverse(words.begin(), words.end());  // as CLI11 wants a vector
  try {
    app.parse(words);
    if (run_command->parsed() && options.program.empty()) {
      throw CLI::RequiredError("run: PROGRAM");
    }
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    std::cerr << "rdna1conv: " << error.what() << "\nrdna1conv --help shows how to use it\n";
    return kUsage;
  }
  const Installation installation = find_installation();
  if (run_command->parsed()) return run_program(installation, options);
  doctor.tests = !no_tests;
  doctor.limit = std::chrono::seconds(limit);
  return run_doctor(installation, doctor);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "rdna1conv: " << error.what() << "\n";
    return kUsage;
  }
}

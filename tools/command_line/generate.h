#pragma once

// What a program's packages need besides the program, from the same table of options that --help
// prints: its manual page, and completions for bash and zsh. PROGRAM --generate KIND prints one.

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rdna1conv::command_line {

// What an argument may be.
struct Choices {
  std::vector<std::string> words;
  enum class Also { kNothing, kFiles, kPrograms } also = Also::kNothing;
};

// What --help does not know of a program. Choices are found by the name of an option ("--type"), of
// a positional argument, or of a subcommand whose further words CLI11 does not see.
struct Facts {
  std::string summary;  // for the list of manual pages: half a line, without a full stop
  std::map<std::string, Choices> choices;
};

std::string man_page(const CLI::App& app, const Facts& facts);
std::string bash_completion(const CLI::App& app, const Facts& facts);
std::string zsh_completion(const CLI::App& app, const Facts& facts);

// Gives the program --version and the hidden option --generate (man, bash or zsh), which alone asks
// for the facts. What they print is thrown while it parses, as CLI::CallForVersion.
void add_generate_option(CLI::App& app, const std::function<Facts()>& facts);

}  // namespace rdna1conv::command_line

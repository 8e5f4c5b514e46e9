#pragma once

// Options of a CLI::App as the writers of manual pages and completions see them.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "command_line/generate.h"

namespace rdna1conv::command_line {

// Those that --help shows: the hidden ones have no group.
inline std::vector<const CLI::Option*> shown_options(const CLI::App& app, bool positional) {
  return app.get_options([positional](const CLI::Option* option) {
    return !option->get_group().empty() && option->get_positional() == positional;
  });
}

inline std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

inline bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// "-h" and "--help".
inline std::vector<std::string> dashed_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

inline Choices choices_of(const Facts& facts, const std::string& name) {
  const auto found = facts.choices.find(name);
  return found == facts.choices.end() ? Choices{} : found->second;
}

inline std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

// The name of a shell function of this program and subcommand.
inline std::string function_name(const std::string& program, const std::string& command) {
  std::string name = "_" + program + (command.empty() ? "" : "_" + command);
  for (char& letter : name) {
    if (letter == '-') letter = '_';
  }
  return name;
}

}  // namespace rdna1conv::command_line

#include "command_line/options.h"

namespace rdna1conv::command_line {
namespace {

std::string offer(const Choices& choices) {
  std::string out =
      "COMPREPLY=($(compgen -W '" + joined(choices.words, " ") + "' -- \"$current\"))";
  if (choices.also == Choices::Also::kFiles) {
    out += "; COMPREPLY+=($(compgen -f -- \"$current\"))";
  } else if (choices.also == Choices::Also::kPrograms) {
    out += "; COMPREPLY+=($(compgen -c -- \"$current\"))";
  }
  return out;
}

// The function that completes the words after a command. It finds $current and $previous.
std::string function(const std::string& name, const CLI::App& app, const Facts& facts,
                     Choices rest) {
  std::string out = name + "() {\n  case $previous in\n";
  std::vector<std::string> all;
  for (const CLI::Option* option : shown_options(app, false)) {
    const std::vector<std::string> names = dashed_names(*option);
    all.insert(all.end(), names.begin(), names.end());
    if (!takes_value(*option)) continue;
    out += "    " + joined(names, "|") + ") " + offer(choices_of(facts, names.back())) +
           "; return ;;\n";
  }
  out += "  esac\n  if [[ $current == -* ]]; then\n    " + offer({all}) + "\n  else\n    ";
  for (const CLI::App* command : subcommands(app)) rest.words.push_back(command->get_name());
  return out + offer(rest) + "\n  fi\n}\n\n";
}

}  // namespace

std::string bash_completion(const CLI::App& app, const Facts& facts) {
  const std::string& program = app.get_name();
  std::string out = "# bash completion, made by: " + program + " --generate bash\n\n";
  Choices rest;
  for (const CLI::Option* option : shown_options(app, true)) {
    rest = choices_of(facts, option->get_name());
  }
  const std::string top = function_name(program, "options");
  out += function(top, app, facts, rest);
  std::string cases;
  for (const CLI::App* command : subcommands(app)) {
    const std::string& name = command->get_name();
    out += function(function_name(program, name), *command, facts, choices_of(facts, name));
    cases += "      " + name + ") " + function_name(program, name) + "; return ;;\n";
  }
  // readline splits --type=fp16 into three words.
  out += function_name(program, "") +
         "() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} word\n"
         "  if [[ $current == = ]]; then current=\n"
         "  elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n";
  if (!cases.empty()) {
    out += "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $word in\n" + cases +
           "    esac\n  done\n";
  }
  return out + "  " + top + "\n}\n\ncomplete -o filenames -F " + function_name(program, "") + " " +
         program + "\n";
}

}  // namespace rdna1conv::command_line

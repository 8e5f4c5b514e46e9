#include "command_line/options.h"

namespace rdna1conv::command_line {
namespace {

// Inside single quotes and brackets of an _arguments specification (zshcompsys(1)).
std::string escaped(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\'') {
      out += "'\\''";
    } else if (letter == '[' || letter == ']' || letter == ':') {
      out += std::string("\\") + letter;
    } else {
      out += letter == '\n' ? ' ' : letter;
    }
  }
  return out;
}

std::string action(const Choices& choices) {
  if (choices.also == Choices::Also::kPrograms) return "_normal";
  if (choices.also == Choices::Also::kNothing) {
    return choices.words.empty() ? " " : "(" + joined(choices.words, " ") + ")";
  }
  return "{ compadd -- " + joined(choices.words, " ") + "; _files }";
}

// The specifications of a command's options.
std::string options(const CLI::App& app, const Facts& facts, const std::string& margin) {
  std::string out;
  for (const CLI::Option* option : shown_options(app, false)) {
    for (const std::string& name : dashed_names(*option)) {
      const bool value = takes_value(*option);
      out +=
          " \\\n" + margin + "'" + name + (value ? "=" : "") + "[" +
          escaped(option->get_description()) + "]" +
          (value ? ":" + escaped(option->get_option_text()) + ":" + action(choices_of(facts, name))
                 : "") +
          "'";
    }
  }
  return out;
}

std::string rest(const std::string& what, const Choices& choices, const std::string& margin) {
  const bool is_program = choices.also == Choices::Also::kPrograms;
  return " \\\n" + margin + "'*:" + (is_program ? ":" : "") + escaped(what) + ":" +
         action(choices) + "'";
}

}  // namespace

std::string zsh_completion(const CLI::App& app, const Facts& facts) {
  const std::string& program = app.get_name();
  std::string out = "#compdef " + program + "\n# made by: " + program + " --generate zsh\n\n";
  const auto commands = subcommands(app);
  if (commands.empty()) {
    out += "_arguments" + options(app, facts, "  ");
    for (const CLI::Option* option : shown_options(app, true)) {
      out += rest(option->get_option_text(), choices_of(facts, option->get_name()), "  ");
    }
    return out + "\n";
  }
  std::vector<std::string> described;
  std::string cases;
  for (const CLI::App* command : commands) {
    const std::string& name = command->get_name();
    described.push_back(name + "\\:\"" + escaped(command->get_description()) + "\"");
    cases += "  " + name + ")\n    _arguments" + options(*command, facts, "      ");
    if (const Choices choices = choices_of(facts, name);
        choices.also != Choices::Also::kNothing || !choices.words.empty()) {
      cases += rest("argument", choices, "      ");
    }
    cases += "\n    ;;\n";
  }
  return out + "local line state\n_arguments -C" + options(app, facts, "  ") +
         " \\\n  '1:command:((" + joined(described, " ") + "))' \\\n  '*::argument:->arguments'\n" +
         "[[ $state == arguments ]] || return\ncase $line[1] in\n" + cases + "esac\n";
}

}  // namespace rdna1conv::command_line

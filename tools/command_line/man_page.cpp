#include "command_line/options.h"

namespace rdna1conv::command_line {
namespace {

// Text for groff: a backslash and a dash are themselves, and a line that begins with a dot or a
// quote is no request (groff_char(7), man(7)).
std::string escaped(const std::string& text) {
  std::string out;
  bool starts_line = true;
  for (const char letter : text) {
    if (starts_line && (letter == '.' || letter == '\'')) out += "\\&";
    if (letter == '\\') {
      out += "\\e";
    } else if (letter == '-') {
      out += "\\-";
    } else {
      out += letter;
    }
    starts_line = letter == '\n';
  }
  return out;
}

std::string in_capitals(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return text;
}

// As it stands, line by line.
std::string verbatim(const std::string& text) {
  const std::size_t first = text.find_first_not_of('\n');
  if (first == std::string::npos) return "";
  const std::size_t last = text.find_last_not_of('\n');
  return ".nf\n" + escaped(text.substr(first, last - first + 1)) + "\n.fi\n";
}

std::string options(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : shown_options(app, false)) {
    std::vector<std::string> names;
    for (const std::string& name : dashed_names(*option)) {
      names.push_back("\\fB" + escaped(name) + "\\fR");
    }
    out += ".TP\n" + joined(names, ", ");
    if (takes_value(*option)) out += " \\fI" + escaped(option->get_option_text()) + "\\fR";
    out += "\n" + escaped(option->get_description()) + "\n";
  }
  return out;
}

std::string arguments(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : shown_options(app, true)) {
    out += " [\\fI" + escaped(option->get_option_text()) + "\\fR]...";
  }
  return out;
}

}  // namespace

std::string man_page(const CLI::App& app, const Facts& facts) {
  const std::string name = escaped(app.get_name());
  const auto commands = subcommands(app);
  std::string out = ".\\\" Made by: " + app.get_name() + " --generate man\n";
  out += ".TH " + in_capitals(name) +
         " 1 \"\" \"rdna1conv " RDNA1CONV_VERSION "\" \"User Commands\"\n";
  out += ".SH NAME\n" + name + " \\- " + escaped(facts.summary) + "\n";
  out += ".SH SYNOPSIS\n\\fB" + name + "\\fR [\\fIOPTION\\fR]..." + arguments(app) +
         (commands.empty() ? "" : " \\fICOMMAND\\fR ...") + "\n";
  out += ".SH DESCRIPTION\n" + verbatim(app.get_description());
  if (!commands.empty()) out += ".SH COMMANDS\n";
  for (const CLI::App* command : commands) {
    out += ".SS " + escaped(command->get_name()) + "\n" + escaped(command->get_description()) +
           ".\n" + options(*command);
    // A command has its program's footer if it has none of its own.
    if (command->get_footer() != app.get_footer()) {
      out += ".PP\n" + verbatim(command->get_footer());
    }
  }
  out += ".SH OPTIONS\n" + options(app);
  out += ".SH NOTES\n" + verbatim(app.get_footer());
  return out;
}

}  // namespace rdna1conv::command_line

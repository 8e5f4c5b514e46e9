#include "command_line/generate.h"

namespace rdna1conv::command_line {
namespace {

struct Kind {
  const char* name;
  std::string (*write)(const CLI::App&, const Facts&);
};
constexpr Kind kKinds[] = {{"man", man_page}, {"bash", bash_completion}, {"zsh", zsh_completion}};

}  // namespace

void add_generate_option(CLI::App& app, const std::function<Facts()>& facts) {
  app.add_flag_callback(
      "--version",
      [&app] {
        throw CLI::CallForVersion(app.get_name() + " " RDNA1CONV_VERSION, CLI::ExitCodes::Success);
      },
      "print the version");
  const auto generate = [&app, facts](const std::string& wanted) {
    std::string names;
    for (const Kind& kind : kKinds) {
      if (wanted == kind.name) {
        throw CLI::CallForVersion(kind.write(app, facts()), CLI::ExitCodes::Success);
      }
      names += (names.empty() ? "" : ", ") + std::string(kind.name);
    }
    throw CLI::ValidationError("--generate", wanted + " is none of " + names);
  };
  app.add_option_function<std::string>("--generate", generate)->group("");
}

}  // namespace rdna1conv::command_line

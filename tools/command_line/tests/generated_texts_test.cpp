#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "command_line/generate.h"

namespace rdna1conv::command_line {
namespace {

const Facts kFacts{"a program's half line",
                   {{"--type", {{"fp16", "fp32", "int8"}}},
                    {"what", {{"alexnet", "alexnet2", "vgg"}, Choices::Also::kNothing}},
                    {"run", {{}, Choices::Also::kPrograms}}}};

// With what shells and groff could stumble over in its texts.
struct Program {
  CLI::App app{".starts with a dot\n'and a quote, a back\\slash", "awk-ward"};
  std::string type, number;
  bool flag = false;

  explicit Program(bool with_commands) {
    app.add_option("--type", type, "one of: 'fp16' [or] more\non two lines")->option_text("TYPE");
    app.add_option("-n,--number", number, "a number")->option_text("N");
    app.add_flag("--flag", flag, "switches");
    app.footer("\nThe end.");
    if (with_commands) {
      app.require_subcommand(1);
      app.add_subcommand("look", "looks: once")->add_flag("--deep", flag, "all of it");
      app.add_subcommand("run", "runs \"it\"")->add_flag("--quietly", flag, "without a word");
    } else {
      app.add_option("what", type, "workloads")->option_text("NAME");
    }
    add_generate_option(app, [] { return kFacts; });
  }
};

// What the option prints, or "" if it does not.
std::string printed(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::CallForVersion& text) {
    return text.what();
  } catch (const CLI::ParseError&) {
  }
  return "";
}

// The output of a shell that is given this script as a file.
std::string output_of(const std::string& shell, const std::string& script) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("generated_texts_test." + std::to_string(getpid()));
  std::ofstream(file) << script;
  std::FILE* const pipe = popen((shell + " " + file.string() + " 2>&1").c_str(), "r");
  std::string output;
  for (int letter = 0; pipe != nullptr && (letter = std::fgetc(pipe)) != EOF;) {
    output += static_cast<char>(letter);
  }
  const int status = pipe == nullptr ? -1 : pclose(pipe);
  std::filesystem::remove(file);
  return status == 0 ? output : output + "status " + std::to_string(status);
}

struct Line {
  bool with_commands;
  std::vector<std::string> words;  // of the command line; the last is being typed
  std::string offered;
};
const Line kLines[] = {
    {false, {"awk-ward", "--ty"}, "--type"},
    {false, {"awk-ward", "--type", "fp"}, "fp16 fp32"},
    {false, {"awk-ward", "--type", ""}, "fp16 fp32 int8"},
    {false, {"awk-ward", "--type", "="}, "fp16 fp32 int8"},
    {false, {"awk-ward", "--type", "=", "i"}, "int8"},
    {false, {"awk-ward", "-n", ""}, ""},
    {false, {"awk-ward", "--flag", "al"}, "alexnet alexnet2"},
    {false, {"awk-ward", "--ver"}, "--version"},
    {false, {"awk-ward", "--gen"}, ""},
    {true, {"awk-ward", ""}, "look run"},
    {true, {"awk-ward", "look", "--d"}, "--deep"},
    {true, {"awk-ward", "look", "--q"}, ""},
    {true, {"awk-ward", "run", "--q"}, "--quietly"},
    {true, {"awk-ward", "run", "--quietly", "mkti"}, ""},
};

TEST(GeneratedTexts, BashOffersWhatTheTableOfOptionsHas) {
  for (const Line& line : kLines) {
    Program program(line.with_commands);
    std::string script = printed(program.app, {"--generate", "bash"}) + "COMP_WORDS=(";
    std::string shown;
    for (const std::string& word : line.words) {
      script += "'" + word + "' ";
      shown += word + " ";
    }
    script += ")\nCOMP_CWORD=" + std::to_string(line.words.size() - 1) +
              "\n_awk_ward\necho \"${COMPREPLY[*]}\"\n";
    EXPECT_EQ(output_of("bash", script), line.offered + "\n") << shown;
  }
}

TEST(GeneratedTexts, BashOffersProgramsToRun) {
  Program program(true);
  const std::string script = printed(program.app, {"--generate", "bash"}) +
                             "COMP_WORDS=(awk-ward run bas)\nCOMP_CWORD=2\n_awk_ward\n"
                             "printf '%s\\n' \"${COMPREPLY[@]}\" | grep -x bash | sort -u\n";
  EXPECT_EQ(output_of("bash", script), "bash\n");
}

TEST(GeneratedTexts, ZshCanReadThem) {
  if (std::system("command -v zsh > /dev/null") != 0) GTEST_SKIP() << "there is no zsh here";
  for (const bool with_commands : {false, true}) {
    Program program(with_commands);
    const std::string text = printed(program.app, {"--generate", "zsh"});
    EXPECT_EQ(text.rfind("#compdef awk-ward\n", 0), 0u);
    // With every specification taken, as _arguments would get it.
    const std::string script =
        "_arguments() { printf '%s\\n' \"$@\"; state=arguments; line=(look) }\n"
        "f() {\n" +
        text + "\n}\nf\n";
    const std::string specifications = output_of("zsh -f", script);
    EXPECT_NE(specifications.find("--type=[one of\\: 'fp16' \\[or\\] more on two lines]:TYPE:(fp16 "
                                  "fp32 int8)"),
              std::string::npos)
        << specifications;
    EXPECT_EQ(specifications.find("status"), std::string::npos) << specifications;
    EXPECT_EQ(specifications.find("--deep") != std::string::npos, with_commands) << specifications;
  }
}

TEST(GeneratedTexts, TheManualPageHasEveryOption) {
  for (const bool with_commands : {false, true}) {
    Program program(with_commands);
    const std::string page = printed(program.app, {"--generate", "man"});
    std::vector<std::string> expected{"awk\\-ward \\- a program's half line",
                                      "\n\\&.starts with a dot\n\\&'and a quote, a back\\eslash",
                                      "\\fB\\-\\-type\\fR \\fITYPE\\fR\none of",
                                      "\\fB\\-n\\fR, \\fB\\-\\-number\\fR \\fIN\\fR",
                                      "\\fB\\-\\-flag\\fR\nswitches",
                                      "\\fB\\-\\-version\\fR",
                                      "The end."};
    if (with_commands) {
      expected.insert(expected.end(), {".SS look", "\\fB\\-\\-deep\\fR", ".SS run"});
    } else {
      expected.emplace_back("[\\fINAME\\fR]...");
    }
    for (const std::string& text : expected) {
      EXPECT_NE(page.find(text), std::string::npos) << text << " is not in\n" << page;
    }
    EXPECT_EQ(page.find("generate\\fR"), std::string::npos) << "the option is hidden";
  }
}

TEST(GeneratedTexts, AreOfTheKindsThatThereAre) {
  Program program(false);
  EXPECT_EQ(printed(program.app, {"--version"}), "awk-ward " RDNA1CONV_VERSION);
  EXPECT_EQ(printed(program.app, {"--generate", "fish"}), "");
  EXPECT_THROW(program.app.parse("--generate fish", false), CLI::ValidationError);
}

}  // namespace
}  // namespace rdna1conv::command_line

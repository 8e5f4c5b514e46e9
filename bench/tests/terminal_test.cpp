// Tables as terminals of several kinds show them: conv-bench in a pseudo-terminal.
#include "bench/terminal.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace rdna1conv::bench {
namespace {

struct Setting {
  unsigned short columns;
  std::vector<std::string> environment;
};

// What conv-bench prints on a terminal; its progress goes elsewhere.
std::string shown_on_terminal(const Setting& setting) {
  winsize size{40, setting.columns, 0, 0};
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    for (const char* name : {"NO_COLOR", "COLUMNS", "LC_ALL", "LC_CTYPE", "LANG"}) unsetenv(name);
    setenv("TERM", "xterm", 1);
    for (const std::string& pair : setting.environment) {
      const std::size_t equals = pair.find('=');
      setenv(pair.substr(0, equals).c_str(), pair.substr(equals + 1).c_str(), 1);
    }
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(126);
    execl(CONV_BENCH, CONV_BENCH, "conv", "-n", "1", "-c", "64", "-H", "28", "-W", "28", "-k", "64",
          "-y", "3", "-x", "3", "-p", "1", "-q", "1", "-F", "1", nullptr);
    _exit(127);
  }
  std::string text;
  char part[4096];
  for (ssize_t got; (got = read(terminal, part, sizeof part)) > 0;) {
    text.append(part, static_cast<std::size_t>(got));
  }
  close(terminal);
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << text;
  return text;
}

std::string without_colours(const std::string& text) {
  return std::regex_replace(text, std::regex("\033\\[[0-9;]*m|\r"), "");
}

// The lines of the table itself: its titles, the layer, the total.
std::vector<std::string> table_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(without_colours(text));
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("layer") || line.starts_with("3x3_s1") || line.starts_with("total")) {
      lines.push_back(line);
    }
  }
  return lines;
}

TEST(OnATerminal, TablesHaveColoursAndBars) {
  const std::string text = shown_on_terminal({250, {"LANG=C.UTF-8"}});
  EXPECT_NE(text.find("\033[32mok\033[0m"), std::string::npos) << text;
  EXPECT_NE(text.find("\033[36m█"), std::string::npos) << text;
  EXPECT_NE(text.find("Minstr"), std::string::npos) << text;
}

TEST(OnATerminal, ColoursStayAwayWhereTheyAreNotWanted) {
  for (const char* setting : {"NO_COLOR=1", "TERM=dumb"}) {
    const std::string text = shown_on_terminal({250, {"LANG=C.UTF-8", setting}});
    EXPECT_EQ(text.find('\033'), std::string::npos) << setting << "\n" << text;
    EXPECT_NE(text.find("1 of 1 layers verified"), std::string::npos) << text;
  }
  // Set to nothing it says nothing.
  EXPECT_NE(shown_on_terminal({250, {"NO_COLOR="}}).find("\033[32mok"), std::string::npos);
}

TEST(OnATerminal, BarsNeedUtf8) {
  const std::string text = shown_on_terminal({250, {"LC_ALL=C", "LANG=C.UTF-8"}});
  EXPECT_EQ(text.find("█"), std::string::npos) << text;
  EXPECT_NE(text.find("\033[32mok\033[0m"), std::string::npos) << text;
}

TEST(OnATerminal, TablesFitTheWindow) {
  for (const unsigned short columns : {60, 80, 100, 120, 160, 200}) {
    const std::string text = shown_on_terminal({columns, {"LANG=C.UTF-8"}});
    const auto lines = table_lines(text);
    ASSERT_EQ(lines.size(), 3u) << text;
    for (const std::string& line : lines) EXPECT_LE(columns_of(line), columns) << line;
    // Whatever goes, these stay.
    for (const char* title : {"modelled ms", "% peak", "solver, kernel"}) {
      EXPECT_NE(lines[0].find(title), std::string::npos) << columns << ": " << lines[0];
    }
    EXPECT_TRUE(lines[1].ends_with("  ok")) << columns << ": " << lines[1];
  }
}

TEST(Bars, HaveEighthsOfAColumn) {
  EXPECT_EQ(bar_of(0, 10), "");
  EXPECT_EQ(bar_of(0.5, 10), "█████");
  EXPECT_EQ(bar_of(0.5125, 10), "█████▏");
  EXPECT_EQ(bar_of(7, 3), "███");
}

TEST(Cells, AreCutToTheirColumns) {
  const Terminal utf8{true, true, 80}, ascii{false, false, 80};
  EXPECT_EQ(cut_to("12345", 5, utf8), "12345");
  EXPECT_EQ(cut_to("123456", 5, utf8), "1234…");
  EXPECT_EQ(cut_to("123456", 5, ascii), "1234~");
  EXPECT_EQ(columns_of("1234…"), 5u);
}

}  // namespace
}  // namespace rdna1conv::bench

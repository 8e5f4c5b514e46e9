// What people read leads where it says, and CHANGELOG.md begins with the version that this is.
#include <gtest/gtest.h>
#include <rdna1conv/version.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRepository(REPOSITORY);

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream stream(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> documents() {
  std::vector<fs::path> found;
  for (const char* const folder : {".", "docs"}) {
    for (const auto& entry : fs::directory_iterator(kRepository / folder)) {
      if (entry.path().extension() == ".md") found.push_back(entry.path());
    }
  }
  return found;
}

// The name that a heading is linked by on the pages of code hosts: small letters, blanks as
// hyphens, no other punctuation.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') anchor += '-';
    if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(byte));
    }
  }
  return anchor;
}

std::set<std::string> anchors_in(const fs::path& document) {
  static const std::regex heading("#+ +(.*)");
  std::set<std::string> anchors;
  bool in_code = false;
  for (const std::string& line : lines_of(document)) {
    if (line.starts_with("```")) in_code = !in_code;
    std::smatch match;
    if (!in_code && std::regex_match(line, match, heading)) anchors.insert(anchor_of(match[1]));
  }
  return anchors;
}

std::vector<std::string> targets_in(const std::string& line) {
  // In the text, and as a definition of its own: [1]: https://...
  static const std::regex link(R"(\]\(([^)\s]+)\)|^\[[^\]]+\]: +(\S+))");
  std::vector<std::string> targets;
  for (std::sregex_iterator match(line.begin(), line.end(), link), end; match != end; ++match) {
    targets.push_back((*match)[1].matched ? (*match)[1] : (*match)[2]);
  }
  return targets;
}

TEST(Documents, LinkToWhatIsThere) {
  std::size_t inside = 0;
  for (const fs::path& document : documents()) {
    int number = 0;
    for (const std::string& line : lines_of(document)) {
      ++number;
      for (const std::string& target : targets_in(line)) {
        if (target.starts_with("https://")) continue;
        ++inside;
        const std::size_t hash = target.find('#');
        const std::string file = target.substr(0, hash);
        const fs::path path = file.empty() ? document : document.parent_path() / file;
        if (!fs::exists(path)) {
          ADD_FAILURE_AT(document.c_str(), number) << "links to " << target << ": not there";
        } else if (hash != std::string::npos &&
                   !anchors_in(path).contains(target.substr(hash + 1))) {
          ADD_FAILURE_AT(document.c_str(), number)
              << "links to " << target << ": no heading there has that name";
        }
      }
    }
  }
  EXPECT_GT(inside, 20u) << "no links were found: the test looks in the wrong place";
}

TEST(Documents, AreReachedFromTheFrontPage) {
  std::set<fs::path> reached, next{kRepository / "README.md"};
  while (!next.empty()) {
    const fs::path document = *next.begin();
    next.erase(next.begin());
    reached.insert(document.lexically_normal());
    for (const std::string& line : lines_of(document)) {
      for (const std::string& target : targets_in(line)) {
        const fs::path path =
            (document.parent_path() / target.substr(0, target.find('#'))).lexically_normal();
        if (path.extension() == ".md" && fs::exists(path) && !reached.contains(path)) {
          next.insert(path);
        }
      }
    }
  }
  for (const fs::path& document : documents()) {
    EXPECT_TRUE(reached.contains(document.lexically_normal())) << document << " is linked nowhere";
  }
}

TEST(Documents, SayWhatIsNewInThisVersion) {
  for (const std::string& line : lines_of(kRepository / "CHANGELOG.md")) {
    if (!line.starts_with("## ")) continue;
    EXPECT_TRUE(line.starts_with("## " RDNA1CONV_VERSION_TEXT)) << line;
    return;
  }
  ADD_FAILURE() << "CHANGELOG.md has no version";
}

}  // namespace

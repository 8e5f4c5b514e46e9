// The folders of src/ stand on each other like floors: a file includes its own folder's files and
// those of folders below, never one above. What may be included is the table here.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Room {
  std::string_view folder;
  std::vector<std::string_view> may_include;  // besides itself
};

// Lowest first. Of the folders beside src/, params is what host and device code share
// (kernels/params), hip the HIP runtime and miopen the public API.
const std::vector<std::string_view> kBesideSrc{"params", "hip", "miopen"};
const std::vector<Room> kRooms{
    {"core", {"params"}},
    {"plan", {"core", "params"}},
    {"solvers", {"core", "plan", "params"}},
    {"device", {"core", "plan", "params", "hip"}},
    {"dispatch", {"core", "plan", "params", "hip", "solvers", "device"}},
    {"fusion", {"core", "plan", "params", "hip", "solvers", "device", "dispatch"}},
    {"rnn", {"core", "plan", "params", "hip", "solvers", "device", "dispatch"}},
    // A Find 2.0 problem may be a fused one.
    {"find2", {"core", "plan", "params", "hip", "solvers", "device", "dispatch", "fusion"}},
    {"api",
     {"core", "plan", "params", "hip", "solvers", "device", "dispatch", "fusion", "find2", "rnn",
      "miopen"}},
};

bool contains(const std::vector<std::string_view>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

const Room* find_room(std::string_view folder) {
  const auto room =
      std::find_if(kRooms.begin(), kRooms.end(), [&](const Room& r) { return r.folder == folder; });
  return room == kRooms.end() ? nullptr : &*room;
}

// What is wrong with a line of a file in `room`, or "".
std::string complaint(const Room& room, const std::string& line) {
  static const std::regex include(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::smatch match;
  if (!std::regex_search(line, match, include)) return "";
  const std::string file = match[2];
  const std::size_t slash = file.find('/');
  if (slash == std::string::npos) {
    return match[1] == "\"" ? "includes \"" + file + "\" without its folder" : "";
  }
  const std::string folder = file.substr(0, slash);
  if (folder == room.folder || contains(room.may_include, folder)) return "";
  if (find_room(folder) == nullptr && !contains(kBesideSrc, folder)) return "";
  return "includes " + file + ": " + std::string(room.folder) + " does not stand on " + folder;
}

TEST(SourceRooms, EveryFolderHasARow) {
  for (const fs::directory_entry& entry : fs::directory_iterator(SOURCE_FOLDER)) {
    if (!entry.is_directory()) continue;
    EXPECT_NE(find_room(entry.path().filename().string()), nullptr) << entry.path();
  }
  for (const Room& room : kRooms) {
    EXPECT_TRUE(fs::is_directory(fs::path(SOURCE_FOLDER) / room.folder)) << room.folder;
  }
}

TEST(SourceRooms, RowsNameOnlyRoomsBelow) {
  std::vector<std::string_view> below = kBesideSrc;
  for (const Room& room : kRooms) {
    for (const std::string_view folder : room.may_include) {
      EXPECT_TRUE(contains(below, folder)) << room.folder << " names " << folder;
    }
    below.push_back(room.folder);
  }
}

TEST(SourceRooms, IncludesPointDown) {
  std::size_t files = 0;
  for (const Room& room : kRooms) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(SOURCE_FOLDER) / room.folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      std::ifstream in(entry.path());
      std::string line;
      for (int number = 1; std::getline(in, line); ++number) {
        const std::string wrong = complaint(room, line);
        if (!wrong.empty()) ADD_FAILURE_AT(entry.path().c_str(), number) << wrong;
      }
      EXPECT_TRUE(in.eof()) << entry.path();
    }
  }
  EXPECT_GT(files, kRooms.size());
}

TEST(SourceRooms, ComplainsAboutArrowsUp) {
  const Room& solvers = *find_room("solvers");
  EXPECT_NE(complaint(solvers, "#include \"dispatch/handle.h\""), "");
  EXPECT_NE(complaint(solvers, "#include \"device/prepared_plan.h\"  // why"), "");
  EXPECT_NE(complaint(solvers, "  #  include <hip/hip_runtime_api.h>"), "");
  EXPECT_NE(complaint(solvers, "#include \"solver.h\""), "");
  EXPECT_EQ(complaint(solvers, "#include \"solvers/solver.h\""), "");
  EXPECT_EQ(complaint(solvers, "#include \"plan/plan.h\""), "");
  EXPECT_EQ(complaint(solvers, "#include <sys/file.h>"), "");
  EXPECT_EQ(complaint(solvers, "#include <vector>"), "");
  EXPECT_EQ(complaint(solvers, "// dispatch/handle.h"), "");
}

}  // namespace

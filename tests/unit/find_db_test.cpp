#include "dispatch/find_db.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "core/logging.h"
#include "dispatch/solver_table.h"

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

// A folder for one test, removed with all that is in it.
class FindDbTest : public testing::Test {
 protected:
  FindDbTest() {
    std::string name = (fs::temp_directory_path() / "rdna1conv_find_db_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    file_ = folder_ / "deep" / "user.txt";
  }
  ~FindDbTest() override { fs::remove_all(folder_); }

  static void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static std::string read(const fs::path& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  // What is logged while `body` runs.
  template <class Body>
  static std::string logged(Body&& body) {
    testing::internal::CaptureStderr();
    body();
    return testing::internal::GetCapturedStderr();
  }

  fs::path folder_, file_;
};

const FindRecord kRecord{false, {{"Gemm1x1Fwd", "64x64x8", 0.25f}, {"DirectReference", "1", 3}}};
const FindRecord kOther{true, {{"WinogradF2x3Fwd", "64x32x8", 1.0f / 3}}};

TEST(FindDbText, RoundTrips) {
  const FindRecords records{{"conv -n 1 -F 1", kRecord}, {"conv -n 2 -F 1 deterministic", kOther}};
  const std::string text = to_text(records);
  EXPECT_EQ(text,
            "rdna1conv find-db 1\n"
            "conv -n 1 -F 1 = measured Gemm1x1Fwd/64x64x8 0.25 DirectReference/1 3\n"
            "conv -n 2 -F 1 deterministic = searched WinogradF2x3Fwd/64x32x8 0.33333334\n");
  const ParsedFindDb parsed = parse_find_db(text);
  EXPECT_EQ(parsed.records, records);
  EXPECT_TRUE(parsed.complaints.empty());
}

TEST(FindDbText, PassesOverWhatIsNoRecord) {
  struct Row {
    const char* text;
    std::size_t records;
    const char* complaint;
  };
  const Row rows[] = {
      {"", 0, "does not begin with 'rdna1conv find-db 1'"},
      {"rdna1conv find-db 2\nconv = measured A/1 1\n", 0, "does not begin with"},
      {"conv = measured A/1 1\n", 0, "does not begin with"},
      {"rdna1conv find-db 1\n", 0, ""},
      {"rdna1conv find-db 1\n\n# comment\nconv = measured A/1 1", 1, ""},
      {"rdna1conv find-db 1\nconv measured A/1 1\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = guessed A/1 1\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured A 1\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured A/1\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured A/1 -1\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured A/1 nan\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured A/1 1x\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\nconv = measured A/1 1e99\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\n = measured A/1 1\n", 0, "first is line 2"},
      {"rdna1conv find-db 1\na = measured A/1 1\nb = meas", 1,
       "1 of its lines are no records, the "
       "first is line 3"},
  };
  for (const Row& row : rows) {
    const ParsedFindDb parsed = parse_find_db(row.text);
    EXPECT_EQ(parsed.records.size(), row.records) << row.text;
    EXPECT_EQ(parsed.complaints.size(), *row.complaint == '\0' ? 0u : 1u) << row.text;
    for (const std::string& complaint : parsed.complaints) {
      EXPECT_NE(complaint.find(row.complaint), std::string::npos) << complaint;
    }
  }
}

TEST(FindDbText, FileNameTellsDevicesApart) {
  DeviceFacts card = rx_5700_xt(), software = card;
  card.name = "AMD Radeon RX 5700 XT";
  software.name = "AMD Radeon RX 5700 XT (software)";
  const std::string name = find_db_file_name(card, "ufdb");
  EXPECT_TRUE(name.starts_with("gfx1010_20-AMD_Radeon_RX_5700_XT.rdna1conv-")) << name;
  EXPECT_TRUE(name.ends_with(".ufdb.txt")) << name;
  EXPECT_NE(name, find_db_file_name(software, "ufdb"));
}

TEST_F(FindDbTest, KeepsRecordsInTheFile) {
  {
    FindDb database(file_, {});
    EXPECT_EQ(database.find("a"), std::nullopt);
    EXPECT_EQ(logged([&] { database.store("a", kRecord); }), "");
    database.store("b", kOther);
    EXPECT_EQ(database.find("a"), kRecord);
  }
  FindDb database(file_, {});
  EXPECT_EQ(database.find("a"), kRecord);
  EXPECT_EQ(database.find("b"), kOther);
  database.store("a", kOther);
  database.erase("b");
  EXPECT_EQ(FindDb(file_, {}).find("a"), kOther);
  EXPECT_EQ(FindDb(file_, {}).find("b"), std::nullopt);
}

TEST_F(FindDbTest, UserFileComesBeforeTheSystemsWhichIsNotWritten) {
  const fs::path system = folder_ / "system.txt";
  write(system, to_text({{"a", kRecord}, {"b", kRecord}}));
  FindDb database(file_, system);
  EXPECT_EQ(database.find("a"), kRecord);
  database.store("a", kOther);
  EXPECT_EQ(database.find("a"), kOther);
  EXPECT_EQ(database.find("b"), kRecord);
  EXPECT_EQ(read(system), to_text({{"a", kRecord}, {"b", kRecord}}));
}

TEST_F(FindDbTest, CorruptFilesAreReportedAndReplaced) {
  for (const std::string& text :
       {std::string("\x7f"
                    "ELF\0\0",
                    6),
        std::string(100000, '='), std::string("rdna1conv find-db 1\nconv = measured A/")}) {
    write(file_, text);
    FindDb database(file_, {});
    std::string log = logged([&] { EXPECT_EQ(database.find("a"), std::nullopt); });
    EXPECT_NE(log.find("Warning [FindDb] " + file_.string() + ": "), std::string::npos) << log;
    logged([&] { database.store("a", kRecord); });
    EXPECT_EQ(read(file_), to_text({{"a", kRecord}}));
  }
}

TEST_F(FindDbTest, WhatCannotBeWrittenIsReportedOnceAndKeptInMemory) {
  write(folder_ / "file", "");
  fs::create_directories(folder_ / "folder.txt");
  for (const fs::path& path : {folder_ / "file" / "user.txt", folder_ / "folder.txt",
                               fs::path("/dev/null/user.txt"), fs::path("/proc/none/user.txt")}) {
    FindDb database(path, {});
    const std::string log = logged([&] { database.store("a", kRecord); });
    EXPECT_NE(log.find("Warning [FindDb] " + path.string()), std::string::npos) << log;
    EXPECT_EQ(logged([&] { database.store("b", kOther); }).find("is not written"),
              std::string::npos);
    EXPECT_EQ(database.find("a"), kRecord) << path;
  }
}

// A lock that nobody gives back costs patience once, and nobody but who wants to write.
TEST_F(FindDbTest, AHeldLockIsWaitedForOnce) {
  constexpr int kRecords = 8;
  constexpr auto kMost = std::chrono::seconds(5);  // two seconds a record would be sixteen
  const auto name = [](int i) { return "record " + std::to_string(i); };
  FindDb database(file_, {});
  write(file_, to_text({{"old", kOther}}));
  const int held = ::open((file_.string() + ".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);

  const auto begin = std::chrono::steady_clock::now();
  std::atomic<bool> is_done{false};
  std::string log = logged([&] {
    std::thread writer([&] {
      database.store(name(0), kRecord);
      is_done = true;
    });
    while (database.find(name(0)) == std::nullopt) std::this_thread::yield();
    EXPECT_EQ(database.find("old"), kOther);
    EXPECT_FALSE(is_done) << "a look-up waits for the writer";
    writer.join();
    for (int i = 1; i < kRecords; ++i) database.store(name(i), kRecord);
  });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kMost);
  EXPECT_NE(log.find("is not written: cannot lock"), std::string::npos) << log;
  for (int i = 0; i < kRecords; ++i) EXPECT_EQ(database.find(name(i)), kRecord) << i;
  EXPECT_EQ(read(file_), to_text({{"old", kOther}}));

  // Given back, it lets the next change through, and those that had to wait with it.
  ::close(held);
  EXPECT_EQ(logged([&] { database.erase("old"); }), "");
  FindRecords expected;
  for (int i = 0; i < kRecords; ++i) expected[name(i)] = kRecord;
  EXPECT_EQ(read(file_), to_text(expected));
}

// What could not be written is not lost when the file is read again.
TEST_F(FindDbTest, UnwrittenRecordsSurviveAnotherHandle) {
  Environment environment;
  environment.user_db_path = folder_.string();
  const DeviceFacts device = rx_5700_xt();
  const fs::path file = folder_ / find_db_file_name(device, "ufdb");
  fs::create_directories(file.string() + ".lock");  // cannot be opened for writing
  const auto first = FindDb::open(environment, device);
  logged([&] { first->store("a", kRecord); });
  write(file, to_text({{"a", kOther}, {"b", kOther}}));
  EXPECT_EQ(FindDb::open(environment, device), first);
  EXPECT_EQ(first->find("a"), kRecord);
  EXPECT_EQ(first->find("b"), kOther);
}

TEST_F(FindDbTest, OtherProcessesMayWriteAtTheSameTime) {
  constexpr int kProcesses = 4, kRecords = 25;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      FindDb database(file_, {});
      for (int i = 0; i < kRecords; ++i) {
        database.store(std::to_string(process) + " " + std::to_string(i), kRecord);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const ParsedFindDb parsed = parse_find_db(read(file_));
  EXPECT_TRUE(parsed.complaints.empty());
  EXPECT_EQ(parsed.records.size(), std::size_t{kProcesses} * kRecords);
  // Nothing is left behind but the lock.
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(file_.parent_path())) {
    names.insert(entry.path().filename());
  }
  EXPECT_EQ(names, (std::set<std::string>{"user.txt", "user.txt.lock"}));
}

TEST_F(FindDbTest, HandlesSeeWhatOthersWroteBeforeThem) {
  Environment environment;
  environment.user_db_path = folder_.string();
  const DeviceFacts device = rx_5700_xt();
  const auto first = FindDb::open(environment, device);
  EXPECT_EQ(first->find("a"), std::nullopt);
  write(folder_ / find_db_file_name(device, "ufdb"), to_text({{"a", kRecord}}));
  const auto second = FindDb::open(environment, device);
  EXPECT_EQ(second, first) << "one for the process";
  EXPECT_EQ(second->find("a"), kRecord);
  environment.use_find_db = false;
  EXPECT_EQ(FindDb::open(environment, device), nullptr);
}

// The text form separates by these.
TEST(FindDbText, NamesOfSolversHaveNoBlanksAndSlashes) {
  for (const SolverRow& solver : solver_table()) {
    EXPECT_EQ(solver.name.find_first_of(" /\n"), std::string_view::npos) << solver.name;
  }
}

}  // namespace
}  // namespace rdna1conv

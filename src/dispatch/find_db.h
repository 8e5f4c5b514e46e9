#pragma once

// What Find measured, kept between processes: a text file for each kind of device in the user's
// folder of databases (MIOPEN_USER_DB_PATH), and one that an administrator may put into
// MIOPEN_SYSTEM_DB_PATH, which is only read. MIOpen's own files have other names.
//
//   rdna1conv find-db 1
//   <driver line> = measured <solver>/<instance> <milliseconds> <solver>/<instance> ...
//
// One line a problem, solvers best first; "searched" instead of "measured" if all instances of each
// solver were timed, and " deterministic" after the driver line if only such solvers were. Lines
// that cannot be understood are passed over with a warning and lost at the next write.
//
// Nothing here fails a call: what goes wrong with a file is logged, and the library does without.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/environment.h"
#include "plan/device_facts.h"

namespace rdna1conv {

struct FindRecord {
  struct Entry {
    std::string solver, instance;
    float milliseconds = 0;
    bool operator==(const Entry&) const = default;
  };
  bool searched = false;
  std::vector<Entry> entries;  // best first
  bool operator==(const FindRecord&) const = default;
};

// By driver line, with " deterministic" as the file has it.
using FindRecords = std::map<std::string, FindRecord, std::less<>>;

std::string to_text(const FindRecords& records);

struct ParsedFindDb {
  FindRecords records;
  std::vector<std::string> complaints;  // one sentence for each part that was passed over
};
ParsedFindDb parse_find_db(std::string_view text);

// The file's name: the device's, so that cards and the software device do not share times, and the
// library's version, whose kernels they are of. `kind` is "ufdb" or "fdb".
std::string find_db_file_name(const DeviceFacts& device, std::string_view kind);

// The files of one kind of device. Any thread may use it.
class FindDb {
 public:
  // Shared by all handles of the process with the same files; null if the environment has the
  // find-db switched off. Files that other processes have changed are read again.
  static std::shared_ptr<FindDb> open(const Environment& environment, const DeviceFacts& device);

  // Empty paths: no such file.
  FindDb(std::filesystem::path user_file, std::filesystem::path system_file);

  std::optional<FindRecord> find(std::string_view problem);

  // Also in the user's file, under a lock between processes and by an atomic change of the file:
  // others find the old or the new one, whole. What cannot be written now is written with a later
  // change. Waits for a lock that another process holds, but never long, and not again soon after
  // it has waited in vain; find() does not wait for it.
  void store(const std::string& problem, const FindRecord& record);
  void erase(const std::string& problem);

 private:
  // By problem, as FindRecords; no record: it is to be erased.
  using Changes = std::map<std::string, std::optional<FindRecord>, std::less<>>;

  void look_again();          // before the next find()
  void read_changed_files();  // with mutex_ held
  void change_user_file(const std::string& problem, std::optional<FindRecord> record);
  // What went wrong, or "". With writing_ held.
  std::string write_pending();

  static bool apply(const Changes& changes, FindRecords& records);  // whether it made a difference

  struct File {
    std::filesystem::path path;
    std::filesystem::file_time_type time{};
    std::uintmax_t size = 0;
    FindRecords records;
  };
  static bool read_if_changed(File& file);

  // Of the members below, up to writing_.
  std::mutex mutex_;
  File user_, system_;
  Changes pending_;  // made in user_.records, not yet in its file
  bool is_current_ = false;

  // Held by the thread that changes the user's file, and while it waits for the lock on it.
  std::mutex writing_;
  std::chrono::steady_clock::time_point no_patience_until_{};
  bool has_told_unwritable_ = false;
};

}  // namespace rdna1conv

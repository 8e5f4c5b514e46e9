#include "dispatch/find_db.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "core/logging.h"

namespace rdna1conv {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFunction = "FindDb";

// More than any find-db holds; a larger file is something else.
constexpr std::uintmax_t kLargestFile = std::uintmax_t{256} << 20;

// Another process holds the lock for as long as it takes to write a file. One that holds it longer
// may do so for ever: until kNoPatience is over, nobody waits for it again.
using Clock = std::chrono::steady_clock;
constexpr auto kLockPatience = std::chrono::seconds(2);
constexpr auto kLockInterval = std::chrono::milliseconds(5);
constexpr auto kNoPatience = std::chrono::minutes(1);

std::string error_text() { return std::strerror(errno); }

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Waits for the lock at most this long. Closing the descriptor gives it back.
bool lock(const FileDescriptor& file, Clock::duration patience) {
  const auto until = Clock::now() + patience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(kLockInterval);
  }
  return true;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The file's content, or nothing if there is none or it cannot be read, which is logged.
std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  const auto complain = [&](const std::string& what) {
    log_line(LogLevel::kWarning, kFunction, path.string() + " is not used: " + what);
    return std::nullopt;
  };
  if (error) return complain(error.message());
  if (!fs::is_regular_file(status)) return complain("it is no regular file");
  if (fs::file_size(path, error) > kLargestFile || error) return complain("it is too large");
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream) return complain("it cannot be read");
  return text;
}

FindRecords read_records(const fs::path& path) {
  const auto text = read_file(path);
  if (!text) return {};
  ParsedFindDb parsed = parse_find_db(*text);
  for (const std::string& complaint : parsed.complaints) {
    log_line(LogLevel::kWarning, kFunction, path.string() + ": " + complaint);
  }
  return std::move(parsed.records);
}

// Writes a file of this name in one step. Returns what went wrong, or "".
std::string replace_file(const fs::path& path, std::string_view text) {
  std::string name = path.string() + ".XXXXXX";
  const FileDescriptor temporary(::mkostemp(name.data(), O_CLOEXEC));
  if (temporary.get() < 0) return "cannot create " + name + ": " + error_text();
  if (::fchmod(temporary.get(), 0644) != 0 || !write_all(temporary.get(), text) ||
      ::rename(name.c_str(), path.c_str()) != 0) {
    const std::string reason = error_text();
    ::unlink(name.c_str());
    return "cannot write " + name + ": " + reason;
  }
  return "";
}

}  // namespace

std::shared_ptr<FindDb> FindDb::open(const Environment& environment, const DeviceFacts& device) {
  if (!environment.use_find_db) return nullptr;
  const auto file_in = [&](const std::string& folder, std::string_view kind) {
    return folder.empty() ? fs::path() : fs::path(folder) / find_db_file_name(device, kind);
  };
  const fs::path user = file_in(environment.user_db_path, "ufdb");
  const fs::path system = file_in(environment.system_db_path, "fdb");
  struct Registry {
    std::mutex mutex;
    std::map<std::pair<fs::path, fs::path>, std::weak_ptr<FindDb>> databases;
  };
  // Leaked: a handle may outlive static destructors.
  static Registry* const registry = new Registry;
  const std::lock_guard guard(registry->mutex);
  std::weak_ptr<FindDb>& entry = registry->databases[{user, system}];
  std::shared_ptr<FindDb> database = entry.lock();
  if (!database) {
    database = std::make_shared<FindDb>(user, system);
    entry = database;
  }
  database->look_again();
  return database;
}

FindDb::FindDb(fs::path user_file, fs::path system_file) {
  user_.path = std::move(user_file);
  system_.path = std::move(system_file);
}

void FindDb::look_again() {
  const std::lock_guard guard(mutex_);
  is_current_ = false;
}

bool FindDb::read_if_changed(File& file) {
  if (file.path.empty()) return false;
  std::error_code error;
  const fs::file_time_type time = fs::last_write_time(file.path, error);
  const std::uintmax_t size = error ? 0 : fs::file_size(file.path, error);
  if (!error && time == file.time && size == file.size) return false;
  file.records = read_records(file.path);
  file.time = time;
  file.size = size;
  return true;
}

void FindDb::read_changed_files() {
  if (is_current_) return;
  if (read_if_changed(user_)) apply(pending_, user_.records);
  read_if_changed(system_);
  is_current_ = true;
}

std::optional<FindRecord> FindDb::find(std::string_view problem) {
  const std::lock_guard guard(mutex_);
  read_changed_files();
  for (const File* file : {&user_, &system_}) {
    if (const auto found = file->records.find(problem); found != file->records.end()) {
      return found->second;
    }
  }
  return std::nullopt;
}

void FindDb::store(const std::string& problem, const FindRecord& record) {
  change_user_file(problem, record);
}

void FindDb::erase(const std::string& problem) { change_user_file(problem, std::nullopt); }

bool FindDb::apply(const Changes& changes, FindRecords& records) {
  bool made_a_difference = false;
  for (const auto& [problem, record] : changes) {
    if (record) {
      records.insert_or_assign(problem, *record);
      made_a_difference = true;
    } else {
      made_a_difference |= records.erase(problem) > 0;
    }
  }
  return made_a_difference;
}

void FindDb::change_user_file(const std::string& problem, std::optional<FindRecord> record) {
  if (user_.path.empty()) return;
  {
    const std::lock_guard guard(mutex_);
    read_changed_files();
    apply({{problem, record}}, user_.records);
    pending_.insert_or_assign(problem, std::move(record));
  }
  const std::lock_guard guard(writing_);
  const std::string reason = write_pending();
  if (reason.empty()) return;
  // Once is enough: the reason stays, and Find is called often.
  log_line(has_told_unwritable_ ? LogLevel::kInfo2 : LogLevel::kWarning, kFunction,
           user_.path.string() + " is not written: " + reason);
  has_told_unwritable_ = true;
}

std::string FindDb::write_pending() {
  std::error_code error;
  fs::create_directories(user_.path.parent_path(), error);
  if (error) return "cannot create its folder: " + error.message();
  const std::string lock_name = user_.path.string() + ".lock";
  const FileDescriptor lock_file(::open(lock_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock_file.get() < 0) return "cannot open " + lock_name + ": " + error_text();
  const bool is_patient = Clock::now() >= no_patience_until_;
  if (!lock(lock_file, is_patient ? kLockPatience : Clock::duration::zero())) {
    const std::string reason = error_text();
    if (is_patient) no_patience_until_ = Clock::now() + kNoPatience;
    return "cannot lock " + lock_name + ": " + reason;
  }
  no_patience_until_ = {};
  // What others have written since is kept.
  FindRecords records = read_records(user_.path);
  Changes changes;
  {
    const std::lock_guard guard(mutex_);
    changes.swap(pending_);
  }
  const bool is_changed = apply(changes, records);
  const std::string reason = is_changed ? replace_file(user_.path, to_text(records)) : "";
  const std::lock_guard guard(mutex_);
  if (!reason.empty()) {
    pending_.merge(changes);  // but for what is newer
    return reason;
  }
  if (!is_changed) return "";
  user_.records = std::move(records);
  apply(pending_, user_.records);
  user_.time = fs::last_write_time(user_.path, error);
  user_.size = fs::file_size(user_.path, error);
  return "";
}

}  // namespace rdna1conv

// The find-db's text form.
#include <cctype>
#include <charconv>

#include "dispatch/find_db.h"

namespace rdna1conv {
namespace {

constexpr std::string_view kHeader = "rdna1conv find-db 1";
constexpr std::string_view kSeparator = " = ";
constexpr std::string_view kMeasured = "measured", kSearched = "searched";

// Takes the text up to `end` off the front.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view front = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return front;
}

std::optional<float> parse_milliseconds(std::string_view text) {
  float value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !(value >= 0 && value < 1e9f)) return std::nullopt;
  return value;
}

// The part of a line after the separator, or nothing if it is no record.
std::optional<FindRecord> parse_record(std::string_view text) {
  FindRecord record;
  const std::string_view word = take(text, ' ');
  if (word != kMeasured && word != kSearched) return std::nullopt;
  record.searched = word == kSearched;
  while (!text.empty()) {
    std::string_view name = take(text, ' ');
    const auto milliseconds = parse_milliseconds(take(text, ' '));
    const std::string_view solver = take(name, '/');
    if (!milliseconds || solver.empty() || name.empty()) return std::nullopt;
    record.entries.push_back({std::string(solver), std::string(name), *milliseconds});
  }
  if (record.entries.empty()) return std::nullopt;
  return record;
}

}  // namespace

std::string to_text(const FindRecords& records) {
  std::string text(kHeader);
  text += "\n";
  for (const auto& [problem, record] : records) {
    text.append(problem).append(kSeparator).append(record.searched ? kSearched : kMeasured);
    for (const FindRecord::Entry& entry : record.entries) {
      char number[32];
      const auto end = std::to_chars(std::begin(number), std::end(number), entry.milliseconds).ptr;
      text.append(" ").append(entry.solver).append("/").append(entry.instance).append(" ");
      text.append(number, end);
    }
    text += "\n";
  }
  return text;
}

ParsedFindDb parse_find_db(std::string_view text) {
  ParsedFindDb parsed;
  const std::string_view header = take(text, '\n');
  if (header != kHeader) {
    parsed.complaints.push_back("it does not begin with '" + std::string(kHeader) + "'");
    return parsed;
  }
  std::size_t bad_lines = 0, first_bad_line = 0;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::string_view line = take(text, '\n');
    if (line.empty() || line.front() == '#') continue;
    const std::size_t at = line.find(kSeparator);
    std::optional<FindRecord> record;
    if (at != std::string_view::npos && at > 0) {
      record = parse_record(line.substr(at + kSeparator.size()));
    }
    if (record) {
      parsed.records.insert_or_assign(std::string(line.substr(0, at)), std::move(*record));
    } else if (bad_lines++ == 0) {
      first_bad_line = number;
    }
  }
  if (bad_lines > 0) {
    parsed.complaints.push_back(std::to_string(bad_lines) +
                                " of its lines are no records, the first is line " +
                                std::to_string(first_bad_line));
  }
  return parsed;
}

std::string find_db_file_name(const DeviceFacts& device, std::string_view kind) {
  std::string name = device.architecture + "_" + std::to_string(device.workgroup_processors) + "-";
  for (const char c : device.name) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name.append(".rdna1conv-" RDNA1CONV_VERSION ".").append(kind).append(".txt");
}

}  // namespace rdna1conv

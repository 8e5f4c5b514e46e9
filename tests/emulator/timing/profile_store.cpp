#include "timing/profile_store.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "timing/settings.h"

namespace emulator::timing {
namespace {

std::string key_of(const KernelProfile& profile) {
  std::string key = profile.name;
  for (const auto& size : {profile.grid, profile.workgroup}) {
    for (const std::uint32_t extent : size) key += " " + std::to_string(extent);
  }
  return key;
}

std::string file_stem(const std::string& kernel, std::size_t number) {
  constexpr std::size_t kLongest = 60;
  char digits[16];
  std::snprintf(digits, sizeof digits, "%03zu_", number);
  std::string stem = digits;
  for (const char c : kernel.substr(0, kLongest)) {
    stem += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return stem;
}

}  // namespace

ProfileStore& ProfileStore::instance() {
  static ProfileStore& store = *new ProfileStore;  // never destroyed: queue threads outlive main
  return store;
}

bool ProfileStore::wanted() const {
  const std::lock_guard lock(mutex_);
  return capturing_ || !profile_folder().empty();
}

void ProfileStore::capture(bool on) {
  const std::lock_guard lock(mutex_);
  capturing_ = on;
}

bool ProfileStore::is_longest(const KernelProfile& launch) const {
  const std::string key = key_of(launch);
  const auto is_new = [&](const std::map<std::string, Entry>& entries) {
    const auto found = entries.find(key);
    return found == entries.end() ||
           launch.timing.duration_us > found->second.profile.timing.duration_us;
  };
  return (capturing_ && is_new(captured_)) || (!profile_folder().empty() && is_new(entries_));
}

const ProfileStore::Entry& ProfileStore::merge(std::map<std::string, Entry>& entries,
                                               const KernelProfile& launch,
                                               const std::shared_ptr<const Program>& program) {
  Entry& entry = entries[key_of(launch)];
  if (entry.program == nullptr) entry.number = entries.size();
  const std::uint64_t launches = entry.profile.launches + 1;
  const double total = entry.profile.total_us + launch.timing.duration_us;
  if (launch.timing.duration_us > entry.profile.timing.duration_us) entry.profile = launch;
  entry.profile.launches = launches;
  entry.profile.total_us = total;
  entry.program = program;
  return entry;
}

void ProfileStore::add(KernelProfile launch, std::shared_ptr<const Program> program,
                       const std::function<void(KernelProfile&)>& describe) {
  const std::lock_guard lock(mutex_);
  if (is_longest(launch)) describe(launch);
  if (capturing_) merge(captured_, launch, program);
  if (!profile_folder().empty()) write(merge(entries_, launch, program));
}

std::string ProfileStore::take_text() {
  const std::lock_guard lock(mutex_);
  std::vector<const Entry*> order;
  for (const auto& [key, entry] : captured_) order.push_back(&entry);
  std::sort(order.begin(), order.end(),
            [](const Entry* a, const Entry* b) { return a->number < b->number; });
  std::string text;
  for (const Entry* entry : order)
    text += (text.empty() ? "" : "\n") + profile_text(entry->profile);
  captured_.clear();
  return text;
}

void ProfileStore::write(const Entry& entry) const {
  std::error_code ignored;
  std::filesystem::create_directories(profile_folder(), ignored);
  const std::string stem =
      (std::filesystem::path(profile_folder()) / file_stem(entry.profile.name, entry.number))
          .string();
  const auto put = [&](const char* extension, const std::string& text) {
    std::ofstream file(stem + extension, std::ios::trunc);
    file << text;
    if (file.good()) return;
    static bool told = false;
    if (!told) {
      std::fprintf(stderr, "software RX 5700 XT: RDNA1CONV_EMULATOR_PROFILE: cannot write %s%s\n",
                   stem.c_str(), extension);
    }
    told = true;
  };
  put(".txt", profile_text(entry.profile));
  put(".json", profile_json(entry.profile, *entry.program));
  put(".lst", profile_listing(entry.profile, *entry.program));
}

}  // namespace emulator::timing

#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace rdna1conv::tool {

// A folder for one test, removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rdna1conv_tool_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Makes the folders on the way to the file.
  std::filesystem::path write(const std::string& name, const std::string& content,
                              bool is_executable = false) const {
    namespace fs = std::filesystem;
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
    if (is_executable) fs::permissions(file, fs::perms::owner_all);
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace rdna1conv::tool

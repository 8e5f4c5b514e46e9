#include "run_program.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "redirect.h"

namespace rdna1conv::tool {
namespace {

namespace fs = std::filesystem;

constexpr int kNotRunnable = 126, kNotFound = 127;  // as shells have it

// Where execvp() will find it, or "".
std::string path_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder.empty() ? "." : folder) / program;
    if (access(file.c_str(), X_OK) == 0 && fs::is_regular_file(file)) return file.string();
  }
  return "";
}

std::string joined(const std::string& first, const char* rest) {
  return rest == nullptr || *rest == '\0' ? first : first + ":" + rest;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> run_environment(const Installation& installation,
                                                                 const RunOptions& options) {
  std::string rules = "libMIOpen=" + installation.miopen.string();
  if (options.software_card) {
    if (installation.software_card.empty()) {
      throw std::runtime_error("the software RX 5700 XT is not installed");
    }
    rules += "\nlibhsa-runtime64=" + software_card_library(installation.software_card).string();
  }
  std::vector<std::pair<std::string, std::string>> environment{
      {"LD_AUDIT", joined(installation.redirect.string(), std::getenv("LD_AUDIT"))},
      {kRedirectVariable, rules},
      {kRedirectSaysVariable, options.quiet ? "0" : "1"}};
  if (options.software_card) {  // what the kernel driver would say of it
    environment.emplace_back("RDNA1CONV_KFD_TOPOLOGY",
                             (installation.software_card / "topology/nodes").string());
  }
  return environment;
}

std::string obstacle_to_redirection(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & (S_ISUID | S_ISGID)) != 0) {
    return "it runs with the rights of its owner or group, so that ld.so ignores the environment";
  }
  std::ifstream file(path, std::ios::binary);
  Elf64_Ehdr header{};
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  if (!file || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return "";  // a script
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    file.read(reinterpret_cast<char*>(&segment), sizeof segment);
    if (!file) return "";
    if (segment.p_type == PT_INTERP) return "";
  }
  return "it is statically linked";
}

int run_program(const Installation& installation, const RunOptions& options) {
  const std::string& program = options.program.front();
  const std::string path = path_of(program);
  if (path.empty() || !fs::exists(path)) {
    std::cerr << "rdna1conv run: there is no program " << program << "\n";
    return kNotFound;
  }
  for (const auto& [name, value] : run_environment(installation, options)) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  if (const std::string obstacle = obstacle_to_redirection(path); !obstacle.empty()) {
    std::cerr << "rdna1conv run: the libraries of " << path << " cannot be exchanged: " << obstacle
              << "\n";
  } else if (!options.quiet) {
    std::cerr << "rdna1conv run: " << path << " gets " << installation.miopen.string()
              << " for every libMIOpen that it asks for";
    if (options.software_card) {
      std::cerr << ",\nand the software RX 5700 XT, which executes the card's machine code on this "
                   "CPU";
    }
    std::cerr << "\n";
  }
  std::vector<std::string> words = options.program;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(path.c_str(), arguments.data());
  std::cerr << "rdna1conv run: " << path << " cannot be run: " << std::strerror(errno) << "\n";
  return kNotRunnable;
}

}  // namespace rdna1conv::tool

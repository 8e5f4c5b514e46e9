#include "loaded_library.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "child_process.h"

namespace rdna1conv::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLimit{20};
constexpr const char* kLoader = "/lib64/ld-linux-x86-64.so.2";
constexpr std::string_view kStem = "libMIOpen";

// Where a Python interpreter looks for packages that bring libraries of their own.
std::vector<std::string> brought_by_packages(const std::string& python) {
  const ChildResult paths =
      run_child({python, "-c", "import sys; print('\\n'.join(sys.path))"}, kLimit);
  std::vector<std::string> found;
  std::istringstream lines(paths.output);
  for (std::string folder; std::getline(lines, folder);) {
    std::error_code error;
    if (folder.empty() || !fs::is_directory(folder, error)) continue;
    for (const auto& package : fs::directory_iterator(folder, error)) {
      for (const fs::path& place : {package.path(), package.path() / "lib"}) {
        for (const auto& file : fs::directory_iterator(place, error)) {
          if (file.path().filename().string().starts_with(kStem)) found.push_back(file.path());
        }
      }
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> miopen_in_list(const std::string& list) {
  std::vector<std::string> found;
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t name = line.find_first_not_of(" \t");
    if (name == std::string::npos) continue;
    const std::size_t arrow = line.find(" => ");
    const std::string asked = line.substr(name, line.find(' ', name) - name);
    if (fs::path(asked).filename().string().rfind(kStem, 0) != 0) continue;
    if (arrow == std::string::npos) {
      found.push_back(asked);  // asked for by its path
    } else {
      const std::string path = line.substr(arrow + 4);
      found.push_back(path.substr(0, path.rfind(" (")));
    }
  }
  return found;
}

std::vector<std::string> miopen_libraries_of(const std::string& program) {
  std::vector<std::string> found =
      miopen_in_list(run_child({kLoader, "--list", program}, kLimit).output);
  if (fs::path(program).filename().string().starts_with("python")) {
    for (std::string& path : brought_by_packages(program)) found.push_back(std::move(path));
  }
  return found;
}

bool is_ours(const std::string& library) {
  // A function that no other libMIOpen exports.
  constexpr std::string_view kOurs = "rdna1convLastErrorText";
  std::ifstream file(library, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  return content.find(kOurs) != std::string::npos;
}

std::vector<Finding> examine_program(const std::string& program) {
  const std::string subject = "program";
  if (!fs::exists(program)) {
    return {{Level::kProblem, subject, "there is no " + program, "", "give its path"}};
  }
  const std::vector<std::string> libraries = miopen_libraries_of(program);
  if (libraries.empty()) {
    return {{Level::kNote, subject, program + " is not linked to a libMIOpen",
             "it may open one later, from where it likes", "rdna1conv run " + program}};
  }
  std::vector<Finding> findings;
  for (const std::string& library : libraries) {
    const std::string text = program + " loads " + library;
    if (library == "not found") {
      findings.push_back({Level::kProblem, subject,
                          program + " needs a libMIOpen.so.1 that ld.so does not find",
                          "it does not start", "rdna1conv run " + program});
    } else if (is_ours(library)) {
      findings.push_back({Level::kFine, subject, text + ", which is rdna1conv's", "", ""});
    } else {
      findings.push_back({Level::kProblem, subject, text + ", which is not rdna1conv's",
                          "MIOpen does not support RDNA1: it crashes, hangs or is slow there",
                          "rdna1conv run " + program});
    }
  }
  return findings;
}

}  // namespace rdna1conv::tool

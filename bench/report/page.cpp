#include "bench/report/page.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "bench/report/page_parts.h"

namespace rdna1conv::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolderVariable = "RDNA1CONV_PLOTTING_LIBRARY";

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

void replace(std::string& text, std::string_view mark, std::string_view with) {
  text.replace(text.find(mark), mark.size(), with);
}

}  // namespace

std::vector<fs::path> plotting_library_folders() {
  std::vector<fs::path> folders;
  if (const char* named = std::getenv(kFolderVariable)) folders.emplace_back(named);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  folders.push_back(program.parent_path() / RDNA1CONV_PLOTTING_LIBRARY_FROM_BINDIR);
  folders.emplace_back(RDNA1CONV_PLOTTING_LIBRARY_OF_BUILD);
  return folders;
}

PlottingLibrary load_plotting_library(const std::vector<fs::path>& folders) {
  const std::vector<std::string> files = words_of(kPlottingLibraryFiles);
  for (const fs::path& folder : folders) {
    PlottingLibrary library;
    for (const std::string& file : files) {
      std::optional<std::string> script = read_file(folder / file);
      if (!script) break;
      library.scripts.push_back(std::move(*script));
    }
    if (library.scripts.size() == files.size()) return library;
  }
  std::string names, packages, looked;
  for (const std::string& file : files) names += (names.empty() ? "" : " and ") + file;
  for (const std::string& package : words_of(kPlottingLibraryPackages)) packages += " " + package;
  for (const fs::path& folder : folders) looked += "\n  " + folder.string();
  throw std::runtime_error(
      "--html draws with the npm packages" + packages + ", whose " + names +
      " are not here. './run bench' fetches them; elsewhere: npm pack" + packages +
      ", unpack both and put those files of their dist folders into a folder that " +
      kFolderVariable + " names. Looked in" + looked);
}

std::string page_of(const nlohmann::ordered_json& report, const PlottingLibrary& library) {
  std::string scripts;
  for (const std::string& script : library.scripts) scripts += "<script>" + script + "</script>\n";
  std::string page(kPageHtml);
  // The last first: what is put in may hold the marks of what is not there yet.
  replace(page, "<!--script-->", "<script>\n" + std::string(kPageScript) + "</script>");
  replace(page, "<!--library-->", scripts);
  replace(page, "<!--report-->",
          "<script type=\"application/json\" id=\"report\">\n" + inside_script(report.dump(1)) +
              "\n</script>");
  replace(page, "<!--style-->", "<style>\n" + std::string(kPageStyle) + "</style>");
  return page;
}

std::string inside_script(std::string text) {
  // "</script>" and "<!--" would end or change the element; both begin with what JSON can escape.
  constexpr std::string_view kEscaped = "\\u003c";
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos; at += kEscaped.size()) {
    text.replace(at, 1, kEscaped);
  }
  return text;
}

}  // namespace rdna1conv::bench

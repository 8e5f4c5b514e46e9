#pragma once

// A report as one HTML file that needs nothing else: the report's JSON, our style and script, and
// the plotting library that draws.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rdna1conv::bench {

// The scripts of the plotting library, in the order in which they go into the page.
struct PlottingLibrary {
  std::vector<std::string> scripts;
};

// Folders that may hold the library, the first to look in first: the one that the environment names
// (RDNA1CONV_PLOTTING_LIBRARY), what is installed beside this program, the build tree's.
std::vector<std::filesystem::path> plotting_library_folders();

// Throws std::runtime_error with what is missing and the commands that fetch it.
PlottingLibrary load_plotting_library(const std::vector<std::filesystem::path>& folders);

std::string page_of(const nlohmann::ordered_json& report, const PlottingLibrary& library);

// `text` as it may stand inside <script>...</script>, with the same meaning as JSON.
std::string inside_script(std::string text);

}  // namespace rdna1conv::bench

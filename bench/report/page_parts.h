#pragma once

// The files of this folder that become parts of the page, inside the program; the template beside
// this header has their names.

#include <string_view>

namespace rdna1conv::bench {

extern const std::string_view kPageHtml, kPageStyle, kPageScript;
// plotting_library/packages.txt and files.txt, which ./run reads too.
extern const std::string_view kPlottingLibraryPackages, kPlottingLibraryFiles;

}  // namespace rdna1conv::bench

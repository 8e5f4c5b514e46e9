#pragma once

// Where the parts that the program works with are: beside it where it is installed, in the build
// tree otherwise.

#include <filesystem>

namespace rdna1conv::tool {

struct Installation {
  std::filesystem::path miopen;         // our libMIOpen.so.1
  std::filesystem::path redirect;       // the library that ld.so asks where others are
  std::filesystem::path probe;          // the program that runs one test on the card
  std::filesystem::path software_card;  // the folder of the software card's libhsa-runtime64.so.1
};

// Of the program at this path. Throws std::runtime_error naming a part that is not there; the
// software card may be missing, its path is then empty.
Installation find_installation(const std::filesystem::path& program);

// Of this program.
Installation find_installation();

// The software card's library in its folder that ld.so would take, by the levels of this processor
// (glibc-hwcaps/x86-64-vN) that are there.
std::filesystem::path software_card_library(const std::filesystem::path& folder);

}  // namespace rdna1conv::tool

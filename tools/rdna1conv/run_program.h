#pragma once

// `rdna1conv run`: another program with our libMIOpen.so.1 in place of any other.

#include <string>
#include <vector>

#include "installation.h"

namespace rdna1conv::tool {

struct RunOptions {
  bool software_card = false;
  bool quiet = false;
  std::vector<std::string> program;  // and its arguments
};

// The environment variables to set, by name and value, for such a run. Throws std::runtime_error if
// the software card is asked for and not installed.
std::vector<std::pair<std::string, std::string>> run_environment(const Installation& installation,
                                                                 const RunOptions& options);

// Why the program's libraries cannot be exchanged, in words, or "": it is statically linked, or
// runs with the rights of another user, for whom ld.so ignores the environment. `path` is a file.
std::string obstacle_to_redirection(const std::string& path);

// Becomes the program. Returns only if that fails: 127 if there is no such program, 126 if it
// cannot be run, after saying so.
int run_program(const Installation& installation, const RunOptions& options);

}  // namespace rdna1conv::tool

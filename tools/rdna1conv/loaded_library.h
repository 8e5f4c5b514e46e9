#pragma once

// Which libMIOpen.so.1 a program would load.

#include <string>
#include <vector>

#include "findings.h"
#include "installation.h"

namespace rdna1conv::tool {

// The libraries of this name that ld.so loads for the program, by what it says when asked to list
// (ldd does the same); of an interpreter of Python, those that its packages bring. Paths.
std::vector<std::string> miopen_libraries_of(const std::string& program);

// The paths behind libMIOpen in ld.so's list of a program's libraries; "not found" as it stands
// there.
std::vector<std::string> miopen_in_list(const std::string& list);

// Whether the file is this project's.
bool is_ours(const std::string& library);

std::vector<Finding> examine_program(const std::string& program);

}  // namespace rdna1conv::tool

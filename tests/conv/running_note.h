#pragma once

#include <string>

namespace rdna1conv {

// Says what runs, for the message of a run that ends the process: the software device aborts at a
// fault, and the line that reproduces it has to be known then.
void note_running(const std::string& name);

}  // namespace rdna1conv

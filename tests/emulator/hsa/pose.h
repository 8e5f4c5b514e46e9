// The architecture that the software card shows. HSA_OVERRIDE_GFX_VERSION makes it another's, as
// AMD's runtime lets a card pose: name, ISA and the code objects that are taken change, the machine
// that executes them does not.
#pragma once

#include <string>

namespace emulator::hsa {

struct ShownArchitecture {
  std::string name;      // "gfx1010", or what is posed as
  std::string isa_name;  // with the features that the runtime names
  bool has_xnack = true;
};

// Read off the environment once. A variable that is not three numbers ends the process with a
// sentence: AMD's runtime fails to start.
const ShownArchitecture& shown_architecture();

}  // namespace emulator::hsa

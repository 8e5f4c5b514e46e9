// Tests neither read nor write the find-db of whoever runs them: linked to a test program, this
// takes effect before any handle is created. Tests of the find-db ask for one.
#include <cstdlib>

[[maybe_unused]] static const int kSet = setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "1", 1);

// Without MIOPEN_BETA_API the header declares nothing that is beta in MIOpen: a program may have
// such a name itself. Compiling is the test: in `names`, a name of the header would make these
// ambiguous.
#include <miopen/miopen.h>

namespace names {

#define ABI_FUNCTION(group, name, ...) BETA_ONLY_##group(name)
#define ABI_ENUMERATOR(group, type, name, value) BETA_ONLY_##group(name)
#define BETA_ONLY_kStable(name)
#define BETA_ONLY_kNewer(name)
#define BETA_ONLY_kHidden(name)
#define BETA_ONLY_kBeta(name) constexpr char name = 0;
#include "enumerators.inc"
#include "functions.inc"
#undef BETA_ONLY_kBeta
}  // namespace names

using namespace names;
#define BETA_ONLY_kBeta(name) static_assert((name) == 0, #name);
#include "enumerators.inc"
#include "functions.inc"

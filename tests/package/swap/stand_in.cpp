// Stands in for AMD's libMIOpen.so.1: the same symbols, which do nothing but say 9 to everything.
#define ABI_FUNCTION(group, name, ...)                              \
  extern "C" __attribute__((visibility("default"))) int name(void); \
  int name(void) { return 9; }
#include "functions.inc"

// A program linked to another libMIOpen.so.1.
#include <cstdio>

extern "C" int miopenGetVersion(unsigned long* major, unsigned long* minor, unsigned long* patch);

int main() {
  unsigned long major = 0, minor = 0, patch = 0;
  const int status = miopenGetVersion(&major, &minor, &patch);
  std::printf("status %d, %lu.%lu.%lu\n", status, major, minor, patch);
  return 0;
}

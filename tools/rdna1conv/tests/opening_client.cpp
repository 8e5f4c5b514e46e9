// A program that opens the library it is told, as Python does with those of its packages.
#include <dlfcn.h>

#include <cstdio>

int main(int, char** argv) {
  using GetVersion = int(unsigned long*, unsigned long*, unsigned long*);
  void* const library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::printf("cannot be opened: %s\n", dlerror());
    return 1;
  }
  auto* const get_version = reinterpret_cast<GetVersion*>(dlsym(library, "miopenGetVersion"));
  unsigned long major = 0, minor = 0, patch = 0;
  const int status = get_version(&major, &minor, &patch);
  std::printf("status %d, %lu.%lu.%lu\n", status, major, minor, patch);
  return 0;
}

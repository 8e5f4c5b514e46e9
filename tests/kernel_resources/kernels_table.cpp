// Writes the table of what the library's kernels take of a card.
//   kernels_table FILE
#include <cstdio>
#include <exception>
#include <fstream>

#include "kernel_resources.h"

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: kernels_table FILE\n");
    return 2;
  }
  const std::string table = rdna1conv::resources_table();
  std::ofstream file(argv[1], std::ios::binary);
  file << table;
  if (!file.flush()) {
    std::fprintf(stderr, "kernels_table: cannot write %s\n", argv[1]);
    return 1;
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "kernels_table: %s\n", error.what());
  return 1;
}

#pragma once

#include <string>
#include <vector>

// What a shared library tells the dynamic loader about itself.
struct DynamicSymbol {
  std::string name;
  std::string version;      // of its version node; "" without one
  bool is_default = false;  // name@@version, which programs linked now get
  bool is_function = false;
};

struct SharedLibrary {
  std::string soname;
  std::vector<std::string> needed;
  std::vector<DynamicSymbol> defined;  // without the symbols that stand for version nodes
};

// Reads a 64-bit little-endian ELF file; throws std::runtime_error with the reason if it is none.
SharedLibrary read_shared_library(const std::string& path);

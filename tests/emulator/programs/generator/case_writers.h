// Writers of one case each: a function of the generated source file.
#pragma once

#include <string>
#include <vector>

#include "random.h"

namespace generator {

// What a source file needs around its cases.
struct Area {
  std::string name;
  std::string header;  // the header of the run template
  std::string group;   // the run template: group<case, case, ...>
  // Text that the cases of a file share (functions they call).
  std::string (*write_preamble)(Random& random);
  // The definition of case `name`; `number` counts from 0 in the area. Empty when there is none.
  std::string (*write_case)(const std::string& name, std::size_t number, Random& random);
};

const std::vector<Area>& areas();

std::string write_scalar_case(const std::vector<std::string>& types, const std::string& name,
                              Random& random);
// Every scalar operation once, by number.
std::string write_single_operation(const std::string& name, std::size_t number, Random& random);

std::string write_control_flow_functions(Random& random);
std::string write_control_flow_case(const std::string& name, std::size_t number, Random& random);

std::string write_lane_case(const std::string& name, std::size_t number, Random& random);

std::string write_memory_case(const std::string& name, std::size_t number, Random& random);

}  // namespace generator

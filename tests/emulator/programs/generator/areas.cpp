#include "case_writers.h"
#include "expression_writer.h"

namespace generator {
namespace {

std::string no_preamble(Random&) { return {}; }

std::string write_function(const std::string& name, const std::string& body) {
  return "struct " + name + " {\n  static U64 run([[maybe_unused]] const Inputs& in) {\n" + body +
         "  }\n};\n";
}

template <const char* const& kTypes>
std::string write_over(const std::string& name, std::size_t, Random& random) {
  return write_scalar_case(words(kTypes), name, random);
}

constexpr const char* kIntegerTypes = "I8 U8 I16 U16 I32 U32 I64 U64";
constexpr const char* kFloatTypes = "F32 I32 U32";
constexpr const char* kDoubleTypes = "F64 I32 I64 U64";
constexpr const char* kHalfTypes = "F16 I16 U16 I32";
constexpr const char* kPackedTypes = "H2 S2 W2 F16 I16 U16 U32 F32";
constexpr const char* kAllTypes = "I8 U8 I16 U16 I32 U32 I64 U64 F16 F32 F64 H2 S2 W2";

constexpr const char* kScalarHeader = "differential/run_scalar_cases.h";
constexpr const char* kLaneHeader = "differential/run_lane_cases.h";
constexpr const char* kMemoryHeader = "differential/run_memory_cases.h";

}  // namespace

const std::vector<Area>& areas() {
  static const std::vector<Area> list = {
      {"operation", kScalarHeader, "ScalarGroup", no_preamble, write_single_operation},
      {"integer", kScalarHeader, "ScalarGroup", no_preamble, write_over<kIntegerTypes>},
      {"float", kScalarHeader, "ScalarGroup", no_preamble, write_over<kFloatTypes>},
      {"double", kScalarHeader, "ScalarGroup", no_preamble, write_over<kDoubleTypes>},
      {"half", kScalarHeader, "ScalarGroup", no_preamble, write_over<kHalfTypes>},
      {"packed", kScalarHeader, "ScalarGroup", no_preamble, write_over<kPackedTypes>},
      {"mixed", kScalarHeader, "ScalarGroup", no_preamble, write_over<kAllTypes>},
      {"control", kScalarHeader, "ScalarGroup", write_control_flow_functions,
       write_control_flow_case},
      {"lanes", kLaneHeader, "LaneGroup", no_preamble, write_lane_case},
      {"lds", kMemoryHeader, "LdsGroup", no_preamble, write_memory_case},
      {"global", kMemoryHeader, "GlobalGroup", no_preamble, write_memory_case},
      {"flat", kMemoryHeader, "FlatGroup", no_preamble, write_memory_case},
  };
  return list;
}

std::string write_scalar_case(const std::vector<std::string>& types, const std::string& name,
                              Random& random) {
  constexpr unsigned kMostCost = 30;
  ExpressionWriter writer(operations_over(types), 12, random);
  const unsigned count = 3 + random.below(9);
  for (unsigned k = 0; k < count && writer.cost() < kMostCost; ++k) writer.add_operation();
  return write_function(name, writer.finish());
}

std::string write_single_operation(const std::string& name, std::size_t number, Random& random) {
  if (number >= scalar_operations().size()) return {};
  ExpressionWriter writer({}, 0, random);
  writer.add(scalar_operations()[number]);
  return write_function(name, writer.finish());
}

}  // namespace generator

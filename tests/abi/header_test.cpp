// The header against the tables of MIOpen's ABI, row by row while it compiles: the type of every
// function, the value of every enumerator, size, alignment and offsets of every struct.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <type_traits>

#include "api/hidden_functions.h"

namespace {

#define ABI_FUNCTION(group, name, ...) \
  static_assert(std::is_same_v<decltype(name), __VA_ARGS__>, #name);
#include "functions.inc"
#undef ABI_FUNCTION

#define ABI_ENUMERATOR(group, type, name, value)                                                 \
  static_assert(std::is_same_v<decltype(name), type> && static_cast<unsigned>(name) == value##u, \
                #name);                                                                          \
  static_assert(std::is_same_v<std::underlying_type_t<type>, unsigned> && sizeof(type) == 4, #type);
#include "enumerators.inc"
#undef ABI_ENUMERATOR

// Clients keep pointers to the structs in unique_ptr and take them from handles by remove_pointer,
// so the structs are complete and empty.
#define ABI_STRUCT(type, size, alignment) \
  static_assert(sizeof(type) == (size) && alignof(type) == (alignment), #type);
#define ABI_FIELD(type, name, field_type, offset)                                           \
  static_assert(                                                                            \
      std::is_same_v<decltype(type::name), field_type> && offsetof(type, name) == (offset), \
      #type "::" #name);
#define ABI_HANDLE(name)                                                                        \
  static_assert(std::is_same_v<name##_t, struct name*> && std::is_empty_v<name> &&              \
                    std::is_same_v<std::remove_pointer_t<name##_t>, name> && sizeof(name) == 1, \
                #name);
#include "types.inc"
#undef ABI_STRUCT
#undef ABI_FIELD
#undef ABI_HANDLE

static_assert(std::is_same_v<miopenAcceleratorQueue_t, hipStream_t>);
static_assert(std::is_same_v<miopenAllocatorFunction, void* (*)(void*, std::size_t)>);
static_assert(std::is_same_v<miopenDeallocatorFunction, void (*)(void*, void*)>);

static_assert(MIOPEN_VERSION_MAJOR == 3 && MIOPEN_VERSION_MINOR == 4 && MIOPEN_VERSION_PATCH == 0);
static_assert(MIOPEN_BACKEND_HIP == 1 && MIOPEN_BACKEND_OPENCL == 0);

// The default arguments.
using Kthvalue = decltype(miopenKthvalueForward(nullptr, nullptr, nullptr, nullptr, nullptr,
                                                nullptr, nullptr, std::size_t{1}));
using SoftMargin = decltype(miopenSoftMarginLossForward(
    nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, MIOPEN_LOSS_REDUCTION_NONE));
static_assert(std::is_same_v<Kthvalue, miopenStatus_t>);
static_assert(std::is_same_v<SoftMargin, miopenStatus_t>);

enum Group { kStable, kBeta, kNewer, kHidden, kGroups };

// The number of rows, so that a lost line of a table shows.
TEST(Header, HasEveryRowOfTheAbi) {
  int functions[kGroups] = {}, enumerators[kGroups] = {}, fields = 0, structs = 0, handles = 0;
#define ABI_FUNCTION(group, ...) ++functions[group];
#include "functions.inc"
#define ABI_ENUMERATOR(group, ...) ++enumerators[group];
#include "enumerators.inc"
#define ABI_STRUCT(...) ++structs;
#define ABI_FIELD(...) ++fields;
#define ABI_HANDLE(...) ++handles;
#include "types.inc"
  EXPECT_EQ(functions[kStable], 216);
  EXPECT_EQ(functions[kBeta], 42);
  EXPECT_EQ(functions[kNewer], 10);
  EXPECT_EQ(functions[kHidden], 4);
  EXPECT_EQ(enumerators[kStable], 181);
  EXPECT_EQ(enumerators[kBeta], 382);
  EXPECT_EQ(enumerators[kNewer], 13);
  EXPECT_EQ(structs, 3);
  EXPECT_EQ(fields, 12);
  EXPECT_EQ(handles, 21);
  int rows = structs + fields + handles;
  for (int group = 0; group < kGroups; ++group) rows += functions[group] + enumerators[group];
  std::printf("%d rows of the ABI hold in the header\n", rows);
}

}  // namespace

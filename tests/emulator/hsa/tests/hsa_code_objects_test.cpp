// Executables and what is refused as a code object.
#include <elf.h>

#include <algorithm>
#include <random>

#include "hsa_device.h"

namespace emulator::tests {
namespace {

template <class T>
T symbol_info(hsa_executable_symbol_t symbol, hsa_executable_symbol_info_t attribute) {
  T value{};
  EXPECT_EQ(hsa_executable_symbol_get_info(symbol, attribute, &value), HSA_STATUS_SUCCESS);
  return value;
}

TEST(Executables, KernelSymbols) {
  const HsaRuntime runtime;
  const LoadedModule module(runtime);
  const auto symbol = module.symbol("scratch.kd");
  EXPECT_EQ(symbol_info<hsa_symbol_kind_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE),
            HSA_SYMBOL_KIND_KERNEL);
  EXPECT_GE(
      symbol_info<std::uint32_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE),
      256u);
  EXPECT_GE(
      symbol_info<std::uint32_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE),
      12u);
  EXPECT_EQ(symbol_info<std::uint32_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH), 10u);
}

TEST(Executables, VariableSymbols) {
  const HsaRuntime runtime;
  const LoadedModule module(runtime);
  const auto symbol = module.symbol("module_table");
  EXPECT_EQ(symbol_info<hsa_symbol_kind_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE),
            HSA_SYMBOL_KIND_VARIABLE);
  EXPECT_EQ(symbol_info<std::uint32_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE), 32u);
  const auto address =
      symbol_info<std::uint64_t>(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS);
  int values[8] = {};
  ASSERT_EQ(hsa_memory_copy(values, reinterpret_cast<void*>(address), sizeof values),
            HSA_STATUS_SUCCESS);
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[7], 8);
}

TEST(Executables, UnknownSymbolsAndStates) {
  const HsaRuntime runtime;
  const LoadedModule module(runtime);
  hsa_executable_symbol_t symbol{};
  EXPECT_EQ(hsa_executable_get_symbol_by_name(module.executable(), "fill", &runtime.gpu, &symbol),
            HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
  EXPECT_EQ(hsa_executable_freeze(module.executable(), ""), HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
  EXPECT_EQ(hsa_executable_destroy({12345}), HSA_STATUS_ERROR_INVALID_EXECUTABLE);
}

// One change of a good code object's header, the status it leads to, and what the user reads of it.
struct HeaderCase {
  const char* name;
  int status;
  void (*change)(Elf64_Ehdr& header);
  const char* text = "";
};

// Flags of a code object for another processor.
void name_processor(Elf64_Ehdr& header, std::uint32_t number) {
  header.e_flags = (header.e_flags & ~0xffu) | number;
}

void PrintTo(const HeaderCase& row, std::ostream* out) { *out << row.name; }

const HeaderCase kHeaderCases[] = {
    {"Unchanged", HSA_STATUS_SUCCESS, [](Elf64_Ehdr&) {}},
    {"Magic", HSA_STATUS_ERROR_INVALID_CODE_OBJECT, [](Elf64_Ehdr& h) { h.e_ident[1] = 'F'; }},
    {"Class32", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](Elf64_Ehdr& h) { h.e_ident[EI_CLASS] = ELFCLASS32; }},
    {"HostMachine", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](Elf64_Ehdr& h) { h.e_machine = EM_X86_64; }},
    {"OsAbi", HSA_STATUS_ERROR_INVALID_CODE_OBJECT, [](Elf64_Ehdr& h) { h.e_ident[EI_OSABI] = 0; }},
    {"Version6", HSA_STATUS_SUCCESS, [](Elf64_Ehdr& h) { h.e_ident[EI_ABIVERSION] = 4; }},
    {"Version2", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](Elf64_Ehdr& h) { h.e_ident[EI_ABIVERSION] = 0; },
     "its version is 2, and those from 3 to 6 are known"},
    {"Version7", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](Elf64_Ehdr& h) { h.e_ident[EI_ABIVERSION] = 5; },
     "its version is 7, and those from 3 to 6 are known"},
    {"Relocatable", HSA_STATUS_ERROR_INVALID_CODE_OBJECT, [](Elf64_Ehdr& h) { h.e_type = ET_REL; }},
    {"Gfx1030", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
     [](Elf64_Ehdr& h) { name_processor(h, 0x36); }, "it is for gfx1030, and this is a gfx1010"},
    {"UnnamedProcessor", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
     [](Elf64_Ehdr& h) { name_processor(h, 0xf7); },
     "it is for processor 0xf7, and this is a gfx1010"},
    {"GenericOfTheFamily", HSA_STATUS_SUCCESS,
     [](Elf64_Ehdr& h) {
       h.e_ident[EI_ABIVERSION] = 4;
       name_processor(h, 0x52);
       h.e_flags |= 1u << 24;  // the generic processor's version
     }},
    {"GenericBeforeVersion6", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
     [](Elf64_Ehdr& h) { name_processor(h, 0x52); },
     "it is for gfx10-1-generic, and this is a gfx1010"},
    {"GenericOfAnotherFamily", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS,
     [](Elf64_Ehdr& h) {
       h.e_ident[EI_ABIVERSION] = 4;
       name_processor(h, 0x53);
     },
     "it is for gfx10-3-generic, and this is a gfx1010"},
    {"XnackOn", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, [](Elf64_Ehdr& h) { h.e_flags |= 0x300; },
     "it needs XNACK"},
    {"SegmentsBehindTheEnd", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](Elf64_Ehdr& h) { h.e_phoff = 1u << 30; }},
    {"SectionsBehindTheEnd", HSA_STATUS_ERROR_INVALID_CODE_OBJECT,
     [](Elf64_Ehdr& h) { h.e_shoff = ~0ull - 10; }},
    {"NoSegments", HSA_STATUS_ERROR_INVALID_CODE_OBJECT, [](Elf64_Ehdr& h) { h.e_phnum = 0; }},
};

class Headers : public testing::TestWithParam<HeaderCase> {};

TEST_P(Headers, AreChecked) {
  const HsaRuntime runtime;
  std::vector<char> image = read_code_object();
  Elf64_Ehdr header{};
  std::memcpy(&header, image.data(), sizeof header);
  GetParam().change(header);
  std::memcpy(image.data(), &header, sizeof header);
  LoadedModule module(runtime, image);
  testing::internal::CaptureStderr();
  const hsa_status_t status = module.load();
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(status, GetParam().status);
  EXPECT_NE(told.find(GetParam().text), std::string::npos) << told;
}

// HIP tries every code object of a program on every device.
TEST(Refusals, AreToldOnce) {
  const HsaRuntime runtime;
  std::vector<char> image = read_code_object();
  image[EI_ABIVERSION] = 55;
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) {
    LoadedModule module(runtime, image);
    EXPECT_EQ(module.load(), HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "software RX 5700 XT: hsa_executable_load_agent_code_object: a code object is refused: "
            "its version is 57, and those from 3 to 6 are known\n");
}

INSTANTIATE_TEST_SUITE_P(Elf, Headers, testing::ValuesIn(kHeaderCases),
                         [](const auto& info) { return info.param.name; });

TEST(DamagedCodeObjects, TruncatedAnywhereAreRefused) {
  const HsaRuntime runtime;
  const std::vector<char> whole = read_code_object();
  for (std::size_t bytes = 1; bytes < whole.size(); bytes += 97) {
    LoadedModule module(runtime, std::vector<char>(whole.data(), whole.data() + bytes));
    ASSERT_EQ(module.load(), HSA_STATUS_ERROR_INVALID_CODE_OBJECT) << bytes << " bytes";
  }
}

TEST(DamagedCodeObjects, RandomBytesDoNoHarm) {
  const HsaRuntime runtime;
  const std::vector<char> whole = read_code_object();
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    std::vector<char> image = whole;
    for (int i = 0; i < 8; ++i) image[random() % image.size()] = static_cast<char>(random());
    LoadedModule module(runtime, std::move(image));
    SCOPED_TRACE("seed " + std::to_string(seed));
    (void)module.load();
  }
}

}  // namespace
}  // namespace emulator::tests

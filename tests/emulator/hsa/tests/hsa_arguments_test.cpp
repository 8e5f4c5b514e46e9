// Bad arguments give the documented status; the symbols that HIP imports are all there.
#include <dlfcn.h>
#include <elf.h>

#include "hsa/elf_file.h"
#include "hsa_device.h"

namespace emulator::tests {
namespace {

struct ArgumentCase {
  const char* name;
  int status;
  hsa_status_t (*call)(const HsaRuntime& runtime);
};

void PrintTo(const ArgumentCase& row, std::ostream* out) { *out << row.name; }

const ArgumentCase kArgumentCases[] = {
    {"IterateAgentsWithoutCallback", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](const HsaRuntime&) { return hsa_iterate_agents(nullptr, nullptr); }},
    {"UnknownAgent", HSA_STATUS_ERROR_INVALID_AGENT,
     [](const HsaRuntime&) {
       char name[64];
       return hsa_agent_get_info({99}, HSA_AGENT_INFO_NAME, name);
     }},
    {"UnknownAgentAttribute", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](const HsaRuntime& runtime) {
       char value[64];
       return hsa_agent_get_info(runtime.gpu, static_cast<hsa_agent_info_t>(0x7777), value);
     }},
    {"NullValue", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](const HsaRuntime& runtime) {
       return hsa_agent_get_info(runtime.gpu, HSA_AGENT_INFO_NAME, nullptr);
     }},
    {"UnknownPool", HSA_STATUS_ERROR_INVALID_MEMORY_POOL,
     [](const HsaRuntime&) {
       void* memory = nullptr;
       return hsa_amd_memory_pool_allocate({1234}, 16, 0, &memory);
     }},
    {"EmptyAllocation", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](const HsaRuntime& runtime) {
       void* memory = nullptr;
       return hsa_amd_memory_pool_allocate(runtime.device_pool, 0, 0, &memory);
     }},
    {"AllocationBeyondTheCard", HSA_STATUS_ERROR_OUT_OF_RESOURCES,
     [](const HsaRuntime& runtime) {
       void* memory = nullptr;
       return hsa_amd_memory_pool_allocate(runtime.device_pool, 9ull << 30, 0, &memory);
     }},
    {"HugeAllocation", HSA_STATUS_ERROR_OUT_OF_RESOURCES,
     [](const HsaRuntime& runtime) {
       void* memory = nullptr;
       return hsa_amd_memory_pool_allocate(runtime.device_pool, ~std::size_t{0}, 0, &memory);
     }},
    {"FreeOfOrdinaryMemory", HSA_STATUS_ERROR_INVALID_ALLOCATION,
     [](const HsaRuntime&) {
       int ordinary = 0;
       return hsa_amd_memory_pool_free(&ordinary);
     }},
    {"QueueSizeNoPowerOfTwo", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](const HsaRuntime& runtime) {
       hsa_queue_t* queue = nullptr;
       return hsa_queue_create(runtime.gpu, 100, HSA_QUEUE_TYPE_MULTI, nullptr, nullptr, 0, 0,
                               &queue);
     }},
    {"CooperativeQueue", HSA_STATUS_ERROR_INVALID_QUEUE_CREATION,
     [](const HsaRuntime& runtime) {
       hsa_queue_t* queue = nullptr;
       return hsa_queue_create(runtime.gpu, 64, HSA_QUEUE_TYPE_COOPERATIVE, nullptr, nullptr, 0, 0,
                               &queue);
     }},
    {"QueueOfTheHost", HSA_STATUS_ERROR_INVALID_QUEUE_CREATION,
     [](const HsaRuntime& runtime) {
       hsa_queue_t* queue = nullptr;
       return hsa_queue_create(runtime.host, 64, HSA_QUEUE_TYPE_MULTI, nullptr, nullptr, 0, 0,
                               &queue);
     }},
    {"DestroyOfNoQueue", HSA_STATUS_ERROR_INVALID_QUEUE,
     [](const HsaRuntime&) {
       hsa_queue_t queue{};
       return hsa_queue_destroy(&queue);
     }},
    {"DestroyOfNoSignal", HSA_STATUS_ERROR_INVALID_SIGNAL,
     [](const HsaRuntime&) { return hsa_signal_destroy({0}); }},
    {"LoaderExtensionOfAnotherVersion", HSA_STATUS_ERROR,
     [](const HsaRuntime&) {
       void* table[3] = {};
       return hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 2, sizeof table,
                                                   table);
     }},
    {"SharedVirtualMemory", HSA_STATUS_ERROR,
     [](const HsaRuntime&) { return hsa_amd_svm_attributes_set(nullptr, 0, nullptr, 0); }},
    {"UnknownStatus", HSA_STATUS_ERROR_INVALID_ARGUMENT,
     [](const HsaRuntime&) {
       const char* text = nullptr;
       return hsa_status_string(static_cast<hsa_status_t>(0x7777), &text);
     }},
};

class Arguments : public testing::TestWithParam<ArgumentCase> {};

TEST_P(Arguments, GiveTheDocumentedStatus) {
  const HsaRuntime runtime;
  EXPECT_EQ(GetParam().call(runtime), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(Calls, Arguments, testing::ValuesIn(kArgumentCases),
                         [](const auto& info) { return info.param.name; });

TEST(Initialisation, CallsBeforeItAreRefused) {
  hsa_signal_t signal{};
  EXPECT_EQ(hsa_signal_create(0, 0, nullptr, &signal), HSA_STATUS_ERROR_NOT_INITIALIZED);
  EXPECT_EQ(hsa_shut_down(), HSA_STATUS_ERROR_NOT_INITIALIZED);
}

// Every hsa_* symbol that the installed HIP runtime imports, looked up in the software device.
TEST(Exports, CoverWhatHipImports) {
  void* const hip = dlopen(HIP_RUNTIME_LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  ASSERT_NE(hip, nullptr) << dlerror();
  std::ifstream file(HIP_RUNTIME_LIBRARY, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const hsa::ElfFile elf(std::as_bytes(std::span(bytes)));
  unsigned imports = 0;
  for (const Elf64_Shdr& section : elf.sections()) {
    if (section.sh_type != SHT_DYNSYM) continue;
    for (const Elf64_Sym& symbol : elf.table<Elf64_Sym>(section)) {
      if (symbol.st_shndx != SHN_UNDEF) continue;
      const std::string name = elf.name(section.sh_link, symbol.st_name);
      if (!name.starts_with("hsa_")) continue;
      ++imports;
      void* const found = dlvsym(RTLD_DEFAULT, name.c_str(), "ROCR_1");
      ASSERT_NE(found, nullptr) << name;
      Dl_info info{};
      ASSERT_NE(dladdr(found, &info), 0);
      EXPECT_NE(std::string(info.dli_fname).find("software-rx5700xt"), std::string::npos)
          << name << " comes from " << info.dli_fname;
    }
  }
  EXPECT_GE(imports, 76u);
}

// What later HIP runtimes import beside that: HIP 6.4 and 7.2.
TEST(Exports, CoverWhatLaterRuntimesImport) {
  for (const char* const name : {
           "hsa_amd_agent_set_async_scratch_limit",
           "hsa_amd_ais_file_read",
           "hsa_amd_ais_file_write",
           "hsa_amd_enable_logging",
           "hsa_amd_memory_async_copy_on_engine",
           "hsa_amd_memory_copy_engine_status",
           "hsa_amd_memory_get_preferred_copy_engine",
           "hsa_amd_portable_export_dmabuf",
           "hsa_amd_register_system_event_handler",
           "hsa_amd_vmem_address_free",
           "hsa_amd_vmem_address_reserve",
           "hsa_amd_vmem_address_reserve_align",
           "hsa_amd_vmem_export_shareable_handle",
           "hsa_amd_vmem_get_access",
           "hsa_amd_vmem_handle_create",
           "hsa_amd_vmem_handle_release",
           "hsa_amd_vmem_import_shareable_handle",
           "hsa_amd_vmem_map",
           "hsa_amd_vmem_retain_alloc_handle",
           "hsa_amd_vmem_set_access",
           "hsa_amd_vmem_unmap",
           "hsa_executable_iterate_symbols",
           "hsa_ext_sampler_create_v2",
       }) {
    EXPECT_NE(dlvsym(RTLD_DEFAULT, name, "ROCR_1"), nullptr) << name;
  }
}

}  // namespace
}  // namespace emulator::tests

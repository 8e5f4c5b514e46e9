// Pointers to memory that kernels must not touch are refused, whichever argument they are.
#include <hip/hip_runtime_api.h>

#include <algorithm>

#include "api_convolution.h"
#include "expect_failure.h"
#include "scoped_variable.h"

namespace rdna1conv {
namespace {

constexpr std::size_t kBytes = 1 << 16;

struct Kind {
  const char* name;
  const char* text;
  hipError_t (*allocate)(void** memory);
  void (*release)(void* memory);
};
const Kind kKinds[] = {
    {"pinned host memory", "is host memory",
     [](void** m) { return hipHostMalloc(m, kBytes, hipHostMallocDefault); },
     [](void* m) { EXPECT_EQ(hipHostFree(m), hipSuccess); }},
    {"pinned host memory, not coherent", "is host memory",
     [](void** m) { return hipHostMalloc(m, kBytes, hipHostMallocNonCoherent); },
     [](void* m) { EXPECT_EQ(hipHostFree(m), hipSuccess); }},
    {"managed memory", "is managed memory",
     [](void** m) { return hipMallocManaged(m, kBytes, hipMemAttachGlobal); },
     [](void* m) { EXPECT_EQ(hipFree(m), hipSuccess); }},
    {"memory of malloc", "is no memory that HIP knows",
     [](void** m) {
       *m = std::aligned_alloc(4096, kBytes);
       return hipSuccess;
     },
     [](void* m) { std::free(m); }},
    {"registered host memory", "is host memory",
     [](void** m) {
       *m = std::aligned_alloc(4096, kBytes);
       return hipHostRegister(*m, kBytes, hipHostRegisterDefault);
     },
     [](void* m) {
       EXPECT_EQ(hipHostUnregister(m), hipSuccess);
       std::free(m);
     }},
};

TEST(MemoryKinds, AreRefusedInEveryArgumentOfEveryCall) {
  for (const char* direction : {"1", "2", "4"}) {
    ApiConvolution conv(std::string("conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -F ") + direction);
    const ArgumentNames names = names_of(conv.direction());
    struct Argument {
      std::string name;
      void* CallArguments::*field;
    };
    for (const Argument& argument :
         {Argument{names.x, &CallArguments::x}, Argument{names.w, &CallArguments::w},
          Argument{names.y, &CallArguments::y}, Argument{"workSpace", &CallArguments::workspace}}) {
      for (const Kind& kind : kKinds) {
        void* memory = nullptr;
        ASSERT_EQ(kind.allocate(&memory), hipSuccess) << kind.name;
        for (const EntryPoint entry : {kRun, kFind, kImmediate}) {
          // Also in the middle of an allocation.
          for (const std::size_t offset : {std::size_t{0}, kBytes / 2}) {
            CallArguments a = conv.arguments();
            a.workspace_bytes = std::max<std::size_t>(a.workspace_bytes, 16);
            a.*argument.field = static_cast<std::byte*>(memory) + offset;
            expect_failure(name_of(conv.direction(), entry) + " with " + kind.name,
                           miopenStatusBadParm, argument.name + " " + kind.text,
                           [&] { return conv.call(entry, a); });
          }
        }
        kind.release(memory);
      }
    }
    EXPECT_TRUE(conv.is_untouched());
  }
}

// An address may come back as another kind: what was learned about it must not outlive it.
TEST(MemoryKinds, AreThoseOfNowNotOfBefore) {
  ApiConvolution conv("conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -F 1");
  void* memory = nullptr;
  ASSERT_EQ(hipMalloc(&memory, kBytes), hipSuccess);
  CallArguments a = conv.arguments();
  a.y = memory;
  EXPECT_EQ(conv.call(kRun, a), miopenStatusSuccess) << rdna1convLastErrorText();
  ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
  ASSERT_EQ(hipFree(memory), hipSuccess);
  expect_failure("freed memory", miopenStatusBadParm, "y is no memory that HIP knows",
                 [&] { return conv.call(kRun, a); });
  EXPECT_EQ(hipGetLastError(), hipSuccess) << "the look-up's error is not the client's";
}

// On RDNA1 no fine-grained memory of the device exists that could be passed.
TEST(MemoryKinds, DeviceHasNoFineGrainedMemory) {
  void* memory = nullptr;
  EXPECT_NE(hipExtMallocWithFlags(&memory, kBytes, hipDeviceMallocFinegrained), hipSuccess);
  static_cast<void>(hipGetLastError());
}

TEST(MemoryKinds, OfAWorkspaceOfNoBytesDoNotMatter) {
  ApiConvolution conv("conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -F 1");
  CallArguments a = conv.arguments();
  a.workspace = &a;
  a.workspace_bytes = 0;
  EXPECT_EQ(conv.call(kRun, a), miopenStatusSuccess) << rdna1convLastErrorText();
  EXPECT_TRUE(conv.is_correct());
}

TEST(MemoryKinds, CheckCanBeSwitchedOff) {
  const ScopedVariable variable("RDNA1CONV_CHECK_POINTERS", "0");
  ApiConvolution conv("conv -n 1 -c 4 -H 8 -W 8 -k 6 -p 1 -q 1 -F 1");
  // A workspace of host memory that no solver uses: nothing asks what it is.
  void* memory = nullptr;
  ASSERT_EQ(hipHostMalloc(&memory, kBytes, hipHostMallocDefault), hipSuccess);
  CallArguments a = conv.arguments();
  a.workspace = memory;
  a.workspace_bytes = 16;  // less than any solver wants
  EXPECT_EQ(conv.call(kRun, a), miopenStatusSuccess) << rdna1convLastErrorText();
  EXPECT_TRUE(conv.is_correct());
  EXPECT_EQ(hipHostFree(memory), hipSuccess);
}

}  // namespace
}  // namespace rdna1conv

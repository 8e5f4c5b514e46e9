// What of a kernel is carried out where its times alone matter.
#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "timing/needed_instructions.h"

namespace emulator::timing {
namespace {

using Words = std::vector<std::uint32_t>;

// One instruction each, as LLVM 15 encodes them.
const Words kFmacV0{0x5600170a};                   // v_fmac_f32 v0, v10, v11
const Words kMovV0{0x7e000303};                    // v_mov_b32 v0, v3
const Words kAddV0{0x4a000903};                    // v_add_nc_u32 v0, v3, v4
const Words kLdsReadV5{0xd8d80000, 0x05000006};    // ds_read_b32 v5, v6
const Words kLdsReadAtV5{0xd8d80000, 0x07000005};  // ds_read_b32 v7, v5
const Words kLdsWrite{0xd8340000, 0x00000706};     // ds_write_b32 v6, v7
const Words kLoadV8{0xdc308000, 0x087d0002};       // global_load_dword v8, v[2:3], off
const Words kStoreAtV0{0xdc708000, 0x00060900};    // global_store_dword v0, v9, s[6:7]
const Words kStoreAtV8{0xdc708000, 0x00060908};    // global_store_dword v8, v9, s[6:7]
const Words kStoreV0{0xdc708000, 0x00060002};      // global_store_dword v2, v0, s[6:7]
const Words kSaveExec{0xbe803c6a};                 // s_and_saveexec_b32 s0, vcc_lo
const Words kRestoreExec{0x887e007e};              // s_or_b32 exec_lo, exec_lo, s0
const Words kCompare{0x7d820501};                  // v_cmp_lt_u32 vcc_lo, v1, v2
const Words kBackFour{0xbf85fffc};               // s_cbranch_scc1: four dwords back from behind it
const Words kBackFive{0xbf85fffb};               // five
const Words kCount{0x8104c104};                  // s_add_i32 s4, s4, -1
const Words kCountDone{0xbf078004};              // s_cmp_lg_u32 s4, 0
const Words kMoveIf{0xbe860507};                 // s_cmov_b32 s6, s7
const Words kLoadS6{0xf4000182, 0xfa000000};     // s_load_dword s6, s[4:5], 0
const Words kGo{0xbe80201e};                     // s_setpc_b64 s[30:31]
const Words kOtherLanes{0x8903007e};             // s_xor_b32 s3, exec_lo, s0
const Words kGoOtherLanes{0xbe803f03};           // s_andn2_saveexec_b32 s0, s3
const Words kSetExec{0xbefe0309};                // s_mov_b32 exec_lo, s9
const Words kMadV0{0xd5760100, 0x04320903};      // v_mad_u64_u32 v[0:1], s1, v3, v4, v[12:13]
const Words kMovV1{0x7e020303};                  // v_mov_b32 v1, v3
const Words kMovV12{0x7e180303};                 // v_mov_b32 v12, v3
const Words kMovV13{0x7e1a0303};                 // v_mov_b32 v13, v3
const Words kStoreAtV1{0xdc708000, 0x00060901};  // global_store_dword v1, v9, s[6:7]
const Words kStoreV1AtV0{0xe0701000, 0x80000100};  // buffer_store_dword v1, v0, s[0:3], 0 offen
const Words kOverStore{0xbf850002};                // s_cbranch_scc1: two dwords on
const Words kEnd{0xbf810000};

struct NeededCase {
  const char* rule;
  std::vector<Words> code;
  std::string needed;  // by instruction: x is carried out, - is not
};

TEST(NeededInstructions, AreThoseThatAddressesAndBranchesDependOn) {
  const NeededCase cases[] = {
      {"what is stored is not", {kFmacV0, kStoreV0, kEnd}, "--x"},
      {"where it is stored is", {kAddV0, kStoreAtV0, kEnd}, "x-x"},
      {"a sum whose register is an address later is not",
       {kFmacV0, kAddV0, kStoreAtV0, kEnd},
       "-x-x"},
      {"a register that some lanes keep is",
       {kMovV0, kCompare, kSaveExec, kAddV0, kRestoreExec, kStoreAtV0, kEnd},
       "xxxxx-x"},
      {"one that is read by the lanes that wrote it is not",
       {kFmacV0, kCompare, kSaveExec, kAddV0, kStoreAtV0, kRestoreExec, kEnd},
       "-xxx-xx"},
      {"one that fewer lanes read than wrote it is not",
       {kFmacV0, kCompare, kAddV0, kSaveExec, kStoreAtV0, kEnd},
       "-xxx-x"},
      {"nor one that those read for whom a condition holds, and then the others",
       {kFmacV0, kAddV0, kCompare, kSaveExec, kOtherLanes, kStoreAtV0, kGoOtherLanes, kStoreAtV0,
        kEnd},
       "-xxxx-x-x"},
      {"one that is read by nobody knows which lanes is",
       {kFmacV0, kAddV0, kSetExec, kStoreAtV0, kEnd},
       "xxx-x"},
      {"the upper half of an addend is not where the lower half of the sum is wanted",
       {kMovV13, kMovV12, kMadV0, kStoreAtV0, kEnd},
       "-xx-x"},
      {"it is where the upper half is wanted",
       {kMovV13, kMovV12, kMadV0, kStoreAtV1, kEnd},
       "xxx-x"},
      {"data that lie behind their address are not", {kMovV1, kStoreV1AtV0, kEnd}, "--x"},
      {"a loop's count is, its sums are not",
       {kFmacV0, kCount, kCountDone, kBackFour, kStoreV0, kEnd},
       "-xxx-x"},
      {"sums that the next turn's address depends on are",
       {kStoreAtV0, kFmacV0, kCountDone, kBackFive, kEnd},
       "-xxxx"},
      {"loads of data are not", {kLoadV8, kLdsReadV5, kEnd}, "--x"},
      {"loads of addresses are, and stores that they may see", {kLoadV8, kStoreAtV8, kEnd}, "xxx"},
      {"LDS reads of addresses are, and LDS writes",
       {kFmacV0, kLdsWrite, kLdsReadV5, kLdsReadAtV5, kEnd},
       "-xx-x"},
      {"LDS that nobody takes addresses from is not", {kLdsWrite, kLdsReadV5, kEnd}, "--x"},
      {"a move on a condition leaves what was there",
       {kLoadS6, kCountDone, kMoveIf, kStoreV0, kEnd},
       "xxx-x"},
      {"all, where a register says where to go", {kFmacV0, kGo, kEnd}, "xxx"},
  };
  for (const NeededCase& each : cases) {
    Words words;
    for (const Words& instruction : each.code) {
      words.insert(words.end(), instruction.begin(), instruction.end());
    }
    const Program program(std::as_bytes(std::span(words)), 0x7f0000001000);
    const NeededInstructions needed(program, 0, false);
    std::string found;
    for (std::size_t i = 0; i < each.code.size(); ++i) found += needed.is_needed(i) ? 'x' : '-';
    EXPECT_EQ(found, each.needed) << each.rule;
  }
}

// A path that nobody goes asks for nothing, and is told from the others.
TEST(NeededInstructions, AreFewerOnSomePaths) {
  Words words;
  for (const Words& each : {kMovV0, kCountDone, kOverStore, kStoreAtV0, kEnd}) {
    words.insert(words.end(), each.begin(), each.end());
  }
  const Program program(std::as_bytes(std::span(words)), 0x7f0000001000);
  const NeededInstructions all(program, 0, false);
  std::vector<bool> executed(program.instructions().size(), true);
  executed[3] = false;
  const NeededInstructions some(program, 0, false, &executed);
  EXPECT_TRUE(all.is_needed(0));
  EXPECT_FALSE(some.is_needed(0));
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(all[i].is_off_path) << i;
    EXPECT_EQ(some[i].is_off_path, i == 3) << i;
  }
  EXPECT_FALSE(some.depends_on_stores());
}

TEST(NeededInstructions, DependOnStoresWhereAddressesAreLoaded) {
  Words words;
  for (const Words& each : {kLoadV8, kStoreAtV8, kEnd}) {
    words.insert(words.end(), each.begin(), each.end());
  }
  const Program program(std::as_bytes(std::span(words)), 0x7f0000001000);
  EXPECT_TRUE(NeededInstructions(program, 0, false).depends_on_stores());
}

TEST(NeededInstructions, OthersComeInRuns) {
  Words words;
  for (const Words& each : {kFmacV0, kFmacV0, kFmacV0, kStoreV0, kFmacV0, kEnd}) {
    words.insert(words.end(), each.begin(), each.end());
  }
  const Program program(std::as_bytes(std::span(words)), 0x7f0000001000);
  const NeededInstructions needed(program, 0, false);
  constexpr std::uint32_t kRuns[] = {3, 2, 1, 0, 1, 0};  // the store's address is looked at
  for (std::size_t i = 0; i < std::size(kRuns); ++i) EXPECT_EQ(needed.idle_run(i), kRuns[i]) << i;
}

}  // namespace
}  // namespace emulator::timing

// Where LLVM 15's disassembler and the decoder knowingly differ, and why.
#include "decode_llvm_cases.h"

namespace emulator {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_vop3(const Words& words) { return words[0] >> 26 == 0x35; }
bool is_vop3p(const Words& words) { return words[0] >> 26 == 0x33; }
bool is_smem(const Words& words) { return words[0] >> 26 == 0x3d; }
bool is_ds(const Words& words) { return words[0] >> 26 == 0x36; }
bool is_flat(const Words& words) { return words[0] >> 26 == 0x37; }
bool is_mubuf(const Words& words) { return words[0] >> 26 == 0x38; }

constexpr Quirk kQuirks[] = {
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() && has(llvm, "/*") && !has(llvm, "/*invalid immediate*/");
     },
     "LLVM prints a comment in place of a reserved DPP control; it is refused"},
    {[](const Words&, std::string_view llvm, std::string_view, bool) {
       return has(llvm, "/*invalid immediate*/");
     },
     "LLVM prints a comment where a constant stands for a register; the constant is printed"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool wave64) {
       return wave64 && llvm.empty() &&
              (has(ours, "vcc_hi") || has(ours, "exec_hi") || has(ours, "m0"));
     },
     "VCC_HI, EXEC_HI and M0 hold no mask of 64 lanes; decoding does not know the wave's size",
     true},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_vop3(words) && ours.empty() && has(llvm, "v_cmp") && (words[0] & 0x80) != 0;
     },
     "LLVM takes constants as the destination of a compare; only an SGPR is one"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() &&
              (has(llvm, "v_readfirstlane_b32 src_") || has(llvm, "v_readlane_b32 src_"));
     },
     "LLVM takes constants as the destination of v_readlane; only an SGPR is one"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       const bool has_mask = has(llvm, "v_cndmask_b32") || has(llvm, "_co_ci_u32");
       return is_vop3(words) && ours.empty() && has_mask && (words[1] >> 18 & 0x1ff) >= 128;
     },
     "LLVM takes constants and VGPRs as a lane mask; only SGPRs hold one"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_vop3p(words) && ours.empty() && has(llvm, "v_pk_") && !has(llvm, "_f16") &&
              has(llvm, "neg_");
     },
     "LLVM takes neg of the first source of packed integer operations; integers have no sign bit"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() &&
              (has(llvm, "v_swap") || has(llvm, "v_movrels") || has(llvm, "v_readfirstlane_b32"));
     },
     "LLVM takes scalars as the source of v_swap, v_movrels and v_readfirstlane, or drops the bit "
     "that makes it a VGPR; they read VGPRs"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return has(llvm, "v_cndmask_b32_dpp") || has(ours, "v_cndmask_b32_sdwa") ||
              has(llvm, "v_cndmask_b32_sdwa");
     },
     "LLVM 15 gives v_cndmask's SDWA form integer modifiers and its DPP form none; later versions "
     "and the VOP3 form have neg and abs"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() && (has(llvm, " mul:") || has(llvm, " div:"));
     },
     "LLVM takes omod where the result is no float that it could scale"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() &&
              (has(llvm, "v_ldexp") || has(llvm, "v_trig_preop") || has(llvm, "v_cvt_pk_u8_f32"));
     },
     "LLVM takes neg and abs of the integer beside a float source"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return has(llvm, "v_fmamk_f16") && has(ours, "v_fmamk_f16");
     },
     "LLVM prints the literal source of v_fmamk_f16 as 32 bits, that of all others as 16"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return (is_smem(words) || has(llvm, "v_mqsad_u32_u8")) && ours.empty() &&
              (has(llvm, "vcc") || has(llvm, "exec") || has(llvm, "null") || has(llvm, "src_"));
     },
     "LLVM prints VCC, EXEC, NULL or a constant where four registers are needed"},
    {[](const Words& words, std::string_view, std::string_view ours, bool) {
       return is_mubuf(words) && ours.empty() && words[1] >> 24 == 0xff;
     },
     "LLVM takes a literal as the scalar offset of MUBUF; the encoding allows none"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_flat(words) && ours.empty() && has(llvm, " lds");
     },
     "LLVM 15 takes the lds bit of GLOBAL and SCRATCH, which compilers leave to MUBUF"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_ds(words) && llvm.empty() &&
              (has(ours, "ds_gws_") || has(ours, "ds_ordered_count")) && !has(ours, " gds");
     },
     "LLVM takes global wave sync only with the gds bit; the software device faults on both"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_ds(words) && llvm.empty() &&
              (has(ours, "ds_nop") || (has(ours, "permute_b32") && has(ours, " gds")));
     },
     "LLVM wants the fields of ds_nop and the gds bit of ds_permute clear; they are ignored"},
    {[](const Words& words, std::string_view llvm, std::string_view ours, bool) {
       return is_mubuf(words) && llvm.empty() && has(ours, " lds");
     },
     "LLVM takes the lds bit with loads of a dword or less alone; the software device decodes it "
     "with all and faults"},
    {[](const Words&, std::string_view llvm, std::string_view ours, bool) {
       return ours.empty() && has(llvm, "v_interp_");
     },
     "parameter interpolation belongs to pixel shaders and is not implemented"},
};

}  // namespace

const std::span<const Quirk> kQuirkTable = kQuirks;

}  // namespace emulator

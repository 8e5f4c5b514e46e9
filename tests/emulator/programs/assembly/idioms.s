// What assembler-written kernels do and compilers do not: a kernel for each. All have the arguments
// (unsigned* out, const unsigned* in) and store to out[workgroup * 64 + work-item]; the test knows
// what. Their descriptors leave the size of the arguments to the metadata, as MIOpen's do.
.amdgcn_target "amdgcn-amd-amdhsa--gfx1010"
.text

// s[0:1] arguments, s2 workgroup, v0 work-item. Afterwards s[4:5] out, s[6:7] in, v1 byte offset of
// the work-item's output.
.macro begin name
.globl \name
.p2align 8
.type \name,@function
\name:
  s_load_dwordx4 s[4:7], s[0:1], 0x0
  s_lshl_b32 s8, s2, 8
  v_lshl_add_u32 v1, v0, 2, s8
  s_waitcnt lgkmcnt(0)
.endm

.macro end
  global_store_dword v1, v2, s[4:5]
  s_endpgm
.endm

// ---- calls and jumps ----

begin calls
  v_mov_b32 v2, 1
  s_call_b64 s[20:21], add_ten
  s_getpc_b64 s[22:23]
  s_add_u32 s22, s22, add_hundred-.
  s_addc_u32 s23, s23, 0
  s_swappc_b64 s[20:21], s[22:23]
  end
add_ten:
  v_add_nc_u32 v2, 10, v2
  s_setpc_b64 s[20:21]
add_hundred:
  v_add_nc_u32 v2, 0x64, v2
  s_mov_b64 s[24:25], s[20:21]
  s_call_b64 s[20:21], add_ten
  s_setpc_b64 s[24:25]

// The workgroup picks one of four targets from a table of distances that lies in the code.
begin jump_table
  s_getpc_b64 s[20:21]
after_getpc:
  s_and_b32 s22, s2, 3
  s_lshl_b32 s22, s22, 2
  s_add_u32 s24, s20, table-after_getpc
  s_addc_u32 s25, s21, 0
  s_load_dword s26, s[24:25], s22
  s_waitcnt lgkmcnt(0)
  s_add_u32 s20, s20, s26
  s_addc_u32 s21, s21, 0
  s_setpc_b64 s[20:21]
table:
  .long target0-after_getpc, target1-after_getpc, target2-after_getpc, target3-after_getpc
target0:
  v_mov_b32 v2, 10
  s_branch table_done
target1:
  v_mov_b32 v2, 11
  s_branch table_done
target2:
  v_mov_b32 v2, 12
  s_branch table_done
target3:
  v_mov_b32 v2, 13
table_done:
  end

// The kernel goes on behind the end of its first part and the padding there.
begin past_the_padding
  v_mov_b32 v2, 5
  s_branch behind_the_padding
  s_endpgm
.fill 64, 4, 0xbf9f0000  // s_code_end
behind_the_padding:
  v_add_nc_u32 v2, 6, v2
  end

// ---- masks ----

// Wave64. The lower half alone, then the upper half alone: each counts and numbers its lanes.
begin half_empty
  s_mov_b64 s[20:21], exec
  v_mov_b32 v2, -1
  s_mov_b32 exec_hi, 0
  s_bcnt1_i32_b64 s22, exec
  v_mov_b32 v2, s22
  v_readfirstlane_b32 s23, v0
  s_mov_b32 exec_hi, s21
  s_mov_b32 exec_lo, 0
  s_bcnt1_i32_b64 s22, exec
  s_cbranch_execz half_empty_done
  v_mov_b32 v2, s22
  v_readfirstlane_b32 s24, v0
  v_mbcnt_lo_u32_b32 v3, -1, 0
  v_mbcnt_hi_u32_b32 v3, -1, v3
  v_lshl_or_b32 v2, v3, 8, v2
  s_lshl_b32 s24, s24, 16
  v_or_b32 v2, s24, v2
half_empty_done:
  s_mov_b64 exec, s[20:21]
  v_lshl_or_b32 v2, s23, 24, v2
  end

// Comparisons into SGPRs, and what is done with such masks.
begin masks_in_sgprs
  v_cmp_gt_u32 s20, 20, v0
  v_cmp_lt_u32 s21, 9, v0
  s_and_b32 s22, s20, s21
  v_cndmask_b32 v2, 1, 2, s22
  v_cmp_class_f32 s23, v0, 0x80      // denormals: small integers, but not zero
  s_bcnt1_i32_b32 s24, s23
  v_mad_u32_u24 v2, s24, 16, v2
  s_mov_b32 s25, exec_lo
  s_waitcnt_depctr 0xfffe
  v_cmpx_eq_u32 7, v0
  v_mov_b32 v2, 0x77
  s_mov_b32 exec_lo, s25
  end

// ---- the machine ----

begin hardware_registers
  s_getreg_b32 s20, hwreg(23, 8, 2)              // HW_ID1: the SIMD
  s_getreg_b32 s21, hwreg(23, 0, 5)              // the wave slot
  s_setreg_imm32_b32 hwreg(1, 0, 2), 3           // MODE: round fp32 towards zero
  v_mov_b32 v3, 0x3f800000
  v_mov_b32 v4, 0x33c00000                       // 1.5 * 2^-24
  v_add_f32 v3, v3, v4                           // to nearest it would be 1 + 2^-23
  s_getreg_b32 s22, hwreg(1, 0, 4)
  s_setreg_imm32_b32 hwreg(1, 0, 2), 0
  v_add_f32 v4, 1.0, v4
  v_sub_nc_u32 v3, v4, v3
  s_lshl_b32 s20, s20, 8
  s_lshl_b32 s21, s21, 16
  s_or_b32 s20, s20, s21
  s_lshl_b32 s22, s22, 4
  s_or_b32 s20, s20, s22
  v_or_b32 v2, s20, v3
  end

begin message
  s_mov_b32 s20, m0
  s_mov_b32 m0, 0x1234
  s_sendmsg sendmsg(MSG_INTERRUPT)
  s_waitcnt lgkmcnt(0)
  s_mov_b32 m0, s20
  v_mov_b32 v2, 21
  end

// Waits for clocks: at least 1000 of one, and until the other has moved.
begin clocks
  s_memtime s[20:21]
  s_memrealtime s[24:25]
  s_waitcnt lgkmcnt(0)
clocks_again:
  s_sleep 1
  s_memtime s[22:23]
  s_memrealtime s[26:27]
  s_waitcnt lgkmcnt(0)
  s_sub_u32 s22, s22, s20
  s_subb_u32 s23, s23, s21
  s_cmp_lg_u32 s23, 0
  s_cbranch_scc1 clocks_done
  s_cmp_lt_u32 s22, 0x3e8
  s_cbranch_scc1 clocks_again
  s_cmp_eq_u64 s[24:25], s[26:27]
  s_cbranch_scc1 clocks_again
clocks_done:
  v_mov_b32 v2, 31
  end

begin prefetch
  s_inst_prefetch 0x3
  v_mov_b32 v2, 41
  s_inst_prefetch 0x0
  end

// ---- constants ----

// Inline constants in every operand that takes them.
begin inline_constants
  s_add_u32 s20, 64, -16                // 48
  s_mul_i32 s20, s20, -1                // -48
  s_cmp_eq_i32 -16, -16
  s_cselect_b32 s21, 3, 4               // 3
  s_lshl_b64 s[22:23], 1, 33            // 2 << 32
  v_mov_b32 v2, -16
  v_mad_i32_i24 v2, -1, v2, 64          // 80
  v_add3_u32 v2, s20, v2, 16            // 48
  v_fma_f32 v3, 0.5, 4.0, -2.0          // 0
  v_mul_f32 v4, 0.15915494, 2.0         // 1 / pi
  v_cmp_lt_f32 vcc_lo, 0.5, v4          // no
  v_cndmask_b32 v5, 7, -7, vcc_lo       // 7
  v_pk_add_f16 v6, 1.0, 1.0 op_sel_hi:[1,0]  // 2 low; high: 0 + 1 or 0 + 0, for op_sel_hi
  v_lshrrev_b32 v6, 10, v6
  v_and_b32 v6, 31, v6                  // exponent of 2.0 in half precision: 16
  v_add_f64 v[8:9], 1.0, -4.0           // -3
  v_cvt_i32_f64 v8, v[8:9]
  v_add3_u32 v2, v2, v5, v8             // 52
  v_add3_u32 v2, v2, v6, s21            // 71
  v_cvt_u32_f32 v3, v3
  v_add3_u32 v2, v2, v3, s23            // 73
  end

// ---- LDS ----

begin append_and_consume
  s_mov_b32 s20, m0
  s_mov_b32 m0, 64
  v_mov_b32 v3, 0x50
  v_mov_b32 v4, 0x3e8
  v_cmp_eq_u32 vcc_lo, 0, v0
  s_and_saveexec_b32 s21, vcc_lo
  ds_write_b32 v3, v4                  // the counter: 1000, at 64 + 16
  s_waitcnt_depctr 0xffe3
  s_mov_b32 exec_lo, s21
  s_waitcnt lgkmcnt(0)
  s_barrier
  ds_append v2 offset:16               // by 32 a wave: 1000 or 1032
  s_waitcnt lgkmcnt(0)
  s_barrier
  ds_consume v5 offset:16              // 1064 or 1032
  s_waitcnt lgkmcnt(0)
  s_barrier
  ds_read_b32 v6, v3                   // 1000 again
  s_waitcnt lgkmcnt(0)
  s_waitcnt_depctr 0xffe3
  s_mov_b32 m0, s20
  v_add3_u32 v2, v2, v5, v6
  end

// Idle lanes are sent out of the LDS: to 64 KB and to the bits of 1.0f. The loads give zero.
begin idle_lanes
  v_lshlrev_b32 v3, 2, v0
  v_cmp_gt_u32 vcc_lo, 48, v0
  v_mov_b32 v4, 0x10000
  v_cndmask_b32 v3, v4, v3, vcc_lo
  v_cmp_gt_u32 vcc_lo, 56, v0
  v_mov_b32 v4, 0x3f800000
  v_cndmask_b32 v3, v4, v3, vcc_lo
  v_add_nc_u32 v4, 0x100, v0
  ds_write_b32 v3, v4
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v2, v3
  s_waitcnt lgkmcnt(0)
  end

// A prologue reads further than anything was written; the value is dropped.
begin read_ahead
  v_lshlrev_b32 v3, 2, v0
  v_mov_b32 v4, 3
  ds_write_b32 v3, v4
  s_waitcnt lgkmcnt(0)
  ds_read2st64_b32 v[6:7], v3 offset0:0 offset1:1
  s_waitcnt lgkmcnt(0)
  v_mov_b32 v8, v7
  v_add_nc_u32 v9, v7, v8
  v_mov_b32 v2, v6
  end

// ---- buffers ----

// A resource of zeros and one without a format: unbound. The third is the input itself.
begin unbound_buffers
  s_mov_b32 s20, 0
  s_mov_b32 s21, 0
  s_mov_b32 s22, 0
  s_mov_b32 s23, 0
  v_lshlrev_b32 v3, 2, v0
  v_mov_b32 v4, 77
  buffer_load_dword v5, v3, s[20:23], 0 offen
  buffer_store_dword v4, v3, s[20:23], 0 offen
  s_mov_b32 s24, s6
  s_mov_b32 s25, s7
  s_mov_b32 s26, 0x100
  s_mov_b32 s27, 0x31000000
  buffer_load_dword v6, v3, s[24:27], 0 offen
  buffer_store_dword v4, v3, s[24:27], 0 offen
  s_mov_b32 s28, s6
  s_mov_b32 s29, s7
  s_mov_b32 s30, 0x80
  s_mov_b32 s31, 0x31014000
  buffer_load_dword v7, v3, s[28:31], 0 offen
  s_waitcnt vmcnt(0)
  v_lshlrev_b32 v5, 16, v5
  v_lshlrev_b32 v6, 8, v6
  v_or3_b32 v2, v5, v6, v7
  end

// ---- descriptors and metadata ----

.macro descriptor name, wave32=1, lds=0
.rodata
.p2align 6
.amdhsa_kernel \name
  .amdhsa_user_sgpr_kernarg_segment_ptr 1
  .amdhsa_system_sgpr_workgroup_id_x 1
  .amdhsa_next_free_vgpr 16
  .amdhsa_next_free_sgpr 40
  .amdhsa_wavefront_size32 \wave32
  .amdhsa_group_segment_fixed_size \lds
.end_amdhsa_kernel
.endm

descriptor calls
descriptor jump_table
descriptor past_the_padding
descriptor half_empty, 0
descriptor masks_in_sgprs
descriptor hardware_registers
descriptor message
descriptor clocks
descriptor prefetch
descriptor inline_constants
descriptor append_and_consume, 1, 256
descriptor idle_lanes, 1, 256
descriptor read_ahead, 1, 512
descriptor unbound_buffers

.amdgpu_metadata
amdhsa.version: [1, 1]
amdhsa.kernels:
  - .name: calls
    .symbol: calls.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: jump_table
    .symbol: jump_table.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: past_the_padding
    .symbol: past_the_padding.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: half_empty
    .symbol: half_empty.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 64
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: masks_in_sgprs
    .symbol: masks_in_sgprs.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: hardware_registers
    .symbol: hardware_registers.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: message
    .symbol: message.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: clocks
    .symbol: clocks.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: prefetch
    .symbol: prefetch.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: inline_constants
    .symbol: inline_constants.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: append_and_consume
    .symbol: append_and_consume.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 256
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: idle_lanes
    .symbol: idle_lanes.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 256
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: read_ahead
    .symbol: read_ahead.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 512
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
  - .name: unbound_buffers
    .symbol: unbound_buffers.kd
    .kernarg_segment_size: 16
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 32
    .sgpr_count: 40
    .vgpr_count: 16
    .max_flat_workgroup_size: 64
    .args: &arguments
      - {.address_space: global, .offset: 0, .size: 8, .value_kind: global_buffer}
      - {.address_space: global, .offset: 8, .size: 8, .value_kind: global_buffer}
.end_amdgpu_metadata

#pragma once

// rocPRIM's reductions over waves and workgroups. Include this and not rocPRIM's own headers, which
// are wrong for one card.

#include <rocprim/config.hpp>
// rocPRIM 5.3 leaves gfx1013 out of its list of RDNA and would reduce by DPP controls of GCN.
#if defined(__gfx1013__) && !ROCPRIM_NAVI
#undef ROCPRIM_NAVI
#define ROCPRIM_NAVI 1
#endif
#include <rocprim/block/block_reduce.hpp>
#include <rocprim/warp/warp_reduce.hpp>

#pragma once

#include <cstddef>

#include "core/data_type.h"
#include "dispatch/handle.h"

namespace rdna1conv {

// A pointer that a kernel reads or writes element by element: not null, aligned to its elements, in
// coarse-grained memory of the handle's device. Throws Error (kBadParm) naming the argument.
//
// Constness follows from the call's meaning; one type of buffers serves all of them.
void* device_argument(const Handle& handle, const void* pointer, const char* name, DataType type);

// The workspace, which may be null.
void* workspace_argument(const Handle& handle, void* pointer, const char* name = "workSpace");

}  // namespace rdna1conv

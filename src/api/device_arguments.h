#pragma once

#include <cstddef>
#include <span>

#include "core/data_type.h"
#include "dispatch/handle.h"
#include "plan/launch.h"

namespace rdna1conv {

// A pointer that a kernel reads or writes element by element: not null, aligned to its elements, in
// coarse-grained memory of the handle's device. Throws Error (kBadParm) naming the argument.
//
// Constness follows from the call's meaning; one type of buffers serves all of them.
void* device_argument(const Handle& handle, const void* pointer, const char* name, DataType type);

// What an operator's run call brings: device pointers that were checked as above, and its numbers.
class OperatorRun {
 public:
  explicit OperatorRun(const Handle& handle) : handle_(handle) {}

  void add(BufferSlot buffer, const void* pointer, const char* name, DataType type) {
    arguments_.buffers[buffer.number] = device_argument(handle_, pointer, name, type);
  }
  // Memory of the library's own.
  void set(BufferSlot buffer, const void* memory) { arguments_.buffers[buffer.number] = memory; }
  // `scalars` outlives what is returned.
  template <class Scalars>
  const RunArguments& with(const Scalars& scalars) {
    arguments_.scalars = std::as_bytes(std::span(&scalars, 1));
    return arguments_;
  }
  const RunArguments& arguments() const { return arguments_; }

 private:
  const Handle& handle_;
  RunArguments arguments_;
};

// The workspace, which may be null.
void* workspace_argument(const Handle& handle, void* pointer, const char* name = "workSpace");

}  // namespace rdna1conv

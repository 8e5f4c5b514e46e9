// The gradient of indexing with tensors of indices and with slices.
#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/getitem.h"

using namespace rdna1conv;

namespace {

using B = GetitemBuffer;

struct Dimension {
  std::int64_t length, stride;
};

std::vector<Dimension> dimensions_of(const NamedTensor& tensor) {
  dims_of(tensor.descriptor, tensor.name, 1, 5);
  std::vector<Dimension> dimensions;
  for (std::size_t i = 0; i < tensor.descriptor.rank(); ++i)
    dimensions.push_back({tensor.descriptor.lengths()[i], tensor.descriptor.strides()[i]});
  return dimensions;
}

// Every `step`-th of a dimension's elements from start up to end. Where the first one lies is part
// of the caller's offset, as in MIOpen.
void slice(std::vector<Dimension>& dimensions, std::span<const std::int32_t, 4> numbers) {
  const auto [dimension, start, end, step] =
      std::array{numbers[0], numbers[1], numbers[2], numbers[3]};
  if (dimension < 0 || dimension >= static_cast<std::int32_t>(dimensions.size()) || step < 1 ||
      start < 0 || end <= start) {
    throw Error(Status::kBadParm, "slices has {" + std::to_string(dimension) + ", " +
                                      std::to_string(start) + ", " + std::to_string(end) + ", " +
                                      std::to_string(step) + "}, which is no slice of dxDesc");
  }
  Dimension& sliced = dimensions[static_cast<std::size_t>(dimension)];
  const std::int64_t last = std::min<std::int64_t>(end, sliced.length);
  sliced.length = std::max<std::int64_t>(0, (last - start + step - 1) / step);
  sliced.stride *= step;
}

struct Call {
  NamedTensor dy, dx;
  std::span<const miopenTensorDescriptor_t> indices;
  std::span<const std::int32_t> dims, slices;
  std::uint32_t offset;
};

GetitemProblem problem_of(const Call& call) {
  GetitemProblem p;
  p.type = call.dx.descriptor.type();
  std::vector<Dimension> dx = dimensions_of(call.dx);
  require_apart(call.dx);
  const std::vector<Dimension> dy = dimensions_of(call.dy);
  for (std::size_t i = 0; i + 4 <= call.slices.size(); i += 4)
    slice(dx, call.slices.subspan(i).first<4>());
  if (call.indices.size() > kMaxIndices || call.dims.size() != call.indices.size()) {
    throw Error(Status::kBadParm, "indexCount is " + std::to_string(call.indices.size()) +
                                      " and dimCount " + std::to_string(call.dims.size()) +
                                      ", must be alike and at most 5");
  }
  p.index_count = call.indices.size();
  // (?) The offset counts elements along dx's first dimension, as MIOpen adds it to the first index
  // of its layout; no client is known.
  p.offset = call.offset * dx[0].stride;
  std::vector<bool> is_indexed(dx.size(), false);
  for (std::size_t i = 0; i < p.index_count; ++i) {
    const std::string name = "indexDescs[" + std::to_string(i) + "]";
    const TensorDescriptor& index = object(call.indices[i], name.c_str());
    const std::int32_t dimension = call.dims[i];
    const bool is_next = i == 0 || dimension == call.dims[i - 1] + 1;
    if (dimension < 0 || dimension >= static_cast<std::int32_t>(dx.size()) || !is_next) {
      throw Error(Status::kBadParm, "dims has " + std::to_string(dimension) +
                                        ", must be dimensions of dxDesc that follow each other");
    }
    if (i == 0) p.rows = index.elements();
    if (index.rank() != 1 || index.type() != DataType::kInt32 || index.elements() != p.rows) {
      throw Error(Status::kBadParm, name + " is " + std::string(name_of(index.type())) + " " +
                                        lengths_text(index.lengths()) + ", needs int32 [" +
                                        std::to_string(p.rows) + "]");
    }
    const Dimension& indexed = dx[static_cast<std::size_t>(dimension)];
    is_indexed[static_cast<std::size_t>(dimension)] = true;
    p.index_step[i] = index.strides()[0];
    p.dx_step[i] = indexed.stride;
    p.length[i] = indexed.length;
  }
  // dy has one dimension of rows in the place of those that are indexed.
  std::size_t at = 0, taken = 0;
  bool fits = call.dy.descriptor.type() == p.type;
  for (std::size_t i = 0; i < dx.size() && fits; ++i) {
    const bool is_first = is_indexed[i] && (i == 0 || !is_indexed[i - 1]);
    if (is_indexed[i] && !is_first) continue;
    fits = at < dy.size() && dy[at].length == (is_first ? p.rows : dx[i].length);
    if (!fits) break;
    if (is_first) {
      p.dy_row = dy[at].stride;
    } else {
      p.lengths[taken] = dx[i].length;
      p.dy_strides[taken] = dy[at].stride;
      p.dx_strides[taken++] = dx[i].stride;
    }
    ++at;
  }
  if (!fits || at != dy.size()) {
    throw Error(Status::kBadParm, std::string(call.dy.name) + " is " +
                                      std::string(name_of(call.dy.descriptor.type())) + " " +
                                      lengths_text(call.dy.descriptor.lengths()) +
                                      ", which is not what indices and slices take of " +
                                      call.dx.name + " " + std::string(name_of(p.type)) + " " +
                                      lengths_text(call.dx.descriptor.lengths()));
  }
  return p;
}

template <class T>
std::span<const T> array_of(const T* values, std::size_t count, const char* name) {
  if (count != 0) require(values, name);
  return {values, count};
}

}  // namespace

extern "C" {

miopenStatus_t miopenGetGetitemWorkspaceSize(miopenHandle_t handle, uint32_t indexCount,
                                             const miopenTensorDescriptor_t* indexDescs,
                                             size_t* sizeInBytes) {
  return guard({__func__,
                {{"handle", handle},
                 {"indexCount", indexCount},
                 {"indexDescs", indexDescs},
                 {"sizeInBytes", sizeInBytes}}},
               [&] {
                 object(handle);
                 array_of(indexDescs, indexCount, "indexDescs");
                 require(sizeInBytes, "sizeInBytes") = 0;
               });
}

miopenStatus_t miopenGetitemBackward(
    miopenHandle_t handle, void* workspace, size_t workspaceSizeInBytes,
    const miopenTensorDescriptor_t dyDesc, const void* dy, uint32_t indexCount,
    const miopenTensorDescriptor_t* indexDescs, const void* const* indexs,
    const miopenTensorDescriptor_t dxDesc, void* dx, const miopenTensorDescriptor_t errorDesc,
    void* error, uint32_t dimCount, const int32_t* dims, uint32_t sliceCount, const int32_t* slices,
    uint32_t offset) {
  return guard({__func__,
                {{"handle", handle},
                 {"workspace", workspace},
                 {"workspaceSizeInBytes", workspaceSizeInBytes},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"indexCount", indexCount},
                 {"dxDesc", dxDesc},
                 {"dx", dx},
                 {"errorDesc", errorDesc},
                 {"error", error},
                 {"dimCount", dimCount},
                 {"sliceCount", sliceCount},
                 {"offset", offset}}},
               [&] {
                 Handle& owner = object(handle);
                 const GetitemProblem p =
                     problem_of({{object(dyDesc, "dyDesc"), "dyDesc"},
                                 {object(dxDesc, "dxDesc"), "dxDesc"},
                                 array_of(indexDescs, indexCount, "indexDescs"),
                                 array_of(dims, dimCount, "dims"),
                                 array_of(slices, std::size_t{sliceCount} * 4, "slices"),
                                 offset});
                 OperatorRun run(owner);
                 run.add(B::kDy, dy, "dy", p.type);
                 run.add(B::kDx, dx, "dx", p.type);
                 if (p.index_count != 0) run.add(B::kError, error, "error", DataType::kInt32);
                 const auto pointers = array_of(indexs, indexCount, "indexs");
                 for (std::size_t i = 0; i < p.index_count; ++i) {
                   const std::string name = "indexs[" + std::to_string(i) + "]";
                   run.add(static_cast<B>(static_cast<std::size_t>(B::kIndex) + i), pointers[i],
                           name.c_str(), DataType::kInt32);
                 }
                 run_operator(owner, "LogCmdGetitem", p, run.arguments());
               });
}

}  // extern "C"

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "api/host_scaling.h"
#include "api/named_tensor.h"
#include "core/tensor_dims.h"
#include "dispatch/operators.h"
#include "solvers/operators/pooling.h"

using namespace rdna1conv;

namespace {

PoolingDescriptor& object(miopenPoolingDescriptor_t descriptor, const char* name = "poolDesc") {
  return *reinterpret_cast<PoolingDescriptor*>(&require(descriptor, name));
}
using rdna1conv::object;

PoolingMode mode_of(miopenPoolingMode_t mode) {
  require_enumerator(mode, {miopenPoolingMax, miopenPoolingAverageInclusive}, "mode",
                     "miopenPoolingMode_t");
  return static_cast<PoolingMode>(mode);
}

// The descriptor of these windows; its index type and mode are those of a new one, as in MIOpen.
// Windows of no pixels would divide by zero, so they are refused here.
PoolingDescriptor make_pooling(miopenPoolingMode_t mode, int dims, const int* window,
                               const int* pad, const int* stride) {
  PoolingDescriptor pooling;
  pooling.mode = mode_of(mode);
  if (dims != 2 && dims != 3) {
    throw Error(Status::kBadParm, "nbDims is " + std::to_string(dims) + ", must be 2 or 3");
  }
  pooling.dims = dims;
  pooling.index_in_image = dims == 3;
  for (int i = 0; i < dims; ++i) {
    require_at_least(1, {{"the window", window[i]}, {"the stride", stride[i]}});
    require_at_least(0, {{"the padding", pad[i]}});
    const auto at = static_cast<std::size_t>(i + 3 - dims);
    pooling.window[at] = window[i];
    pooling.pad[at] = pad[i];
    pooling.stride[at] = stride[i];
  }
  return pooling;
}

void copy_axes(const PoolingDescriptor& pooling, const std::array<std::int64_t, 3>& values,
               int count, int* to) {
  if (to == nullptr) return;
  for (int i = 0; i < std::min(count, pooling.dims); ++i)
    to[i] = static_cast<int>(values[static_cast<std::size_t>(i + 3 - pooling.dims)]);
}

std::vector<std::int64_t> output_lengths(const PoolingDescriptor& pooling,
                                         const TensorDescriptor& x) {
  const auto rank = static_cast<int>(x.rank());
  if (rank != pooling.dims + 2) {
    throw Error(Status::kBadParm, "tensorDesc has " + std::to_string(rank) +
                                      " dimensions, poolDesc is of " +
                                      std::to_string(pooling.dims + 2));
  }
  std::vector<std::int64_t> lengths(x.lengths().begin(), x.lengths().end());
  for (int i = 0; i < pooling.dims; ++i) {
    std::int64_t& length = lengths[static_cast<std::size_t>(i + 2)];
    length = pooled_length(pooling, static_cast<std::size_t>(i + 3 - pooling.dims), length);
  }
  return lengths;
}

// x and y of the call, or dx and dy. y's image may have any size: clients that round up have a
// larger one than the formula gives, and windows are cut off at the image.
PoolingProblem problem_of(const PoolingDescriptor& pooling, NamedTensor x, NamedTensor y) {
  for (const NamedTensor& tensor : {x, y}) {
    const std::size_t rank = tensor.descriptor.rank();
    if (rank == 4 || rank == 5) continue;
    throw Error(Status::kUnknownError, std::string(tensor.name) + " has " + std::to_string(rank) +
                                           " dimensions, must have 4 or 5");
  }
  if (x.descriptor.type() != y.descriptor.type()) {
    throw Error(Status::kNotImplemented,
                std::string(x.name) + " is " + std::string(name_of(x.descriptor.type())) + ", " +
                    y.name + " is " + std::string(name_of(y.descriptor.type())));
  }
  const TensorDims x_dims = dims_of(x.descriptor, x.name, 4, 5),
                   y_dims = dims_of(y.descriptor, y.name, 4, 5);
  if (x_dims.lengths[0] != y_dims.lengths[0] || x_dims.lengths[1] != y_dims.lengths[1] ||
      x.descriptor.rank() != y.descriptor.rank()) {
    throw Error(Status::kBadParm, std::string(y.name) + " is " +
                                      lengths_text(y.descriptor.lengths()) + ", " + x.name +
                                      " is " + lengths_text(x.descriptor.lengths()) +
                                      ": batch and channels differ");
  }
  if (static_cast<int>(x.descriptor.rank()) != pooling.dims + 2) {
    throw Error(Status::kBadParm,
                std::string(x.name) + " has " + std::to_string(x.descriptor.rank()) +
                    " dimensions, poolDesc is of " + std::to_string(pooling.dims + 2));
  }
  PoolingProblem p;
  p.type = x.descriptor.type();
  p.pooling = pooling;
  p.x_lengths = x_dims.lengths;
  p.x_strides = x_dims.strides;
  p.y_lengths = y_dims.lengths;
  p.y_strides = y_dims.strides;
  return p;
}

// What an index may be must be more than the window's, or image's, pixels.
void check_index_range(const PoolingProblem& p) {
  double pixels = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    pixels *=
        static_cast<double>(p.pooling.index_in_image ? p.x_lengths[i + 2] : p.pooling.window[i]);
  }
  const auto bits = static_cast<int>(8 * bytes_of(p.pooling.index_type));
  const double largest = std::ldexp(1.0, bits) - 1;
  if (largest > pixels) return;
  throw Error(Status::kUnknownError,
              "the index type has " + std::to_string(bits) + " bits, too few for " +
                  (p.pooling.index_in_image ? "an image of " : "a window of ") +
                  std::to_string(static_cast<std::int64_t>(pixels)) + " pixels");
}

// Indices are aligned to their type, as hipMalloc's memory and any array of them is.
void* index_argument(const Handle& handle, void* workspace, IndexType type) {
  if (workspace == nullptr) throw Error(Status::kUnknownError, "workSpace is null");
  constexpr DataType kOfSameSize[] = {DataType::kInt8, DataType::kHalf, DataType::kInt32,
                                      DataType::kInt64};
  return device_argument(handle, workspace, "workSpace",
                         kOfSameSize[static_cast<std::size_t>(type)]);
}

using B = PoolingBuffer;

}  // namespace

extern "C" {

miopenStatus_t miopenCreatePoolingDescriptor(miopenPoolingDescriptor_t* poolDesc) {
  return guard({__func__, {{"poolDesc", poolDesc}}}, [&] {
    miopenPoolingDescriptor_t& result = require(poolDesc, "poolDesc");
    result = reinterpret_cast<miopenPoolingDescriptor_t>(new PoolingDescriptor);
  });
}

miopenStatus_t miopenDestroyPoolingDescriptor(miopenPoolingDescriptor_t poolDesc) {
  return guard({__func__, {{"poolDesc", poolDesc}}}, [&] { delete &object(poolDesc); });
}

miopenStatus_t miopenSetPoolingIndexType(miopenPoolingDescriptor_t poolDesc,
                                         miopenIndexType_t index_type) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"index_type", index_type}}}, [&] {
    PoolingDescriptor& pooling = object(poolDesc);
    require_enumerator(index_type, {miopenIndexUint8, miopenIndexUint64}, "index_type",
                       "miopenIndexType_t");
    pooling.index_type = static_cast<IndexType>(index_type);
  });
}

miopenStatus_t miopenGetPoolingIndexType(miopenPoolingDescriptor_t poolDesc,
                                         miopenIndexType_t* index_type) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"index_type", index_type}}}, [&] {
    const PoolingDescriptor& pooling = object(poolDesc);
    require(index_type, "index_type") = static_cast<miopenIndexType_t>(pooling.index_type);
  });
}

miopenStatus_t miopenSetPoolingWorkSpaceIndexMode(
    miopenPoolingDescriptor_t poolDesc, miopenPoolingWorkspaceIndexMode_t workspace_index) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"workspace_index", workspace_index}}}, [&] {
    PoolingDescriptor& pooling = object(poolDesc);
    require_enumerator(workspace_index,
                       {miopenPoolingWorkspaceIndexMask, miopenPoolingWorkspaceIndexImage},
                       "workspace_index", "miopenPoolingWorkspaceIndexMode_t");
    pooling.index_in_image = workspace_index == miopenPoolingWorkspaceIndexImage;
  });
}

miopenStatus_t miopenGetPoolingWorkSpaceIndexMode(
    miopenPoolingDescriptor_t poolDesc, miopenPoolingWorkspaceIndexMode_t* workspace_index) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"workspace_index", workspace_index}}}, [&] {
    const PoolingDescriptor& pooling = object(poolDesc);
    require(workspace_index, "workspace_index") =
        pooling.index_in_image ? miopenPoolingWorkspaceIndexImage : miopenPoolingWorkspaceIndexMask;
  });
}

miopenStatus_t miopenSet2dPoolingDescriptor(miopenPoolingDescriptor_t poolDesc,
                                            miopenPoolingMode_t mode, int windowHeight,
                                            int windowWidth, int pad_h, int pad_w, int stride_h,
                                            int stride_w) {
  return guard({__func__,
                {{"poolDesc", poolDesc},
                 {"mode", mode},
                 {"windowHeight", windowHeight},
                 {"windowWidth", windowWidth},
                 {"pad_h", pad_h},
                 {"pad_w", pad_w},
                 {"stride_h", stride_h},
                 {"stride_w", stride_w}}},
               [&] {
                 PoolingDescriptor& pooling = object(poolDesc);
                 const int window[] = {windowHeight, windowWidth}, pad[] = {pad_h, pad_w},
                           stride[] = {stride_h, stride_w};
                 pooling = make_pooling(mode, 2, window, pad, stride);
               });
}

miopenStatus_t miopenGet2dPoolingDescriptor(const miopenPoolingDescriptor_t poolDesc,
                                            miopenPoolingMode_t* mode, int* windowHeight,
                                            int* windowWidth, int* pad_h, int* pad_w, int* stride_h,
                                            int* stride_w) {
  return guard({__func__, {{"poolDesc", poolDesc}}}, [&] {
    const PoolingDescriptor& pooling = object(poolDesc);
    if (pooling.dims != 2) throw Error(Status::kBadParm, "poolDesc has three dimensions");
    const auto set = [](int* to, std::int64_t value) {
      if (to != nullptr) *to = static_cast<int>(value);
    };
    if (mode != nullptr) *mode = static_cast<miopenPoolingMode_t>(pooling.mode);
    set(windowHeight, pooling.window[1]);
    set(windowWidth, pooling.window[2]);
    set(pad_h, pooling.pad[1]);
    set(pad_w, pooling.pad[2]);
    set(stride_h, pooling.stride[1]);
    set(stride_w, pooling.stride[2]);
  });
}

miopenStatus_t miopenSetNdPoolingDescriptor(miopenPoolingDescriptor_t poolDesc,
                                            const miopenPoolingMode_t mode, int nbDims,
                                            const int* windowDimA, const int* padA,
                                            const int* stridesA) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"mode", mode}, {"nbDims", nbDims}}}, [&] {
    PoolingDescriptor& pooling = object(poolDesc);
    require(windowDimA, "windowDimA");
    require(padA, "padA");
    require(stridesA, "stridesA");
    pooling = make_pooling(mode, nbDims, windowDimA, padA, stridesA);
  });
}

miopenStatus_t miopenGetNdPoolingDescriptor(const miopenPoolingDescriptor_t poolDesc,
                                            int nbDimsRequested, miopenPoolingMode_t* mode,
                                            int* nbDims, int* windowDimA, int* padA,
                                            int* stridesA) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"nbDimsRequested", nbDimsRequested}}}, [&] {
    const PoolingDescriptor& pooling = object(poolDesc);
    if (mode != nullptr) *mode = static_cast<miopenPoolingMode_t>(pooling.mode);
    if (nbDims != nullptr) *nbDims = pooling.dims;
    copy_axes(pooling, pooling.window, nbDimsRequested, windowDimA);
    copy_axes(pooling, pooling.pad, nbDimsRequested, padA);
    copy_axes(pooling, pooling.stride, nbDimsRequested, stridesA);
  });
}

miopenStatus_t miopenGetPoolingForwardOutputDim(const miopenPoolingDescriptor_t poolDesc,
                                                const miopenTensorDescriptor_t tensorDesc, int* n,
                                                int* c, int* h, int* w) {
  return guard({__func__, {{"poolDesc", poolDesc}, {"tensorDesc", tensorDesc}}}, [&] {
    const auto lengths = output_lengths(object(poolDesc), object(tensorDesc, "tensorDesc"));
    if (lengths.size() != 4) throw Error(Status::kBadParm, "tensorDesc has not 4 dimensions");
    require(n, "n") = static_cast<int>(lengths[0]);
    require(c, "c") = static_cast<int>(lengths[1]);
    require(h, "h") = static_cast<int>(lengths[2]);
    require(w, "w") = static_cast<int>(lengths[3]);
  });
}

miopenStatus_t miopenGetPoolingNdForwardOutputDim(const miopenPoolingDescriptor_t poolDesc,
                                                  const miopenTensorDescriptor_t tensorDesc,
                                                  int dims, int* tensorDimArr) {
  return guard(
      {__func__, {{"poolDesc", poolDesc}, {"tensorDesc", tensorDesc}, {"dims", dims}}}, [&] {
        const auto lengths = output_lengths(object(poolDesc), object(tensorDesc, "tensorDesc"));
        if (dims != static_cast<int>(lengths.size())) {
          throw Error(Status::kBadParm, "dims is " + std::to_string(dims) + ", tensorDesc has " +
                                            std::to_string(lengths.size()) + " dimensions");
        }
        require(tensorDimArr, "tensorDimArr");
        for (std::size_t i = 0; i < lengths.size(); ++i)
          tensorDimArr[i] = static_cast<int>(lengths[i]);
      });
}

miopenStatus_t miopenPoolingGetWorkSpaceSize(const miopenTensorDescriptor_t yDesc,
                                             size_t* workSpaceSize) {
  return guard({__func__, {{"yDesc", yDesc}, {"workSpaceSize", workSpaceSize}}}, [&] {
    // Of the index type that a descriptor has unless it is told otherwise.
    const TensorDescriptor& y = object(yDesc, "yDesc");
    require(workSpaceSize, "workSpaceSize") = static_cast<std::size_t>(y.elements());
  });
}

miopenStatus_t miopenPoolingGetWorkSpaceSizeV2(const miopenPoolingDescriptor_t poolDesc,
                                               const miopenTensorDescriptor_t yDesc,
                                               size_t* workSpaceSize) {
  return guard(
      {__func__, {{"poolDesc", poolDesc}, {"yDesc", yDesc}, {"workSpaceSize", workSpaceSize}}},
      [&] {
        const PoolingDescriptor& pooling = object(poolDesc);
        const TensorDescriptor& y = object(yDesc, "yDesc");
        require(workSpaceSize, "workSpaceSize") =
            pooling.mode == PoolingMode::kMax
                ? static_cast<std::size_t>(y.elements()) * bytes_of(pooling.index_type)
                : 0;
      });
}

miopenStatus_t miopenPoolingForward(miopenHandle_t handle, const miopenPoolingDescriptor_t poolDesc,
                                    const void* alpha, const miopenTensorDescriptor_t xDesc,
                                    const void* x, const void* beta,
                                    const miopenTensorDescriptor_t yDesc, void* y, bool do_backward,
                                    void* workSpace, size_t workSpaceSize) {
  return guard({__func__,
                {{"handle", handle},
                 {"poolDesc", poolDesc},
                 {"alpha", alpha},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"beta", beta},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"do_backward", do_backward},
                 {"workSpace", workSpace},
                 {"workSpaceSize", workSpaceSize}}},
               [&] {
                 Handle& owner = object(handle);
                 const PoolingDescriptor& pooling = object(poolDesc);
                 require_pointer(x, "x");
                 require_pointer(y, "y");
                 const NamedTensor x_tensor{object(xDesc, "xDesc"), "xDesc"},
                     y_tensor{object(yDesc, "yDesc"), "yDesc"};
                 require_no_scaling(alpha, beta, Status::kUnknownError);
                 PoolingProblem p = problem_of(pooling, x_tensor, y_tensor);
                 require_apart(y_tensor);
                 p.saves = do_backward && pooling.mode == PoolingMode::kMax;
                 OperatorRun run(owner);
                 if (p.saves) {
                   check_index_range(p);
                   run.add(B::kIndices, index_argument(owner, workSpace, pooling.index_type),
                           "workSpace", DataType::kInt8);
                 }
                 run.add(B::kX, x, "x", p.type);
                 run.add(B::kY, y, "y", p.type);
                 run_operator(owner, "LogCmdPooling", p, run.arguments());
               });
}

miopenStatus_t miopenPoolingBackward(miopenHandle_t handle,
                                     const miopenPoolingDescriptor_t poolDesc, const void* alpha,
                                     const miopenTensorDescriptor_t yDesc, const void* y,
                                     const miopenTensorDescriptor_t dyDesc, const void* dy,
                                     const miopenTensorDescriptor_t xDesc, const void* x,
                                     const void* beta, const miopenTensorDescriptor_t dxDesc,
                                     void* dx, void* workSpace) {
  return guard({__func__,
                {{"handle", handle},
                 {"poolDesc", poolDesc},
                 {"alpha", alpha},
                 {"yDesc", yDesc},
                 {"y", y},
                 {"dyDesc", dyDesc},
                 {"dy", dy},
                 {"xDesc", xDesc},
                 {"x", x},
                 {"beta", beta},
                 {"dxDesc", dxDesc},
                 {"dx", dx},
                 {"workSpace", workSpace}}},
               [&] {
                 Handle& owner = object(handle);
                 const PoolingDescriptor& pooling = object(poolDesc);
                 require_pointer(dy, "dy");
                 require_pointer(dx, "dx");
                 const NamedTensor dx_tensor{object(dxDesc, "dxDesc"), "dxDesc"},
                     dy_tensor{object(dyDesc, "dyDesc"), "dyDesc"};
                 require_no_scaling(alpha, beta, Status::kUnknownError);
                 PoolingProblem p = problem_of(pooling, dx_tensor, dy_tensor);
                 require_apart(dx_tensor);
                 p.backward = true;
                 OperatorRun run(owner);
                 if (pooling.mode == PoolingMode::kMax) {
                   check_index_range(p);
                   run.add(B::kIndices, index_argument(owner, workSpace, pooling.index_type),
                           "workSpace", DataType::kInt8);
                 }
                 run.add(B::kDy, dy, "dy", p.type);
                 run.add(B::kDx, dx, "dx", p.type);
                 run_operator(owner, "LogCmdPooling", p, run.arguments());
               });
}

}  // extern "C"

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include <algorithm>
#include <array>
#include <climits>
#include <optional>
#include <span>

#include "api/guard.h"
#include "api/hidden_functions.h"

using namespace rdna1conv;

namespace {

using Values = std::array<std::int64_t, kMaxTensorDims>;

void check_dims(const char* name, int dims) {
  if (dims >= 1 && dims <= static_cast<int>(kMaxTensorDims)) return;
  throw Error(Status::kBadParm, std::string(name) + " is " + std::to_string(dims) +
                                    ", must be between 1 and " + std::to_string(kMaxTensorDims));
}

// A client's array as 64-bit values; what does not fit becomes negative and is refused with the
// rest of the bad lengths.
template <class T>
Values widen(const T* values, int count) {
  Values result{};
  std::transform(values, values + count, result.begin(),
                 [](T value) { return static_cast<std::int64_t>(value); });
  return result;
}

template <class T>
TensorDescriptor make_descriptor(miopenDataType_t type, int dims, const T* lengths,
                                 const T* strides) {
  check_dims("nbDims", dims);
  require(lengths, "dimsA");
  const auto count = static_cast<std::size_t>(dims);
  const Values wide_lengths = widen(lengths, dims);
  std::optional<std::span<const std::int64_t>> stride_span;
  Values wide_strides{};
  if (strides != nullptr) {
    wide_strides = widen(strides, dims);
    stride_span.emplace(wide_strides.data(), count);
  }
  return {static_cast<DataType>(type), std::span(wide_lengths.data(), count), stride_span};
}

int narrow(const char* what, std::int64_t value) {
  if (value <= INT_MAX) return static_cast<int>(value);
  throw Error(Status::kBadParm, std::string("tensorDesc has a ") + what + " of " +
                                    std::to_string(value) + ", which does not fit into an int");
}

// Order of the dimensions of a layout, outermost first, as positions in N, C, [D,] H, W.
struct LayoutRow {
  miopenTensorLayout_t layout;
  int dims;
  std::array<std::size_t, 5> order;
};
constexpr LayoutRow kLayouts[] = {
    {miopenTensorNCHW, 4, {0, 1, 2, 3}},     {miopenTensorNHWC, 4, {0, 2, 3, 1}},
    {miopenTensorCHWN, 4, {1, 2, 3, 0}},     {miopenTensorNCDHW, 5, {0, 1, 2, 3, 4}},
    {miopenTensorNDHWC, 5, {0, 2, 3, 4, 1}},
};

}  // namespace

extern "C" {

miopenStatus_t miopenCreateTensorDescriptor(miopenTensorDescriptor_t* tensorDesc) {
  return guard({__func__, {{"tensorDesc", tensorDesc}}}, [&] {
    miopenTensorDescriptor_t& result = require(tensorDesc, "tensorDesc");
    result = reinterpret_cast<miopenTensorDescriptor_t>(new TensorDescriptor);
  });
}

miopenStatus_t miopenDestroyTensorDescriptor(miopenTensorDescriptor_t tensorDesc) {
  return guard({__func__, {{"tensorDesc", tensorDesc}}},
               [&] { delete &object(tensorDesc, "tensorDesc"); });
}

miopenStatus_t miopenSet4dTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                           miopenDataType_t dataType, int n, int c, int h, int w) {
  return guard({__func__,
                {{"tensorDesc", tensorDesc},
                 {"dataType", dataType},
                 {"n", n},
                 {"c", c},
                 {"h", h},
                 {"w", w}}},
               [&] {
                 TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
                 require_at_least(1, {{"n", n}, {"c", c}, {"h", h}, {"w", w}});
                 const std::array lengths{n, c, h, w};
                 descriptor = make_descriptor<int>(dataType, 4, lengths.data(), nullptr);
               });
}

miopenStatus_t miopenSet4dTensorDescriptorEx(miopenTensorDescriptor_t tensorDesc,
                                             miopenDataType_t dataType, int n, int c, int h, int w,
                                             int nStride, int cStride, int hStride, int wStride) {
  return guard({__func__,
                {{"tensorDesc", tensorDesc},
                 {"dataType", dataType},
                 {"n", n},
                 {"c", c},
                 {"h", h},
                 {"w", w},
                 {"nStride", nStride},
                 {"cStride", cStride},
                 {"hStride", hStride},
                 {"wStride", wStride}}},
               [&] {
                 TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
                 require_at_least(1, {{"n", n},
                                      {"c", c},
                                      {"h", h},
                                      {"w", w},
                                      {"nStride", nStride},
                                      {"cStride", cStride},
                                      {"hStride", hStride},
                                      {"wStride", wStride}});
                 const std::array lengths{n, c, h, w};
                 const std::array strides{nStride, cStride, hStride, wStride};
                 descriptor = make_descriptor<int>(dataType, 4, lengths.data(), strides.data());
               });
}

miopenStatus_t miopenGet4dTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                           miopenDataType_t* dataType, int* n, int* c, int* h,
                                           int* w, int* nStride, int* cStride, int* hStride,
                                           int* wStride) {
  return guard({__func__, {{"tensorDesc", tensorDesc}}}, [&] {
    const TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
    if (descriptor.rank() != 4) {
      throw Error(Status::kBadParm,
                  "tensorDesc has " + std::to_string(descriptor.rank()) + " dimensions, not 4");
    }
    struct Output {
      const char* name;
      int* target;
      const char* what;
      std::int64_t value;
    };
    const auto lengths = descriptor.lengths();
    const auto strides = descriptor.strides();
    const std::array outputs{
        Output{"n", n, "length", lengths[0]},
        Output{"c", c, "length", lengths[1]},
        Output{"h", h, "length", lengths[2]},
        Output{"w", w, "length", lengths[3]},
        Output{"nStride", nStride, "stride", strides[0]},
        Output{"cStride", cStride, "stride", strides[1]},
        Output{"hStride", hStride, "stride", strides[2]},
        Output{"wStride", wStride, "stride", strides[3]},
    };
    require(dataType, "dataType");
    for (const Output& output : outputs) {
      require(output.target, output.name);
      narrow(output.what, output.value);
    }
    *dataType = static_cast<miopenDataType_t>(descriptor.type());
    for (const Output& output : outputs) *output.target = static_cast<int>(output.value);
  });
}

miopenStatus_t miopenSetTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                         miopenDataType_t dataType, int nbDims, const int* dimsA,
                                         const int* stridesA) {
  return guard({__func__,
                {{"tensorDesc", tensorDesc},
                 {"dataType", dataType},
                 {"nbDims", nbDims},
                 {"dimsA", dimsA},
                 {"stridesA", stridesA}}},
               [&] {
                 TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
                 descriptor = make_descriptor(dataType, nbDims, dimsA, stridesA);
               });
}

miopenStatus_t miopenSetTensorDescriptorV2(miopenTensorDescriptor_t tensorDesc,
                                           miopenDataType_t dataType, int nbDims,
                                           const size_t* dimsA, const size_t* stridesA) {
  return guard({__func__,
                {{"tensorDesc", tensorDesc},
                 {"dataType", dataType},
                 {"nbDims", nbDims},
                 {"dimsA", dimsA},
                 {"stridesA", stridesA}}},
               [&] {
                 TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
                 descriptor = make_descriptor(dataType, nbDims, dimsA, stridesA);
               });
}

miopenStatus_t miopenSetNdTensorDescriptorWithLayout(miopenTensorDescriptor_t tensorDesc,
                                                     miopenDataType_t dataType,
                                                     miopenTensorLayout_t tensorLayout,
                                                     const int* lens, int num_lens) {
  return guard(
      {__func__,
       {{"tensorDesc", tensorDesc},
        {"dataType", dataType},
        {"tensorLayout", tensorLayout},
        {"lens", lens},
        {"num_lens", num_lens}}},
      [&] {
        TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
        const auto* const row =
            std::find_if(std::begin(kLayouts), std::end(kLayouts),
                         [&](const LayoutRow& r) { return r.layout == tensorLayout; });
        if (row == std::end(kLayouts)) {
          throw Error(Status::kBadParm, "tensorLayout " + std::to_string(tensorLayout) +
                                            " is not one of NCHW, NHWC, CHWN, NCDHW, NDHWC");
        }
        if (num_lens != row->dims) {
          throw Error(Status::kBadParm, "num_lens is " + std::to_string(num_lens) +
                                            ", tensorLayout has " + std::to_string(row->dims) +
                                            " dimensions");
        }
        require(lens, "lens");
        const auto count = static_cast<std::size_t>(num_lens);
        const Values lengths = widen(lens, num_lens);
        const std::span length_span(lengths.data(), count);
        // The packed tensor first: it checks the lengths, so that the products fit.
        static_cast<void>(
            TensorDescriptor(static_cast<DataType>(dataType), length_span, std::nullopt, "lens"));
        Values strides{};
        std::int64_t next = 1;
        for (std::size_t i = count; i-- > 0;) {
          strides[row->order[i]] = next;
          next *= lengths[row->order[i]];
        }
        descriptor = TensorDescriptor(static_cast<DataType>(dataType), length_span,
                                      std::span<const std::int64_t>(strides.data(), count), "lens");
      });
}

miopenStatus_t miopenGetTensorDescriptorSize(miopenTensorDescriptor_t tensorDesc, int* size) {
  return guard({__func__, {{"tensorDesc", tensorDesc}, {"size", size}}}, [&] {
    const TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
    require(size, "size") = static_cast<int>(descriptor.rank());
  });
}

miopenStatus_t miopenGetTensorDescriptor(miopenTensorDescriptor_t tensorDesc,
                                         miopenDataType_t* dataType, int* dimsA, int* stridesA) {
  return guard({__func__,
                {{"tensorDesc", tensorDesc},
                 {"dataType", dataType},
                 {"dimsA", dimsA},
                 {"stridesA", stridesA}}},
               [&] {
                 const TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
                 for (const std::int64_t length : descriptor.lengths()) narrow("length", length);
                 for (const std::int64_t stride : descriptor.strides()) narrow("stride", stride);
                 const auto copy = [](std::span<const std::int64_t> values, int* target) {
                   if (target == nullptr) return;
                   for (const std::int64_t value : values) *target++ = static_cast<int>(value);
                 };
                 copy(descriptor.lengths(), dimsA);
                 copy(descriptor.strides(), stridesA);
                 if (dataType != nullptr) {
                   *dataType = static_cast<miopenDataType_t>(descriptor.type());
                 }
               });
}

miopenStatus_t miopenSetTensorCastType(miopenTensorDescriptor_t tensorDesc,
                                       miopenDataType_t cast_type) {
  return guard({__func__, {{"tensorDesc", tensorDesc}, {"cast_type", cast_type}}}, [&] {
    TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
    const auto type = static_cast<DataType>(cast_type);
    if (bytes_of(type) == 0) {
      throw Error(Status::kBadParm,
                  "cast_type " + std::to_string(cast_type) + " is not a miopenDataType_t");
    }
    descriptor.set_cast_type(type);
  });
}

miopenStatus_t miopenGetTensorCastType(miopenTensorDescriptor_t tensorDesc,
                                       miopenDataType_t& cast_type) {
  return guard({__func__, {{"tensorDesc", tensorDesc}, {"cast_type", &cast_type}}}, [&] {
    const TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
    // A reference of C++ is a pointer to the ABI, and C clients have nothing else.
    require(&cast_type, "cast_type") = static_cast<miopenDataType_t>(descriptor.cast_type());
  });
}

miopenStatus_t miopenGetTensorNumBytes(miopenTensorDescriptor_t tensorDesc, size_t* numBytes) {
  return guard({__func__, {{"tensorDesc", tensorDesc}, {"numBytes", numBytes}}}, [&] {
    const TensorDescriptor& descriptor = object(tensorDesc, "tensorDesc");
    require(numBytes, "numBytes") = descriptor.bytes();
  });
}

}  // extern "C"

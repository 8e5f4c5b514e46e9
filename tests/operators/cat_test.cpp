// miopenCatForward: tensors of three lengths, joined along each dimension, in every float type.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "core/element_types.h"
#include "operators/cases.h"

namespace rdna1conv {
namespace {

TEST(Cat, JoinsAlongEachDimension) {
  const client::MiopenHandle handle;
  constexpr std::array<std::int64_t, 3> kParts{3, 1, 4};
  for (const ElementTypes& type : float_types()) {
    for (std::size_t dimension = 0; dimension < 4; ++dimension) {
      SCOPED_TRACE(std::string(name_of(type.in)) + ", dimension " + std::to_string(dimension));
      const std::size_t place = dimension < 2 ? dimension : dimension + 1;
      FiveDims lengths{2, 5, 1, 3, 4};
      std::vector<GuardedTensor> parts;
      std::vector<SharedDescriptor> descriptors;
      std::vector<miopenTensorDescriptor_t> x_descs;
      std::vector<const void*> xs;
      std::vector<std::vector<float>> values;
      std::int64_t whole = 0;
      for (const std::int64_t part : kParts) {
        lengths[place] = part;
        whole += part;
        const StridedTensor tensor{type.in, lengths, packed_strides(lengths, Layout::kNchw)};
        values.push_back(case_values(type.in, tensor.count(), static_cast<int>(part), -2, 2));
        parts.emplace_back(tensor, GuardedTensor::Use::kRead, values.back());
        descriptors.push_back(describe(tensor, 2));
        x_descs.push_back(*descriptors.back());
        xs.push_back(parts.back().address());
      }
      lengths[place] = whole;
      const StridedTensor y_tensor{type.in, lengths, packed_strides(lengths, Layout::kNchw)};
      const GuardedTensor y(y_tensor, GuardedTensor::Use::kWrite, {});
      ASSERT_EQ(miopenCatForward(handle, static_cast<std::int32_t>(xs.size()), x_descs.data(),
                                 xs.data(), *describe(y_tensor, 2), y.address(),
                                 static_cast<std::int32_t>(dimension)),
                miopenStatusSuccess)
          << rdna1convLastErrorText();
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      const std::vector<double> stored = y.stored_values();
      std::int64_t inner = 1;
      for (std::size_t i = place + 1; i < lengths.size(); ++i) inner *= lengths[i];
      for (std::size_t i = 0; i < stored.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const std::int64_t outer = at / (inner * whole);
        std::int64_t along = at / inner % whole;
        std::size_t part = 0;
        while (along >= kParts[part]) along -= kParts[part++];
        const auto in_part =
            static_cast<std::size_t>((outer * kParts[part] + along) * inner + at % inner);
        ASSERT_EQ(stored[i], double{values[part][in_part]}) << "element " << i;
      }
    }
  }
}

}  // namespace
}  // namespace rdna1conv

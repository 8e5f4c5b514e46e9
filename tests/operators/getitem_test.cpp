// miopenGetitemBackward: rows that indices name, also more than once, from the end and out of
// range; two dimensions indexed together; slices.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>
#include <rdna1conv/error.h>

#include "core/element_types.h"
#include "operators/cases.h"
#include "reference/element_type.h"

namespace rdna1conv {
namespace {

using Descriptor = client::TensorDescriptor;

struct Case {
  const char* name;
  std::vector<int> dy, dx;                  // lengths
  std::vector<std::vector<float>> indices;  // one for each indexed dimension
  std::vector<std::int32_t> dims, slices;
  std::vector<float> errors;  // what is reported
};

GuardedTensor row(DataType type, const std::vector<float>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{type, {1, 1, 1, 1, count}, {count, count, count, count, 1}},
          GuardedTensor::Use::kWrite,
          values};
}

std::size_t count_of(const std::vector<int>& lengths) {
  std::size_t count = 1;
  for (const int length : lengths) count *= static_cast<std::size_t>(length);
  return count;
}

// What is expected, by running over dy's elements one by one.
std::vector<double> expected(const Case& c, DataType type, const std::vector<float>& dy) {
  std::vector<double> dx(count_of(c.dx));
  std::vector<int> step(c.dx.size(), 1);
  for (std::size_t i = 0; i + 4 <= c.slices.size(); i += 4)
    step[static_cast<std::size_t>(c.slices[i])] = c.slices[i + 3];
  for (std::size_t i = 0; i < dy.size(); ++i) {
    std::vector<int> at(c.dy.size());
    std::size_t rest = i;
    for (std::size_t d = c.dy.size(); d-- > 0;) {
      at[d] = static_cast<int>(rest % static_cast<std::size_t>(c.dy[d]));
      rest /= static_cast<std::size_t>(c.dy[d]);
    }
    std::size_t place = 0, from = 0;
    bool is_there = true;
    for (std::size_t d = 0; d < c.dx.size(); ++d) {
      int index = 0;
      const auto indexed = std::find(c.dims.begin(), c.dims.end(), static_cast<std::int32_t>(d));
      if (indexed == c.dims.end()) {
        index = at[from++] * step[d];
      } else {
        const auto which = static_cast<std::size_t>(indexed - c.dims.begin());
        const auto row_at = static_cast<std::size_t>(at[static_cast<std::size_t>(c.dims[0])]);
        index = static_cast<int>(c.indices[which][row_at]);
        if (index < 0) index += c.dx[d];
        is_there = is_there && index >= 0 && index < c.dx[d];
        if (which + 1 == c.dims.size()) ++from;
      }
      place = place * static_cast<std::size_t>(c.dx[d]) + static_cast<std::size_t>(index);
    }
    if (is_there) dx[place] = rounded(type, dx[place] + double{dy[i]});
  }
  return dx;
}

TEST(Getitem, AddsRowsToThoseThatIndicesName) {
  const Case cases[] = {
      {"rows", {6, 10}, {4, 10}, {{0, 3, 0, -1, 2, 0}}, {0}, {}, {0}},
      {"columns", {3, 5, 2}, {3, 7, 2}, {{6, 1, 1, -7, 4}}, {1}, {}, {0}},
      {"both", {4, 6}, {3, 5, 6}, {{0, 2, 2, -1}, {4, 0, 0, 1}}, {0, 1}, {}, {0, 0}},
      {"out of range", {4, 6}, {3, 5, 6}, {{0, 3, 2, -1}, {4, 0, 0, 1}}, {0, 1}, {}, {-1, 0}},
      {"a slice", {4, 5}, {4, 10}, {{1, 1, 3, 0}}, {0}, {1, 0, 10, 2}, {0}},
      {"slices alone", {2, 5}, {4, 10}, {}, {}, {0, 0, 4, 2, 1, 0, 10, 2}, {}},
  };
  const client::MiopenHandle handle;
  for (const ElementTypes& type : float_types()) {
    for (const Case& c : cases) {
      SCOPED_TRACE(std::string(c.name) + ", " + std::string(name_of(type.in)));
      const std::vector<float> values =
          case_values(type.in, static_cast<std::int64_t>(count_of(c.dy)), 1, -2, 2);
      const GuardedTensor dy = row(type.in, values),
                          dx = row(type.in, std::vector<float>(count_of(c.dx), 0)),
                          error = row(DataType::kInt32, std::vector<float>(c.dims.size() + 1, 0));
      std::vector<GuardedTensor> indices;
      std::vector<std::unique_ptr<Descriptor>> descriptors;
      std::vector<miopenTensorDescriptor_t> index_descs;
      std::vector<const void*> index_data;
      for (const std::vector<float>& index : c.indices) {
        indices.push_back(row(DataType::kInt32, index));
        descriptors.push_back(std::make_unique<Descriptor>(
            miopenInt32, std::vector<int>{static_cast<int>(index.size())}));
        index_descs.push_back(*descriptors.back());
        index_data.push_back(indices.back().address());
      }
      const auto api_type = static_cast<miopenDataType_t>(type.in);
      const Descriptor dy_desc(api_type, c.dy), dx_desc(api_type, c.dx),
          error_desc(miopenInt32, {static_cast<int>(c.dims.size()) + 1});
      ASSERT_EQ(miopenGetitemBackward(
                    handle, nullptr, 0, dy_desc, dy.address(),
                    static_cast<std::uint32_t>(index_descs.size()), index_descs.data(),
                    index_data.data(), dx_desc, dx.address(), error_desc, error.address(),
                    static_cast<std::uint32_t>(c.dims.size()), c.dims.data(),
                    static_cast<std::uint32_t>(c.slices.size() / 4), c.slices.data(), 0),
                miopenStatusSuccess)
          << rdna1convLastErrorText();
      ASSERT_EQ(hipDeviceSynchronize(), hipSuccess);
      EXPECT_EQ(dx.stored_values(), expected(c, type.in, values));
      const std::vector<double> errors = error.stored_values();
      for (std::size_t i = 0; i < c.errors.size(); ++i) EXPECT_EQ(errors[i], double{c.errors[i]});
    }
  }
}

}  // namespace
}  // namespace rdna1conv

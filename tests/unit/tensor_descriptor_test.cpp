#include "core/tensor_descriptor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"

namespace rdna1conv {
namespace {

using Values = std::vector<std::int64_t>;

std::optional<std::span<const std::int64_t>> optional_span(const Values& values) {
  if (values.empty()) return std::nullopt;
  return std::span(values);
}

struct GoodCase {
  DataType type;
  Values lengths, strides, expected_strides;
  std::size_t bytes;
};
const GoodCase kGood[] = {
    {DataType::kFloat, {2, 3, 4, 5}, {}, {60, 20, 5, 1}, 480},
    {DataType::kHalf, {2, 3, 4, 5}, {}, {60, 20, 5, 1}, 240},
    {DataType::kInt8, {7}, {}, {1}, 7},
    {DataType::kDouble, {2, 2}, {10, 3}, {10, 3}, (10 + 3 + 1) * std::size_t{8}},
    {DataType::kBFloat16, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, 2},
    {DataType::kInt64,
     {1, 2, 3, 4, 5, 6, 7, 8},
     {},
     {40320, 20160, 6720, 1680, 336, 56, 8, 1},
     40320 * std::size_t{8}},
    {DataType::kInt32, {4, 8}, {1, 4}, {1, 4}, 128},
};

TEST(TensorDescriptor, KeepsWhatIsGood) {
  for (const GoodCase& row : kGood) {
    const TensorDescriptor tensor(row.type, row.lengths, optional_span(row.strides));
    EXPECT_EQ(tensor.type(), row.type);
    EXPECT_EQ(Values(tensor.lengths().begin(), tensor.lengths().end()), row.lengths);
    EXPECT_EQ(Values(tensor.strides().begin(), tensor.strides().end()), row.expected_strides);
    EXPECT_EQ(tensor.bytes(), row.bytes) << testing::PrintToString(row.lengths);
  }
}

TEST(TensorDescriptor, IsEmptyAtFirst) {
  const TensorDescriptor tensor;
  EXPECT_EQ(tensor.rank(), 0u);
  EXPECT_EQ(tensor.bytes(), 0u);
  EXPECT_EQ(tensor.type(), DataType::kFloat);
}

struct BadCase {
  std::uint32_t type;
  Values lengths, strides;
  const char* text;
};
constexpr std::int64_t kHuge = std::int64_t{1} << 40;
const BadCase kBad[] = {
    {4, {2, 3}, {}, "dataType 4 is not a miopenDataType_t"},
    {10, {2, 3}, {}, "dataType 10 is not a miopenDataType_t"},
    {1, {}, {}, "number of dimensions is 0"},
    {1, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {}, "number of dimensions is 9"},
    {1, {2, 0, 3}, {}, "dimsA[1] is 0, must be at least 1"},
    {1, {2, 3, -1}, {}, "dimsA[2] is -1, must be at least 1"},
    {1, {2, 3}, {3, 0}, "stridesA[1] is 0, must be at least 1"},
    {1, {2, 3}, {-3, 1}, "stridesA[0] is -3, must be at least 1"},
    {1, {kHuge, kHuge}, {}, "dimsA makes the tensor too large"},
    {1, {kHuge, 2}, {kHuge, 1}, "is too large"},
    {6, {std::int64_t{1} << 61}, {}, "is too large"},
};

TEST(TensorDescriptor, RefusesTheRest) {
  for (const BadCase& row : kBad) {
    try {
      const TensorDescriptor tensor(static_cast<DataType>(row.type), row.lengths,
                                    optional_span(row.strides));
      ADD_FAILURE() << "accepted: " << testing::PrintToString(row.lengths);
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kBadParm);
      EXPECT_NE(std::string(error.what()).find(row.text), std::string::npos)
          << row.text << "\n  gave: " << error.what();
    }
  }
}

}  // namespace
}  // namespace rdna1conv

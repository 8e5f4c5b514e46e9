#include "core/convolution_descriptor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/driver_line.h"
#include "core/error.h"

namespace rdna1conv {
namespace {

using Values = std::vector<std::int64_t>;

TensorDescriptor tensor(const Values& lengths, DataType type = DataType::kFloat) {
  return {type, lengths, std::nullopt};
}
TensorDescriptor strided(const Values& lengths, const Values& strides) {
  return {DataType::kFloat, lengths, std::span<const std::int64_t>(strides)};
}

struct Setting {
  std::vector<int> pad{1, 1}, stride{1, 1}, dilation{1, 1};
  std::uint32_t mode = 0;
  int groups = 1;
  Spatial output_pad{0, 0, 0};
};
ConvolutionDescriptor descriptor(const Setting& setting) {
  ConvolutionDescriptor result =
      make_convolution_descriptor(setting.pad, setting.stride, setting.dilation, setting.mode);
  result.groups = setting.groups;
  result.output_pad = setting.output_pad;
  return result;
}

struct FitCase {
  Setting setting;
  TensorDescriptor x, w, y;
  const char* line;
};
const FitCase kFits[] = {
    {{},
     tensor({1, 4, 8, 8}),
     tensor({2, 4, 3, 3}),
     tensor({1, 2, 8, 8}),
     "conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1"},
    {{{0, 2}, {2, 3}, {1, 2}, 3, 4},
     tensor({2, 4, 9, 9}),
     tensor({8, 1, 3, 2}),
     tensor({2, 8, 4, 4}),
     "conv -n 2 -c 4 -H 9 -W 9 -k 8 -y 3 -x 2 -p 0 -q 2 -u 2 -v 3 -l 1 -j 2 -m conv -g 4 -F 1"},
    {{{1, 1}, {2, 2}, {1, 1}, 1, 2, {0, 1, 1}},
     tensor({1, 6, 5, 5}),
     tensor({6, 2, 3, 3}),
     tensor({1, 4, 10, 10}),
     "conv -n 1 -c 6 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -l 1 -j 1 -Y 1 -X 1 -m trans -g "
     "2 -F 1"},
    {{},
     strided({2, 4, 8, 8}, {256, 1, 32, 4}),
     strided({2, 4, 3, 3}, {36, 1, 12, 4}),
     strided({2, 2, 8, 8}, {128, 1, 16, 2}),
     "conv -n 2 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --in_layout NHWC "
     "--fil_layout NHWC --out_layout NHWC -m conv -g 1 -F 1"},
    {{{0, 0, 0}, {1, 1, 1}, {1, 1, 1}},
     tensor({1, 4, 3, 8, 8}),
     tensor({2, 4, 3, 3, 3}),
     tensor({1, 2, 1, 6, 6}),
     "conv -n 1 -c 4 --in_d 3 -H 8 -W 8 -k 2 --fil_d 3 -y 3 -x 3 --pad_d 0 -p 0 -q 0 "
     "--conv_stride_d 1 -u 1 -v 1 --dilation_d 1 -l 1 -j 1 --spatial_dim 3 -m conv -g 1 -F 1"},
};

TEST(ForwardProblem, ComesFromDescriptorsThatFit) {
  for (const FitCase& row : kFits) {
    const ConvProblem p =
        make_problem(descriptor(row.setting), Direction::kForward, row.x, row.w, row.y);
    EXPECT_EQ(to_driver_line(p), row.line);
    EXPECT_EQ(p, parse_driver_line(row.line).problem) << row.line;
  }
}

struct MisfitCase {
  Setting setting;
  TensorDescriptor x, w, y;
  const char* text;
};
const TensorDescriptor kX = tensor({1, 4, 8, 8});
const TensorDescriptor kW = tensor({2, 4, 3, 3});
const TensorDescriptor kY = tensor({1, 2, 8, 8});
const MisfitCase kMisfits[] = {
    {{}, {}, kW, kY, "xDesc has 0 dimensions"},
    {{}, tensor({4, 8, 8}), kW, kY, "xDesc has 3 dimensions"},
    {{}, tensor({1, 4, 1, 8, 8}), kW, kY, "xDesc has 5 dimensions"},
    {{}, kX, {}, kY, "wDesc has 0 dimensions"},
    {{}, kX, kW, {}, "yDesc has 0 dimensions"},
    {{}, kX, kW, tensor({1, 2, 1, 8, 8}), "yDesc has 5 dimensions"},
    {{}, kX, tensor({2, 4, 3, 3}, DataType::kHalf), kY, "wDesc is fp16, xDesc is fp32"},
    {{}, kX, kW, tensor({1, 2, 8, 8}, DataType::kHalf), "yDesc is fp16, xDesc is fp32"},
    {{}, kX, tensor({2, 3, 3, 3}), kY, "wDesc [2, 3, 3, 3] has 3 channels"},
    {{.groups = 3}, kX, kW, kY, "convDesc has 3 groups, which do not divide the 4 channels"},
    {{.groups = 4}, kX, tensor({2, 1, 3, 3}), kY, "which do not divide the 2 filters of wDesc"},
    {{.groups = 2}, kX, kW, kY, "wDesc [2, 4, 3, 3] has 4 channels, xDesc has 4 in 2 groups"},
    {{},
     kX,
     kW,
     tensor({2, 2, 8, 8}),
     "yDesc is [2, 2, 8, 8], the convolution of xDesc and wDesc "
     "gives [1, 2, 8, 8]"},
    {{}, kX, kW, tensor({1, 3, 8, 8}), "yDesc is [1, 3, 8, 8]"},
    {{}, kX, kW, tensor({1, 2, 7, 8}), "yDesc is [1, 2, 7, 8]"},
    {{.stride = {2, 2}}, kX, kW, kY, "gives [1, 2, 4, 4]"},
    {{}, kX, kW, strided({1, 2, 8, 8}, {128, 64, 7, 1}), "yDesc has strides by which elements"},
    {{}, kX, kW, strided({1, 2, 8, 8}, {128, 1, 1, 1}), "yDesc has strides by which elements"},
    {{.mode = 1}, kX, kW, kY, "wDesc [2, 4, 3, 3] is a filter for 2 channels"},
    {{.mode = 1, .output_pad = {0, 1, 0}},
     kX,
     tensor({4, 2, 3, 3}),
     kY,
     "convDesc has an output padding in height that is not below the stride"},
    {{.pad = {2147483647, 1}}, kX, kW, kY, "the output is too large"},
    {{}, strided({1, 4, 8, 8}, {256, 1L << 57, 8, 1}), kW, kY, "xDesc spans 2^47 bytes or more"},
    {{}, kX, strided({2, 4, 3, 3}, {1L << 57, 9, 3, 1}), kY, "wDesc spans 2^47 bytes or more"},
    {{}, kX, kW, strided({1, 2, 8, 8}, {128, 1L << 57, 8, 1}), "yDesc spans 2^47 bytes or more"},
    {{.pad = {1, 1 << 30}, .stride = {1, 1 << 30}},
     strided({1, 4, 8, 8}, {1, 1, 1, 1 << 30}),
     kW,
     tensor({1, 2, 8, 3}),
     "padding, stride and dilation in width reach 2^60 bytes beyond xDesc"},
};

TEST(ForwardProblem, NamesTheArgumentThatDoesNotFit) {
  for (const MisfitCase& row : kMisfits) {
    try {
      const ConvProblem p =
          make_problem(descriptor(row.setting), Direction::kForward, row.x, row.w, row.y);
      ADD_FAILURE() << "accepted: " << to_driver_line(p) << "\n  expected: " << row.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kBadParm) << error.what();
      EXPECT_NE(std::string(error.what()).find(row.text), std::string::npos)
          << row.text << "\n  gave: " << error.what();
    }
  }
}

TEST(ForwardProblem, Int8MayHaveAnotherOutputType) {
  const ConvProblem p =
      make_problem(descriptor({}), Direction::kForward, tensor({1, 4, 8, 8}, DataType::kInt8),
                   tensor({2, 4, 3, 3}, DataType::kInt8), tensor({1, 2, 8, 8}));
  EXPECT_EQ(p.y_type, DataType::kFloat);
  EXPECT_EQ(p, parse_driver_line(to_driver_line(p)).problem);
}

}  // namespace
}  // namespace rdna1conv

#include "core/driver_line.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace rdna1conv {
namespace {

// ---- Lines that are their own canonical form: parsed and printed, they come back. --------------

constexpr const char* kCanonical[] = {
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 2",
    "conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 4",
    "conv -n 8 -c 3 -H 224 -W 223 -k 64 -y 7 -x 5 -p 3 -q 2 -u 2 -v 1 -l 1 -j 2 -m conv -g 1 -F 1",
    "conv -n 2 -c 32 -H 9 -W 9 -k 64 -y 3 -x 3 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 32 -F 1",
    "conv -n 1 -c 1 -H 1 -W 1 -k 1 -y 1 -x 1 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
    "convfp16 -n 4 -c 8 -H 7 -W 7 -k 16 -y 1 -x 1 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
    "convbfp16 -n 4 -c 8 -H 7 -W 7 -k 16 -y 1 -x 1 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
    "convint8 -n 4 -c 8 -H 7 -W 7 -k 16 -y 1 -x 1 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1",
    "convint8 -n 4 -c 8 -H 7 -W 7 -k 16 -y 1 -x 1 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 --out_type fp32 "
    "-m conv -g 1 -F 1",
    "conv -n 1 -c 6 -H 5 -W 5 -k 4 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -l 1 -j 1 -m trans -g 2 -F 1",
    "conv -n 1 -c 6 -H 5 -W 5 -k 4 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -l 1 -j 1 -Y 1 -X 1 -m trans -g 1 "
    "-F 1",
    "conv -n 2 -c 8 -H 7 -W 7 -k 16 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --in_layout NHWC "
    "--fil_layout NHWC --out_layout NHWC -m conv -g 1 -F 1",
    "conv -n 2 -c 8 -H 7 -W 7 -k 16 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --in_strides "
    "500,60,8,1 --out_layout NHWC -m conv -g 1 -F 1",
    "conv -n 2 -c 8 --in_d 4 -H 7 -W 6 -k 16 --fil_d 3 -y 3 -x 2 --pad_d 1 -p 1 -q 0 "
    "--conv_stride_d 2 -u 1 -v 1 --dilation_d 1 -l 2 -j 1 --spatial_dim 3 -m conv -g 4 -F 1",
    "conv -n 2 -c 8 --in_d 4 -H 7 -W 6 -k 16 --fil_d 1 -y 1 -x 1 --pad_d 0 -p 0 -q 0 "
    "--conv_stride_d 1 -u 1 -v 1 --dilation_d 1 -l 1 -j 1 --spatial_dim 3 --in_layout NDHWC "
    "--out_strides 5000,200,50,7,1 -m conv -g 1 -F 1",
    "conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --epilogue bias+relu -m "
    "conv -g 1 -F 1",
    "convfp16 -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --epilogue "
    "scale+z+bias+norm_per_activation+clamp -m conv -g 1 -F 1",
    "conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 --epilogue norm -m conv "
    "-g 1 -F 1",
};

class CanonicalLine : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Lines, CanonicalLine, testing::ValuesIn(kCanonical));

TEST_P(CanonicalLine, ComesBack) {
  const ParsedLine parsed = parse_driver_line(GetParam());
  EXPECT_EQ(to_driver_line(parsed.problem), GetParam());
  const ConvProblem again = parse_driver_line(to_driver_line(parsed.problem)).problem;
  EXPECT_EQ(again, parsed.problem) << GetParam();
  EXPECT_EQ(hash_of(again), hash_of(parsed.problem)) << GetParam();
}

// ---- Other spellings of the same problem. ------------------------------------------------------

struct Spelling {
  const char* spelled;
  const char* canonical;
};
constexpr const char* kSmall =
    "conv -n 1 -c 4 -H 8 -W 8 -k 2 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1";
constexpr Spelling kSpellings[] = {
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1", kSmall},
    {"./bin/MIOpenDriver conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1", kSmall},
    {"MIOpen(HIP): Command [LogCmdConvolution] ./bin/MIOpenDriver conv -n 1 -c 4 -H 8 -W 8 -k 2 "
     "-y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1 -t 1",
     kSmall},
    {"/opt/rocm/bin/MIOpenDriver conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1", kSmall},
    {"conv --batchsize 1 --in_channels 4 --in_h 8 --in_w 8 --out_channels 2 --fil_h 3 --fil_w 3 "
     "--pad_h 1 --pad_w 1 --conv_stride_h 1 --conv_stride_w 1 --dilation_h 1 --dilation_w 1 --mode "
     "conv --group_count 1 --forw 1",
     kSmall},
    {"  conv\t-n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1 -i 3 -V 0 -s 1 -w 0 -t 1 # a comment\r",
     kSmall},
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1 -I NCHW -f NCHW -O NCHW", kSmall},
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1 --in_strides 256,64,8,1", kSmall},
    // Strides of a dimension of length 1 do not matter, depth options of a 2-D line neither.
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1 --in_strides 9999,64,8,1", kSmall},
    {"conv -n 1 -c 4 -H 8 -W 8 -k 2 -p 1 -q 1 -F 1 -! 5 -@ 2 -$ 1 -# 3 -^ 2", kSmall},
    // The driver's defaults.
    {"conv -F 1",
     "conv -n 100 -c 3 -H 32 -W 32 -k 32 -y 3 -x 3 -p 0 -q 0 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F "
     "1"},
    {"conv -_ 3 -F 1 -! 3 -@ 2 -$ 1 -# 2 -^ 2",
     "conv -n 100 -c 3 --in_d 3 -H 32 -W 32 -k 32 --fil_d 2 -y 3 -x 3 --pad_d 1 -p 0 -q 0 "
     "--conv_stride_d 2 -u 1 -v 1 --dilation_d 2 -l 1 -j 1 --spatial_dim 3 -m conv -g 1 -F 1"},
};

class SpelledLine : public testing::TestWithParam<Spelling> {};
INSTANTIATE_TEST_SUITE_P(Lines, SpelledLine, testing::ValuesIn(kSpellings));

TEST_P(SpelledLine, MeansTheCanonicalOne) {
  EXPECT_EQ(to_driver_line(parse_driver_line(GetParam().spelled).problem), GetParam().canonical)
      << GetParam().spelled;
}

// ---- The parts of a problem. -------------------------------------------------------------------

TEST(DriverLine, FillsEveryField) {
  const ConvProblem p =
      parse_driver_line(
          "conv -n 2 -c 6 -H 11 -W 12 -k 4 -y 3 -x 5 -p 1 -q 2 -u 2 -v 3 -l 2 -j 1 "
          "-g 2 -F 1")
          .problem;
  EXPECT_EQ(p.direction, Direction::kForward);
  EXPECT_FALSE(p.transposed);
  EXPECT_TRUE(p.is_all(DataType::kFloat));
  EXPECT_EQ(p.spatial_dims, 2);
  EXPECT_EQ(p.x_lengths(), (FiveDims{2, 6, 1, 11, 12}));
  EXPECT_EQ(p.w_lengths(), (FiveDims{4, 3, 1, 3, 5}));
  EXPECT_EQ(p.y_lengths(), (FiveDims{2, 4, 1, 5, 4}));
  EXPECT_EQ(p.pad, (Spatial{0, 1, 2}));
  EXPECT_EQ(p.stride, (Spatial{1, 2, 3}));
  EXPECT_EQ(p.dilation, (Spatial{1, 2, 1}));
  EXPECT_EQ(p.x_strides, (FiveDims{792, 132, 132, 12, 1}));
  EXPECT_EQ(p.w_strides, (FiveDims{45, 15, 15, 5, 1}));
  EXPECT_EQ(p.y_strides, (FiveDims{80, 20, 20, 4, 1}));
  EXPECT_TRUE(p.is_packed_nchw());
  EXPECT_FALSE(p.is_packed_nhwc());
}

TEST(DriverLine, TransposedFilterIsInputChannelsFirst) {
  const ConvProblem p =
      parse_driver_line("conv -n 1 -c 6 -H 5 -W 5 -k 4 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans -g 2")
          .problem;
  EXPECT_EQ(p.w_lengths(), (FiveDims{6, 2, 1, 4, 4}));
  EXPECT_EQ(p.out, (Spatial{1, 10, 10}));
}

TEST(DriverLine, DirectionsAreABitMask) {
  using enum Direction;
  const auto directions = [](const char* line) { return parse_driver_line(line).directions; };
  EXPECT_EQ(directions("conv -F 1"), (std::vector{kForward}));
  EXPECT_EQ(directions("conv -F 6"), (std::vector{kBackwardData, kBackwardWeights}));
  EXPECT_EQ(directions("conv -F 0"), (std::vector{kForward, kBackwardData, kBackwardWeights}));
  EXPECT_EQ(directions("conv"), directions("conv -F 7"));
  EXPECT_EQ(parse_driver_line("conv -F 6").problem.direction, kBackwardData);
}

TEST(DriverLine, SolutionIsGivenBack) {
  EXPECT_EQ(parse_driver_line("conv -F 1 -S 42").solution, "42");
  EXPECT_EQ(parse_driver_line("conv -F 1 --solution DirectReference").solution, "DirectReference");
  EXPECT_EQ(parse_driver_line("conv -F 1 -S -1").solution, std::nullopt);
  EXPECT_EQ(parse_driver_line("conv -F 1").solution, std::nullopt);
}

TEST(DriverLine, ShapeFileSuffix) {
  const ParsedLine line = parse_driver_line("conv -F 1 *3 layer2.0.conv2 # why");
  EXPECT_EQ(line.count, 3);
  EXPECT_EQ(line.name, "layer2.0.conv2");
  EXPECT_EQ(parse_driver_line("conv -F 1 *12").count, 12);
  EXPECT_EQ(parse_driver_line("conv -F 1 *12").name, "");
  EXPECT_EQ(parse_driver_line("conv -F 1").count, 1);
  EXPECT_TRUE(is_blank_line(""));
  EXPECT_TRUE(is_blank_line("  \t# only a comment\r\n"));
  EXPECT_FALSE(is_blank_line("conv"));
}

// ---- Lines that are refused, with the words that say why. --------------------------------------

struct BadLine {
  const char* line;
  const char* text;  // a part of the message
};
constexpr BadLine kBadLines[] = {
    {"", "no driver word"},
    {"# nothing", "no driver word"},
    {"pool -n 1", "no driver word"},
    {"convfp64 -n 1", "no driver word"},
    {"hello conv -n 1", "'hello' stands where"},
    {"conv -Q 1", "unknown option -Q"},
    {"conv --batch 1", "unknown option --batch"},
    {"conv -batchsize 1", "unknown option -batchsize"},
    {"conv --n 1", "unknown option --n"},
    {"conv -Q", "unknown option -Q"},
    {"conv -n", "no value for option -n"},
    {"conv -n *3", "no value for option -n"},
    {"conv - 1", "'-' is not an option"},
    {"conv -- 1", "unknown option --"},
    {"conv 3", "'3' is not an option"},
    {"conv -n x", "option -n: 'x' is not an integer"},
    {"conv -n 1.5", "option -n: '1.5' is not an integer"},
    {"conv -n 99999999999999999999", "is not an integer"},
    {"conv -n 0", "option -n: 0 is not between 1 and 2147483647"},
    {"conv -n -4", "option -n: -4 is not between"},
    {"conv -c 2147483648", "option -c: 2147483648 is not between"},
    {"conv -p -1", "option -p: -1 is not between 0"},
    {"conv -u 0", "option -u: 0 is not between 1"},
    {"conv -l 0", "option -l: 0 is not between 1"},
    {"conv -g 0", "option -g: 0 is not between 1"},
    {"conv -g 2 -c 3", "2 groups do not divide -c 3"},
    {"conv -g 3 -c 3 -k 32", "3 groups do not divide -k 32"},
    {"conv -F 8", "option -F: 8 is not between 0 and 7"},
    {"conv -_ 4", "option -_: 4 is not between 2 and 3"},
    {"conv -m deconv", "option -m: mode 'deconv'"},
    {"conv -z same", "option -z: padding mode 'same'"},
    {"conv -I NHCW", "option -I: layout 'NHCW' is not one of NCHW, NHWC"},
    {"conv -I NDHWC", "option -I: layout 'NDHWC'"},
    {"conv -O NCHW --spatial_dim 3", "option -O: layout 'NCHW' is not one of NCDHW, NDHWC"},
    {"conv --in_strides 1,2,3", "has 3 strides, needs 4"},
    {"conv --in_strides 1,2,3,4,5", "has 5 strides, needs 4"},
    {"conv --in_strides 1,2,,4", "'' is not an integer"},
    {"conv --fil_strides 1,2,3,0", "option --fil_strides: strides must be positive"},
    {"conv --out_type fp31", "option --out_type: 'fp31' is not one of"},
    {"conv -Y 1", "only a transposed convolution"},
    {"conv -L 4", "option -L: 4 is not between 1 and 1"},
    {"conv -F 1 *0 name", "'*0' is not positive"},
    {"conv -F 1 *x name", "'x' is not an integer"},
    {"conv -n 1 -H 2147483647 -p 2147483647", "too large"},
    {"conv -n 2 -c 1 -H 8 -W 8 --in_strides 4611686018427387904,64,8,1", "x spans 2^47 bytes or"},
    {"conv -n 1 -c 2 -k 2 -y 1 -x 1 --fil_strides 4611686018427387904,1,1,1", "w spans 2^47 bytes"},
    {"conv -n 2 -k 1 -y 1 -x 1 --out_strides 35184372088832,1024,32,1", "y spans 2^47 bytes or"},
    {"conv -n 1048576 -c 1048576 -H 8 -W 8", "x has 2^47 bytes or more"},
    {"conv -n 1 -c 1 -H 4 -W 4 -p 1 -l 2147483647 --in_strides 1,1,1000000000,1",
     "padding, stride and dilation in height reach 2^60 bytes beyond x"},
    {"conv -n 10000 -c 100000 -H 64 -W 64 -k 100000", "the convolution multiplies 2^60 times"},
    {"conv -n 2147483647 -c 2147483647 -H 2147483647", "too large"},
};

class RefusedLine : public testing::TestWithParam<BadLine> {};
INSTANTIATE_TEST_SUITE_P(Lines, RefusedLine, testing::ValuesIn(kBadLines));

TEST_P(RefusedLine, SaysWhy) {
  try {
    parse_driver_line(GetParam().line);
    FAIL() << "accepted: " << GetParam().line;
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kBadParm);
    EXPECT_NE(std::string(error.what()).find(GetParam().text), std::string::npos)
        << GetParam().line << "\n  gave: " << error.what();
  }
}

}  // namespace
}  // namespace rdna1conv

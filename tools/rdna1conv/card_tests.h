#pragma once

// The tests that the doctor runs on the card, smallest first: a row each. The probe knows them by
// name; what a failure means is the doctor's to say.

#include <array>
#include <string_view>

namespace rdna1conv::tool {

struct CardTest {
  std::string_view name;
  std::string_view what;
  // Of a convolution, else empty: the probe has a function of the name.
  std::string_view line;
  // What it means that this one fails where those before it did not.
  std::string_view meaning;
  // Nothing after it makes sense where it fails.
  bool is_needed = false;
};

inline constexpr std::array kCardTests{
    CardTest{"devices", "HIP and its devices", "", "programs that use HIP cannot run here", true},
    CardTest{"allocate", "allocate memory, copy there and back", "",
             "nothing can reach the card's memory", true},
    CardTest{"memory-kinds", "kinds of memory", "", "programs that use the kinds refused fail"},
    CardTest{"fill", "a kernel of HIP's own: fill memory", "",
             "no kernel runs, whoever wrote it: driver, ROCm or card are at fault", true},
    CardTest{"elementwise", "a kernel of this library: add a bias", "",
             "kernels compiled for gfx1010 do not run: see HSA_OVERRIDE_GFX_VERSION"},
    CardTest{"conv2d", "a minimal Conv2d: 3x3, one channel",
             "conv -n 1 -c 1 -H 8 -W 8 -k 1 -y 3 -x 3 -p 1 -q 1 -F 1",
             "convolutions do not run at all"},
    CardTest{"conv2d-nchw", "batch 1, NCHW, fp32",
             "conv -n 1 -c 64 -H 28 -W 28 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1",
             "convolutional networks fail in fp32"},
    CardTest{"conv2d-batch", "batch 4",
             "conv -n 4 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 1 -q 1 -F 1",
             "batches fail: run single images"},
    CardTest{"conv2d-nhwc", "NHWC",
             "conv -n 1 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 1 -q 1 --in_layout NHWC "
             "--fil_layout NHWC --out_layout NHWC -F 1",
             "channels_last tensors fail: use NCHW"},
    CardTest{"conv2d-fp16", "fp16",
             "convfp16 -n 1 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 1 -q 1 -F 1",
             "half precision fails: use fp32"},
    CardTest{"conv2d-1x1", "1x1", "conv -n 1 -c 64 -H 14 -W 14 -k 64 -y 1 -x 1 -F 1",
             "1x1 convolutions fail, which most networks have"},
    CardTest{"conv2d-groups", "four groups",
             "conv -n 1 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 1 -q 1 -g 4 -F 1",
             "grouped convolutions fail (ResNeXt)"},
    CardTest{"conv2d-depthwise", "depthwise",
             "conv -n 1 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 1 -q 1 -g 32 -F 1",
             "depthwise convolutions fail (MobileNet, EfficientNet)"},
    CardTest{"conv2d-stride", "stride 2",
             "conv -n 1 -c 32 -H 15 -W 15 -k 32 -y 3 -x 3 -p 1 -q 1 -u 2 -v 2 -F 1",
             "downsampling convolutions fail"},
    CardTest{"conv2d-dilated", "dilation 2",
             "conv -n 1 -c 32 -H 14 -W 14 -k 32 -y 3 -x 3 -p 2 -q 2 -l 2 -j 2 -F 1",
             "dilated convolutions fail (DeepLab, WaveGlow)"},
    CardTest{"conv2d-transposed", "transposed",
             "conv -n 1 -c 16 -H 7 -W 7 -k 16 -y 4 -x 4 -p 1 -q 1 -u 2 -v 2 -m trans -F 1",
             "upsampling convolutions fail (GANs, U-Nets)"},
    CardTest{"conv2d-backward-data", "backward data",
             "conv -n 1 -c 16 -H 14 -W 14 -k 16 -y 3 -x 3 -p 1 -q 1 -F 2", "training fails"},
    CardTest{"conv2d-backward-weights", "backward weights",
             "conv -n 1 -c 16 -H 14 -W 14 -k 16 -y 3 -x 3 -p 1 -q 1 -F 4", "training fails"},
};

// How the probe ends.
enum ProbeStatus : int {
  kProbeFine = 0,
  kProbeWrong = 1,     // it ran, and gave a wrong result
  kProbeFailed = 2,    // a call failed
  kProbeNoDevice = 3,  // HIP has no device that this library can use
  kProbeUsage = 4,     // there is no such test
};
// Begins the line of the probe's output that says what it found; all other lines are other
// libraries'.
inline constexpr std::string_view kProbeSays = "rdna1conv-probe: ";

}  // namespace rdna1conv::tool

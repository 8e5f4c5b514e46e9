#include "dispatch/numerics_check.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "core/element_value.h"
#include "core/error.h"
#include "core/logging.h"
#include "device/hip_check.h"

namespace rdna1conv {
namespace {

std::size_t span_bytes(const CheckedTensor& tensor) {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < tensor.lengths.size(); ++i) {
    last += (tensor.lengths[i] - 1) * tensor.strides[i];
  }
  return static_cast<std::size_t>(last + 1) * bytes_of(tensor.type);
}

std::vector<std::byte> copy_to_host(const CheckedTensor& tensor) {
  std::vector<std::byte> bytes(span_bytes(tensor));
  check_hip(hipMemcpy(bytes.data(), tensor.data, bytes.size(), hipMemcpyDeviceToHost), "hipMemcpy");
  return bytes;
}

struct Summary {
  std::int64_t elements = 0, nans = 0, infinities = 0;
  double sum = 0, magnitudes = 0;  // of the finite ones
  double least = std::numeric_limits<double>::infinity(), largest = -least;

  bool is_abnormal() const { return nans > 0 || infinities > 0; }
};

Summary summarize(const CheckedTensor& tensor, const std::vector<std::byte>& bytes) {
  Summary summary;
  const auto& [l0, l1, l2, l3, l4] = tensor.lengths;
  const auto& [s0, s1, s2, s3, s4] = tensor.strides;
  const auto size = static_cast<std::int64_t>(bytes_of(tensor.type));
  for (std::int64_t i0 = 0; i0 < l0; ++i0)
    for (std::int64_t i1 = 0; i1 < l1; ++i1)
      for (std::int64_t i2 = 0; i2 < l2; ++i2)
        for (std::int64_t i3 = 0; i3 < l3; ++i3)
          for (std::int64_t i4 = 0; i4 < l4; ++i4) {
            const std::int64_t at = i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3 + i4 * s4;
            const double value = element_value(tensor.type, bytes.data() + at * size);
            ++summary.elements;
            if (std::isnan(value)) {
              ++summary.nans;
            } else if (std::isinf(value)) {
              ++summary.infinities;
            } else {
              summary.sum += value;
              summary.magnitudes += std::abs(value);
              summary.least = std::min(summary.least, value);
              summary.largest = std::max(summary.largest, value);
            }
          }
  return summary;
}

std::string text_of(const CheckedTensor& tensor, const Summary& summary, bool with_statistics) {
  std::string text = std::string(tensor.name) + " has " + std::to_string(summary.nans) +
                     " NaN and " + std::to_string(summary.infinities) + " infinite of " +
                     std::to_string(summary.elements) + " elements";
  const std::int64_t finite = summary.elements - summary.nans - summary.infinities;
  if (with_statistics && finite > 0) {
    char numbers[160];
    std::snprintf(numbers, sizeof numbers, ", mean %.9g, mean magnitude %.9g, min %.9g, max %.9g",
                  summary.sum / static_cast<double>(finite),
                  summary.magnitudes / static_cast<double>(finite), summary.least, summary.largest);
    text += numbers;
  }
  return text;
}

void dump(const Handle& handle, std::span<const CheckedTensor> tensors) {
  for (const CheckedTensor& tensor : tensors) {
    const std::string path = handle.environment.dump_tensor_path + "_" + tensor.name + ".bin";
    const std::vector<std::byte> bytes = copy_to_host(tensor);
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) {
      log_line(LogLevel::kWarning, "DumpTensor", "cannot write " + path);
    }
  }
}

}  // namespace

std::array<CheckedTensor, 3> checked_tensors(const ConvProblem& p, const Buffers& buffers) {
  const bool data = p.direction == Direction::kBackwardData;
  const bool weights = p.direction == Direction::kBackwardWeights;
  const bool forward = p.direction == Direction::kForward;
  return {{{data ? "dx" : "x", buffers.x, p.x_type, p.x_lengths(), p.x_strides, data},
           {weights ? "dw" : "w", buffers.w, p.w_type, p.w_lengths(), p.w_strides, weights},
           {forward ? "y" : "dy", buffers.y, p.y_type, p.y_lengths(), p.y_strides, forward}}};
}

void check_numerics(const Handle& handle, const char* function,
                    std::span<const CheckedTensor> tensors, bool outputs) {
  const unsigned mode = handle.environment.check_numerics;
  if (mode == 0 || is_capturing(handle.stream)) return;
  check_hip(hipStreamSynchronize(handle.stream), "hipStreamSynchronize");
  std::string first_hit;
  for (const CheckedTensor& tensor : tensors) {
    if (tensor.is_output != outputs) continue;
    const Summary summary = summarize(tensor, copy_to_host(tensor));
    const std::string text = text_of(tensor, summary, (mode & kNumericsStats) != 0);
    const char* const name = outputs ? "checkNumericsOutput" : "checkNumericsInput";
    if (summary.is_abnormal()) {
      if (first_hit.empty()) first_hit = text;
      if ((mode & (kNumericsInfo | kNumericsWarn)) != 0) {
        log_line(LogLevel::kWarning, name, std::string(function) + ": " + text);
      }
    } else if ((mode & kNumericsInfo) != 0) {
      log_line(LogLevel::kInfo, name, std::string(function) + ": " + text);
    }
  }
  if (first_hit.empty()) return;
  if (!handle.environment.dump_tensor_path.empty()) dump(handle, tensors);
  if ((mode & kNumericsAbort) != 0) {
    log_line(LogLevel::kFatal, function, first_hit + " (MIOPEN_CHECK_NUMERICS)");
    std::abort();
  }
  if ((mode & kNumericsThrow) != 0) {
    throw Error(Status::kInternalError, first_hit + " (MIOPEN_CHECK_NUMERICS)");
  }
}

}  // namespace rdna1conv

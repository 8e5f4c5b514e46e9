#include "guarded_tensor.h"

#include <hip/hip_runtime_api.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "core/error.h"
#include "device/hip_check.h"
#include "element_type.h"

namespace rdna1conv {
namespace {

// Both are NaN as fp16, as bf16 and, twice, as fp32.
constexpr std::uint16_t kCanary = 0x7fca;
constexpr std::uint16_t kUnwritten = 0x7fde;
constexpr std::size_t kCanaryBytes = 4096;  // before and behind

void fill(std::byte* at, std::size_t bytes, std::uint16_t pattern) {
  for (std::size_t i = 0; i < bytes; ++i)
    at[i] = static_cast<std::byte>(i % 2 == 0 ? pattern & 255 : pattern >> 8);
}

}  // namespace

DeviceBytes::DeviceBytes(std::size_t bytes) : bytes_(bytes) {
  void* address = nullptr;
  check_hip(hipMalloc(&address, std::max<std::size_t>(bytes, 1)), "hipMalloc");
  memory_.reset(static_cast<std::byte*>(address));
}

void DeviceBytes::Free::operator()(std::byte* address) const {
  static_cast<void>(hipFree(address));
}

void DeviceBytes::upload(const std::vector<std::byte>& from) const {
  check_hip(hipMemcpy(address(), from.data(), bytes_, hipMemcpyHostToDevice), "hipMemcpy");
}

std::vector<std::byte> DeviceBytes::download() const {
  std::vector<std::byte> bytes(bytes_);
  check_hip(hipMemcpy(bytes.data(), address(), bytes_, hipMemcpyDeviceToHost), "hipMemcpy");
  return bytes;
}

GuardedTensor::GuardedTensor(const StridedTensor& tensor, Use use, std::span<const float> values,
                             std::int64_t misalignment)
    : tensor_(tensor),
      has_values_(!values.empty()),
      first_(kCanaryBytes + static_cast<std::size_t>(misalignment) * bytes_of(tensor.type)),
      before_(first_ + static_cast<std::size_t>(tensor.span()) * bytes_of(tensor.type) +
              (use == Use::kWrite ? kCanaryBytes : 0)),
      memory_(before_.size()) {
  fill(before_.data(), before_.size(), kCanary);
  const std::size_t size = bytes_of(tensor.type);
  for_each_element(tensor, [&](std::int64_t index, std::int64_t offset) {
    std::byte* const at = before_.data() + first_ + static_cast<std::size_t>(offset) * size;
    if (values.empty())
      fill(at, size, kUnwritten);
    else
      store_element(tensor.type, double{values[static_cast<std::size_t>(index)]}, at);
  });
  memory_.upload(before_);
}

std::vector<double> GuardedTensor::stored_values() const {
  const std::vector<std::byte> now = memory_.download();
  const std::size_t size = bytes_of(tensor_.type);
  std::array<std::byte, 8> unwritten;
  fill(unwritten.data(), unwritten.size(), kUnwritten);

  std::vector<double> values(static_cast<std::size_t>(tensor_.count()));
  std::vector<std::byte> allowed = before_;  // what the memory may hold: the elements are free
  std::int64_t first_unwritten = -1;
  for_each_element(tensor_, [&](std::int64_t index, std::int64_t offset) {
    const std::size_t at = first_ + static_cast<std::size_t>(offset) * size;
    std::memcpy(allowed.data() + at, now.data() + at, size);
    values[static_cast<std::size_t>(index)] = load_element(tensor_.type, now.data() + at);
    if (first_unwritten < 0 && !has_values_ && size > 1 &&
        std::memcmp(now.data() + at, unwritten.data(), size) == 0)
      first_unwritten = index;
  });
  if (now != allowed) {
    const auto at = std::mismatch(now.begin(), now.end(), allowed.begin()).first - now.begin();
    throw Error(Status::kInternalError,
                "wrote outside the output, " +
                    std::to_string(at - static_cast<std::ptrdiff_t>(first_)) +
                    " bytes from its first element");
  }
  if (first_unwritten >= 0) {
    throw Error(Status::kInternalError,
                "left element " + std::to_string(first_unwritten) + " of the output unwritten");
  }
  return values;
}

bool GuardedTensor::is_unchanged() const { return memory_.download() == before_; }

GuardedWorkspace::GuardedWorkspace(std::size_t bytes) : memory_(kCanaryBytes + bytes) {
  std::vector<std::byte> content(kCanaryBytes + bytes);
  fill(content.data(), content.size(), kCanary);
  memory_.upload(content);
}

std::byte* GuardedWorkspace::address() const { return memory_.address() + kCanaryBytes; }

bool GuardedWorkspace::has_canaries() const {
  std::vector<std::byte> canaries(kCanaryBytes), now(kCanaryBytes);
  fill(canaries.data(), kCanaryBytes, kCanary);
  check_hip(hipMemcpy(now.data(), memory_.address(), kCanaryBytes, hipMemcpyDeviceToHost),
            "hipMemcpy");
  return now == canaries;
}

}  // namespace rdna1conv

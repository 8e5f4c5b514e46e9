#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "strided_tensor.h"

namespace rdna1conv {

// Device memory of exactly `bytes` bytes.
class DeviceBytes {
 public:
  explicit DeviceBytes(std::size_t bytes);
  std::byte* address() const { return memory_.get(); }
  void upload(const std::vector<std::byte>& from) const;
  std::vector<std::byte> download() const;

 private:
  struct Free {
    void operator()(std::byte* address) const;
  };
  std::size_t bytes_;
  std::unique_ptr<std::byte, Free> memory_;
};

// A tensor on the device with canaries before it, in the gaps that its strides leave, and behind
// it. Elements and canaries start out as NaN as far as the type has any, or as the given values.
class GuardedTensor {
 public:
  enum class Use {
    kRead,   // the allocation ends with the last element, so that the software device, and often a
             // card, faults at reads beyond it
    kWrite,  // canaries behind it, so that writes beyond it are found on any device
  };
  // `values`: one for each element in N, C, D, H, W order, or none. The first element is at a
  // multiple of 256 bytes, plus `misalignment` elements: views may begin at any element.
  GuardedTensor(const StridedTensor& tensor, Use use, std::span<const float> values,
                std::int64_t misalignment = 0);

  std::byte* address() const { return memory_.address() + first_; }

  // What a run stored, in N, C, D, H, W order. Throws Error (kInternalError), saying what the run
  // did wrong, if it wrote to a canary or left an element as NaN.
  std::vector<double> stored_values() const;
  // Whether every byte is as it was at first.
  bool is_unchanged() const;

 private:
  StridedTensor tensor_;
  bool has_values_;
  std::size_t first_;              // bytes before the first element
  std::vector<std::byte> before_;  // the whole memory
  DeviceBytes memory_;
};

// A workspace of exactly `bytes`, NaN at first and 256-byte aligned as hipMalloc's memory is, with
// canaries before it and the allocation's end behind it.
class GuardedWorkspace {
 public:
  explicit GuardedWorkspace(std::size_t bytes);
  std::byte* address() const;
  bool has_canaries() const;  // as they were

 private:
  DeviceBytes memory_;
};

}  // namespace rdna1conv

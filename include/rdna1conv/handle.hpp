#pragma once

#include <hip/hip_runtime_api.h>
#include <miopen/miopen.h>

#include <memory>

#include "rdna1conv/result.hpp"
#include "rdna1conv/tensor.hpp"

namespace rdna1conv {
inline namespace v1 {

// The library on HIP's current device, with the stream that its work is queued on. Objects made
// with a handle must not outlive it. A handle is for one thread at a time.
class Handle {
 public:
  // On `stream`, which stays the caller's; by default the null stream. Fails with
  // miopenStatusNotInitialized, and a sentence that says what was found, if the device is no RDNA1
  // card.
  static Expected<Handle> try_create(hipStream_t stream = nullptr) {
    miopenHandle_t handle = nullptr;
    auto made = detail::checked(miopenCreateWithStream(&handle, stream));
    if (!made) return made.error();
    return Handle(handle);
  }
  explicit Handle(hipStream_t stream = nullptr) : Handle(try_create(stream).value()) {}

  // MIOpen's handle, for calls of MIOpen's API beside those of this one.
  miopenHandle_t get() const noexcept { return handle_.get(); }

  hipStream_t stream() const {
    miopenAcceleratorQueue_t stream = nullptr;
    detail::checked(miopenGetStream(get(), &stream)).value();
    return stream;
  }

  // Waits for all work on the handle's stream.
  Expected<void> try_synchronize() const {
    miopenAcceleratorQueue_t stream = nullptr;
    if (auto got = detail::checked(miopenGetStream(get(), &stream)); !got) return got;
    return detail::checked(hipStreamSynchronize(stream), "waiting for the stream");
  }
  void synchronize() const { try_synchronize().value(); }

 private:
  explicit Handle(miopenHandle_t handle) : handle_(handle) {}
  std::unique_ptr<miopenHandle_t, detail::Destroys<miopenHandle_t, miopenDestroy>> handle_;
};

}  // namespace v1
}  // namespace rdna1conv

#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

namespace rdna1conv {

// Device memory of a handle for calls whose client brings no workspace: a piece for each stream,
// kept for the next call, since what a stream runs one after the other may share it.
class StreamScratch {
 public:
  StreamScratch() = default;
  // Waits for what uses the memory.
  ~StreamScratch();
  StreamScratch(const StreamScratch&) = delete;
  StreamScratch& operator=(const StreamScratch&) = delete;

  // Whether what is queued on the stream runs in that order and once: not if it is captured into a
  // graph, which may run beside the stream, nor if the stream's name means another one to each
  // thread.
  static bool serves(hipStream_t stream);

  // queue(memory) with at least `bytes` of it, on the current device. No other call's launches come
  // between those that `queue` puts on the stream. Throws Error (kAllocFailed).
  template <class Queue>
  void use(hipStream_t stream, std::size_t bytes, Queue queue) {
    const std::lock_guard lock(mutex_);
    queue(memory_of(stream, bytes));
  }

 private:
  struct Piece {
    void* memory = nullptr;
    std::size_t bytes = 0;
  };
  void* memory_of(hipStream_t stream, std::size_t bytes);

  std::mutex mutex_;
  std::map<hipStream_t, Piece> pieces_;
  std::vector<void*> outgrown_;  // which launches in flight may still use
};

}  // namespace rdna1conv

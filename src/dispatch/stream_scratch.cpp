#include "dispatch/stream_scratch.h"

#include "device/hip_check.h"
#include "device/prepared_plan.h"

namespace rdna1conv {

StreamScratch::~StreamScratch() {
  // hipFree waits for the device.
  for (void* const memory : outgrown_) static_cast<void>(hipFree(memory));
  for (const auto& [stream, piece] : pieces_) static_cast<void>(hipFree(piece.memory));
}

bool StreamScratch::serves(hipStream_t stream) {
  return stream != hipStreamPerThread && !is_capturing(stream);
}

void* StreamScratch::memory_of(hipStream_t stream, std::size_t bytes) {
  Piece& piece = pieces_[stream];
  if (piece.bytes >= bytes) return piece.memory;
  constexpr std::size_t kLeast = 64 * 1024;  // enough for nearly all
  Piece larger{nullptr, bytes > kLeast ? bytes : kLeast};
  check_hip(hipMalloc(&larger.memory, larger.bytes), "hipMalloc");
  if (piece.memory != nullptr) outgrown_.push_back(piece.memory);
  piece = larger;
  return piece.memory;
}

}  // namespace rdna1conv

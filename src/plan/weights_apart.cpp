#include "plan/weights_apart.h"

#include "plan/convolution_buffers.h"

namespace rdna1conv {

WeightsApart weights_apart(const std::vector<Launch>& launches, const Instance& instance) {
  WeightsApart parts;
  for (Launch launch : launches) {
    for (std::uint32_t i = 0; i < launch.pointer_count; ++i) {
      PointerPatch& pointer = launch.pointers[i];
      if (pointer.buffer != BufferSlot(Buffer::kWorkspace)) continue;
      if (pointer.buffer_offset < instance.weights_bytes) {
        pointer.buffer = Buffer::kPreparedWeights;
      } else {
        pointer.buffer_offset -= instance.weights_bytes;
      }
    }
    (launch.prepares_weights ? parts.prepare : parts.run).push_back(launch);
  }
  return parts;
}

}  // namespace rdna1conv

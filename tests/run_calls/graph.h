#pragma once

#include <hip/hip_runtime_api.h>

#include <cstddef>

#include "device/hip_check.h"

namespace rdna1conv {

class Stream {
 public:
  Stream() {
    check_hip(hipStreamCreateWithFlags(&stream_, hipStreamNonBlocking), "hipStreamCreate");
  }
  ~Stream() { static_cast<void>(hipStreamDestroy(stream_)); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator hipStream_t() const { return stream_; }

 private:
  hipStream_t stream_ = nullptr;
};

// What `queue` queues on the stream, as a graph that can be run again.
class Graph {
 public:
  template <class Queue>
  Graph(hipStream_t stream, Queue queue) {
    check_hip(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal), "hipStreamBeginCapture");
    queue();
    check_hip(hipStreamEndCapture(stream, &graph_), "hipStreamEndCapture");
    check_hip(hipGraphInstantiate(&executable_, graph_, nullptr, nullptr, 0),
              "hipGraphInstantiate");
  }
  ~Graph() {
    static_cast<void>(hipGraphExecDestroy(executable_));
    static_cast<void>(hipGraphDestroy(graph_));
  }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  void run(hipStream_t stream) const {
    check_hip(hipGraphLaunch(executable_, stream), "hipGraphLaunch");
  }
  std::size_t nodes() const {
    std::size_t count = 0;
    check_hip(hipGraphGetNodes(graph_, nullptr, &count), "hipGraphGetNodes");
    return count;
  }

 private:
  hipGraph_t graph_ = nullptr;
  hipGraphExec_t executable_ = nullptr;
};

}  // namespace rdna1conv

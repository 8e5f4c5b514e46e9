// HIP graphs: captured from a stream and built node by node.
#include "hip_handles.h"

namespace emulator::tests {
namespace {

__global__ void scale(int* values, int factor) { values[threadIdx.x] *= factor; }

__global__ void add(int* values, const int* others) { values[threadIdx.x] += others[threadIdx.x]; }

class GraphRun {
 public:
  explicit GraphRun(hipGraph_t graph) : graph_(graph) {
    check(hipGraphInstantiate(&executable_, graph, nullptr, nullptr, 0), "hipGraphInstantiate");
  }
  ~GraphRun() {
    (void)hipGraphExecDestroy(executable_);
    (void)hipGraphDestroy(graph_);
  }
  GraphRun(const GraphRun&) = delete;
  GraphRun& operator=(const GraphRun&) = delete;

  void launch(hipStream_t stream) { check(hipGraphLaunch(executable_, stream), "hipGraphLaunch"); }

 private:
  hipGraph_t graph_;
  hipGraphExec_t executable_ = nullptr;
};

TEST(Graphs, CapturedWorkRunsAtEveryLaunch) {
  const Stream stream;
  const DeviceBuffer<int> device(64);
  const PinnedBuffer<int> input(64);
  const PinnedBuffer<int> output(64);
  for (int i = 0; i < 64; ++i) {
    input[i] = i;
    output[i] = 0;
  }
  check(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  check(hipMemcpyAsync(device.data(), input.data(), device.bytes(), hipMemcpyHostToDevice, stream));
  scale<<<1, 64, 0, stream>>>(device.data(), 3);
  scale<<<1, 64, 0, stream>>>(device.data(), 5);
  check(
      hipMemcpyAsync(output.data(), device.data(), device.bytes(), hipMemcpyDeviceToHost, stream));
  hipGraph_t graph = nullptr;
  check(hipStreamEndCapture(stream, &graph));
  EXPECT_EQ(output[1], 0) << "capture must not execute";
  GraphRun run(graph);
  for (int round = 1; round <= 3; ++round) {
    for (int i = 0; i < 64; ++i) input[i] = i * round;
    run.launch(stream);
    stream.synchronize();
    for (int i = 0; i < 64; ++i) ASSERT_EQ(output[i], i * round * 15) << "round " << round;
  }
}

TEST(Graphs, CaptureFollowsEventsToOtherStreams) {
  const Stream main;
  const Stream side;
  const Event fork;
  const Event join;
  const DeviceBuffer<int> first(std::vector<int>(64, 1));
  const DeviceBuffer<int> second(std::vector<int>(64, 1));
  check(hipStreamBeginCapture(main, hipStreamCaptureModeGlobal));
  check(hipEventRecord(fork, main));
  check(hipStreamWaitEvent(side, fork, 0));
  scale<<<1, 64, 0, main>>>(first.data(), 2);
  scale<<<1, 64, 0, side>>>(second.data(), 7);
  check(hipEventRecord(join, side));
  check(hipStreamWaitEvent(main, join, 0));
  // HIP 5.2 takes streams for joined only when some node follows on both.
  add<<<1, 64, 0, main>>>(first.data(), second.data());
  hipGraph_t graph = nullptr;
  check(hipStreamEndCapture(main, &graph));
  GraphRun run(graph);
  run.launch(main);
  run.launch(main);
  main.synchronize();
  EXPECT_EQ(first.read(), std::vector<int>(64, (1 * 2 + 7) * 2 + 49));
  EXPECT_EQ(second.read(), std::vector<int>(64, 49));
}

TEST(Graphs, BuiltFromNodes) {
  const Stream stream;
  const DeviceBuffer<int> device(64);
  std::vector<int> input(64, 4);
  std::vector<int> output(64, 0);
  hipGraph_t graph = nullptr;
  check(hipGraphCreate(&graph, 0));

  hipGraphNode_t copy_in = nullptr;
  check(hipGraphAddMemcpyNode1D(&copy_in, graph, nullptr, 0, device.data(), input.data(),
                                device.bytes(), hipMemcpyHostToDevice));
  int* values = device.data();
  int factor = 6;
  void* arguments[] = {&values, &factor};
  hipKernelNodeParams kernel{};
  kernel.func = reinterpret_cast<void*>(scale);
  kernel.gridDim = dim3(1);
  kernel.blockDim = dim3(64);
  kernel.kernelParams = arguments;
  hipGraphNode_t compute = nullptr;
  check(hipGraphAddKernelNode(&compute, graph, &copy_in, 1, &kernel));
  hipGraphNode_t copy_out = nullptr;
  check(hipGraphAddMemcpyNode1D(&copy_out, graph, &compute, 1, output.data(), device.data(),
                                device.bytes(), hipMemcpyDeviceToHost));
  int calls = 0;
  hipHostNodeParams host{};
  host.fn = [](void* data) { ++*static_cast<int*>(data); };
  host.userData = &calls;
  hipGraphNode_t notify = nullptr;
  check(hipGraphAddHostNode(&notify, graph, &copy_out, 1, &host));

  GraphRun run(graph);
  run.launch(stream);
  stream.synchronize();
  EXPECT_EQ(output, std::vector<int>(64, 24));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace emulator::tests

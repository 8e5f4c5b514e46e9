// What preparing the weights once saves: convolutions by the C++ API with plain and with prepared
// weights. Times are of HIP's events; on the software device they are modelled.
//
//   build/bench/prepared_weights
#include <hip/hip_runtime_api.h>

#include <cstdio>
#include <memory>
#include <rdna1conv/rdna1conv.hpp>
#include <string>

namespace {

using namespace rdna1conv;

struct Shape {
  std::int64_t n, c, side, k;
  int filter;
};
// Deep layers of ResNet-50 and VGG-16, one image and sixteen.
constexpr Shape kShapes[] = {{1, 64, 56, 64, 3},    {1, 128, 28, 128, 3}, {1, 256, 14, 256, 3},
                             {1, 512, 7, 512, 3},   {1, 512, 14, 512, 3}, {1, 256, 56, 256, 3},
                             {1, 1024, 14, 256, 1}, {1, 2048, 7, 512, 1}, {16, 256, 14, 256, 3},
                             {16, 512, 7, 512, 3}};

struct DestroysEvent {
  using pointer = hipEvent_t;
  void operator()(hipEvent_t event) const noexcept { static_cast<void>(hipEventDestroy(event)); }
};
using Event = std::unique_ptr<hipEvent_t, DestroysEvent>;

Event make_event() {
  hipEvent_t event = nullptr;
  detail::checked(hipEventCreate(&event), "hipEventCreate").value();
  return Event(event);
}

struct Result {
  double milliseconds;
  std::string kernel;
};

Result run(const Handle& handle, const Shape& shape, ElementType type, bool prepares) {
  const auto convolution = Convolution(shape.c, shape.k, {shape.filter, shape.filter}).same();
  const auto x = TensorShape::packed({shape.n, shape.c, shape.side, shape.side}, type);
  const auto y = convolution.output_shape(x);
  const auto w = convolution.weights_shape(type);
  const DeviceArray<std::byte> dx(x.span_bytes()), dw(w.span_bytes());
  DeviceArray<std::byte> dy(y.span_bytes());
  const PreparedConvolution prepared(handle, convolution, x, y, {w, dw.data()}, prepares);
  const DeviceArray<std::byte> workspace(prepared.workspace_bytes());
  const Event start = make_event(), stop = make_event();
  handle.synchronize();
  detail::checked(hipEventRecord(start.get(), handle.stream()), "hipEventRecord").value();
  prepared.run({dx.data(), dy.data(), nullptr, nullptr, workspace.data()});
  detail::checked(hipEventRecord(stop.get(), handle.stream()), "hipEventRecord").value();
  handle.synchronize();
  float milliseconds = 0;
  detail::checked(hipEventElapsedTime(&milliseconds, start.get(), stop.get()),
                  "hipEventElapsedTime")
      .value();
  return {static_cast<double>(milliseconds), prepared.kernel()};
}

}  // namespace

int main() {
  try {
    const Handle handle;
    hipDeviceProp_t properties{};
    detail::checked(hipGetDeviceProperties(&properties, 0), "hipGetDeviceProperties").value();
    const std::string name = properties.name;
    std::printf("%s, %s ms of one run, caches as the run before left them\n", name.c_str(),
                name.find("(software)") == std::string::npos ? "measured" : "modelled");
    std::printf("%-26s %5s %9s %9s %7s  %s\n", "n, c, side, k, filter", "type", "plain", "prepared",
                "faster", "kernels, plain and prepared");
    for (const ElementType type : {ElementType::kFloat, ElementType::kHalf}) {
      for (const Shape& shape : kShapes) {
        const Result plain = run(handle, shape, type, false);
        const Result prepared = run(handle, shape, type, true);
        const std::string text = std::to_string(shape.n) + ", " + std::to_string(shape.c) + ", " +
                                 std::to_string(shape.side) + ", " + std::to_string(shape.k) +
                                 ", " + std::to_string(shape.filter);
        std::printf("%-26s %5s %9.4f %9.4f %6.2fx  %s, %s\n", text.c_str(),
                    type == ElementType::kHalf ? "fp16" : "fp32", plain.milliseconds,
                    prepared.milliseconds, plain.milliseconds / prepared.milliseconds,
                    plain.kernel.c_str(), prepared.kernel.c_str());
      }
    }
    return 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "prepared_weights: %s\n", error.what());
    return 1;
  }
}

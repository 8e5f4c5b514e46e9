// The network on the card, by rdna1conv's C++ API.
#include <hip/hip_runtime_api.h>

#include <rdna1conv/rdna1conv.hpp>

#include "group_times.h"
#include "network.h"

namespace upscale {
namespace {

using rdna1conv::Activation;
using rdna1conv::Convolution;
using rdna1conv::DeviceArray;
using rdna1conv::Sequence;

void check(hipError_t status, const char* what) {
  if (status != hipSuccess) {
    throw std::runtime_error(std::string(what) + ": " + hipGetErrorString(status));
  }
}

struct DestroysEvent {
  using pointer = hipEvent_t;
  void operator()(hipEvent_t event) const noexcept { static_cast<void>(hipEventDestroy(event)); }
};
using Event = std::unique_ptr<hipEvent_t, DestroysEvent>;

Event make_event() {
  hipEvent_t event = nullptr;
  check(hipEventCreate(&event), "hipEventCreate");
  return Event(event);
}

class CardNetwork final : public Network {
 public:
  CardNetwork(const Model& model, int height, int width)
      : steps_(steps_of(model)), sequence_(handle_), times_(steps_) {
    const std::size_t pixels = static_cast<std::size_t>(height) * width * 3;
    const auto factor = static_cast<std::size_t>(model.factor);
    x_ = DeviceArray<float>(pixels);
    y_ = DeviceArray<float>(pixels * factor * factor);
    std::vector<Sequence::Value> values{sequence_.input({1, 3, height, width})};
    for (const Step& step : steps_) values.push_back(add(step, values));
    sequence_.output(values.back());
    sequence_.plan();
    for (std::size_t i = 0; i <= steps_.size(); ++i) events_.push_back(make_event());
    for (std::size_t i = 0; i < steps_.size(); ++i) times_.name_kernel(i, sequence_.kernel_of(i));
  }

  void run(const std::vector<float>& in, std::vector<float>& out) override {
    x_.copy_from(in);
    out.resize(y_.size());
    check(hipEventRecord(events_[0].get(), handle_.stream()), "hipEventRecord");
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      sequence_.try_run_steps(x_.data(), y_.data(), i, i + 1).value();
      check(hipEventRecord(events_[i + 1].get(), handle_.stream()), "hipEventRecord");
    }
    handle_.synchronize();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      float milliseconds = 0;
      check(hipEventElapsedTime(&milliseconds, events_[i].get(), events_[i + 1].get()),
            "hipEventElapsedTime");
      times_.add(i, milliseconds);
    }
    y_.copy_to(out);
  }

  std::vector<GroupTime> times() const override { return times_.by_group(); }

 private:
  const float* keep(const std::vector<float>& values) {
    parameters_.emplace_back(rdna1conv::Span<const float>(values));
    return parameters_.back().data();
  }

  Sequence::Value add(const Step& step, const std::vector<Sequence::Value>& values) {
    if (step.kind == StepKind::kConcatenation) {
      std::vector<Sequence::Value> parts;
      for (const std::size_t input : step.inputs) parts.push_back(values[input]);
      return sequence_.concatenate(parts);
    }
    const Sequence::Value x = values[step.inputs[0]];
    if (step.kind == StepKind::kRepetition) {
      // A transposed convolution of each channel by itself, with a filter of ones.
      const int factor = std::get<RepeatLayer>(step.layer->what).factor;
      const int channels = step.layer->channels;
      const auto repeat = Convolution(channels, channels, {factor, factor})
                              .stride({factor, factor})
                              .groups(channels)
                              .transposed();
      const std::vector<float> ones(static_cast<std::size_t>(channels) * factor * factor, 1.0f);
      return sequence_.convolve(repeat, x, {keep(ones)});
    }
    const auto& layer = std::get<ConvLayer>(step.layer->what);
    auto convolution =
        Convolution(layer.in_channels, layer.out_channels, {layer.filter, layer.filter})
            .same()
            .bias();
    if (step.relu) convolution.relu();
    std::optional<Sequence::Value> added;
    if (step.added) {
      convolution.add();
      added = values[*step.added];
    }
    return sequence_.convolve(convolution, x, {keep(layer.weights), keep(layer.bias)}, added);
  }

  std::vector<Step> steps_;
  rdna1conv::Handle handle_;
  Sequence sequence_;
  std::vector<DeviceArray<float>> parameters_;
  DeviceArray<float> x_, y_;
  std::vector<Event> events_;  // before the first step and after each
  GroupTimes times_;
};

}  // namespace

std::unique_ptr<Network> make_card_network(const Model& model, int height, int width) {
  return std::make_unique<CardNetwork>(model, height, width);
}

std::string card_name() {
  int device = 0;
  check(hipGetDevice(&device), "hipGetDevice");
  hipDeviceProp_t properties{};
  check(hipGetDeviceProperties(&properties, device), "hipGetDeviceProperties");
  return properties.name;
}

bool card_is_software() { return card_name().find("(software)") != std::string::npos; }

std::size_t free_card_memory() {
  std::size_t free = 0, total = 0;
  check(hipMemGetInfo(&free, &total), "hipMemGetInfo");
  return free;
}

}  // namespace upscale

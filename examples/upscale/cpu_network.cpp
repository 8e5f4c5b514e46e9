// The same network on the CPU, by oneDNN.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <oneapi/dnnl/dnnl.hpp>
#include <thread>
#include <unordered_map>

#include "group_times.h"
#include "network.h"

namespace upscale {
namespace {

using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

memory::desc plain(memory::dims lengths, memory::format_tag tag) {
  return {std::move(lengths), memory::data_type::f32, tag};
}

class CpuNetwork final : public Network {
 public:
  CpuNetwork(const Model& model, int height, int width) : steps_(steps_of(model)), times_(steps_) {
    input_ = memory(plain({1, 3, height, width}, memory::format_tag::nchw), engine_);
    values_.push_back(input_);
    try {
      for (const Step& step : steps_) add(step);
    } catch (const dnnl::error& error) {
      throw std::runtime_error(std::string("oneDNN: ") + error.what());
    }
    const auto lengths = values_.back().get_desc().dims();
    output_ = memory(plain(lengths, memory::format_tag::nchw), engine_);
    stream_.wait();
  }

  void run(const std::vector<float>& in, std::vector<float>& out) override {
    std::copy(in.begin(), in.end(), static_cast<float*>(input_.get_data_handle()));
    for (const Work& work : work_) {
      const auto start = std::chrono::steady_clock::now();
      work.primitive.execute(stream_, work.arguments);
      stream_.wait();
      const std::chrono::duration<double, std::milli> passed =
          std::chrono::steady_clock::now() - start;
      times_.add(work.step, passed.count());
    }
    dnnl::reorder(values_.back(), output_).execute(stream_, values_.back(), output_);
    stream_.wait();
    const auto* result = static_cast<const float*>(output_.get_data_handle());
    out.assign(result, result + output_.get_desc().get_size() / sizeof(float));
  }

  std::vector<GroupTime> times() const override { return times_.by_group(); }

 private:
  struct Work {
    std::size_t step;
    dnnl::primitive primitive;
    Arguments arguments;
  };

  void work(dnnl::primitive primitive, Arguments arguments) {
    work_.push_back({values_.size() - 1, std::move(primitive), std::move(arguments)});
  }
  // The memory in this form, brought into it by a reorder where it has another.
  memory in_form(const memory& value, const memory::desc& form) {
    if (value.get_desc() == form) return value;
    memory result(form, engine_);
    work(dnnl::reorder(value, result), {{DNNL_ARG_FROM, value}, {DNNL_ARG_TO, result}});
    return result;
  }
  // Once, before any run.
  memory constant(const std::vector<float>& data, memory::dims lengths, memory::format_tag tag,
                  const memory::desc& form) {
    memory as_given(plain(std::move(lengths), tag), engine_);
    std::copy(data.begin(), data.end(), static_cast<float*>(as_given.get_data_handle()));
    if (as_given.get_desc() == form) return as_given;
    memory result(form, engine_);
    dnnl::reorder(as_given, result).execute(stream_, as_given, result);
    stream_.wait();
    return result;
  }

  void add(const Step& step);
  memory convolve(const Step& step, const ConvLayer& layer, const memory& x);
  memory concatenate(const std::vector<memory>& parts);
  memory repeat(const memory& x, int factor);

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<Step> steps_;
  memory input_, output_;
  std::vector<memory> values_;  // the input and what each step gives
  std::vector<Work> work_;
  GroupTimes times_;
};

void CpuNetwork::add(const Step& step) {
  std::vector<memory> inputs;
  for (const std::size_t input : step.inputs) inputs.push_back(values_[input]);
  memory result;
  switch (step.kind) {
    case StepKind::kConvolution:
      result = convolve(step, std::get<ConvLayer>(step.layer->what), inputs[0]);
      break;
    case StepKind::kConcatenation:
      result = concatenate(inputs);
      break;
    case StepKind::kRepetition:
      result = repeat(inputs[0], std::get<RepeatLayer>(step.layer->what).factor);
      break;
  }
  values_.push_back(result);
}

memory CpuNetwork::convolve(const Step& step, const ConvLayer& layer, const memory& x) {
  const auto any = memory::format_tag::any;
  const memory::dims in = x.get_desc().dims();
  const memory::dims out{1, layer.out_channels, in[2], in[3]};
  const memory::dims filter{layer.out_channels, layer.in_channels, layer.filter, layer.filter};
  const memory::dims pad{layer.filter / 2, layer.filter / 2};
  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, plain(in, any),
      plain(filter, any), plain({layer.out_channels}, memory::format_tag::x), plain(out, any),
      {1, 1}, pad, pad);
  dnnl::post_ops after;
  if (step.added) after.append_sum();
  if (step.relu) after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  const dnnl::convolution_forward::primitive_desc chosen(description, attributes, engine_);
  const memory input = in_form(x, chosen.src_desc());
  const memory weights =
      constant(layer.weights, filter, memory::format_tag::oihw, chosen.weights_desc());
  const memory bias =
      constant(layer.bias, {layer.out_channels}, memory::format_tag::x, chosen.bias_desc());
  memory y(chosen.dst_desc(), engine_);
  // What is added lies where the sum goes.
  if (step.added) {
    const memory& added = values_[*step.added];
    work(dnnl::reorder(added, y), {{DNNL_ARG_FROM, added}, {DNNL_ARG_TO, y}});
  }
  work(dnnl::convolution_forward(chosen), {{DNNL_ARG_SRC, input},
                                           {DNNL_ARG_WEIGHTS, weights},
                                           {DNNL_ARG_BIAS, bias},
                                           {DNNL_ARG_DST, y}});
  return y;
}

memory CpuNetwork::concatenate(const std::vector<memory>& parts) {
  std::vector<memory::desc> forms;
  for (const memory& part : parts) forms.push_back(part.get_desc());
  const dnnl::concat::primitive_desc chosen(1, forms, engine_);
  memory whole(chosen.dst_desc(), engine_);
  Arguments arguments{{DNNL_ARG_DST, whole}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    arguments[DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i)] = parts[i];
  }
  work(dnnl::concat(chosen), std::move(arguments));
  return whole;
}

memory CpuNetwork::repeat(const memory& x, int factor) {
  memory::dims out = x.get_desc().dims();
  out[2] *= factor;
  out[3] *= factor;
  const dnnl::resampling_forward::desc description(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::resampling_nearest, x.get_desc(),
      plain(out, memory::format_tag::any));
  const dnnl::resampling_forward::primitive_desc chosen(description, engine_);
  memory y(chosen.dst_desc(), engine_);
  work(dnnl::resampling_forward(chosen), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
  return y;
}

}  // namespace

std::unique_ptr<Network> make_cpu_network(const Model& model, int height, int width) {
  return std::make_unique<CpuNetwork>(model, height, width);
}

std::string cpu_name() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      return line.substr(colon + 2) + ", " + std::to_string(std::thread::hardware_concurrency()) +
             " threads";
    }
  }
  return "unknown CPU";
}

}  // namespace upscale

#include "cpu_convolution.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <oneapi/dnnl/dnnl.hpp>
#include <thread>
#include <unordered_map>

namespace rdna1conv::bench {
namespace {

using dnnl::memory;

constexpr int kMinRuns = 3, kMaxRuns = 200;
// More than a build of this project leaves behind.
constexpr double kBusyLoadPerThread = 2;
constexpr double kEnoughSeconds = 0.25, kTooSlowToRepeatSeconds = 2;

// oneDNN's tensors of 2 or 3 spatial dimensions.
memory::dims spatial(const ConvProblem& problem, const Spatial& values) {
  if (problem.spatial_dims == 3) return {values.d, values.h, values.w};
  return {values.h, values.w};
}

memory::dims with_spatial(const ConvProblem& problem, memory::dims leading, const Spatial& values) {
  for (const memory::dim value : spatial(problem, values)) leading.push_back(value);
  return leading;
}

// oneDNN counts dilation from 0, and takes the padding after the image too: an output padding of a
// transposed convolution is that much less of it.
struct Geometry {
  memory::dims stride, dilation, pad_before, pad_after;
};

Geometry geometry(const ConvProblem& p) {
  const Spatial dilation{p.dilation.d - 1, p.dilation.h - 1, p.dilation.w - 1};
  const Spatial after{p.pad.d - p.output_pad.d, p.pad.h - p.output_pad.h, p.pad.w - p.output_pad.w};
  return {spatial(p, p.stride), spatial(p, dilation), spatial(p, p.pad), spatial(p, after)};
}

memory::desc any_format(const memory::dims& dims) {
  return {dims, memory::data_type::f32, memory::format_tag::any};
}

memory::desc packed(const memory::dims& dims) {
  memory::dims strides(dims.size(), 1);
  for (std::size_t i = dims.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * dims[i];
  return {dims, memory::data_type::f32, strides};
}

// oneDNN wants a grouped filter with a group dimension, and both kinds as [groups,] K/groups,
// C/groups; ours is K, C/groups or, transposed, C, K/groups.
memory::desc filter_of_ours(const ConvProblem& p) {
  const memory::dim taps = p.filter.volume(), k = p.k / p.groups, c = p.c / p.groups;
  memory::dims dims{k, c};
  memory::dims strides = p.transposed ? memory::dims{taps, k * taps} : memory::dims{c * taps, taps};
  if (p.groups > 1) {
    dims.insert(dims.begin(), p.groups);
    strides.insert(strides.begin(), k * c * taps);
  }
  dims = with_spatial(p, dims, p.filter);
  if (p.spatial_dims == 3) strides.push_back(p.filter.h * p.filter.w);
  strides.push_back(p.filter.w);
  strides.push_back(1);
  return {dims, memory::data_type::f32, strides};
}

// `pd` is the primitive descriptor of a convolution or a deconvolution; they differ in type only.
template <class Primitive, class PrimitiveDesc>
CpuResult run(const PrimitiveDesc& pd, const dnnl::engine& engine, const memory::desc& x_desc,
              const memory::desc& w_desc, const memory::desc& y_desc, std::span<const float> x,
              std::span<const float> w) {
  dnnl::stream stream(engine);
  const auto enter = [&](const memory::desc& from, std::span<const float> values,
                         const memory::desc& to) {
    // oneDNN takes no const pointers; a reorder only reads its source.
    memory source(from, engine, const_cast<float*>(values.data()));
    memory target(to, engine);
    dnnl::reorder(source, target).execute(stream, source, target);
    stream.wait();
    return target;
  };
  memory x_memory = enter(x_desc, x, pd.src_desc());
  memory w_memory = enter(w_desc, w, pd.weights_desc());
  memory y_memory(pd.dst_desc(), engine);

  Primitive primitive(pd);
  const std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, x_memory}, {DNNL_ARG_WEIGHTS, w_memory}, {DNNL_ARG_DST, y_memory}};
  const auto timed_run = [&] {
    const auto start = std::chrono::steady_clock::now();
    primitive.execute(stream, arguments);
    stream.wait();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };

  CpuResult result;
  result.implementation = pd.impl_info_str();
  result.seconds = timed_run();
  result.runs = 1;
  if (result.seconds < kTooSlowToRepeatSeconds) {
    result.seconds = timed_run();  // the first run paid for the first touch of the pages
    double total = result.seconds;
    while (result.runs < kMinRuns || (result.runs < kMaxRuns && total < kEnoughSeconds)) {
      const double seconds = timed_run();
      total += seconds;
      result.seconds = std::min(result.seconds, seconds);
      ++result.runs;
    }
  }

  const memory::dims y_dims = y_desc.dims();
  std::size_t count = 1;
  for (const memory::dim length : y_dims) count *= static_cast<std::size_t>(length);
  result.y.resize(count);
  memory y_packed(y_desc, engine, result.y.data());
  dnnl::reorder(y_memory, y_packed).execute(stream, y_memory, y_packed);
  stream.wait();
  return result;
}

}  // namespace

CpuResult run_on_cpu(const ConvProblem& p, std::span<const float> x, std::span<const float> w) {
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const memory::desc x_desc = packed(with_spatial(p, {p.n, p.c}, p.in));
  const memory::desc y_desc = packed(with_spatial(p, {p.n, p.k}, p.out));
  const memory::desc w_desc = filter_of_ours(p);
  const Geometry g = geometry(p);
  const auto inference = dnnl::prop_kind::forward_inference;
  if (p.transposed) {
    const dnnl::deconvolution_forward::desc desc(
        inference, dnnl::algorithm::deconvolution_direct, any_format(x_desc.dims()),
        any_format(w_desc.dims()), any_format(y_desc.dims()), g.stride, g.dilation, g.pad_before,
        g.pad_after);
    return run<dnnl::deconvolution_forward>(
        dnnl::deconvolution_forward::primitive_desc(desc, engine), engine, x_desc, w_desc, y_desc,
        x, w);
  }
  const dnnl::convolution_forward::desc desc(inference, dnnl::algorithm::convolution_direct,
                                             any_format(x_desc.dims()), any_format(w_desc.dims()),
                                             any_format(y_desc.dims()), g.stride, g.dilation,
                                             g.pad_before, g.pad_after);
  return run<dnnl::convolution_forward>(dnnl::convolution_forward::primitive_desc(desc, engine),
                                        engine, x_desc, w_desc, y_desc, x, w);
}

std::string cpu_description() {
  std::string model = "unknown CPU";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) model = line.substr(colon + 2);
    break;
  }
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  const dnnl_version_t* version = dnnl_version();
  std::string text = model + ", " + std::to_string(threads) + " threads, oneDNN " +
                     std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                     std::to_string(version->patch);
  double load = 0;
  if (getloadavg(&load, 1) == 1 && load > kBusyLoadPerThread * threads) {
    text += "; BUSY with other programs, load " + std::to_string(std::lround(load)) +
            ": its times are too long";
  }
  return text;
}

}  // namespace rdna1conv::bench

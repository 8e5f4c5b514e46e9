#include "device_fixture.h"

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <utility>

namespace {

using Four = std::array<int, 4>;

Four strides_of(const Four& lengths, const std::vector<int>& given) {
  if (!given.empty()) return {given[0], given[1], given[2], given[3]};
  return {lengths[1] * lengths[2] * lengths[3], lengths[2] * lengths[3], lengths[3], 1};
}

Four x_lengths(const Shape& p) { return {p.n, p.c, p.h, p.w}; }
Four w_lengths(const Shape& p) { return {p.k, p.c / p.groups, p.r, p.s}; }
Four y_lengths(const Shape& p) { return {p.n, p.k, p.out_h(), p.out_w()}; }

std::size_t span_of(const Four& lengths, const std::vector<int>& given) {
  const Four strides = strides_of(lengths, given);
  std::size_t elements = 1;
  for (std::size_t i = 0; i < 4; ++i) {
    elements += static_cast<std::size_t>(lengths[i] - 1) * static_cast<std::size_t>(strides[i]);
  }
  return elements;
}

miopenTensorDescriptor_t make_tensor(const Four& lengths, const std::vector<int>& given) {
  const Four strides = strides_of(lengths, given);
  miopenTensorDescriptor_t tensor = nullptr;
  EXPECT_EQ(miopenCreateTensorDescriptor(&tensor), miopenStatusSuccess);
  EXPECT_EQ(miopenSetTensorDescriptor(tensor, miopenFloat, 4, lengths.data(), strides.data()),
            miopenStatusSuccess);
  return tensor;
}

std::vector<float> random_values(std::size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(generator);
  return values;
}

std::size_t at(const Four& strides, int a, int b, int c, int d) {
  return static_cast<std::size_t>(a * strides[0] + b * strides[1] + c * strides[2] +
                                  d * strides[3]);
}

std::vector<double> convolve(const Shape& p, const std::vector<float>& x,
                             const std::vector<float>& w) {
  const Four xs = strides_of(x_lengths(p), p.x_strides);
  const Four ws = strides_of(w_lengths(p), p.w_strides);
  const Four ys = strides_of(y_lengths(p), p.y_strides);
  std::vector<double> y(span_of(y_lengths(p), p.y_strides),
                        std::numeric_limits<double>::quiet_NaN());
  const int channels = p.c / p.groups, filters = p.k / p.groups;
  for (int n = 0; n < p.n; ++n) {
    for (int k = 0; k < p.k; ++k) {
      for (int oh = 0; oh < p.out_h(); ++oh) {
        for (int ow = 0; ow < p.out_w(); ++ow) {
          double sum = 0;
          for (int c = 0; c < channels; ++c) {
            for (int r = 0; r < p.r; ++r) {
              for (int s = 0; s < p.s; ++s) {
                const int ih = oh * p.stride_h - p.pad_h + r * p.dilation_h;
                const int iw = ow * p.stride_w - p.pad_w + s * p.dilation_w;
                if (ih < 0 || ih >= p.h || iw < 0 || iw >= p.w) continue;
                sum += static_cast<double>(x[at(xs, n, k / filters * channels + c, ih, iw)]) *
                       static_cast<double>(w[at(ws, k, c, r, s)]);
              }
            }
          }
          y[at(ys, n, k, oh, ow)] = sum;
        }
      }
    }
  }
  return y;
}

}  // namespace

DeviceBuffer::DeviceBuffer(std::size_t bytes) : bytes_(bytes) {
  EXPECT_EQ(hipMalloc(&memory_, bytes), hipSuccess);
}

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_) {}

DeviceBuffer::~DeviceBuffer() {
  if (memory_ != nullptr) {
    EXPECT_EQ(hipFree(memory_), hipSuccess);
  }
}

void DeviceBuffer::upload(const std::vector<float>& values) {
  ASSERT_LE(values.size() * sizeof(float), bytes_);
  ASSERT_EQ(hipMemcpy(memory_, values.data(), values.size() * sizeof(float), hipMemcpyHostToDevice),
            hipSuccess);
}

std::vector<float> DeviceBuffer::download() const {
  std::vector<float> values(bytes_ / sizeof(float));
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(hipMemcpy(values.data(), memory_, values.size() * sizeof(float), hipMemcpyDeviceToHost),
            hipSuccess);
  return values;
}

std::string Shape::line() const {
  std::ostringstream text;
  text << "conv -n " << n << " -c " << c << " -H " << h << " -W " << w << " -k " << k << " -y " << r
       << " -x " << s << " -p " << pad_h << " -q " << pad_w << " -u " << stride_h << " -v "
       << stride_w << " -l " << dilation_h << " -j " << dilation_w;
  const auto add = [&](const char* option, const std::vector<int>& strides) {
    if (strides.empty()) return;
    text << " " << option << " " << strides[0] << "," << strides[1] << "," << strides[2] << ","
         << strides[3];
  };
  add("--in_strides", x_strides);
  add("--fil_strides", w_strides);
  add("--out_strides", y_strides);
  text << " -m conv -g " << groups << " -F 1";
  return text.str();
}

Convolution::Convolution(const Shape& p)
    : shape(p),
      x_buffer(span_of(x_lengths(p), p.x_strides) * sizeof(float)),
      w_buffer(span_of(w_lengths(p), p.w_strides) * sizeof(float)),
      y_buffer(span_of(y_lengths(p), p.y_strides) * sizeof(float)),
      workspace_buffer(kWorkspaceBytes),
      x_(random_values(span_of(x_lengths(p), p.x_strides), 1)),
      w_(random_values(span_of(w_lengths(p), p.w_strides), 2)),
      expected_(convolve(p, x_, w_)) {
  EXPECT_EQ(miopenCreate(&handle), miopenStatusSuccess) << rdna1convLastErrorText();
  x_desc = make_tensor(x_lengths(p), p.x_strides);
  w_desc = make_tensor(w_lengths(p), p.w_strides);
  y_desc = make_tensor(y_lengths(p), p.y_strides);
  EXPECT_EQ(miopenCreateConvolutionDescriptor(&conv_desc), miopenStatusSuccess);
  EXPECT_EQ(miopenInitConvolutionDescriptor(conv_desc, miopenConvolution, p.pad_h, p.pad_w,
                                            p.stride_h, p.stride_w, p.dilation_h, p.dilation_w),
            miopenStatusSuccess);
  EXPECT_EQ(miopenSetConvolutionGroupCount(conv_desc, p.groups), miopenStatusSuccess);
  x_buffer.upload(x_);
  w_buffer.upload(w_);
  poison_y();
}

Convolution::~Convolution() {
  EXPECT_EQ(miopenDestroyConvolutionDescriptor(conv_desc), miopenStatusSuccess);
  for (const auto tensor : {x_desc, w_desc, y_desc}) {
    EXPECT_EQ(miopenDestroyTensorDescriptor(tensor), miopenStatusSuccess);
  }
  EXPECT_EQ(miopenDestroy(handle), miopenStatusSuccess);
}

void Convolution::poison_y() {
  y_buffer.upload(std::vector<float>(expected_.size(), std::numeric_limits<float>::quiet_NaN()));
}

void Convolution::transform_expected(const std::function<double(double, int, std::size_t)>& f) {
  const Four strides = strides_of(y_lengths(shape), shape.y_strides);
  for (int n = 0; n < shape.n; ++n) {
    for (int k = 0; k < shape.k; ++k) {
      for (int h = 0; h < shape.out_h(); ++h) {
        for (int w = 0; w < shape.out_w(); ++w) {
          const std::size_t offset = at(strides, n, k, h, w);
          expected_[offset] = f(expected_[offset], k, offset);
        }
      }
    }
  }
}

void Convolution::expect_correct(const std::string& what) {
  const std::vector<float> y = y_buffer.download();
  ASSERT_EQ(y.size(), expected_.size());
  double squares = 0, largest = 0;
  std::size_t elements = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(expected_[i])) {
      ASSERT_TRUE(std::isnan(y[i])) << what << ": wrote between the elements of y at " << i << "\n"
                                    << shape.line();
      continue;
    }
    ASSERT_TRUE(std::isfinite(y[i])) << what << ": y[" << i << "] is " << y[i] << "\n"
                                     << shape.line();
    const double difference = static_cast<double>(y[i]) - expected_[i];
    squares += difference * difference;
    largest = std::max({largest, std::abs(static_cast<double>(y[i])), std::abs(expected_[i])});
    ++elements;
  }
  // MIOpen's metric and its driver's fp32 tolerance.
  const double error = std::sqrt(squares / static_cast<double>(elements)) / largest;
  EXPECT_LE(error, 1.5e-6) << what << "\n" << shape.line();
}

void Convolution::expect_untouched(const std::string& what) {
  for (const float value : y_buffer.download()) {
    ASSERT_TRUE(std::isnan(value)) << what << ": y was written";
  }
}

miopenStatus_t Convolution::forward(void* workspace, std::size_t bytes) {
  return miopenConvolutionForward(handle, &alpha, x_desc, x_buffer.get(), w_desc, w_buffer.get(),
                                  conv_desc, algo, &beta, y_desc, y_buffer.get(), workspace, bytes);
}

miopenStatus_t Convolution::immediate(std::uint64_t id, void* workspace, std::size_t bytes) {
  return miopenConvolutionForwardImmediate(handle, w_desc, w_buffer.get(), x_desc, x_buffer.get(),
                                           conv_desc, y_desc, y_buffer.get(), workspace, bytes, id);
}

std::vector<miopenConvAlgoPerf_t> Convolution::find(int request, bool exhaustive,
                                                    std::size_t bytes) {
  std::vector<miopenConvAlgoPerf_t> results(static_cast<std::size_t>(request));
  int returned = -1;
  EXPECT_EQ(miopenFindConvolutionForwardAlgorithm(
                handle, x_desc, x_buffer.get(), w_desc, w_buffer.get(), conv_desc, y_desc,
                y_buffer.get(), request, &returned, results.data(),
                bytes == 0 ? nullptr : workspace_buffer.get(), bytes, exhaustive),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  EXPECT_GE(returned, 1);
  EXPECT_LE(returned, request);
  results.resize(static_cast<std::size_t>(std::max(returned, 0)));
  return results;
}

std::vector<miopenConvSolution_t> Convolution::solutions() {
  std::size_t count = 0;
  EXPECT_EQ(
      miopenConvolutionForwardGetSolutionCount(handle, w_desc, x_desc, conv_desc, y_desc, &count),
      miopenStatusSuccess)
      << rdna1convLastErrorText();
  std::vector<miopenConvSolution_t> results(count);
  std::size_t returned = 0;
  EXPECT_EQ(miopenConvolutionForwardGetSolution(handle, w_desc, x_desc, conv_desc, y_desc, count,
                                                &returned, results.data()),
            miopenStatusSuccess)
      << rdna1convLastErrorText();
  EXPECT_EQ(returned, count);
  return results;
}

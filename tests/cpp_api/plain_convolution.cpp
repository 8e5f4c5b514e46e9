#include "plain_convolution.h"

#include <random>

std::vector<double> PlainConvolution::run(const std::vector<float>& x,
                                          const std::vector<float>& weights) const {
  const std::int64_t group_c = c / groups, group_k = k / groups;
  std::vector<double> y;
  for (std::int64_t image = 0; image < n; ++image)
    for (std::int64_t channel = 0; channel < k; ++channel)
      for (std::int64_t row = 0; row < out_h(); ++row)
        for (std::int64_t column = 0; column < out_w(); ++column) {
          double sum = 0;
          for (std::int64_t i = 0; i < group_c; ++i)
            for (std::int64_t r = 0; r < filter; ++r)
              for (std::int64_t s = 0; s < filter; ++s) {
                const std::int64_t in_h = row * stride - pad + r, in_w = column * stride - pad + s;
                if (in_h < 0 || in_h >= h || in_w < 0 || in_w >= w) continue;
                const std::int64_t in_c = channel / group_k * group_c + i;
                const std::int64_t at_x = ((image * c + in_c) * h + in_h) * w + in_w;
                const std::int64_t at_w = ((channel * group_c + i) * filter + r) * filter + s;
                sum += static_cast<double>(x[static_cast<std::size_t>(at_x)]) *
                       static_cast<double>(weights[static_cast<std::size_t>(at_w)]);
              }
          y.push_back(sum);
        }
  return y;
}

std::vector<float> random_values(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values)
    value = static_cast<float>(static_cast<int>(random() % 128) - 64) / 64;
  return values;
}

#include "pictures.h"

#include <cmath>
#include <random>

namespace train {

std::vector<Batch> make_batches(int count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> classes(0, kClasses - 1);
  std::uniform_real_distribution<float> phases(0, 6.28f), widths(1.2f, 2.0f);
  std::normal_distribution<float> noise(0, 0.4f);
  std::vector<Batch> batches(static_cast<std::size_t>(count));
  for (Batch& batch : batches) {
    for (int n = 0; n < kBatch; ++n) {
      const int kind = classes(random);
      const float phase = phases(random), width = widths(random);
      batch.classes.push_back(kind);
      for (int i = 0; i < kPictureSize; ++i) {
        for (int j = 0; j < kPictureSize; ++j) {
          const auto row = static_cast<float>(i), column = static_cast<float>(j);
          const float lying = std::sin(width * row + phase),
                      standing = std::sin(width * column + phase);
          const float values[kClasses] = {
              lying, standing, std::sin(width * (row + column) * 0.7f + phase), lying * standing};
          batch.pictures.push_back(values[kind] + noise(random));
        }
      }
    }
  }
  return batches;
}

std::vector<float> targets_of(const Batch& batch) {
  std::vector<float> targets(batch.classes.size() * kClasses, 0.0f);
  for (std::size_t n = 0; n < batch.classes.size(); ++n)
    targets[n * kClasses + static_cast<std::size_t>(batch.classes[n])] = 1;
  return targets;
}

}  // namespace train

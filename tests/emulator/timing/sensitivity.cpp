#include "timing/sensitivity.h"

#include <algorithm>
#include <cmath>

#include "timing/launch_model.h"

namespace emulator::timing {

namespace {

constexpr double kNoticeable = 0.0005;

// An end of a constant's range.
struct End {
  const ConstantRow* row;
  double value;
};

Constants at(const Constants& constants, const End& end) {
  Constants variant = constants;
  // A range is that of the preset; another board's constant has the same relative one.
  const double scale = end.row->value != 0 ? constants.*end.row->member / end.row->value : 1;
  variant.*end.row->member = end.value * scale;
  return variant;
}

}  // namespace

std::vector<Sensitivity> sensitivities(const LaunchModel& launch, const Constants& constants) {
  // The end that is further off first: where it makes no difference, the other one will not.
  std::vector<End> far, near;
  std::vector<Constants> variants{constants};
  for (const ConstantRow& row : constant_table()) {
    if (row.low == row.high) continue;
    const bool low_is_far = row.value - row.low > row.high - row.value;
    far.push_back({&row, low_is_far ? row.low : row.high});
    near.push_back({&row, low_is_far ? row.high : row.low});
    variants.push_back(at(constants, far.back()));
  }
  const std::vector<double> durations = launch.replay(variants);
  std::vector<Sensitivity> found;
  std::vector<End> others;
  for (std::size_t i = 0; i < far.size(); ++i) {
    const double change = durations[i + 1] / durations[0] - 1;
    if (std::abs(change) < kNoticeable) continue;
    Sensitivity& each = found.emplace_back(Sensitivity{far[i].row->name});
    (far[i].value == far[i].row->low ? each.at_low : each.at_high) = change;
    others.push_back(near[i]);
  }
  variants.clear();
  for (const End& end : others) variants.push_back(at(constants, end));
  const std::vector<double> other_durations = launch.replay(variants);
  for (std::size_t i = 0; i < others.size(); ++i) {
    const double change = other_durations[i] / durations[0] - 1;
    (others[i].value == others[i].row->low ? found[i].at_low : found[i].at_high) = change;
  }
  const auto size = [](const Sensitivity& each) {
    return std::max(std::abs(each.at_low), std::abs(each.at_high));
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const Sensitivity& a, const Sensitivity& b) { return size(a) > size(b); });
  return found;
}

Uncertainty uncertainty(const std::vector<Sensitivity>& sensitivities, double sampling_error) {
  double down = sampling_error * sampling_error;
  double up = down;
  for (const Sensitivity& each : sensitivities) {
    const double least = std::min({each.at_low, each.at_high, 0.0});
    const double most = std::max({each.at_low, each.at_high, 0.0});
    down += least * least;
    up += most * most;
  }
  return {std::sqrt(down), std::sqrt(up)};
}

}  // namespace emulator::timing

// Input vectors of the differential test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "differential/case_group.h"

namespace differential {

// `count` vectors: edge values against each other, and random ones. No signalling NaN is among the
// floats, because host and card treat them differently.
std::vector<Inputs> make_inputs(std::size_t count, std::uint64_t seed);

// All values of an input vector, for a failure's text.
std::string describe(const Inputs& inputs);

}  // namespace differential

#pragma once

// Where the CPU is the better device.

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>

#include "bench/table.h"

namespace rdna1conv::bench {

// The smallest batch size of 1, 2, 4, ... times the layer's own, up to 1024, at which the card is
// as fast as the CPU: from both times at the layer's own batch size, the CPU's in proportion to the
// batch, the card's as its estimates grow. Nothing if there is none, or if the tensors have strides
// of their own.
std::optional<std::int64_t> break_even_batch(const BenchDevice& device, const Layer& layer,
                                             double gpu_seconds, double cpu_seconds);

// Writes a line for each layer, and one for all by count, where oneDNN's time is less than the
// card's; nothing where there is none. On the software device the card's times are modelled, which
// is said.
void print_where_cpu_is_better(const BenchDevice& device, std::span<const TableRow> rows,
                               std::ostream& out);

}  // namespace rdna1conv::bench

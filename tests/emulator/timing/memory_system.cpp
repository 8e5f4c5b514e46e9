#include "timing/memory_system.h"

#include <algorithm>
#include <cmath>

namespace emulator::timing {
namespace {

constexpr double kLine = kVectorLineBytes;

unsigned count(double value) { return static_cast<unsigned>(std::lround(value)); }
std::uint64_t lines(double bytes) {
  return static_cast<std::uint64_t>(std::lround(bytes)) / kVectorLineBytes;
}

}  // namespace

std::string_view to_string(MemoryLevel level) {
  constexpr std::string_view kNames[] = {"L0", "L1", "L2", "DRAM"};
  return kNames[static_cast<std::size_t>(level)];
}

MemorySystem::MemorySystem(const Constants& constants)
    : constants_(constants),
      l2_(lines(constants.l2_bytes), count(constants.l2_ways)),
      instruction_cache_(
          static_cast<std::uint64_t>(std::lround(constants.instruction_cache_bytes)) /
              kScalarLineBytes,
          count(constants.instruction_cache_ways)),
      slice_lines_(lines(constants.l2_interleave_bytes)),
      slice_divisor_(count(constants.l2_slices)),
      slices_(count(constants.l2_slices)),
      channels_(count(constants.l2_slices)) {
  const double bytes_per_clock =
      constants.dram_gb_per_s * 1e9 * constants.dram_efficiency / (constants.core_mhz * 1e6);
  dram_clocks_per_line_ = kLine / (bytes_per_clock / constants.l2_slices);
  for (unsigned i = 0; i < kComputeUnits * count(constants.workgroup_processors); ++i) {
    units_.push_back({TagCache(lines(constants.l0_bytes), count(constants.l0_ways)), {}, {}, {}});
  }
  for (unsigned i = 0; i < count(constants.shader_arrays); ++i) {
    arrays_.push_back({TagCache(lines(constants.l1_bytes), count(constants.l1_ways)), {}});
  }
}

void MemorySystem::begin_launch() {
  for (ComputeUnit& unit : units_) {
    unit.l0.clear();
    unit.address = unit.fill = unit.store = {};
  }
  for (ShaderArray& array : arrays_) {
    array.l1.clear();
    array.port = {};
  }
  l2_.rewind();
  std::fill(slices_.begin(), slices_.end(), Server{});
  std::fill(channels_.begin(), channels_.end(), Server{});
  traffic_ = {};
  l2_fills_ = 0;
  scalar_misses_ = 0;
  instruction_cache_.rewind();
}

// The dispatcher goes round the shader arrays: neighbours in its order share none.
unsigned MemorySystem::array_of(unsigned processor) const {
  return processor % static_cast<unsigned>(arrays_.size());
}

unsigned MemorySystem::slice_of(std::uint64_t line) const {
  return static_cast<unsigned>(slice_divisor_.rest(slice_lines_.quotient(line)));
}

// The set within the slice, and the slice: no two slices share a set.
std::uint64_t MemorySystem::l2_set_of(std::uint64_t line) const {
  const std::uint64_t in_slice =
      slice_divisor_.quotient(slice_lines_.quotient(line)) * slice_lines_.value() +
      slice_lines_.rest(line);
  // Upper bits folded in, so that allocations that begin alike do not meet in the same sets.
  const std::uint64_t folded = in_slice ^ in_slice >> 7 ^ in_slice >> 14;
  return folded * slices_.size() + slice_of(line);
}

bool MemorySystem::l2_holds(std::span<const TagCache::Used> lines) const {
  return std::all_of(lines.begin(), lines.end(), [&](const TagCache::Used& line) {
    return l2_.holds(line.number, l2_set_of(line.number));
  });
}

void MemorySystem::use_l2(std::span<const TagCache::Used> lines) {
  for (const TagCache::Used& line : lines) {
    const TagCache::Line found = l2_.find(line.number, l2_set_of(line.number));
    if (line.dirty) found.mark_dirty();
  }
}

void MemorySystem::displace_caches() {
  instruction_cache_.clear();
  // Above all memory, and twice what fits: no set is left out.
  constexpr std::uint64_t kFirst = (1ull << 47) / kVectorLineBytes;
  const std::uint64_t end = kFirst + 2 * l2_.capacity();
  for (std::uint64_t line = kFirst; line < end; ++line) {
    if (const TagCache::Line found = l2_.find(line, l2_set_of(line))) {
      found.mark_dirty();
    } else {
      l2_.insert(line, l2_set_of(line), 0, true);
    }
  }
}

void MemorySystem::fill_l2(std::uint64_t line, double ready, bool dirty, double time) {
  const TagCache::Evicted evicted = l2_.insert(line, l2_set_of(line), ready, dirty);
  ++l2_fills_;
  if (evicted.number == TagCache::kNoLine || !evicted.dirty) return;
  channels_[slice_of(evicted.number)].serve(time, dram_clocks_per_line_);
  of(MemoryLevel::kDram).requests += 1;
  of(MemoryLevel::kDram).bytes += kLine;
}

double MemorySystem::load_from_l2(std::uint64_t line, double time) {
  const unsigned slice = slice_of(line);
  LevelTraffic& l2 = of(MemoryLevel::kL2);
  l2.requests += 1;
  l2.bytes += kLine;
  const double served = slices_[slice].serve(time, kLine / constants_.l2_slice_bytes_per_clock);
  if (const TagCache::Line found = l2_.find(line, l2_set_of(line))) {
    l2.hits += 1;
    return std::max(served + constants_.l2_latency, found.ready());
  }
  LevelTraffic& dram = of(MemoryLevel::kDram);
  dram.requests += 1;
  dram.hits += 1;
  dram.bytes += kLine;
  const double ready =
      channels_[slice].serve(served, dram_clocks_per_line_) + constants_.dram_latency;
  fill_l2(line, ready, false, served);
  return ready;
}

double MemorySystem::load_line(ComputeUnit& unit, ShaderArray& array, std::uint64_t line,
                               double time) {
  LevelTraffic& l0 = of(MemoryLevel::kL0);
  l0.requests += 1;
  if (const TagCache::Line found = unit.l0.find(line)) {
    l0.hits += 1;
    return std::max(time + constants_.l0_latency, found.ready());
  }
  LevelTraffic& l1 = of(MemoryLevel::kL1);
  l1.requests += 1;
  l1.bytes += kLine;
  // The way back is taken when the line is asked for: what comes later never waits for slower
  // levels that an earlier line had to go to.
  // Both ways take requests in the order in which they are made: one CU's that wait for its own way
  // leave the shared port to others'.
  const double sent = unit.fill.serve(time, kLine / constants_.l0_fill_bytes_per_clock);
  const double port = std::max(sent, array.port.serve(time, kLine / constants_.l1_bytes_per_clock));
  double ready = 0;
  if (const TagCache::Line found = array.l1.find(line)) {
    l1.hits += 1;
    ready = std::max(port + constants_.l1_latency, found.ready());
  } else {
    ready = load_from_l2(line, port);
    array.l1.insert(line, ready);
  }
  unit.l0.insert(line, ready);
  return ready;
}

double MemorySystem::store_line(std::uint64_t line, double clocks, double time) {
  const unsigned slice = slice_of(line);
  LevelTraffic& l2 = of(MemoryLevel::kL2);
  l2.requests += 1;
  l2.bytes += kLine;
  const double served = slices_[slice].serve(time, clocks);
  if (TagCache::Line found = l2_.find(line, l2_set_of(line))) {
    l2.hits += 1;
    found.mark_dirty();
  } else {
    // Written bytes are masked: the rest of the line is not fetched.
    fill_l2(line, served, true, served);
  }
  return served + constants_.l2_latency;
}

double MemorySystem::access(unsigned processor, unsigned compute_unit,
                            const MemoryOperation& operation, const std::uint64_t* line,
                            double time) {
  ComputeUnit& unit = units_[processor * kComputeUnits + compute_unit];
  ShaderArray& array = arrays_[array_of(processor)];
  if (operation.kind == OperationKind::kInvalidateL0) {
    unit.l0.clear();
    return time + 1;
  }
  if (operation.kind == OperationKind::kInvalidateL1) {
    array.l1.clear();
    return time + 1;
  }
  const double in_order = operation.dwords * constants_.l0_dword_clocks +
                          (operation.has_setup ? constants_.l0_setup_clocks : 0) +
                          (operation.is_misaligned ? constants_.l0_misaligned_clocks : 0);
  // Turns of L0's banks beyond one a dword; each takes what all lanes take without conflicts.
  const double conflicts =
      std::max(0.0,
               static_cast<double>(operation.bank_passes) / operation.dwords - operation.passes) *
      constants_.l0_bank_conflict_cost;
  const double data =
      (operation.passes + conflicts) *
      (operation.is_scattered ? std::max(in_order, constants_.l0_scattered_clocks) : in_order);
  const double tags = operation.line_count * constants_.l0_line_clocks;
  const double end = unit.address.serve(time, std::max(data, tags));
  const double begin = end - std::max(data, tags);
  LevelTraffic& l0 = of(MemoryLevel::kL0);
  l0.bytes += operation.bytes;
  double ready = end;
  if (operation.kind == OperationKind::kLoad) {
    for (unsigned i = 0; i < operation.line_count; ++i) {
      const double tag_time = begin + (i + 1) * constants_.l0_line_clocks;
      ready = std::max(ready, load_line(unit, array, line[i], tag_time));
    }
    // The first dwords of an access leave L0 while the last are on the way.
    return std::max(ready, end + constants_.l0_latency - 1);
  }
  const bool is_atomic = operation.kind == OperationKind::kAtomic;
  l0.requests += operation.line_count;
  const double bytes =
      std::max<double>(operation.bytes, 1) / std::max<unsigned>(operation.line_count, 1);
  for (unsigned i = 0; i < operation.line_count; ++i) {
    const double sent = unit.store.serve(begin + i * constants_.l0_line_clocks,
                                         std::max(1.0, bytes / constants_.store_bytes_per_clock));
    const double slice_clocks = is_atomic
                                    ? constants_.atomic_clocks
                                    : std::max(1.0, bytes / constants_.l2_slice_bytes_per_clock);
    ready = std::max(ready, store_line(line[i], slice_clocks, sent));
  }
  return ready;
}

double MemorySystem::address_busy(unsigned processor) const {
  double busy = 0;
  for (unsigned i = 0; i < kComputeUnits; ++i) {
    busy += units_[processor * kComputeUnits + i].address.busy;
  }
  return busy;
}

double MemorySystem::peak_bytes_per_clock(MemoryLevel level, unsigned processors) const {
  switch (level) {
    case MemoryLevel::kL0:
      return 128.0 / constants_.l0_dword_clocks * kComputeUnits * processors;
    case MemoryLevel::kL1:
      return constants_.l1_bytes_per_clock * std::min<double>(processors, constants_.shader_arrays);
    case MemoryLevel::kL2:
      return constants_.l2_slice_bytes_per_clock * constants_.l2_slices;
    case MemoryLevel::kDram:
      return kLine / dram_clocks_per_line_ * constants_.l2_slices;
    default:
      return 0;
  }
}

}  // namespace emulator::timing

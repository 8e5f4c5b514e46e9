// Vector memory of the whole chip: L0 of each CU, L1 of each shader array, L2 slices and DRAM
// channels, each with tags and a rate. Requests come in the order in which waves issue them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "machine/occupancy.h"
#include "timing/cache.h"
#include "timing/constants.h"
#include "timing/trace.h"

namespace emulator::timing {

enum class MemoryLevel : std::uint8_t { kL0, kL1, kL2, kDram, kCount };
constexpr std::size_t kMemoryLevels = static_cast<std::size_t>(MemoryLevel::kCount);
std::string_view to_string(MemoryLevel level);

// What went through a level, of all workgroup processors together.
struct LevelTraffic {
  double requests = 0;  // lines asked for
  double hits = 0;
  double bytes = 0;  // delivered or taken, in whole lines beyond L0
};

class MemorySystem {
 public:
  explicit MemorySystem(const Constants& constants);

  // A launch begins at time 0: L0 and L1 are empty, L2 and the instruction cache hold what they
  // held. The runtime invalidates instruction caches when it loads code and not when it launches
  // (ROCR, GpuAgent::InvalidateCodeCaches).
  void begin_launch();

  // Carries out an operation of a CU that begins at `time`; when its data are there, or a store or
  // atomic is acknowledged.
  double access(unsigned processor, unsigned compute_unit, const MemoryOperation& operation,
                const std::uint64_t* lines, double time);

  // A scalar or instruction line that its cache has not got.
  void count_scalar_miss() { ++scalar_misses_; }

  // Of processor 0, the one that is modelled in detail. Lines count from
  // ProgramTiming::first_line().
  TagCache& instruction_cache() { return instruction_cache_; }

  // As after a kernel that did something else: fills L2 with lines that nobody looks for and that
  // were written, and the instruction cache has none of the code to come.
  void displace_caches();
  // Forgets L2 lines that were not used since `mark`, a former l2_clock().
  void drop_l2_older_than(std::uint64_t mark) { l2_.drop_older_than(mark); }
  std::uint64_t l2_clock() const { return l2_.clock(); }
  std::uint64_t l2_capacity() const { return l2_.capacity(); }
  double l2_fills() const { return l2_fills_; }

  // L2 lines used since `mark`, a former l2_clock(), the last used one at the end.
  std::vector<TagCache::Used> l2_used_since(std::uint64_t mark) const {
    return l2_.used_since(mark);
  }
  bool l2_holds(std::span<const TagCache::Used> lines) const;
  // Uses lines that are there, one after the other.
  void use_l2(std::span<const TagCache::Used> lines);

  const std::array<LevelTraffic, kMemoryLevels>& traffic() const { return traffic_; }
  // Clocks that the address units of a workgroup processor were busy, both together.
  double address_busy(unsigned processor) const;
  // Most bytes that a level can carry in a clock, of `processors` active workgroup processors.
  double peak_bytes_per_clock(MemoryLevel level, unsigned processors) const;

 private:
  struct ComputeUnit {
    TagCache l0;
    Server address;  // address and tag unit
    Server fill;     // from L1
    Server store;    // to L1 and on
  };
  struct ShaderArray {
    TagCache l1;
    Server port;
  };

  LevelTraffic& of(MemoryLevel level) { return traffic_[static_cast<std::size_t>(level)]; }
  unsigned array_of(unsigned processor) const;
  double load_line(ComputeUnit& unit, ShaderArray& array, std::uint64_t line, double time);
  double load_from_l2(std::uint64_t line, double time);
  double store_line(std::uint64_t line, double clocks, double time);
  unsigned slice_of(std::uint64_t line) const;
  std::uint64_t l2_set_of(std::uint64_t line) const;
  void fill_l2(std::uint64_t line, double ready, bool dirty, double time);

  Constants constants_;
  double dram_clocks_per_line_;  // of one channel
  std::vector<ComputeUnit> units_;
  std::vector<ShaderArray> arrays_;
  TagCache l2_;
  TagCache instruction_cache_;
  Divisor slice_lines_;    // lines that lie in one slice side by side
  Divisor slice_divisor_;  // slices
  std::vector<Server> slices_;
  std::vector<Server> channels_;
  std::array<LevelTraffic, kMemoryLevels> traffic_{};
  double l2_fills_ = 0;
  double scalar_misses_ = 0;
};

}  // namespace emulator::timing

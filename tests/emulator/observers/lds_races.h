// Unordered accesses of a workgroup's waves to the same byte of LDS. Each wave's accesses between
// two barriers are kept as bit sets, which are compared when the waves meet, and as a log that
// names the instructions when something was found.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "machine/observer.h"
#include "observers/ordering.h"

namespace emulator {

struct LdsAccess {
  Party party;
  Access access = Access::kLoad;
  std::uint8_t bytes = 0;
  std::uint8_t half = 0;
  std::uint32_t lanes = 0;
  std::shared_ptr<const Acquired> acquired;  // what the wave knew then
  std::array<std::uint32_t, kLanes> offset{};
};

struct LdsRace {
  LdsAccess first;
  LdsAccess second;
  unsigned first_lane = 0;  // of the wave
  unsigned second_lane = 0;
  std::uint32_t offset = 0;  // a byte that both touch
};

class LdsRaces {
 public:
  void begin(std::size_t lds_bytes, std::size_t waves);
  void access(unsigned wave, const LaneAccess& access, const Party& party,
              const std::shared_ptr<const Acquired>& acquired);
  // A race between accesses since the waves last met, or nothing.
  std::optional<LdsRace> find() const;
  // The waves have met. Accesses below these sequence numbers had ended; the others may still
  // happen and are compared with those to come.
  void meet(const std::array<std::uint32_t, kMostWaves>& ended);

 private:
  struct Touched {
    std::vector<std::uint64_t> reads, writes, atomics;  // a bit for each byte
    std::vector<LdsAccess> log;
    bool any = false;
  };

  void mark(Touched& touched, const LdsAccess& access);
  void clear_marks(Touched& touched);
  std::optional<LdsRace> find_pair(const Touched& a, const Touched& b) const;

  std::vector<Touched> waves_;
  std::size_t wave_count_ = 0;
  std::size_t words_ = 0;
};

}  // namespace emulator

#pragma once

#include <cstddef>
#include <string>

namespace rdna1conv {

// What solvers and the cost model may know about a device. A plain value, so that both work
// without one.
struct DeviceFacts {
  std::string architecture;       // "gfx1010", features (":xnack-") removed; of the silicon
  std::string name;               // as HIP reports it
  int workgroup_processors = 20;  // HIP's multiProcessorCount in WGP mode: half the compute units
  std::size_t memory_bytes = 0;
  std::size_t lds_bytes_per_workgroup = std::size_t{64} * 1024;
  int clock_khz = 0;  // maximum engine clock as HIP reports it
  // What the runtime takes the device for, where that is another architecture; else empty.
  std::string poses_as = {};
  double dram_gb_per_s = 448;  // peak: memory clock times bus width, as HIP reports them
};

// The RX 5700 XT: what estimates assume where no device is at hand.
inline DeviceFacts rx_5700_xt() {
  return {"gfx1010", "AMD Radeon RX 5700 XT", 20, 8573157376u, std::size_t{64} * 1024, 2100000};
}

// Others, by AMD's specifications. Their maximum clocks are in proportion to the boost clocks of
// 1905, 1725 and 1845 MHz.
inline DeviceFacts rx_5700() {
  return {"gfx1010", "AMD Radeon RX 5700", 18, 8573157376u, std::size_t{64} * 1024, 1901575};
}
inline DeviceFacts rx_5500_xt() {
  DeviceFacts facts{"gfx1012",   "AMD Radeon RX 5500 XT", 11,
                    8573157376u, std::size_t{64} * 1024,  2033858};
  facts.dram_gb_per_s = 224;
  return facts;
}

}  // namespace rdna1conv

#pragma once

// Cards that pose as another generation: with HSA_OVERRIDE_GFX_VERSION=10.3.0 the HIP runtime calls
// an RDNA1 card gfx1030 and takes only code objects whose header says so, because binaries for
// gfx1030 are easier to come by. The silicon stays what it is. The kernel driver goes on telling
// the truth, and the kernels run once their header says what the runtime asks for (code_header.h).

#include <filesystem>
#include <string>
#include <string_view>

namespace rdna1conv {

struct PciAddress {
  int domain = 0, bus = 0, device = 0;
};

// True if a variable of the environment (HSA_OVERRIDE_GFX_VERSION, or with a device's number behind
// it) makes the runtime take a card for another.
bool architecture_is_overridden();

// Where the kernel driver describes its devices: RDNA1CONV_KFD_TOPOLOGY, or
// /sys/class/kfd/kfd/topology/nodes.
std::filesystem::path driver_topology();

// "gfx1010" for the device at a PCI address, by the folders of `topology`; empty if none of them is
// at that address or it does not say.
std::string architecture_by_driver(const std::filesystem::path& topology, PciAddress address);

}  // namespace rdna1conv

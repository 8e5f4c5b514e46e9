#include "machine.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

namespace rdna1conv::tool {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// Sorted, so that reports are alike; empty if there is no such folder.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

// The number behind this word in a file of "word number" lines; 0 if there is none.
unsigned long property(const fs::path& file, const std::string& word) {
  std::ifstream stream(file);
  std::string name;
  unsigned long value = 0;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    if (words >> name >> value && name == word) return value;
  }
  return 0;
}

struct PciDevice {
  std::string slot, driver;  // driver "" where none has taken it
};

std::vector<PciDevice> amd_displays(const fs::path& root) {
  constexpr const char* kAmd = "0x1002";
  constexpr std::string_view kDisplay = "0x03";  // base class of display controllers
  std::vector<PciDevice> devices;
  for (const fs::path& device : entries_of(root / "sys/bus/pci/devices")) {
    if (first_line(device / "vendor") != kAmd) continue;
    if (!first_line(device / "class").starts_with(kDisplay)) continue;
    std::error_code error;
    const fs::path driver = fs::read_symlink(device / "driver", error);
    devices.push_back({device.filename().string(), error ? "" : driver.filename().string()});
  }
  return devices;
}

Finding without_gpu(const fs::path& root) {
  const auto displays = amd_displays(root);
  if (displays.empty()) {
    return {Level::kProblem, "card", "no AMD graphics card is on the PCI bus",
            "nothing can run on a card here; the software RX 5700 XT can show what would",
            "rdna1conv doctor --software-card"};
  }
  const PciDevice& device = displays.front();
  if (device.driver == "amdgpu") {
    return {Level::kProblem, "card",
            "the card in slot " + device.slot + " has the driver amdgpu, but no compute node",
            "the kernel was built without CONFIG_HSA_AMD, or the driver's compute part failed",
            "sudo dmesg | grep -i -e kfd -e amdgpu"};
  }
  return {Level::kProblem, "card",
          "the card in slot " + device.slot + " has " +
              (device.driver.empty() ? "no driver" : "the driver " + device.driver),
          "HIP reaches cards through the kernel driver amdgpu alone",
          "lspci -nnk -s " + device.slot + "; sudo modprobe amdgpu"};
}

std::vector<Finding> examine_cards(const fs::path& root) {
  const std::vector<KernelGpu> gpus = kernel_gpus(root);
  if (gpus.empty()) return {without_gpu(root)};
  std::vector<Finding> findings;
  const bool any_rdna1 = std::any_of(
      gpus.begin(), gpus.end(), [](const KernelGpu& gpu) { return is_rdna1(gpu.architecture); });
  for (const KernelGpu& gpu : gpus) {
    const std::string text = gpu.architecture + " by the kernel driver (" + gpu.node + ")";
    if (is_rdna1(gpu.architecture)) {
      findings.push_back({Level::kFine, "card", text, "", ""});
    } else if (any_rdna1) {
      findings.push_back({Level::kNote, "card", text,
                          "not an RDNA1 card: programs may pick it instead of the one that is",
                          "set HIP_VISIBLE_DEVICES to the other's number; rocminfo lists them"});
    } else {
      findings.push_back({Level::kProblem, "card", text,
                          "this library has kernels for RDNA1 (gfx1010 to gfx1013) alone",
                          "use AMD's MIOpen, which supports other cards"});
    }
  }
  return findings;
}

Finding examine_device_file(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    return {Level::kProblem, "device file", file.string() + " is not there",
            "HIP cannot reach the card; in a container it was not passed on",
            "docker run --device=/dev/kfd --device=/dev/dri ..., or load the driver: sudo modprobe "
            "amdgpu"};
  }
  if (access(file.c_str(), R_OK | W_OK) != 0) {
    return {Level::kProblem, "device file",
            file.string() + " may not be read and written by this user",
            "HIP finds no card at all, or ends the program",
            "sudo usermod -aG render,video $USER, then log in again"};
  }
  return {Level::kFine, "device file", file.string() + " can be read and written", "", ""};
}

std::vector<Finding> examine_device_files(const fs::path& root) {
  std::vector<Finding> findings{examine_device_file(root / "dev/kfd")};
  bool any = false;
  for (const fs::path& file : entries_of(root / "dev/dri")) {
    if (!file.filename().string().starts_with("renderD")) continue;
    any = true;
    findings.push_back(examine_device_file(file));
  }
  if (!any) findings.push_back(examine_device_file(root / "dev/dri/renderD128"));
  return findings;
}

Finding examine_kernel(const fs::path& root) {
  const std::string release = first_line(root / "proc/sys/kernel/osrelease");
  const std::string driver = first_line(root / "sys/module/amdgpu/version");
  std::string text = "Linux " + (release.empty() ? "of unknown release" : release);
  if (!driver.empty()) text += ", AMD's own amdgpu " + driver;
  return {Level::kFine, "kernel", text, "", ""};
}

Finding examine_rocm(const fs::path& root) {
  const std::string version = first_line(root / "opt/rocm/.info/version");
  if (!version.empty()) return {Level::kFine, "ROCm", version + " in /opt/rocm", "", ""};
  return {Level::kFine, "ROCm", "none of AMD's in /opt/rocm; the distribution's serves", "", ""};
}

}  // namespace

std::string architecture_of(unsigned long version) {
  constexpr unsigned long kMajor = 10000, kMinor = 100;
  constexpr char kDigits[] = "0123456789abcdef";
  return "gfx" + std::to_string(version / kMajor) + kDigits[version / kMinor % kMinor % 16] +
         kDigits[version % kMinor % 16];
}

std::vector<KernelGpu> kernel_gpus(const fs::path& root) {
  std::vector<KernelGpu> gpus;
  for (const fs::path& node : entries_of(root / "sys/class/kfd/kfd/topology/nodes")) {
    const fs::path properties = node / "properties";
    if (property(properties, "simd_count") == 0) continue;  // a CPU
    const unsigned long version = property(properties, "gfx_target_version");
    if (version != 0) gpus.push_back({architecture_of(version), node.string()});
  }
  return gpus;
}

bool is_rdna1(const std::string& architecture) {
  return architecture.size() == 7 && architecture.starts_with("gfx101") &&
         architecture.back() >= '0' && architecture.back() <= '3';
}

std::vector<Finding> examine_environment(const char* (*get)(const char* name), bool has_rdna1) {
  std::vector<Finding> findings;
  if (const char* const version = get("HSA_OVERRIDE_GFX_VERSION"); version != nullptr) {
    // Of the card's own generation it changes nothing that matters here; as gfx103x this library
    // sees through it.
    const std::string_view text(version);
    const bool is_own = text.starts_with("10.1."), is_served = text.starts_with("10.3.");
    findings.push_back(
        {has_rdna1 && !is_own && !is_served ? Level::kProblem : Level::kNote, "environment",
         std::string("HSA_OVERRIDE_GFX_VERSION=") + version,
         is_own ? "programs see a card of this version, whatever there is"
         : is_served
             ? "programs take the card for an RDNA2 one. This library sees what it is and its "
               "convolutions run; a program's own kernels for RDNA2 run until one uses an "
               "instruction that RDNA1 lacks, and then end in a fault or a crash"
             : "programs see another card than there is: they bring kernels for that one, of "
               "which RDNA1 lacks instructions, and this library's kernels are refused",
         is_served ? "unset it for programs that were built for gfx1010"
                   : "unset HSA_OVERRIDE_GFX_VERSION"});
  }
  for (const char* const name : {"HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"}) {
    if (const char* const value = get(name); value != nullptr) {
      findings.push_back({Level::kNote, "environment", std::string(name) + "=" + value,
                          "programs see these devices alone; none if it is empty or -1",
                          std::string("unset ") + name + " if that is not wanted"});
    }
  }
  for (const char* const name : {"LD_PRELOAD", "LD_AUDIT"}) {
    if (const char* const value = get(name); value != nullptr) {
      findings.push_back({Level::kNote, "environment", std::string(name) + "=" + value,
                          "libraries of programs are exchanged", ""});
    }
  }
  return findings;
}

std::vector<Finding> examine_machine(const fs::path& root, bool software_card) {
  std::vector<Finding> findings{examine_kernel(root)};
  const auto add = [&](const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  const auto gpus = kernel_gpus(root);
  if (software_card) {
    findings.push_back({Level::kNote, "card", "the software RX 5700 XT, not a card",
                        "its results are those of a card, its times are not", ""});
  } else {
    add(examine_cards(root));
    if (!gpus.empty()) add(examine_device_files(root));
  }
  findings.push_back(examine_rocm(root));
  add(examine_environment(
      [](const char* name) -> const char* { return std::getenv(name); },
      software_card || std::any_of(gpus.begin(), gpus.end(), [](const KernelGpu& gpu) {
        return is_rdna1(gpu.architecture);
      })));
  return findings;
}

}  // namespace rdna1conv::tool

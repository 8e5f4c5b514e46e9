#pragma once

// A model made ready for one size of tile, on the card or on the CPU.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "steps.h"

namespace upscale {

// Milliseconds of the layers of a group, over all runs.
struct GroupTime {
  std::string group;
  int convolutions = 0;
  double milliseconds = 0;
  std::string kernels;  // what ran, for people
};

class Network {
 public:
  virtual ~Network() = default;

  // The network's output for a tile: [3][height][width] in, [3][height * factor][width * factor]
  // out, values of 0 to 255.
  virtual void run(const std::vector<float>& in, std::vector<float>& out) = 0;

  // By group, in the network's order.
  virtual std::vector<GroupTime> times() const = 0;
};

// Both throw std::runtime_error, with the reason in words.
std::unique_ptr<Network> make_card_network(const Model& model, int height, int width);
std::unique_ptr<Network> make_cpu_network(const Model& model, int height, int width);

// Bytes of the card's memory that are free.
std::size_t free_card_memory();

// Whether the card is the software one, whose times are modelled.
bool card_is_software();
std::string card_name();
std::string cpu_name();

}  // namespace upscale

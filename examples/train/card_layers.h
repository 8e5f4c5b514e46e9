#pragma once

#include <cstddef>
#include <memory>

#include "card_objects.h"

namespace train {

// Where a layer's values lie on the card.
struct LayerMemory {
  std::byte *x, *y, *dx, *dy;        // of the network's type
  std::byte *parameters, *gradient;  // fp32 of batch normalization, else of the network's type
};

// A layer on the card. All calls are queued on the handle's stream.
class CardLayer {
 public:
  virtual ~CardLayer() = default;
  virtual void forward(bool trains) = 0;
  // dx, and the gradient of its parameters if it has any.
  virtual void backward() = 0;
};

std::unique_ptr<CardLayer> make_card_layer(miopenHandle_t handle, const Layer& layer,
                                           miopenDataType_t type, const LayerMemory& memory);

}  // namespace train

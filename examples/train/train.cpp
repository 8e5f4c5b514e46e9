// Trains a small convolutional network through MIOpen's C API, beside the same training on the CPU
// in double precision.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "training.h"

namespace train {
namespace {

void print(const Trained& card, const Trained& cpu, int pictures) {
  std::printf("%6s %12s %12s\n", "step", "loss, card", "loss, CPU");
  const std::size_t interval = std::max<std::size_t>(1, card.losses.size() / 20);
  for (std::size_t i = 0; i < card.losses.size(); ++i) {
    if (i % interval == 0 || i + 1 == card.losses.size())
      std::printf("%6zu %12.5f %12.5f\n", i + 1, card.losses[i], cpu.losses[i]);
  }
  std::printf("of %d pictures that it has not seen the card tells %d right, the CPU %d\n", pictures,
              card.right, cpu.right);
}

}  // namespace
}  // namespace train

int main(int argc, char** argv) {
  using namespace train;
  const std::map<std::string, miopenDataType_t> types{
      {"fp32", miopenFloat}, {"fp16", miopenHalf}, {"bf16", miopenBFloat16}};
  Settings settings;
  std::string type = "fp32";
  CLI::App app{"Trains a small convolutional network on the card and on the CPU."};
  app.add_option("--type", type, "of what lies between layers; weights are fp32")
      ->check(CLI::IsMember(types))
      ->capture_default_str();
  app.add_option("--steps", settings.steps, "batches of 16 pictures")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--rate", settings.rate, "of learning")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    const Network network = small_network();
    const auto batches = make_batches(kBatchesSeen, 1), unseen = make_batches(kBatchesUnseen, 2);
    print(train_on_card(network, types.at(type), settings, batches, unseen),
          train_on_cpu(network, settings, batches, unseen), kBatch * kBatchesUnseen);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "train: %s\n", error.what());
    return 1;
  }
}

// Enlarges a picture by a trained network on the card, and shows what that is worth: beside bicubic
// enlargement, and against the same network on the CPU.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <rdna1conv/result.hpp>

#include "model.h"
#include "network.h"
#include "picture.h"
#include "progress_bar.h"
#include "tiles.h"

namespace upscale {
namespace {

struct Options {
  std::filesystem::path picture, output, comparison, models;
  int factor = 2;
  int tile = 0;
  bool with_cpu = true;
};

struct Ready {
  std::unique_ptr<Network> network;
  TileSize tile;
};

// In tiles as large as the card's memory takes.
Ready ready_for(const Model& model, TileSize size) {
  while (true) {
    try {
      return {make_card_network(model, size.height, size.width), size};
    } catch (const rdna1conv::Error& error) {
      const TileSize next = smaller(size, model.reach);
      const bool is_least = next.height == size.height && next.width == size.width;
      if (error.status() != miopenStatusAllocFailed || is_least) throw;
      size = next;
    }
  }
}

void print_times(const std::vector<GroupTime>& card, const std::vector<GroupTime>* cpu) {
  std::printf("\n%-10s %5s %12s %12s  %s\n", "layers", "conv",
              card_is_software() ? "modelled ms" : "card ms", cpu == nullptr ? "" : "CPU ms",
              "kernels on the card");
  double card_sum = 0, cpu_sum = 0;
  for (std::size_t i = 0; i < card.size(); ++i) {
    std::printf("%-10s %5d %12.3f ", card[i].group.c_str(), card[i].convolutions,
                card[i].milliseconds);
    if (cpu != nullptr)
      std::printf("%12.3f", (*cpu)[i].milliseconds);
    else
      std::printf("%12s", "");
    std::printf("  %s\n", card[i].kernels.c_str());
    card_sum += card[i].milliseconds;
    if (cpu != nullptr) cpu_sum += (*cpu)[i].milliseconds;
  }
  std::printf("%-10s %5s %12.3f ", "all", "", card_sum);
  if (cpu != nullptr)
    std::printf("%12.3f  the CPU takes %.1f times as long", cpu_sum, cpu_sum / card_sum);
  std::printf("\n");
}

void print_difference(const Picture& card, const Picture& cpu) {
  int largest = 0;
  std::size_t others = 0;
  for (std::size_t i = 0; i < card.pixels.size(); ++i) {
    const int difference = std::abs(card.pixels[i] - cpu.pixels[i]);
    largest = std::max(largest, difference);
    others += difference != 0 ? 1 : 0;
  }
  std::printf(
      "\nagainst oneDNN's result: largest difference %d of 255, %zu of %zu values differ, %.1f "
      "dB\n",
      largest, others, card.pixels.size(), peak_signal_to_noise(card, cpu));
}

int run(const Options& options) {
  const Model model =
      read_model(options.models / ("x" + std::to_string(options.factor)) / "model.json");
  const Picture picture = read_picture(options.picture);
  std::printf("%s: %d x %d -> %d x %d\n", options.picture.c_str(), picture.width, picture.height,
              picture.width * model.factor, picture.height * model.factor);
  TileSize whole{picture.height, picture.width};
  if (options.tile != 0)
    whole = {std::min(options.tile, whole.height), std::min(options.tile, whole.width)};
  const Ready card = ready_for(model, whole);
  std::printf(
      "card: %s%s\nCPU:  %s\n", card_name().c_str(),
      card_is_software() ? ", executed on this CPU: its times are modelled, not measured" : "",
      cpu_name().c_str());
  if (card.tile.height < picture.height || card.tile.width < picture.width) {
    std::printf("in tiles of %d x %d\n", card.tile.width, card.tile.height);
  }
  Picture result;
  {
    ProgressBar bar("card");
    result = run_tiled(*card.network, model, card.tile, picture,
                       [&](std::size_t done, std::size_t of) { bar.show(done, of); });
  }
  write_picture(options.output, result);
  write_picture(options.comparison, side_by_side(bicubic(picture, model.factor), "bicubic", result,
                                                 "network on the card"));
  if (!options.with_cpu) {
    print_times(card.network->times(), nullptr);
  } else {
    const auto cpu = make_cpu_network(model, card.tile.height, card.tile.width);
    Picture by_cpu;
    {
      ProgressBar bar("CPU");
      by_cpu = run_tiled(*cpu, model, card.tile, picture,
                         [&](std::size_t done, std::size_t of) { bar.show(done, of); });
    }
    const auto times = cpu->times();
    print_times(card.network->times(), &times);
    print_difference(result, by_cpu);
  }
  std::printf("\nwrote %s and %s\n", options.output.c_str(), options.comparison.c_str());
  return 0;
}

}  // namespace
}  // namespace upscale

int main(int argc, char** argv) {
  upscale::Options options;
  CLI::App app{"Enlarges a picture by a trained network (ESRGAN slim) on an RDNA1 card."};
  app.add_option("picture", options.picture, "PNG or JPEG")->required()->check(CLI::ExistingFile);
  app.add_option("-o,--output", options.output,
                 "the enlarged picture (default: NAME-xFACTOR.png in this folder)");
  app.add_option(
      "--comparison", options.comparison,
      "bicubic and the network side by side (default: NAME-xFACTOR-comparison.png in this folder)");
  app.add_option("--factor", options.factor, "how much larger")
      ->check(CLI::IsMember({2, 3, 4, 8}))
      ->capture_default_str();
  app.add_option("--models", options.models,
                 "folder with x2, x3, x4 and x8, as the npm package @upscalerjs/esrgan-slim has it")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--tile", options.tile,
                 "longest side of a tile (default: as the card's memory allows)")
      ->check(CLI::Range(64, 1 << 14));
  app.add_flag("!--no-cpu", options.with_cpu, "leave out the CPU");
  CLI11_PARSE(app, argc, argv);
  const std::string name = options.picture.stem().string() + "-x" + std::to_string(options.factor);
  if (options.output.empty()) options.output = name + ".png";
  if (options.comparison.empty()) options.comparison = name + "-comparison.png";
  try {
    return upscale::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "upscale: %s\n", error.what());
    return 1;
  }
}

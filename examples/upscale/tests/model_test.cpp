#include "model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

namespace upscale {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json conv(const std::string& name, const std::string& input, int filters, int size) {
  return {{"class_name", "Conv2D"},
          {"name", name},
          {"inbound_nodes", {{{input, 0, 0, json::object()}}}},
          {"config",
           {{"filters", filters},
            {"kernel_size", {size, size}},
            {"strides", {1, 1}},
            {"dilation_rate", {1, 1}},
            {"padding", "same"},
            {"activation", "linear"},
            {"use_bias", true}}}};
}

// A network LR -> A (3x3, 2 channels) -> up (2x) -> SR (5x5, 3 channels), weights 0, 1, 2, ...
struct Files {
  json model;
  std::vector<float> weights;

  Files() {
    const json input = {{"class_name", "InputLayer"},
                        {"name", "LR"},
                        {"inbound_nodes", json::array()},
                        {"config", json::object()}};
    const json up = {{"class_name", "UpSampling2D"},
                     {"name", "up"},
                     {"inbound_nodes", {{{"A", 0, 0, json::object()}}}},
                     {"config", {{"size", {2, 2}}, {"interpolation", "nearest"}}}};
    const auto weight = [](const std::string& name, std::vector<int> shape) {
      return json{{"name", name}, {"shape", shape}, {"dtype", "float32"}};
    };
    const json layers = {input, conv("A", "LR", 2, 3), up, conv("SR", "up", 3, 5)};
    const json config = {{"layers", layers}, {"output_layers", {{"SR", 0, 0}}}};
    const json group = {{"paths", {"one.bin", "two.bin"}},
                        {"weights",
                         {weight("A/kernel", {3, 3, 3, 2}), weight("A/bias", {2}),
                          weight("SR/kernel", {5, 5, 2, 3}), weight("SR/bias", {3})}}};
    model = {{"modelTopology", {{"model_config", {{"config", config}}}}},
             {"weightsManifest", json::array({group})}};
    for (int i = 0; i < 54 + 2 + 150 + 3; ++i) weights.push_back(static_cast<float>(i));
  }

  json& layer(int i) { return model["modelTopology"]["model_config"]["config"]["layers"][i]; }
  json& weight(int i) { return model["weightsManifest"][0]["weights"][i]; }

  // As files, the weights cut in the middle of one.
  std::filesystem::path write() const {
    const auto folder = std::filesystem::path(testing::TempDir()) / "upscale_model";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "model.json") << model;
    const auto* bytes = reinterpret_cast<const char*>(weights.data());
    std::ofstream(folder / "one.bin", std::ios::binary).write(bytes, 101);
    std::ofstream(folder / "two.bin", std::ios::binary)
        .write(bytes + 101, static_cast<std::streamsize>(weights.size() * sizeof(float)) - 101);
    return folder / "model.json";
  }
};

TEST(Model, IsReadWithItsWeightsTurned) {
  const Model model = read_model(Files().write());
  ASSERT_EQ(model.layers.size(), 3u);
  EXPECT_EQ(model.factor, 2);
  EXPECT_EQ(model.reach, 2);  // 1 of A, and 2 pixels of an image twice as large
  const auto& a = std::get<ConvLayer>(model.layers[0].what);
  EXPECT_EQ(a.in_channels, 3);
  EXPECT_EQ(a.out_channels, 2);
  // Keras: [tap][c][k]; ours: [k][c][tap].
  EXPECT_EQ(a.weights[(1 * 3 + 2) * 9 + 4], static_cast<float>((4 * 3 + 2) * 2 + 1));
  EXPECT_EQ(a.bias, (std::vector<float>{54, 55}));
  EXPECT_EQ(std::get<RepeatLayer>(model.layers[1].what).factor, 2);
  EXPECT_EQ(std::get<ConvLayer>(model.layers[2].what).bias, (std::vector<float>{206, 207, 208}));
  EXPECT_EQ(model.layers[2].inputs, std::vector<std::size_t>{2});
}

struct Damage {
  const char* what;
  std::function<void(Files&)> damage;
  const char* sentence;
};
const Damage kDamages[] = {
    {"stride",
     [](Files& f) {
       f.layer(1)["config"]["strides"] = {2, 2};
     },
     "layer A: not a plain square convolution"},
    {"type", [](Files& f) { f.layer(2)["class_name"] = "Dense"; },
     "layer up: layers of type Dense"},
    {"input", [](Files& f) { f.layer(3)["inbound_nodes"][0][0][0] = "ghost"; }, "layer SR: "},
    {"short weights", [](Files& f) { f.weights.resize(100); }, "the files end within weight SR"},
    {"quantized",
     [](Files& f) {
       f.weight(0)["quantization"] = {{"scale", 1}};
     },
     "weight A/kernel is not plain float32"},
    {"shape",
     [](Files& f) {
       f.weight(0)["shape"] = {3, 3, 2, 3};
     },
     "layer A: its weights have another shape"},
    {"no output", [](Files& f) { f.layer(3)["config"]["filters"] = 2; }, "layer SR: "},
};

TEST(Model, DamagedFilesAreRefusedWithTheReason) {
  for (const Damage& damage : kDamages) {
    SCOPED_TRACE(damage.what);
    Files files;
    damage.damage(files);
    const auto file = files.write();
    EXPECT_THAT([&] { read_model(file); },
                testing::ThrowsMessage<std::runtime_error>(
                    testing::AllOf(HasSubstr("model.json"), HasSubstr(damage.sentence))));
  }
  EXPECT_THROW(read_model("/nowhere/model.json"), std::runtime_error);
}

}  // namespace
}  // namespace upscale

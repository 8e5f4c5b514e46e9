// Images that are views of a buffer (HIP: textures of linear memory, which tex1Dfetch() reads), and
// samplers, which such a view never uses. A view is a buffer resource, and loads convert its
// format. Images of other geometries are read and written by image instructions, which the software
// device does not have, so they are refused.
//
// Where what stands in the object that a handle points to: AMD's device libraries, which read the
// resource from its start; ROCm's runtime puts what hsa_ext_image_* was given after it.
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <hsa/hsa_ext_image.h>

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "hsa/agents.h"
#include "hsa/mapping.h"
#include "hsa/memory.h"
#include "hsa/status.h"

using namespace emulator;
using namespace emulator::hsa;

namespace {

// The resource's fourth word: formats by GFX10's numbers (isa/buffer_format.h), of 1, 2 and 4
// components; 0 where there is none.
struct ChannelType {
  std::uint32_t type;
  std::array<std::uint32_t, 3> format;
  std::uint32_t bytes;
};
constexpr ChannelType kChannelTypes[] = {
    {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8, {1, 14, 56}, 1},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8, {2, 15, 57}, 1},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8, {5, 18, 60}, 1},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8, {6, 19, 61}, 1},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16, {7, 23, 65}, 2},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16, {8, 24, 66}, 2},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16, {11, 27, 69}, 2},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16, {12, 28, 70}, 2},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT, {13, 29, 71}, 2},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32, {20, 62, 75}, 4},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32, {21, 63, 76}, 4},
    {HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, {22, 64, 77}, 4},
};

// Which component x, y, z and w are: 4 to 7, or 0 and 1 for the constants.
struct ChannelOrder {
  std::uint32_t order;
  unsigned components_log2;
  std::array<std::uint32_t, 4> select;
};
constexpr ChannelOrder kChannelOrders[] = {
    {HSA_EXT_IMAGE_CHANNEL_ORDER_A, 0, {0, 0, 0, 4}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_R, 0, {4, 0, 0, 1}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY, 0, {4, 4, 4, 4}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE, 0, {4, 4, 4, 1}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_RG, 1, {4, 5, 0, 1}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_RA, 1, {4, 0, 0, 5}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA, 2, {4, 5, 6, 7}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA, 2, {6, 5, 4, 7}},
    {HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB, 2, {5, 6, 7, 4}},
};

struct View {
  std::uint32_t format = 0;
  std::uint32_t element_bytes = 0;
  std::array<std::uint32_t, 4> select{};
};

View view_of(const hsa_ext_image_descriptor_t* descriptor) {
  require(descriptor != nullptr, "image_descriptor is null");
  if (descriptor->geometry != HSA_EXT_IMAGE_GEOMETRY_1DB) {
    throw Refusal(
        HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED,
        "only one-dimensional views of buffers are images here, for the software device has "
        "no image instructions");
  }
  for (const ChannelOrder& order : kChannelOrders) {
    if (order.order != descriptor->format.channel_order) continue;
    for (const ChannelType& type : kChannelTypes) {
      if (type.type != descriptor->format.channel_type) continue;
      return {type.format[order.components_log2], type.bytes << order.components_log2,
              order.select};
    }
  }
  throw Refusal(HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED,
                "an image's format is one that the software device does not convert");
}

// The objects that handles point to, and which kernels read.
class Objects {
 public:
  static Objects& instance() {
    static Objects& objects = *new Objects;
    return objects;
  }

  template <class Words>
  std::uint64_t add(const Words& words) {
    auto object = std::make_unique<DeviceRange>(sizeof words, MemoryKind::kRuntime);
    std::memcpy(object->data(), words.data(), sizeof words);
    const std::uint64_t handle = object->address();
    const std::lock_guard lock(mutex_);
    objects_[handle] = std::move(object);
    return handle;
  }

  void remove(std::uint64_t handle, const char* text) {
    const std::lock_guard lock(mutex_);
    require(objects_.erase(handle) == 1, text);
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::unique_ptr<DeviceRange>> objects_;
};

// The buffer resource in words 0 to 3, which leaves out what lies behind the last element; format
// and width of the image in words 8 to 10.
hsa_ext_image_t create_view(const hsa_ext_image_descriptor_t* descriptor, const void* data) {
  constexpr std::uint32_t kFormatShift = 12;
  const View view = view_of(descriptor);
  require(data != nullptr, "image_data is null");
  require(descriptor->width > 0 && descriptor->width <= ~std::uint32_t{0},
          "image_descriptor has no width or too much");
  (void)device_range(data, descriptor->width * view.element_bytes, "image_data");
  const auto address = reinterpret_cast<std::uint64_t>(data);
  std::array<std::uint32_t, 12> words{};
  words[0] = static_cast<std::uint32_t>(address);
  words[1] = static_cast<std::uint32_t>(address >> 32 & 0xffff) | view.element_bytes << 16;
  words[2] = static_cast<std::uint32_t>(descriptor->width);
  words[3] = view.format << kFormatShift;
  for (unsigned i = 0; i < 4; ++i) words[3] |= view.select[i] << 3 * i;
  words[8] = descriptor->format.channel_type;
  words[9] = descriptor->format.channel_order;
  words[10] = static_cast<std::uint32_t>(descriptor->width);
  return {Objects::instance().add(words)};
}

}  // namespace

hsa_status_t hsa_ext_image_data_get_info(hsa_agent_t agent,
                                         const hsa_ext_image_descriptor_t* image_descriptor,
                                         hsa_access_permission_t,
                                         hsa_ext_image_data_info_t* image_data_info) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    require(image_data_info != nullptr, "image_data_info is null");
    constexpr std::size_t kAlignment = 256;
    const View view = view_of(image_descriptor);
    *image_data_info = {image_descriptor->width * view.element_bytes, kAlignment};
  });
}

hsa_status_t hsa_ext_image_create(hsa_agent_t agent,
                                  const hsa_ext_image_descriptor_t* image_descriptor,
                                  const void* image_data, hsa_access_permission_t,
                                  hsa_ext_image_t* image) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    require(image != nullptr, "image is null");
    *image = create_view(image_descriptor, image_data);
  });
}

// The elements of a view lie side by side, whatever the pitch of rows.
hsa_status_t hsa_ext_image_create_with_layout(hsa_agent_t agent,
                                              const hsa_ext_image_descriptor_t* image_descriptor,
                                              const void* image_data, hsa_access_permission_t,
                                              hsa_ext_image_data_layout_t image_data_layout, size_t,
                                              size_t, hsa_ext_image_t* image) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    require(image != nullptr, "image is null");
    require(image_data_layout == HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR ||
                image_data_layout == HSA_EXT_IMAGE_DATA_LAYOUT_OPAQUE,
            "image_data_layout is not a layout");
    *image = create_view(image_descriptor, image_data);
  });
}

hsa_status_t hsa_ext_image_destroy(hsa_agent_t agent, hsa_ext_image_t image) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    Objects::instance().remove(image.handle, "image is not an image");
  });
}

hsa_status_t hsa_ext_sampler_create(hsa_agent_t agent,
                                    const hsa_ext_sampler_descriptor_t* sampler_descriptor,
                                    hsa_ext_sampler_t* sampler) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    require(sampler_descriptor != nullptr, "sampler_descriptor is null");
    require(sampler != nullptr, "sampler is null");
    *sampler = {Objects::instance().add(std::array<std::uint32_t, 8>{})};
  });
}

hsa_status_t hsa_ext_sampler_destroy(hsa_agent_t agent, hsa_ext_sampler_t sampler) {
  return guarded(__func__, [&] {
    require_gpu(agent);
    Objects::instance().remove(sampler.handle, "sampler is not a sampler");
  });
}

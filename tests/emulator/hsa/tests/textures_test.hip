// Textures of linear memory: buffer resources whose loads convert formats.
#include "hip_handles.h"

namespace emulator::tests {
namespace {

// Twice as many elements as there are, the second half out of range.
template <class T>
__global__ void fetch(hipTextureObject_t texture, T* values) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  values[i] = tex1Dfetch<T>(texture, i);
}

class LinearTexture {
 public:
  LinearTexture(void* data, std::size_t bytes, const hipChannelFormatDesc& format,
                hipTextureReadMode mode) {
    hipResourceDesc resource{};
    resource.resType = hipResourceTypeLinear;
    resource.res.linear.devPtr = data;
    resource.res.linear.desc = format;
    resource.res.linear.sizeInBytes = bytes;
    hipTextureDesc description{};
    description.readMode = mode;
    check(hipCreateTextureObject(&texture_, &resource, &description, nullptr),
          "hipCreateTextureObject");
  }
  ~LinearTexture() { (void)hipDestroyTextureObject(texture_); }
  LinearTexture(const LinearTexture&) = delete;
  LinearTexture& operator=(const LinearTexture&) = delete;

  operator hipTextureObject_t() const { return texture_; }

 private:
  hipTextureObject_t texture_ = nullptr;
};

constexpr unsigned kElements = 200;

// What the threads of fetch() read of `elements`.
template <class Read, class T>
std::vector<Read> fetched(const std::vector<T>& elements, hipTextureReadMode mode) {
  const DeviceBuffer<T> memory(elements);
  const DeviceBuffer<Read> values(2 * elements.size());
  const LinearTexture texture(memory.data(), memory.bytes(), hipCreateChannelDesc<T>(), mode);
  fetch<Read><<<2 * static_cast<unsigned>(elements.size()) / 40, 40>>>(texture, values.data());
  check(hipDeviceSynchronize());
  return values.read();
}

template <class T>
class Textures : public testing::Test {};
using ElementTypes =
    testing::Types<float, int, unsigned, short, unsigned short, char, unsigned char>;
struct ElementNames {
  template <class T>
  static std::string GetName(int) {
    return testing::internal::GetTypeName<T>();
  }
};
TYPED_TEST_SUITE(Textures, ElementTypes, ElementNames);

TYPED_TEST(Textures, ReadElementsAndZeroBehindThem) {
  std::vector<TypeParam> elements(kElements);
  for (unsigned i = 0; i < kElements; ++i) {
    elements[i] = static_cast<TypeParam>(static_cast<int>(i * 2654435761u >> 8) - (1 << 22));
  }
  const auto values = fetched<TypeParam>(elements, hipReadModeElementType);
  for (unsigned i = 0; i < 2 * kElements; ++i) {
    ASSERT_EQ(values[i], i < kElements ? elements[i] : TypeParam{}) << i;
  }
}

TEST(TexturesOfVectors, HaveTheirComponents) {
  std::vector<float4> elements(kElements);
  for (unsigned i = 0; i < kElements; ++i) {
    const float value = 0.25f * static_cast<float>(i);
    elements[i] = make_float4(value, -value, value + 1, value * value);
  }
  const auto values = fetched<float4>(elements, hipReadModeElementType);
  for (unsigned i = 0; i < kElements; ++i) {
    ASSERT_EQ(values[i].x, elements[i].x) << i;
    ASSERT_EQ(values[i].y, elements[i].y) << i;
    ASSERT_EQ(values[i].z, elements[i].z) << i;
    ASSERT_EQ(values[i].w, elements[i].w) << i;
  }
}

TEST(TexturesOfBytes, AreNormalized) {
  std::vector<unsigned char> elements(kElements);
  for (unsigned i = 0; i < kElements; ++i) elements[i] = static_cast<unsigned char>(i + 50);
  const auto values = fetched<float>(elements, hipReadModeNormalizedFloat);
  for (unsigned i = 0; i < kElements; ++i) {
    ASSERT_FLOAT_EQ(values[i], static_cast<float>(i + 50) / 255.0f) << i;
  }
}

}  // namespace
}  // namespace emulator::tests

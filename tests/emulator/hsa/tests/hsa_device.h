// The HSA objects that tests of the C API need.
#pragma once

#include <gtest/gtest.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace emulator::tests {

class HsaRuntime {
 public:
  HsaRuntime() {
    EXPECT_EQ(hsa_init(), HSA_STATUS_SUCCESS);
    hsa_iterate_agents(
        [](hsa_agent_t agent, void* data) {
          auto& self = *static_cast<HsaRuntime*>(data);
          hsa_device_type_t type{};
          hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
          (type == HSA_DEVICE_TYPE_GPU ? self.gpu : self.host) = agent;
          return HSA_STATUS_SUCCESS;
        },
        this);
    host_pool = pool_with(host, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED);
    device_pool = pool_with(gpu, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED);
  }
  ~HsaRuntime() { hsa_shut_down(); }
  HsaRuntime(const HsaRuntime&) = delete;
  HsaRuntime& operator=(const HsaRuntime&) = delete;

  template <class T = int>
  T* allocate(hsa_amd_memory_pool_t pool, std::size_t count) const {
    void* memory = nullptr;
    EXPECT_EQ(hsa_amd_memory_pool_allocate(pool, count * sizeof(T), 0, &memory),
              HSA_STATUS_SUCCESS);
    return static_cast<T*>(memory);
  }

  hsa_agent_t host{};
  hsa_agent_t gpu{};
  hsa_amd_memory_pool_t host_pool{};
  hsa_amd_memory_pool_t device_pool{};

 private:
  static hsa_amd_memory_pool_t pool_with(hsa_agent_t agent, std::uint32_t flags) {
    struct Search {
      std::uint32_t flags;
      hsa_amd_memory_pool_t found;
    } search{flags, {}};
    hsa_amd_agent_iterate_memory_pools(
        agent,
        [](hsa_amd_memory_pool_t pool, void* data) {
          auto& s = *static_cast<Search*>(data);
          std::uint32_t pool_flags = 0;
          hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &pool_flags);
          if (pool_flags == s.flags) s.found = pool;
          return HSA_STATUS_SUCCESS;
        },
        &search);
    EXPECT_NE(search.found.handle, 0u);
    return search.found;
  }
};

class Signal {
 public:
  explicit Signal(hsa_signal_value_t value) {
    EXPECT_EQ(hsa_signal_create(value, 0, nullptr, &signal_), HSA_STATUS_SUCCESS);
  }
  ~Signal() { hsa_signal_destroy(signal_); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  operator hsa_signal_t() const { return signal_; }
  hsa_signal_value_t value() const { return hsa_signal_load_relaxed(signal_); }
  // What the value is once it is below 1, or after `seconds`.
  hsa_signal_value_t wait_below_one(std::uint64_t seconds = 30) const {
    return hsa_signal_wait_scacquire(signal_, HSA_SIGNAL_CONDITION_LT, 1, seconds * 1'000'000'000,
                                     HSA_WAIT_STATE_BLOCKED);
  }

 private:
  hsa_signal_t signal_{};
};

// A queue that remembers what its error callback was told.
class TestQueue {
 public:
  explicit TestQueue(const HsaRuntime& runtime, std::uint32_t size = 64) {
    EXPECT_EQ(hsa_queue_create(runtime.gpu, size, HSA_QUEUE_TYPE_MULTI, on_error, this, ~0u, ~0u,
                               &queue_),
              HSA_STATUS_SUCCESS);
  }
  ~TestQueue() { EXPECT_EQ(hsa_queue_destroy(queue_), HSA_STATUS_SUCCESS); }
  TestQueue(const TestQueue&) = delete;
  TestQueue& operator=(const TestQueue&) = delete;

  hsa_queue_t* handle() const { return queue_; }
  hsa_status_t error() const { return error_; }
  int errors() const { return errors_; }

  // Writes a packet whose header comes last, and rings.
  template <class Packet>
  void submit(Packet packet, std::uint16_t header) {
    static_assert(sizeof(Packet) == 64);
    const std::uint64_t index = hsa_queue_add_write_index_screlease(queue_, 1);
    while (index - hsa_queue_load_read_index_scacquire(queue_) >= queue_->size) {
    }
    auto* const slot = static_cast<char*>(queue_->base_address) + index % queue_->size * 64;
    std::memcpy(slot + 2, reinterpret_cast<const char*>(&packet) + 2, 62);
    __atomic_store_n(reinterpret_cast<std::uint16_t*>(slot), header, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(queue_->doorbell_signal, static_cast<hsa_signal_value_t>(index));
  }

  void dispatch(std::uint64_t kernel_object, void* arguments, hsa_signal_t done,
                std::uint16_t threads = 1, std::uint32_t blocks = 1) {
    hsa_kernel_dispatch_packet_t packet{};
    packet.setup = 1;
    packet.workgroup_size_x = threads;
    packet.workgroup_size_y = packet.workgroup_size_z = 1;
    packet.grid_size_x = threads * blocks;
    packet.grid_size_y = packet.grid_size_z = 1;
    packet.kernel_object = kernel_object;
    packet.kernarg_address = arguments;
    packet.completion_signal = done;
    submit(packet, HSA_PACKET_TYPE_KERNEL_DISPATCH);
  }

  void barrier(hsa_packet_type_t type, std::initializer_list<hsa_signal_t> signals,
               hsa_signal_t done) {
    hsa_barrier_and_packet_t packet{};
    std::copy(signals.begin(), signals.end(), packet.dep_signal);
    packet.completion_signal = done;
    submit(packet, static_cast<std::uint16_t>(type));
  }

 private:
  static void on_error(hsa_status_t status, hsa_queue_t*, void* data) {
    auto& self = *static_cast<TestQueue*>(data);
    self.error_ = status;
    ++self.errors_;
  }

  hsa_queue_t* queue_ = nullptr;
  hsa_status_t error_ = HSA_STATUS_SUCCESS;
  int errors_ = 0;
};

inline std::vector<char> read_code_object() {
  std::ifstream file(MODULE_KERNELS, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// module_kernels.hip, loaded by the HSA calls.
class LoadedModule {
 public:
  explicit LoadedModule(const HsaRuntime& runtime) : runtime_(runtime), image_(read_code_object()) {
    EXPECT_EQ(load(), HSA_STATUS_SUCCESS);
  }
  LoadedModule(const HsaRuntime& runtime, std::vector<char> image)
      : runtime_(runtime), image_(std::move(image)) {}
  ~LoadedModule() { hsa_executable_destroy(executable_); }
  LoadedModule(const LoadedModule&) = delete;
  LoadedModule& operator=(const LoadedModule&) = delete;

  hsa_executable_t executable() const { return executable_; }

  hsa_status_t load() {
    EXPECT_EQ(hsa_executable_create_alt(HSA_PROFILE_BASE, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR, "",
                                        &executable_),
              HSA_STATUS_SUCCESS);
    hsa_code_object_reader_t reader{};
    EXPECT_EQ(hsa_code_object_reader_create_from_memory(image_.data(), image_.size(), &reader),
              HSA_STATUS_SUCCESS);
    const hsa_status_t status =
        hsa_executable_load_agent_code_object(executable_, runtime_.gpu, reader, "", nullptr);
    EXPECT_EQ(hsa_code_object_reader_destroy(reader), HSA_STATUS_SUCCESS);
    return status == HSA_STATUS_SUCCESS ? hsa_executable_freeze(executable_, "") : status;
  }

  hsa_executable_symbol_t symbol(const char* name) const {
    hsa_executable_symbol_t symbol{};
    EXPECT_EQ(hsa_executable_get_symbol_by_name(executable_, name, &runtime_.gpu, &symbol),
              HSA_STATUS_SUCCESS)
        << name;
    return symbol;
  }

  std::uint64_t kernel_object(const char* name) const {
    std::uint64_t object = 0;
    EXPECT_EQ(hsa_executable_symbol_get_info(symbol((std::string(name) + ".kd").c_str()),
                                             HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &object),
              HSA_STATUS_SUCCESS);
    return object;
  }

 private:
  const HsaRuntime& runtime_;
  std::vector<char> image_;
  hsa_executable_t executable_{};
};

}  // namespace emulator::tests

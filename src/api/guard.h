#pragma once

// What every C entry point is made of: the call is logged, the body runs, and whatever it throws
// becomes a status, the thread's last error text and a line in the log.

#include <miopen/miopen.h>

#include <exception>
#include <initializer_list>
#include <new>
#include <string>
#include <type_traits>
#include <variant>

#include "core/convolution_descriptor.h"
#include "core/error.h"
#include "core/logging.h"
#include "core/tensor_descriptor.h"
#include "dispatch/handle.h"

namespace rdna1conv {

// One argument for MIOPEN_ENABLE_LOGGING.
struct Argument {
  const char* name;
  std::variant<const void*, long long, double> value;

  Argument(const char* argument_name, const void* pointer) : name(argument_name), value(pointer) {}
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) Argument(const char* argument_name, T number)
      : name(argument_name), value(static_cast<long long>(number)) {}
  Argument(const char* argument_name, double number) : name(argument_name), value(number) {}
};

struct Call {
  const char* function;
  std::initializer_list<Argument> arguments;
  std::initializer_list<Argument> more = {};  // after them
};

void log_call(const Call& call);
miopenStatus_t report_failure(const char* function, Status status, const char* text) noexcept;

template <class Body>
miopenStatus_t guard(const Call& call, Body&& body) noexcept {
  try {
    if (are_calls_logged()) log_call(call);
    body();
    return miopenStatusSuccess;
  } catch (const Error& error) {
    return report_failure(call.function, error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return report_failure(call.function, Status::kAllocFailed, "out of host memory");
  } catch (const std::exception& error) {
    return report_failure(call.function, Status::kUnknownError, error.what());
  } catch (...) {
    return report_failure(call.function, Status::kUnknownError, "unknown exception");
  }
}

// The pointer's target, or Error (kBadParm) naming the argument.
template <class T>
T& require(T* pointer, const char* name) {
  if (pointer == nullptr) throw Error(Status::kBadParm, std::string(name) + " is null");
  return *pointer;
}

inline void require_pointer(const void* pointer, const char* name) {
  if (pointer == nullptr) throw Error(Status::kBadParm, std::string(name) + " is null");
}

struct NamedInt {
  const char* name;
  long long value;
};
inline void require_at_least(long long least, std::initializer_list<NamedInt> arguments) {
  for (const NamedInt& argument : arguments) {
    if (argument.value >= least) continue;
    throw Error(Status::kBadParm, std::string(argument.name) + " is " +
                                      std::to_string(argument.value) + ", must be at least " +
                                      std::to_string(least));
  }
}

// Error (kBadParm) unless an argument is an enumerator of its type, whose values follow each other.
struct EnumeratorRange {
  int least, most;
};
inline void require_enumerator(int value, EnumeratorRange range, const char* name,
                               const char* type) {
  if (value >= range.least && value <= range.most) return;
  throw Error(Status::kBadParm,
              std::string(name) + " " + std::to_string(value) + " is not a " + type);
}

// Error, with the status that MIOpen's operators give for it, unless a buffer is large enough.
inline void require_size(std::size_t given, std::size_t needed, const char* name,
                         Status status = Status::kUnknownError) {
  if (given >= needed) return;
  throw Error(status, std::string(name) + " is " + std::to_string(given) + ", needs " +
                          std::to_string(needed));
}

// The objects behind the opaque pointers.
inline Handle& object(miopenHandle_t handle, const char* name = "handle") {
  return *reinterpret_cast<Handle*>(&require(handle, name));
}
inline TensorDescriptor& object(miopenTensorDescriptor_t descriptor, const char* name) {
  return *reinterpret_cast<TensorDescriptor*>(&require(descriptor, name));
}
inline ConvolutionDescriptor& object(miopenConvolutionDescriptor_t descriptor,
                                     const char* name = "convDesc") {
  return *reinterpret_cast<ConvolutionDescriptor*>(&require(descriptor, name));
}

}  // namespace rdna1conv

#pragma once

// How calls of the C++ API fail, at the caller's choice: every function that can fail comes twice.
// `f(...)` throws Error; `try_f(...)` returns Expected and throws nothing but std::bad_alloc.

#include <miopen/miopen.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "rdna1conv/error.h"

namespace rdna1conv {
inline namespace v1 {

// What went wrong: MIOpen's status, and in what() one sentence that names the argument at fault.
class Error : public std::runtime_error {
 public:
  Error(miopenStatus_t status, const std::string& sentence)
      : std::runtime_error(sentence), status_(status) {}
  miopenStatus_t status() const noexcept { return status_; }

 private:
  miopenStatus_t status_;
};

// A value or the Error that there is instead of it.
template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // The value; throws the Error if there is none.
  T& value() & {
    require();
    return std::get<0>(state_);
  }
  T&& value() && {
    require();
    return std::get<0>(std::move(state_));
  }
  T* operator->() { return &value(); }
  T& operator*() & { return value(); }

  // Only if there is no value.
  const Error& error() const { return std::get<1>(state_); }

 private:
  void require() const {
    if (!has_value()) throw std::get<1>(state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Expected<void> {
 public:
  Expected() = default;
  Expected(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (error_) throw *error_;
  }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

namespace detail {

// The failure of the call that just returned `status`, in the library's words.
inline Error last_error(miopenStatus_t status) { return Error(status, rdna1convLastErrorText()); }

inline Expected<void> checked(miopenStatus_t status) {
  if (status == miopenStatusSuccess) return {};
  return last_error(status);
}

}  // namespace detail
}  // namespace v1
}  // namespace rdna1conv

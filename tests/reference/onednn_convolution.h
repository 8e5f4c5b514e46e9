#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "conv_case.h"

namespace rdna1conv {

// A convolution of any direction, transposed or not, that oneDNN is ready to run on all cores: a
// second reference that shares nothing with the first but the problem, and the CPU that conv-bench
// compares with. The algorithm is the direct one: Winograd would cost the result its exactness.
class OnednnConvolution {
 public:
  // The inputs are those drawn for the problem. They are laid into memory with the problem's types
  // and strides, and from there into the formats that oneDNN prefers. Nothing if oneDNN has no
  // implementation for the problem on this machine. The epilogue is left out.
  static std::optional<OnednnConvolution> prepare(const ConvProblem& problem,
                                                  const ConvCase& inputs);
  OnednnConvolution(OnednnConvolution&&) noexcept;
  OnednnConvolution& operator=(OnednnConvolution&&) noexcept;
  ~OnednnConvolution();

  // One convolution, to its end.
  void run();
  // What the last run computed, rounded to the output's type, in N, C, D, H, W order.
  std::vector<double> output() const;
  // oneDNN's name of what it runs, such as "jit:avx512_core".
  const std::string& implementation() const;

 private:
  struct State;
  explicit OnednnConvolution(std::unique_ptr<State> state);
  template <class Kind>
  static std::unique_ptr<State> prepare_as(const ConvProblem& problem, std::span<const float> x,
                                           std::span<const float> w, std::span<const float> y);

  std::unique_ptr<State> state_;
};

}  // namespace rdna1conv

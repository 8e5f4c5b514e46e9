#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/conv_problem.h"
#include "core/operators/softmax.h"

namespace rdna1conv {

// All that is to know about a solution of a problem, without a device.
struct SolutionRecord {
  ConvProblem problem;
  // Of a softmax, with its alpha and beta; then the convolution and the activation mean nothing.
  std::optional<ParsedSoftmax> softmax;
  bool deterministic = false;
  std::uint64_t solver_id = 0;
  std::string instance;    // Plan::instance
  float milliseconds = 0;  // as Find measured or estimated it
  std::uint64_t workspace_bytes = 0;
  std::uint32_t output = 3;  // TensorId of what it gives: miopenTensorConvolutionY
  float activation_alpha = 0, activation_beta = 0, activation_gamma = 0;

  bool operator==(const SolutionRecord&) const = default;
};

// The record as bytes for other processes and other versions of this library.
//
// Layout, all little-endian: "RDNA1SOL", u32 format version (1), u32 bytes of the payload, u64
// FNV-1a of the payload; payload: u64 solver id, u64 workspace bytes, f32 milliseconds, u32 flags
// (1: deterministic), u32 output, three f32 of the activation, then instance and the problem's
// driver line as u32 length and bytes.
std::vector<char> to_bytes(const SolutionRecord& record);

// The inverse. Throws Error: kUnknownError if the bytes are not of this form, truncated or damaged,
// or hold a problem that no client can describe by Find 2.0's functions; kVersionMismatch if they
// are of another format version or name a solver that is not there.
SolutionRecord solution_from_bytes(std::span<const char> bytes);

}  // namespace rdna1conv

#include "find2/solution_record.h"

#include <bit>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "core/driver_line.h"
#include "core/error.h"
#include "core/operators/operator_line.h"
#include "core/tensor_dims.h"
#include "dispatch/solver_table.h"
#include "find2/find_problem.h"
#include "find2/softmax_find.h"

namespace rdna1conv {
namespace {

static_assert(std::endian::native == std::endian::little, "integers are written as they lie");

constexpr std::string_view kMagic = "RDNA1SOL";
constexpr std::uint32_t kFormatVersion = 1;
constexpr std::uint32_t kDeterministic = 1;

std::uint64_t fnv1a(std::span<const char> bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  return hash;
}

class Writer {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void add(const T& value) {
    const char* const first = reinterpret_cast<const char*>(&value);
    bytes_.insert(bytes_.end(), first, first + sizeof value);
  }
  void add_raw(std::span<const char> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void add_text(std::string_view text) {
    add(static_cast<std::uint32_t>(text.size()));
    add_raw(text);
  }
  std::vector<char> take() { return std::move(bytes_); }

 private:
  std::vector<char> bytes_;
};

[[noreturn]] void fail(const std::string& text) {
  throw Error(Status::kUnknownError, "data is no saved solution: " + text);
}

class Reader {
 public:
  explicit Reader(std::span<const char> bytes) : rest_(bytes) {}

  std::span<const char> take_raw(std::size_t count) {
    if (count > rest_.size()) {
      fail("it ends " + std::to_string(count - rest_.size()) + " bytes too early");
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <class T>
  T take() {
    T value;
    std::memcpy(&value, take_raw(sizeof value).data(), sizeof value);
    return value;
  }
  std::string take_text() {
    const auto text = take_raw(take<std::uint32_t>());
    return {text.begin(), text.end()};
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::span<const char> rest_;
};

// As check_problem() below: tensors that a client can describe.
void check_softmax(const SoftmaxProblem& p) {
  for (const FiveDims& strides : {p.x_strides, p.y_strides, p.dy_strides, p.dx_strides}) {
    if (strides == FiveDims{}) continue;  // the other direction's
    const TensorDescriptor tensor(p.type, p.lengths, strides);
    static_cast<void>(dims_of(tensor, "a tensor", 4, 5));
  }
}

std::string line_of(const SolutionRecord& record) {
  return record.softmax ? to_driver_line(record.softmax->problem, record.softmax->scalars)
                        : to_driver_line(record.problem);
}

// A checksum does not tell who wrote it. A run call gives the solution the tensors of a problem
// that was described and checked, so the record's must be such a one: as if its client described
// it.
void check_problem(const SolutionRecord& record) {
  const ProblemDescription description =
      description_of(as_described(record.problem, record.output));
  if (description.problem != record.problem || description.output != record.output) {
    throw Error(Status::kBadParm,
                "no problem with the output " + std::to_string(record.output) + " is described so");
  }
}

}  // namespace

std::vector<char> to_bytes(const SolutionRecord& record) {
  Writer payload;
  payload.add(record.solver_id);
  payload.add(record.workspace_bytes);
  payload.add(record.milliseconds);
  payload.add(record.deterministic ? kDeterministic : std::uint32_t{0});
  payload.add(record.output);
  payload.add(record.activation_alpha);
  payload.add(record.activation_beta);
  payload.add(record.activation_gamma);
  payload.add_text(record.instance);
  payload.add_text(line_of(record));
  const std::vector<char> content = payload.take();

  Writer whole;
  whole.add_raw(kMagic);
  whole.add(kFormatVersion);
  whole.add(static_cast<std::uint32_t>(content.size()));
  whole.add(fnv1a(content));
  whole.add_raw(content);
  return whole.take();
}

SolutionRecord solution_from_bytes(std::span<const char> bytes) {
  Reader reader(bytes);
  const auto magic = reader.take_raw(kMagic.size());
  if (std::string_view(magic.data(), magic.size()) != kMagic) {
    fail("it does not begin with " + std::string(kMagic));
  }
  const auto version = reader.take<std::uint32_t>();
  if (version != kFormatVersion) {
    throw Error(Status::kVersionMismatch, "data is a solution saved in format " +
                                              std::to_string(version) + ", this library reads " +
                                              std::to_string(kFormatVersion));
  }
  const auto size = reader.take<std::uint32_t>();
  const auto checksum = reader.take<std::uint64_t>();
  const auto content = reader.take_raw(size);
  if (reader.left() != 0) fail(std::to_string(reader.left()) + " bytes follow its end");
  if (fnv1a(content) != checksum) fail("its checksum is wrong");

  Reader payload(content);
  SolutionRecord record;
  record.solver_id = payload.take<std::uint64_t>();
  record.workspace_bytes = payload.take<std::uint64_t>();
  record.milliseconds = payload.take<float>();
  record.deterministic = (payload.take<std::uint32_t>() & kDeterministic) != 0;
  record.output = payload.take<std::uint32_t>();
  record.activation_alpha = payload.take<float>();
  record.activation_beta = payload.take<float>();
  record.activation_gamma = payload.take<float>();
  record.instance = payload.take_text();
  const std::string line = payload.take_text();
  try {
    if (has_operator_word(line, "softmax")) {
      record.softmax = parse_softmax(line);
      check_softmax(record.softmax->problem);
    } else {
      record.problem = parse_driver_line(line).problem;
      check_problem(record);
    }
  } catch (const Error& error) {
    fail("its problem '" + line + "' is none (" + error.what() + ")");
  }
  const bool is_known = record.softmax ? record.solver_id == kSoftmaxSolver
                                       : find_solver(record.solver_id) != nullptr;
  if (!is_known) {
    throw Error(Status::kVersionMismatch, "data is a solution by solver " +
                                              std::to_string(record.solver_id) +
                                              ", which this version of the library does not have");
  }
  return record;
}

}  // namespace rdna1conv

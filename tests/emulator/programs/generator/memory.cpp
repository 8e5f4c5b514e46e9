// Cases in which a workgroup's work-items exchange values through memory, in phases that barriers
// separate. In a phase one half of the memory is written, each element by one work-item (or by
// atomics whose order does not matter), and the other half is read at any index.
#include <array>

#include "case_writers.h"
#include "operation_table.h"

namespace generator {
namespace {

struct Element {
  const char* type;
  unsigned stride;  // bytes between elements
};

constexpr unsigned kHalfBytes = 4096;
constexpr unsigned kWorkItems = 256;

constexpr Element kElements[] = {{"U8", 1},       {"I8", 1},         {"U16", 2},    {"I16", 2},
                                 {"U32", 4},      {"U32", 4},        {"F32", 4},    {"U64", 8},
                                 {"F64", 8},      {"Two", 8},        {"Three", 12}, {"Four", 16},
                                 {"LooseTwo", 8}, {"LooseFour", 16}, {"Halves", 4}};

struct Atomic {
  const char* operation;
  const char* types;
};
constexpr Atomic kAtomics[] = {
    {"kAdd", "U32 I32 U64 I64 F32 F64"},
    {"kMinimum", "U32 I32 U64 I64"},
    {"kMaximum", "U32 I32 U64 I64"},
    {"kAnd", "U32 U64"},
    {"kOr", "U32 U64"},
    {"kXor", "U32 U64"},
    {"kIncrement", "U32"},
    {"kDecrement", "U32"},
};
constexpr Atomic kOwnAtomics[] = {
    {"kAdd", "U32 I32 U64 I64"},
    {"kMinimum", "U32 I32 U64 I64"},
    {"kMaximum", "U32 I32 U64 I64"},
    {"kAnd", "U32 U64"},
    {"kOr", "U32 U64"},
    {"kXor", "U32 U64"},
    {"kIncrement", "U32"},
    {"kDecrement", "U32"},
    {"kExchange", "U32 U64"},
    {"kCompareExchange", "U32 U64"},
};

unsigned bytes_of(const std::string& type) { return type.ends_with("64") ? 8 : 4; }

class MemoryWriter {
 public:
  explicit MemoryWriter(Random& random) : random_(random) {}

  std::string write() {
    initialize();
    const unsigned count = 2 + random_.below(4);
    for (unsigned k = 0; k < count; ++k) {
      std::swap(written_, read_);
      switch (random_.below(6)) {
        case 0:
          transpose();
          break;
        case 1:
          shared_atomics();
          break;
        case 2:
          own_atomics();
          break;
        default:
          exchange();
          break;
      }
    }
    next_phase();
    line("for (U32 k = 0; k < 4; ++k) {");
    line("  state.add(load<U32>(low, thread * 4 + k));");
    line("  state.add(load<U32>(high, k * 256 + thread));");
    line("}");
    return "  static constexpr unsigned kPhases = " + std::to_string(phases_) +
           ";\n  template <unsigned kPhase>\n  static void phase([[maybe_unused]] State& state, "
           "U8* low, U8* high, [[maybe_unused]] const Inputs& in,\n                    U32 "
           "thread) {\n" +
           text_ + "    }\n  }\n";
  }

 private:
  void line(const std::string& text) { text_ += "      " + text + "\n"; }

  void next_phase() {
    text_ += phases_ == 0 ? "" : "    }\n";
    text_ += "    if constexpr (kPhase == " + std::to_string(phases_++) + ") {\n";
  }

  std::string state() { return "state.word[" + std::to_string(random_.below(3)) + "]"; }

  void initialize() {
    next_phase();
    line("for (U32 k = 0; k < 3; ++k) state.word[k] = in.integers[k];");
    line("for (U32 k = 0; k < 4; ++k) {");
    line("  store<U32>(low, thread * 4 + k, in.integers[k]);");
    line("  store<U32>(high, k * 256 + thread, in.integers[k] >> 32);");
    line("}");
  }

  // A permutation of 0 .. count - 1, a power of two, of `index`.
  std::string permuted(const std::string& index, unsigned count) {
    const std::string last = std::to_string(count - 1);
    switch (random_.below(4)) {
      case 0:
        return index;
      case 1:
        return "(" + index + " * " + std::to_string(2 * random_.below(64) + 1) + " + " +
               std::to_string(random_.below(count)) + ") % " + std::to_string(count);
      case 2:
        return index + " ^ " + std::to_string(random_.below(count));
      default: {
        // Rotating the index's bits transposes a matrix.
        const unsigned bits = static_cast<unsigned>(__builtin_ctz(count));
        const unsigned by = 1 + random_.below(bits - 1);
        return "((" + index + ") << " + std::to_string(by) + " | (" + index + ") >> " +
               std::to_string(bits - by) + ") & " + last;
      }
    }
  }

  void store_elements(const Element& element) {
    const unsigned whole = kHalfBytes / element.stride;
    unsigned count = kWorkItems;
    while (count * 2 <= whole && random_.chance(50)) count *= 2;
    const unsigned each = count / kWorkItems;
    const std::string position =
        random_.chance(50) ? "(thread * " + std::to_string(each) + " + k)" : "(k * 256 + thread)";
    line("for (U32 k = 0; k < " + std::to_string(each) + "; ++k) {");
    line("  store<" + std::string(element.type) + ">(" + written_ + ", " +
         permuted(position, count) + ", " + state() + " + k * 0x9e3779b97f4a7c15);");
    line("}");
  }

  void load_elements(const Element& element) {
    const unsigned count = kHalfBytes / element.stride;
    const std::string type = element.type;
    if (random_.chance(40)) {
      // At constant distances, for which the card has two-address forms.
      const unsigned distance = random_.chance(50) ? 1 + random_.below(4) : 64;
      const std::string base = permuted("thread", kWorkItems);
      line("const U32 base" + std::to_string(names_) + " = (" + base + ") % " +
           std::to_string(count - std::min(2 * distance, count - 1)) + ";");
      for (unsigned k = 0; k < 3; ++k) {
        const unsigned offset = k * std::min(distance, (count - 1) / 2);
        line("state.add(load<" + type + ">(" + read_ + ", base" + std::to_string(names_) + " + " +
             std::to_string(offset) + "));");
      }
      ++names_;
      return;
    }
    const unsigned times = 1 + random_.below(3);
    for (unsigned k = 0; k < times; ++k) {
      line("state.add(load<" + type + ">(" + read_ + ", static_cast<U32>(" + state() + " >> " +
           std::to_string(random_.below(20)) + ") % " + std::to_string(count) + "));");
    }
  }

  void exchange() {
    next_phase();
    const bool some = random_.chance(25);
    if (some) line("if ((thread & " + std::to_string(1 + random_.below(15)) + ") != 1) {");
    store_elements(random_.pick(kElements));
    if (some) line("}");
    load_elements(random_.pick(kElements));
  }

  void transpose() {
    const unsigned pitch = 16 + random_.below(4);
    next_phase();
    line("store<U32>(" + written_ + ", thread / 16 * " + std::to_string(pitch) +
         " + thread % 16, " + state() + ");");
    next_phase();
    line("state.add(load<U32>(" + written_ + ", thread % 16 * " + std::to_string(pitch) +
         " + thread / 16));");
  }

  void shared_atomics() {
    const Atomic& atomic = random_.pick(kAtomics);
    const std::vector<std::string> types = words(atomic.types);
    const std::string type = random_.pick(types);
    const unsigned cells = 1u << random_.below(8);
    const bool floats = type[0] == 'F';
    if (floats) {
      // Sums of small integers do not depend on their order.
      next_phase();
      line("store<" + type + ">(" + written_ + ", thread, 0);");
    }
    next_phase();
    const std::string value = std::string(atomic.operation).ends_with("crement")
                                  ? std::to_string(random_.below(1u << (4 * random_.below(8))))
                              : floats ? "static_cast<U8>(" + state() + ")"
                                       : state();
    line("atomic<AtomicOperation::" + std::string(atomic.operation) + ", " + type + ">(" +
         written_ + ", static_cast<U32>(" + state() + ") % " + std::to_string(cells) + ", " +
         value + ");");
    load_elements(random_.pick(kElements));
  }

  void own_atomics() {
    next_phase();
    const Atomic& atomic = random_.pick(kOwnAtomics);
    const std::vector<std::string> types = words(atomic.types);
    const std::string type = random_.pick(types);
    const unsigned count = kHalfBytes / bytes_of(type);
    line("state.add(atomic<AtomicOperation::" + std::string(atomic.operation) + ", " + type + ">(" +
         written_ + ", " + permuted("thread", std::min(count, kWorkItems)) + ", " + state() +
         "));");
    load_elements(random_.pick(kElements));
  }

  Random& random_;
  std::string written_ = "low";
  std::string read_ = "high";
  std::string text_;
  unsigned phases_ = 0;
  unsigned names_ = 0;
};

}  // namespace

std::string write_memory_case(const std::string& name, std::size_t, Random& random) {
  return "struct " + name + " {\n" + MemoryWriter(random).write() + "};\n";
}

}  // namespace generator

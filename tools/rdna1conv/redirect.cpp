// An auditing library (LD_AUDIT, rtld-audit(7)): ld.so asks it about every library it looks for,
// also those found by an RPATH, those that a program opens by an absolute path, and copies that a
// Python wheel has under a name of its own. LD_LIBRARY_PATH and LD_PRELOAD reach only some of
// these.
#include "redirect.h"

#include <link.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

using rdna1conv::tool::kRedirectSaysVariable;
using rdna1conv::tool::kRedirectVariable;

// ld.so keeps no pointer beyond the call that follows, but asks again and again; so this stays.
struct Rule {
  char stem[64];
  char path[4096];
  bool has_said;
};
constexpr int kMostRules = 4;
Rule rules[kMostRules];
int rule_count = 0;
bool says = false;

void copy(char* to, std::size_t size, const char* from, std::size_t length) {
  length = length < size ? length : size - 1;
  std::memcpy(to, from, length);
  to[length] = '\0';
}

void read_rules() {
  const char* text = std::getenv(kRedirectVariable);
  while (text != nullptr && *text != '\0' && rule_count < kMostRules) {
    const char* const end = strchrnul(text, '\n');
    const char* const equals =
        static_cast<const char*>(std::memchr(text, '=', static_cast<std::size_t>(end - text)));
    if (equals != nullptr) {
      Rule& rule = rules[rule_count++];
      copy(rule.stem, sizeof rule.stem, text, static_cast<std::size_t>(equals - text));
      copy(rule.path, sizeof rule.path, equals + 1, static_cast<std::size_t>(end - equals - 1));
    }
    text = *end == '\0' ? end : end + 1;
  }
  const char* const wanted = std::getenv(kRedirectSaysVariable);
  says = wanted != nullptr && *wanted == '1';
}

bool is_of(const char* file, const Rule& rule) {
  const std::size_t length = std::strlen(rule.stem);
  return std::strncmp(file, rule.stem, length) == 0 && (file[length] == '.' || file[length] == '-');
}

// No stream of the C library: this copy of it has its own, and the program's may be half set up.
void say(Rule& rule, const char* asked) {
  if (!says || rule.has_said) return;
  rule.has_said = true;
  char text[sizeof rule.path + 1024] = "rdna1conv run: ";
  const auto append = [&](const char* part) {
    std::strncat(text, part, sizeof text - std::strlen(text) - 1);
  };
  append(asked);
  append(" was asked for, ");
  append(rule.path);
  append(" is given\n");
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, std::strlen(text));
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) unsigned int la_version(unsigned int version) {
  read_rules();
  return version < LAV_CURRENT ? version : LAV_CURRENT;
}

__attribute__((visibility("default"))) char* la_objsearch(const char* name, std::uintptr_t*,
                                                          unsigned int) {
  const char* const slash = std::strrchr(name, '/');
  const char* const file = slash == nullptr ? name : slash + 1;
  for (int i = 0; i < rule_count; ++i) {
    if (!is_of(file, rules[i])) continue;
    if (std::strcmp(name, rules[i].path) != 0) say(rules[i], name);
    return rules[i].path;
  }
  return const_cast<char*>(name);
}

}  // extern "C"

#include "core/environment.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace rdna1conv {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The words MIOpen understands as a switch.
std::optional<bool> parse_switch(std::string_view text) {
  const std::string word = lower(text);
  for (const std::string_view on : {"1", "on", "yes", "true", "enable", "enabled"}) {
    if (word == on) return true;
  }
  for (const std::string_view off : {"0", "off", "no", "false", "disable", "disabled"}) {
    if (word == off) return false;
  }
  return std::nullopt;
}

struct Word {
  std::string_view word;
  int value;
};

std::optional<int> parse_word(std::string_view text, std::initializer_list<Word> words) {
  const std::string key = lower(text);
  for (const Word& row : words) {
    if (key == row.word || key == std::to_string(row.value)) return row.value;
  }
  return std::nullopt;
}

struct Switch {
  const char* name;
  bool Environment::*field;
};
constexpr Switch kSwitches[] = {
    {"MIOPEN_ENABLE_LOGGING", &Environment::log_calls},
    {"MIOPEN_ENABLE_LOGGING_CMD", &Environment::log_commands},
    {"MIOPEN_ENABLE_LOGGING_MPMT", &Environment::log_thread},
    {"MIOPEN_ENABLE_LOGGING_ELAPSED_TIME", &Environment::log_elapsed_time},
    {"MIOPEN_DEBUG_CONV_DIRECT", &Environment::allow_direct},
    {"MIOPEN_DEBUG_CONV_GEMM", &Environment::allow_gemm},
    {"MIOPEN_DEBUG_CONV_WINOGRAD", &Environment::allow_winograd},
    {"MIOPEN_DEBUG_CONV_FFT", &Environment::allow_fft},
    {"MIOPEN_DEBUG_CONV_IMPLICIT_GEMM", &Environment::allow_implicit_gemm},
    {"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_FWD", &Environment::allow_naive_forward},
    {"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_BWD", &Environment::allow_naive_data},
    {"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_WRW", &Environment::allow_naive_weights},
    {"MIOPEN_DEBUG_CONVOLUTION_DETERMINISTIC", &Environment::deterministic},
    {"MIOPEN_DEBUG_CONV_IMMED_FALLBACK", &Environment::immediate_fallback},
    {"MIOPEN_DEBUG_FORCE_IMMED_MODE_FALLBACK", &Environment::force_fallback},
    {"RDNA1CONV_CHECK_POINTERS", &Environment::check_pointers},
};

// MIOpen's default; a path that begins with ~/ is the user's.
constexpr std::string_view kDefaultUserDbPath = "~/.config/miopen";

}  // namespace

Environment read_environment(const char* (*get)(const char* name)) {
  Environment environment;
  // The text of a variable that is set and not empty.
  const auto text_of = [get](const char* name) -> std::optional<std::string_view> {
    const char* const text = get(name);
    if (text == nullptr || *text == '\0') return std::nullopt;
    return text;
  };
  const auto complain = [&environment](const char* name, std::string_view text) {
    environment.complaints.push_back(std::string(name) + "='" + std::string(text) +
                                     "' is not understood and has no effect");
  };

  for (const Switch& row : kSwitches) {
    const auto text = text_of(row.name);
    if (!text) continue;
    if (const auto value = parse_switch(*text)) {
      environment.*row.field = *value;
    } else {
      complain(row.name, *text);
    }
  }
  if (const auto text = text_of("MIOPEN_LOG_LEVEL")) {
    if (text->size() == 1 && text->front() >= '0' && text->front() <= '7') {
      environment.log_level = text->front() - '0';
    } else {
      complain("MIOPEN_LOG_LEVEL", *text);
    }
  }
  if (const auto text = text_of("MIOPEN_FIND_MODE")) {
    environment.find_mode = parse_word(*text, {{"normal", 1},
                                               {"fast", 2},
                                               {"hybrid", 3},
                                               {"dynamic_hybrid", 5},
                                               {"trust_verify", 6},
                                               {"trust_verify_full", 7}});
    if (!environment.find_mode) complain("MIOPEN_FIND_MODE", *text);
  }
  if (const auto text = text_of("MIOPEN_FIND_ENFORCE")) {
    if (const auto value = parse_word(*text, {{"none", 1},
                                              {"db_update", 2},
                                              {"search", 3},
                                              {"search_db_update", 4},
                                              {"db_clean", 5}})) {
      environment.find_enforce = static_cast<FindEnforce>(*value);
    } else {
      complain("MIOPEN_FIND_ENFORCE", *text);
    }
  }
  if (const auto text = text_of("MIOPEN_CHECK_NUMERICS")) {
    const char* const end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, environment.check_numerics);
    if (error != std::errc{} || rest != end || environment.check_numerics > kAllNumericsChecks) {
      environment.check_numerics = 0;
      complain("MIOPEN_CHECK_NUMERICS", *text);
    }
  }
  if (const auto text = text_of("MIOPEN_DEBUG_DISABLE_FIND_DB")) {
    const auto value = parse_switch(*text);
    if (!value) complain("MIOPEN_DEBUG_DISABLE_FIND_DB", *text);
    environment.use_find_db = !value.value_or(false);
  }
  const std::string_view home = text_of("HOME").value_or("");
  const auto path_of = [&](const char* name, std::string_view otherwise) {
    std::string_view path = text_of(name).value_or(otherwise);
    if (!path.starts_with("~/")) return std::string(path);
    // Without a home there is no place for it.
    return home.empty() ? std::string() : std::string(home).append(path.substr(1));
  };
  environment.user_db_path = path_of("MIOPEN_USER_DB_PATH", kDefaultUserDbPath);
  environment.system_db_path = path_of("MIOPEN_SYSTEM_DB_PATH", "");
  environment.dump_tensor_path = path_of("MIOPEN_DUMP_TENSOR_PATH", "");
  if (auto text = text_of("MIOPEN_DEBUG_FIND_ONLY_SOLVER")) {
    while (!text->empty()) {
      const std::size_t end = std::min(text->find(';'), text->size());
      if (end > 0) environment.only.emplace_back(text->substr(0, end));
      text->remove_prefix(std::min(end + 1, text->size()));
    }
  }
  return environment;
}

bool Environment::restricts_solvers() const {
  return !only.empty() || !allow_direct || !allow_gemm || !allow_fft || !allow_winograd ||
         !allow_implicit_gemm || !allow_naive_forward || !allow_naive_data || !allow_naive_weights;
}

Environment read_environment() {
  return read_environment([](const char* name) -> const char* { return std::getenv(name); });
}

}  // namespace rdna1conv

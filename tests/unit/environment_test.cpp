#include "core/environment.h"

#include <gtest/gtest.h>

#include <map>

namespace rdna1conv {
namespace {

std::map<std::string, std::string>& variables() {
  static std::map<std::string, std::string> instance;
  return instance;
}

Environment read(std::map<std::string, std::string> from) {
  variables() = std::move(from);
  return read_environment([](const char* name) -> const char* {
    const auto found = variables().find(name);
    return found == variables().end() ? nullptr : found->second.c_str();
  });
}

TEST(Environment, DefaultsWhenUnset) {
  const Environment e = read({});
  EXPECT_EQ(e.log_level, 0);
  EXPECT_TRUE(e.allow_direct && e.allow_gemm && e.allow_winograd);
  EXPECT_FALSE(e.log_calls || e.log_commands || e.log_thread || e.log_elapsed_time);
  EXPECT_FALSE(e.deterministic);
  EXPECT_TRUE(e.only.empty());
  EXPECT_EQ(e.find_mode, std::nullopt);
  EXPECT_EQ(e.find_enforce, FindEnforce::kNone);
  EXPECT_EQ(e.check_numerics, 0u);
  EXPECT_TRUE(e.use_find_db && e.immediate_fallback && e.check_pointers);
  EXPECT_FALSE(e.force_fallback || e.restricts_solvers());
  EXPECT_EQ(e.user_db_path, "") << "without HOME there is no place for it";
  EXPECT_TRUE(e.complaints.empty());
}

TEST(Environment, SwitchesTakeMIOpensWords) {
  for (const char* on : {"1", "on", "yes", "true", "enable", "enabled", "ON", "True"}) {
    EXPECT_TRUE(read({{"MIOPEN_ENABLE_LOGGING_CMD", on}}).log_commands) << on;
  }
  for (const char* off : {"0", "off", "no", "false", "disable", "disabled", "OFF"}) {
    EXPECT_FALSE(read({{"MIOPEN_DEBUG_CONV_GEMM", off}}).allow_gemm) << off;
  }
}

TEST(Environment, EachSwitchSetsItsField) {
  struct Row {
    const char* name;
    const char* value;
    bool Environment::*field;
    bool expected;
  };
  const Row rows[] = {
      {"MIOPEN_ENABLE_LOGGING", "1", &Environment::log_calls, true},
      {"MIOPEN_ENABLE_LOGGING_CMD", "1", &Environment::log_commands, true},
      {"MIOPEN_ENABLE_LOGGING_MPMT", "1", &Environment::log_thread, true},
      {"MIOPEN_ENABLE_LOGGING_ELAPSED_TIME", "1", &Environment::log_elapsed_time, true},
      {"MIOPEN_DEBUG_CONV_DIRECT", "0", &Environment::allow_direct, false},
      {"MIOPEN_DEBUG_CONV_GEMM", "0", &Environment::allow_gemm, false},
      {"MIOPEN_DEBUG_CONV_WINOGRAD", "0", &Environment::allow_winograd, false},
      {"MIOPEN_DEBUG_CONVOLUTION_DETERMINISTIC", "1", &Environment::deterministic, true},
      {"MIOPEN_DEBUG_CONV_FFT", "0", &Environment::allow_fft, false},
      {"MIOPEN_DEBUG_CONV_IMPLICIT_GEMM", "0", &Environment::allow_implicit_gemm, false},
      {"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_FWD", "0", &Environment::allow_naive_forward, false},
      {"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_BWD", "0", &Environment::allow_naive_data, false},
      {"MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_WRW", "0", &Environment::allow_naive_weights, false},
      {"MIOPEN_DEBUG_CONV_IMMED_FALLBACK", "0", &Environment::immediate_fallback, false},
      {"MIOPEN_DEBUG_FORCE_IMMED_MODE_FALLBACK", "1", &Environment::force_fallback, true},
      {"MIOPEN_DEBUG_DISABLE_FIND_DB", "1", &Environment::use_find_db, false},
      {"MIOPEN_DEBUG_DISABLE_FIND_DB", "0", &Environment::use_find_db, true},
      {"RDNA1CONV_CHECK_POINTERS", "0", &Environment::check_pointers, false},
  };
  for (const Row& row : rows) {
    const Environment e = read({{row.name, row.value}});
    EXPECT_EQ(e.*row.field, row.expected) << row.name;
  }
}

TEST(Environment, ListsAndWords) {
  EXPECT_EQ(read({{"MIOPEN_DEBUG_FIND_ONLY_SOLVER", "DirectReference;7;;x"}}).only,
            (std::vector<std::string>{"DirectReference", "7", "x"}));
  EXPECT_EQ(read({{"MIOPEN_FIND_MODE", "FAST"}}).find_mode, 2);
  EXPECT_EQ(read({{"MIOPEN_FIND_MODE", "5"}}).find_mode, 5);
  EXPECT_EQ(read({{"MIOPEN_FIND_MODE", "dynamic_hybrid"}}).find_mode, 5);
  EXPECT_EQ(read({{"MIOPEN_FIND_MODE", "TRUST_VERIFY"}}).find_mode, 6);
  EXPECT_EQ(read({{"MIOPEN_LOG_LEVEL", "6"}}).log_level, 6);
  for (const char* value : {"4", "SEARCH_DB_UPDATE", "search_db_update"}) {
    EXPECT_EQ(read({{"MIOPEN_FIND_ENFORCE", value}}).find_enforce, FindEnforce::kSearchDbUpdate);
  }
  EXPECT_EQ(read({{"MIOPEN_CHECK_NUMERICS", "19"}}).check_numerics, 19u);
}

TEST(Environment, Paths) {
  EXPECT_EQ(read({{"HOME", "/home/u"}}).user_db_path, "/home/u/.config/miopen");
  EXPECT_EQ(read({{"HOME", "/home/u"}, {"MIOPEN_USER_DB_PATH", "~/db"}}).user_db_path,
            "/home/u/db");
  EXPECT_EQ(read({{"MIOPEN_USER_DB_PATH", "/db"}}).user_db_path, "/db");
  EXPECT_EQ(read({{"MIOPEN_SYSTEM_DB_PATH", "/sys"}}).system_db_path, "/sys");
  EXPECT_EQ(read({{"MIOPEN_DUMP_TENSOR_PATH", "/tmp/hit"}}).dump_tensor_path, "/tmp/hit");
}

TEST(Environment, RestrictsSolvers) {
  for (const char* name : {"MIOPEN_DEBUG_CONV_DIRECT", "MIOPEN_DEBUG_CONV_FFT",
                           "MIOPEN_DEBUG_CONV_DIRECT_NAIVE_CONV_BWD"}) {
    EXPECT_TRUE(read({{name, "0"}}).restricts_solvers()) << name;
    EXPECT_FALSE(read({{name, "1"}}).restricts_solvers()) << name;
  }
  EXPECT_TRUE(read({{"MIOPEN_DEBUG_FIND_ONLY_SOLVER", "1"}}).restricts_solvers());
}

TEST(Environment, KnowsEveryBitOfTheNumericsCheckAndNoOther) {
  for (unsigned bits = 0; bits <= kAllNumericsChecks; ++bits) {
    const Environment e = read({{"MIOPEN_CHECK_NUMERICS", std::to_string(bits)}});
    EXPECT_EQ(e.check_numerics, bits);
    EXPECT_TRUE(e.complaints.empty()) << bits;
  }
  for (const char* const text : {"32", "33", "64", "4294967295", "4294967296", "-1", "0x1", "1 "}) {
    const Environment e = read({{"MIOPEN_CHECK_NUMERICS", text}});
    EXPECT_EQ(e.check_numerics, 0u) << text;
    EXPECT_EQ(e.complaints.size(), 1u) << text;
  }
}

TEST(Environment, ComplainsAboutWhatItCannotRead) {
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"MIOPEN_LOG_LEVEL", "8"},
           {"MIOPEN_ENABLE_LOGGING", "maybe"},
           {"MIOPEN_FIND_MODE", "4"},
           {"MIOPEN_FIND_ENFORCE", "6"},
           {"MIOPEN_CHECK_NUMERICS", "32"},
           {"MIOPEN_DEBUG_DISABLE_FIND_DB", "perhaps"},
       }) {
    const Environment e = read({{name, value}});
    ASSERT_EQ(e.complaints.size(), 1u) << name;
    EXPECT_EQ(e.complaints[0], name + "='" + value + "' is not understood and has no effect");
  }
}

}  // namespace
}  // namespace rdna1conv

#include "kernel_resources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace rdna1conv {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

// Lines of one table that the other does not have, with this sign before each.
std::string missing(const std::string& of, const std::string& in, const char* sign) {
  const std::set<std::string> there = lines_of(in);
  std::string text;
  std::istringstream stream(of);
  for (std::string line; std::getline(stream, line);) {
    if (!there.contains(line)) text.append(sign).append(line).append("\n");
  }
  return text;
}

TEST(KernelResources, AreThoseOfTheTableInTheTree) {
  if (!has_table_target()) GTEST_SKIP() << "built without " << kTableTarget;
  const std::string kept = content_of(RDNA1CONV_RESOURCES_TABLE);
  const std::string now = resources_table();
  ASSERT_NE(compiler_line(kept), "")
      << "no table in " << RDNA1CONV_RESOURCES_TABLE << ": ./run kernels-table writes it";
  if (compiler_line(kept) != compiler_line(now)) {
    GTEST_SKIP() << "the table is of another compiler\n  " << compiler_line(kept) << "\n  "
                 << compiler_line(now);
  }
  if (kept == now) return;
  ADD_FAILURE()
      << "The kernels' resources are not those of kernels/resources.txt (- kept, + now):\n"
      << missing(kept, now, "-") << missing(now, kept, "+")
      << "If that is meant, ./run kernels-table writes the table anew; the commit that "
         "changes it says why.";
}

// Kernels that the compiler makes of known source (tests/memory/forbidden.hip).
std::vector<KernelResources> resources_of(int number, std::string& content) {
  content = content_of(std::string(RDNA1CONV_FORBIDDEN_KERNELS) + "/forbidden_" +
                       std::to_string(number) + ".hipfb");
  for (const CodeObjectFile& file : code_objects_of(std::as_bytes(std::span(content)))) {
    if (file.target == kTableTarget) return kernel_resources(file);
  }
  return {};
}

TEST(KernelResources, SeeLdsAndScratch) {
  std::string plain_content, scratch_content;
  const auto plain = resources_of(0, plain_content);
  const auto scratch = resources_of(14, scratch_content);  // an array indexed at run time
  ASSERT_EQ(plain.size(), 1u);
  ASSERT_EQ(scratch.size(), 1u);
  EXPECT_EQ(plain[0].lds_bytes, 64 * 4 + 4u);
  EXPECT_EQ(plain[0].scratch_bytes, 0u);
  EXPECT_GT(scratch[0].scratch_bytes, 0u);
  for (const KernelResources& kernel : {plain[0], scratch[0]}) {
    EXPECT_NE(kernel.kernel, "");
    EXPECT_GT(kernel.vgprs, 0u) << kernel.kernel;
    EXPECT_GT(kernel.instructions, 1u) << kernel.kernel;
  }
}

}  // namespace
}  // namespace rdna1conv

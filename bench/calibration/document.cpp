#include "bench/calibration/document.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "timing/constants.h"

namespace rdna1conv::calibration {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The clock model's table, so that no number is written down twice.
std::string constants_section() {
  std::ostringstream out;
  out << "| constant | value | unit | possible | confidence | fitted | source |\n"
         "|---|--:|---|---|---|---|---|\n";
  for (const emulator::timing::ConstantRow& row : emulator::timing::constant_table()) {
    out << "| " << row.name << " | " << row.value << " | " << row.unit << " | ";
    if (row.low == row.high) {
      out << row.low;
    } else {
      out << row.low << " to " << row.high;
    }
    out << " | " << to_string(row.confidence) << " | " << (row.fitted ? "yes" : "") << " | "
        << row.source << " |\n";
  }
  return out.str();
}

}  // namespace

std::string with_section(const std::string& text, const std::string& name,
                         const std::string& body) {
  const std::string begin = "<!-- begin " + name + " -->\n";
  const std::string end = "<!-- end " + name + " -->\n";
  const auto first = text.find(begin);
  const auto last = text.find(end);
  if (first == std::string::npos || last == std::string::npos || last < first) {
    throw std::runtime_error("the document has no section '" + name + "'");
  }
  return text.substr(0, first + begin.size()) + body + text.substr(last);
}

void write_document(const std::filesystem::path& file, std::span<const Comparison> comparisons) {
  std::string text = read(file);
  std::ostringstream summary;
  print_summary(summary, comparisons, Format::kMarkdown);
  text = with_section(text, "summary", summary.str());
  std::ostringstream rows;
  print_rows(rows, comparisons, Format::kMarkdown);
  text = with_section(text, "rows", rows.str());
  text = with_section(text, "constants", constants_section());
  std::ofstream stream(file);
  stream << text;
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace rdna1conv::calibration

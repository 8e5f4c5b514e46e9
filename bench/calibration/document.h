// The generated parts of docs/clock-model.md.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "bench/calibration/report.h"

namespace rdna1conv::calibration {

// `text` with what stands between the lines "<!-- begin NAME -->" and "<!-- end NAME -->" replaced
// by `body`. Throws std::runtime_error if there are no such lines.
std::string with_section(const std::string& text, const std::string& name, const std::string& body);

// Replaces the document's sections "summary", "rows" and "constants". Throws std::runtime_error.
void write_document(const std::filesystem::path& file, std::span<const Comparison> comparisons);

}  // namespace rdna1conv::calibration

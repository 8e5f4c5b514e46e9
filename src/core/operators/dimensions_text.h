#pragma once

// Lengths as MIOpenDriver's options -D and -d list them, "64,3,28,28", and the options beside them
// that say strides.

#include <string>
#include <string_view>
#include <vector>

#include "core/conv_problem.h"

namespace rdna1conv {

// Numbers between commas. Throws Error (kBadParm) naming the option, as all below do.
std::vector<std::int64_t> parse_list(std::string_view option, std::string_view text);

// Four lengths, or five if there is depth.
std::string dimensions_text(const FiveDims& lengths);
FiveDims parse_dimensions(std::string_view option, std::string_view text);

// "" for a packed tensor, else its text (core/tensor_text.h).
std::string strides_option(const FiveDims& lengths, const FiveDims& strides);
FiveDims parse_strides_option(const FiveDims& lengths, std::string_view option,
                              std::string_view text);

}  // namespace rdna1conv

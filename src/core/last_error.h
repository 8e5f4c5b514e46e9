#pragma once

namespace rdna1conv {

// The calling thread's text of rdna1convLastErrorText(). Setting it never throws.
void set_last_error(const char* text) noexcept;
const char* last_error() noexcept;

}  // namespace rdna1conv

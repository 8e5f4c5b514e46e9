#pragma once

// What `rdna1conv run` tells its redirecting library (redirect.cpp) by environment variables, which
// the program's children inherit.

namespace rdna1conv::tool {

// "<beginning of a file name>=<path>", separated by newlines: a library whose file name is the
// beginning, then '.' or '-', is loaded from the path, wherever it is asked for.
inline constexpr const char* kRedirectVariable = "RDNA1CONV_REDIRECT";
// "1": each process says once what it asked for and gets.
inline constexpr const char* kRedirectSaysVariable = "RDNA1CONV_REDIRECT_SAYS";

}  // namespace rdna1conv::tool

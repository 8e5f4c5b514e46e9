#pragma once

#include <miopen/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The text of the calling thread's last call into the library that failed: one sentence naming the
 * argument at fault; "" before the first failure. A successful call leaves it. The string is the
 * library's and valid until the thread's next failing call. */
MIOPEN_EXPORT const char* rdna1convLastErrorText(void);

#ifdef __cplusplus
}
#endif

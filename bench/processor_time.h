#pragma once

namespace rdna1conv::bench {

// Processor time that this process has taken so far, user and system, all threads.
double processor_seconds();

}  // namespace rdna1conv::bench

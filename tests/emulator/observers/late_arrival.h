// Runs a dispatch as slowly as the hardware allows: memory operations take effect, and loaded
// values reach their registers, only when the wave's waits prove that they must have. A kernel
// whose waits and barriers are right computes the same as with immediate results; one that lacks a
// wait does not. For the proof that the checks find what is missing.
#pragma once

#include <memory>

#include "machine/observer.h"

namespace emulator {

// An ObserverFactory.
std::unique_ptr<DispatchObserver> make_late_arrival(const Dispatch& dispatch,
                                                    const MemorySnapshot& memory);

}  // namespace emulator

// Runs a dispatch under checks. The first finding ends it as a fault of kind kCheck; its text names
// the check, the place and, where there is one, the other party.
#pragma once

#include <memory>

#include "machine/observer.h"
#include "observers/checks.h"

namespace emulator {

std::unique_ptr<DispatchObserver> make_checked_dispatch(const CheckSet& checks,
                                                        const Dispatch& dispatch,
                                                        const MemorySnapshot& memory);

// The same with what RDNA1CONV_EMULATOR_CHECKS asks for: an ObserverFactory.
std::unique_ptr<DispatchObserver> make_enabled_checks(const Dispatch& dispatch,
                                                      const MemorySnapshot& memory);

}  // namespace emulator

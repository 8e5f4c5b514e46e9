// The clock model as an observer: it records what it wants to see of a dispatch, and hands the
// recording to those who work out its time.
#pragma once

#include <memory>

#include "machine/observer.h"
#include "timing/modelled_launch.h"

namespace emulator::timing {

// An ObserverFactory: models the dispatch by the device's clock, which must not be off.
std::unique_ptr<DispatchObserver> make_modelled_dispatch(const Dispatch& dispatch,
                                                         const MemorySnapshot& memory);

// The launch in a dispatch's observation; null if it was not modelled.
std::shared_ptr<const ModelledLaunch> modelled_launch(
    const std::shared_ptr<const Observation>& observed);

// The launches to come find L2 full of written lines that are none of theirs, and cold code.
void displace_caches();

}  // namespace emulator::timing

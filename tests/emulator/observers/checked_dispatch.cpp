#include "observers/checked_dispatch.h"

#include "observers/checked_workgroup.h"

namespace emulator {
namespace {

// Kernels of the HIP runtime's own: they copy between host and device, padding and all.
bool is_of_the_runtime(const Kernel& kernel) { return kernel.name.starts_with("__amd_rocclr_"); }

class Observer final : public DispatchObserver {
 public:
  Observer(const CheckSet& checks, const Dispatch& dispatch) {
    const Kernel& kernel = *dispatch.kernel;
    shared_.checks = checks;
    if (is_of_the_runtime(kernel)) {
      shared_.checks.set(Check::kKind, false);
      shared_.may_read_unwritten = true;
    }
    shared_.dispatch = &dispatch;
    shared_.wave64 = kernel.is_wave64();
    shared_.workgroup_processor_mode = kernel.is_workgroup_processor_mode();
    shared_.facts = facts_of(kernel.program, shared_.wave64);
  }

  std::shared_ptr<WorkgroupObserver> begin(Workgroup& workgroup) override {
    return std::make_shared<CheckedWorkgroup>(shared_, workgroup);
  }

 private:
  CheckedDispatch shared_;
};

}  // namespace

std::unique_ptr<DispatchObserver> make_checked_dispatch(const CheckSet& checks,
                                                        const Dispatch& dispatch,
                                                        const MemorySnapshot&) {
  return std::make_unique<Observer>(checks, dispatch);
}

std::unique_ptr<DispatchObserver> make_enabled_checks(const Dispatch& dispatch,
                                                      const MemorySnapshot& memory) {
  const CheckSet& checks = enabled_checks();
  return watches_execution(checks) ? make_checked_dispatch(checks, dispatch, memory) : nullptr;
}

}  // namespace emulator

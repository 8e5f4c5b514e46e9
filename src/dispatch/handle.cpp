#include "dispatch/handle.h"

#include "core/logging.h"
#include "device/device_query.h"
#include "dispatch/card_speed.h"
#include "dispatch/operator_plan_lists.h"
#include "dispatch/selection.h"

namespace rdna1conv {
namespace {

// The environment, with logging set up and doubtful values reported.
Environment take_environment() {
  Environment environment = read_environment();
  configure_logging(environment);
  for (const std::string& complaint : environment.complaints) {
    log_line(LogLevel::kWarning, "miopenCreate", complaint);
  }
  for (const std::string& name : unknown_solvers(environment)) {
    log_line(LogLevel::kWarning, "miopenCreate",
             "MIOPEN_DEBUG_FIND_ONLY_SOLVER: there is no solver '" + name + "'");
  }
  return environment;
}

// With the speed that was found out, if the find-db has it.
DeviceFacts supported_device(int device, const Environment& environment) {
  const DeviceFacts facts = query_device(device);
  require_supported(facts);
  const auto find_db = FindDb::open(environment, facts);
  const auto record = find_db ? find_db->find(kCardRecord) : std::nullopt;
  const auto speed = record ? speed_of(*record) : std::nullopt;
  return speed ? with_speed(facts, *speed) : facts;
}

}  // namespace

Handle::Handle(hipStream_t on_stream)
    : environment(take_environment()),
      device(current_device()),
      facts(supported_device(device, environment)),
      modules(KernelModules::of_device(device)),
      find_db(FindDb::open(environment, facts)),
      operators(std::make_unique<OperatorPlanLists>()),
      stream(on_stream) {}

Handle::~Handle() = default;

}  // namespace rdna1conv

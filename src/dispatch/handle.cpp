#include "dispatch/handle.h"

#include <utility>

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
DeviceFacts with_found_speed(const DeviceFacts& reported, FindDb* find_db) {
  const auto record = find_db != nullptr ? find_db->find(kCardRecord) : std::nullopt;
  const auto speed = record ? speed_of(*record) : std::nullopt;
  return speed ? with_speed(reported, *speed) : reported;
}

}  // namespace

Handle::Surroundings Handle::surroundings() {
  Environment environment = take_environment();
  const int device = current_device();
  DeviceFacts reported = query_device(device);
  require_supported(reported);
  return {std::move(environment), device, std::move(reported)};
}

Handle::Handle(hipStream_t on_stream) : Handle(on_stream, surroundings()) {}

Handle::Handle(hipStream_t on_stream, Surroundings found)
    : environment(std::move(found.environment)),
      device(found.device),
      find_db(FindDb::open(environment, found.reported)),
      facts(with_found_speed(found.reported, find_db.get())),
      modules(KernelModules::of_device(device)),
      operators(std::make_unique<OperatorPlanLists>()),
      stream(on_stream) {}

Handle::~Handle() = default;

}  // namespace rdna1conv

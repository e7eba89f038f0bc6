#include "services/all/services.h"

#include "common/status/macros.h"
#include "services/benefit_plans/service.h"
#include "services/participants/service.h"
#include "services/reference_group/service.h"
#include "services/statistics/service.h"
#include "services/workshops/service.h"

namespace equity {

absl::Status AddAllServices(host::Host& host) {
  RETURN_IF_ERROR(host.Add("participants", participants::Open));
  RETURN_IF_ERROR(host.Add("workshops", workshops::Open));
  RETURN_IF_ERROR(host.Add("benefit_plans", benefit_plans::Open));
  RETURN_IF_ERROR(host.Add("reference_group", referencegroup::Open));
  return host.Add("statistics", statistics::Open);
}

}  // namespace equity

#include "services/all/services.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/benefit_plans/service.h"
#include "services/participants/service.h"
#include "services/reference_group/service.h"
#include "services/statistics/service.h"
#include "services/workshops/service.h"

namespace equity {

const std::vector<Service>& AllServices() {
  static const std::vector<Service> services = {
      {"participants", participants::Open, {"workshops"}},
      {"workshops", workshops::Open, {"participants"}},
      {"benefit_plans", benefit_plans::Open, {"participants", "workshops"}},
      {"reference_group", referencegroup::Open, {}},
      {"statistics", statistics::Open, {"participants", "workshops"}, {"benefit_plans", "reference_group"}},
  };
  return services;
}

absl::Status AddServices(host::Host& host, const std::vector<std::string>& names) {
  const auto is_here = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const Service& service : AllServices()) {
    for (const std::string& needed : service.needs) {
      if (!is_here(service.name) || is_here(needed) || host.HasPeer(needed)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(service.name, " needs ", needed, ": say where it is with --peer ", needed, "=HOST:PORT"));
    }
  }
  for (const Service& service : AllServices()) {
    if (is_here(service.name)) RETURN_IF_ERROR(host.Add(service.name, service.open));
  }
  return absl::OkStatus();
}

absl::Status AddAllServices(host::Host& host) {
  std::vector<std::string> names;
  for (const Service& service : AllServices()) names.push_back(service.name);
  return AddServices(host, names);
}

}  // namespace equity

// Every service there is, and whom each of them needs.
#pragma once

#include <string>
#include <vector>

#include "common/host/host.h"

namespace equity {

struct Service {
  std::string name;
  host::Host::Open open;
  std::vector<std::string> needs;         // the services that it calls or whose changes it follows
  std::vector<std::string> follows = {};  // those whose changes it follows where it knows the way
};

const std::vector<Service>& AllServices();

// INVALID_ARGUMENT where a service would need one that is neither among them nor a peer of the host.
absl::Status AddServices(host::Host& host, const std::vector<std::string>& names);
absl::Status AddAllServices(host::Host& host);

}  // namespace equity

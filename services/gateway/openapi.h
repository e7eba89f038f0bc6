// The contract as OpenAPI 3.1, for whoever speaks HTTP and has no protos.
#pragma once

#include <string>

#include "services/gateway/contract.h"
#include "services/gateway/rest.h"
#include "services/gateway/routes.h"

namespace equity::gateway {

std::string OpenApi(const Contract& contract, const Routes& routes, const Rest& rest);

}  // namespace equity::gateway

// The commands about what belongs to a plan.
#pragma once

#include "CLI/CLI.hpp"
#include "clients/cli/context.h"

namespace equity::cli {

void AddPlanParts(CLI::App& group, Context& context);

}  // namespace equity::cli

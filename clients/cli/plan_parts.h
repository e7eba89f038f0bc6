// The commands about what belongs to a plan.
#pragma once

#include "CLI/CLI.hpp"
#include "clients/cli/context.h"

namespace equity::cli {

// Lets a command be about one plan, whose name it reads into `plan`.
CLI::App* WithPlan(CLI::App* command, std::string& plan);

void AddPlanParts(CLI::App& group, Context& context);

}  // namespace equity::cli

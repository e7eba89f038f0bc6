// The commands about what belongs to a plan.
#pragma once

#include "CLI/CLI.hpp"
#include "clients/cli/context.h"

namespace equity::cli {

// A command about one plan, whose name it reads into plan.
CLI::App* AddPlanCommand(CLI::App& group, const char* name, const char* help, std::string& plan);

void AddPlanParts(CLI::App& group, Context& context);

}  // namespace equity::cli

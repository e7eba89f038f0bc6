// The command line as a function, so that tests can call it.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/context.h"

namespace equity::cli {

// `arguments` without the program's name. Returns the exit code.
int RunCommandLine(const std::vector<std::string>& arguments, Streams streams);

}  // namespace equity::cli

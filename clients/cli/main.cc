// equityctl: the Equity Challenge from the command line. See README.md.
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "clients/cli/app.h"

namespace {

// As for a file that cannot be read.
constexpr int kOutputLost = equity::cli::kUsage;

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const int code =
      equity::cli::RunCommandLine({argv + 1, argv + argc}, {.in = std::cin,
                                                            .out = std::cout,
                                                            .err = std::cerr,
                                                            .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                                            .err_is_terminal = isatty(STDERR_FILENO) == 1});
  if (std::cout.flush()) return code;
  std::cerr << "equityctl: The output could not be written: is the disk full?\n";
  return code == equity::cli::kUnreachable ? code : kOutputLost;
}

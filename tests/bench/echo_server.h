// Serves the echo: gRPC's callback server with the product's own server arguments, and nothing else in the way.
#pragma once

namespace equity::bench {

// Prints the line that equityd prints when it serves; returns the exit code after SIGINT or SIGTERM.
int ServeEcho();

}  // namespace equity::bench

#include "tests/bench/echo_server.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "common/rpc/server.h"
#include "tests/bench/bench.grpc.pb.h"

namespace equity::bench {
namespace {

class EchoServer final : public v1::EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const v1::EchoRequest*,
                                 v1::EchoResponse*) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int ServeEcho() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  obs::Metrics metrics("");
  obs::Log log(STDERR_FILENO, obs::Severity::kError);
  rpc::Shared shared;
  shared.metrics = &metrics;
  shared.log = &log;
  EchoServer echo;
  auto server = rpc::Server::Start(shared, {}, {&echo}, {});
  if (!server.ok()) {
    std::fprintf(stderr, "equity-bench: %s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  std::printf("ready target=%s pid=%d\n", (*server)->target().c_str(), getpid());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace equity::bench

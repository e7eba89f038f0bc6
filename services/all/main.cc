// equityd: all services in one process, on the embedded store.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"
#include "services/all/recorder.h"
#include "services/all/services.h"
#include "services/gateway/gateway.h"

namespace equity {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr int kUsage = 2;

struct Flags {
  host::HostOptions host;
  std::string demo_now;
  std::string log_file;
  std::string record_statements;
  int batch_limit = 0;
  std::optional<int> http_port;
  gateway::Application::Options web;
};

void Declare(CLI::App& app, Flags& flags) {
  app.add_option("--data", flags.host.data_folder, "Folder that holds everything; one server at a time")->required();
  app.add_option("--address", flags.host.server.address, "Address to listen on")->capture_default_str();
  app.add_option("--port", flags.host.server.port, "Port; 0 takes a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--http-port", flags.http_port, "Also speak HTTP, on this port; 0 takes a free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--web", flags.web.web_folder, "Folder of the page that is served at /");
  app.add_option("--http-origin", flags.web.origins,
                 "Let pages of this origin use it, such as https://dashboard.example.org; may be repeated");
  app.add_option("--admin-port", flags.host.admin_port, "Port of /metrics, /livez, /readyz; 0 takes a free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--jwks-file", flags.host.jwks_file, "Key set whose tokens are accepted (RFC 7517)");
  app.add_option("--issuer", flags.host.issuer, "Issuer that those tokens must name");
  app.add_flag("--dev-issuer", flags.host.dev_issuer, "Make and trust a development issuer; loopback only");
  app.add_option("--demo-now", flags.demo_now, "Start the business clock here (RFC 3339); loopback only");
  app.add_option("--log-file", flags.log_file, "Append the log to this file; otherwise to standard error");
  app.add_option("--record-statements", flags.record_statements,
                 "Write the statements of the writers to this file, for measurements with invented data only");
  app.add_option("--batch-limit", flags.batch_limit, "Most requests in one commit, for measurements")
      ->check(CLI::PositiveNumber);
}

absl::Status Interpret(Flags& flags, StatementRecorder& recorder) {
  if (!flags.demo_now.empty()) {
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, flags.demo_now, &flags.host.demo_now, &error)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--demo-now must be a time such as 2021-07-20T09:00:00+01:00: ", error));
    }
  }
  if (!flags.log_file.empty()) {
    flags.host.log_fd = open(flags.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (flags.host.log_fd < 0) return absl::InvalidArgumentError("cannot write to " + flags.log_file);
  }
  if (!flags.record_statements.empty() && !recorder.Open(flags.record_statements)) {
    return absl::InvalidArgumentError("cannot write to " + flags.record_statements);
  }
  flags.host.tune_store = [&flags, &recorder](exec::StoreOptions& store) {
    if (flags.batch_limit > 0) store.batch_limit = flags.batch_limit;
    if (!flags.record_statements.empty()) store.observer = recorder.ForStore(store.name);
  };
  return absl::OkStatus();
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "equityd: %s\n", std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsage : 1;
}

// The HTTP door in front of the services of this process, on the address that gRPC has.
absl::StatusOr<std::unique_ptr<gateway::Gateway>> OpenHttp(host::Host& host, const Flags& flags) {
  if (!flags.http_port) return nullptr;
  gateway::Gateway::Options options{.application = flags.web};
  options.http.port = *flags.http_port;
  options.http.address = flags.host.server.address == "localhost" ? "127.0.0.1" : flags.host.server.address;
  std::erase_if(options.http.address, [](char c) { return c == '[' || c == ']'; });  // of an IPv6 address
  return gateway::Gateway::Start(host.server().InProcessChannel(), std::move(options));
}

int Serve(host::Host& host, const Flags& flags, const sigset_t& signals) {
  if (const absl::Status status = AddAllServices(host); !status.ok()) return Fail(status);
  if (const absl::Status status = host.Start(); !status.ok()) return Fail(status);
  const auto http = OpenHttp(host, flags);
  if (!http.ok()) return Fail(http.status());
  const std::string door =
      *http == nullptr ? "" : absl::StrCat(" http=http://", flags.host.server.address, ":", (*http)->port());
  std::printf("ready target=%s%s admin=127.0.0.1:%d pid=%d\n", host.server().target().c_str(), door.c_str(),
              host.admin_port(), getpid());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  if (*http != nullptr) (*http)->Stop(kPatience);
  host.Stop(kPatience);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("The services of the 100 Day Health Equity Challenge, in one process.", "equityd");
  Flags flags;
  StatementRecorder recorder;
  Declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (const absl::Status status = Interpret(flags, recorder); !status.ok()) return Fail(status);

  // Blocked here so that every thread inherits it and this one alone waits for them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto host = host::Host::Create(flags.host);
  if (!host.ok()) return Fail(host.status());
  obs::CaptureGrpcLog((*host)->shared().log);
  const int code = Serve(**host, flags, signals);
  obs::CaptureGrpcLog(nullptr);
  return code;
}

}  // namespace
}  // namespace equity

int main(int argc, char** argv) { return equity::Main(argc, argv); }

// equityd: all services in one process, or those that are named, on the embedded store.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/obs/log.h"
#include "common/status/macros.h"
#include "services/all/recorder.h"
#include "services/all/services.h"
#include "services/gateway/gateway.h"

namespace equity {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr int kUsage = 2;
constexpr char kGateway[] = "gateway";

struct Flags {
  host::HostOptions host;
  std::vector<std::string> services;
  std::vector<std::string> peers;
  rpc::TlsFiles tls;
  std::string demo_now;
  std::string log_file;
  std::string record_statements;
  int batch_limit = 0;
  std::vector<std::string> shares;
  std::optional<int> http_port;
  gateway::Application::Options web;
  int connections_per_client = gateway::Limits().connections_per_client;
};

void Declare(CLI::App& app, Flags& flags) {
  app.add_option("--data", flags.host.data_folder, "Folder that holds everything; one server at a time")->required();
  app.add_option("--backups", flags.host.backup_folder,
                 "Folder of the backups and of who was erased, best on another disk; DATA/backups unless given");
  app.add_option("--address", flags.host.server.address, "Address to listen on")->capture_default_str();
  app.add_option("--port", flags.host.server.port, "Port; 0 takes a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--connections-per-client", flags.host.server.connections_per_client,
                 "Most connections from one address; 0 for no limit, where a proxy stands in front")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--http-port", flags.http_port, "Also speak HTTP, on this port; 0 takes a free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--web", flags.web.web_folder, "Folder of the page that is served at /");
  app.add_option("--http-origin", flags.web.origins,
                 "Let pages of this origin use it, such as https://dashboard.example.org; may be repeated");
  app.add_option("--http-connections-per-client", flags.connections_per_client,
                 "Most connections over HTTP from one address; 0 for no limit, where a proxy stands in front")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  std::vector<std::string> names = {kGateway};
  for (const Service& service : AllServices()) names.push_back(service.name);
  app.add_option("--service", flags.services,
                 "Serve this one, and not all; may be repeated. `gateway`, by itself: HTTP in front of peers")
      ->check(CLI::IsMember(names));
  app.add_option("--peer", flags.peers, "Where a service is that another process serves; may be repeated")
      ->type_name("NAME=HOST:PORT")
      ->envname("EQUITY_PEERS")
      ->delimiter(',');
  app.add_option("--tls-cert", flags.tls.certificate, "Certificate of this process; nobody gets in without one then");
  app.add_option("--tls-key", flags.tls.key, "Its key");
  app.add_option("--tls-ca", flags.tls.authority, "Who signs the certificates of callers and peers");
  app.add_option("--token-file", flags.host.token_file, "The token to send to peers; read again when it changes");
  app.add_option("--admin-address", flags.host.admin_address, "Address of /metrics, /livez, /readyz")
      ->capture_default_str();
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
  app.add_option("--slow-writer", flags.host.writer_pace,
                 "Requests that each store takes in a second at most, for tests of overload; loopback only")
      ->check(CLI::PositiveNumber);
  app.add_option(
         "--share", flags.shares,
         "When too much comes, this organisation (its id) gets so many times what another gets; may be repeated")
      ->type_name("ORGANISATION=NUMBER");
}

// The gateway is served by itself: beside others, whose changes would be whose?
absl::Status InterpretGateway(Flags& flags) {
  const auto& services = flags.services;
  if (std::find(services.begin(), services.end(), kGateway) == services.end()) return absl::OkStatus();
  flags.host.relays = true;
  if (services.size() > 1)
    return absl::InvalidArgumentError("--service gateway stands alone; all have it by --http-port");
  if (!flags.http_port) return absl::InvalidArgumentError("--service gateway needs --http-port");
  for (const Service& service : AllServices()) {
    if (flags.host.peers.contains(service.name)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("gateway needs ", service.name, ": say where it is with --peer ", service.name, "=HOST:PORT"));
  }
  return absl::OkStatus();
}

absl::Status InterpretPeers(Flags& flags) {
  for (const std::string& peer : flags.peers) {
    const size_t equals = peer.find('=');
    const std::string name = peer.substr(0, equals);
    const auto& all = AllServices();
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const Service& service) { return service.name == name; });
    if (!known || equals == peer.npos || peer.find(':', equals) == peer.npos) {
      return absl::InvalidArgumentError("--peer must be like workshops=workshops.example.org:8443, and not " + peer);
    }
    flags.host.peers[name] = peer.substr(equals + 1);
  }
  const rpc::TlsFiles& tls = flags.tls;
  const bool any = !tls.certificate.empty() || !tls.key.empty() || !tls.authority.empty();
  if (!any) return absl::OkStatus();
  if (tls.certificate.empty() || tls.key.empty() || tls.authority.empty()) {
    return absl::InvalidArgumentError("--tls-cert, --tls-key and --tls-ca belong together");
  }
  flags.host.server.tls = tls;
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, int>> InterpretShares(const Flags& flags) {
  std::map<std::string, int> weights;
  for (const std::string& share : flags.shares) {
    const size_t equals = share.find('=');
    int weight = 0;
    if (equals == share.npos || !absl::SimpleAtoi(share.substr(equals + 1), &weight) || weight < 1 || weight > 1000) {
      return absl::InvalidArgumentError("--share must be like rde=3, with a number from 1 to 1000, and not " + share);
    }
    weights[share.substr(0, equals)] = weight;
  }
  return weights;
}

absl::Status Interpret(Flags& flags, StatementRecorder& recorder) {
  if (!flags.demo_now.empty()) {
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, flags.demo_now, &flags.host.demo_now, &error)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--demo-now must be a time such as 2021-07-20T09:00:00+01:00: ", error));
    }
  }
  RETURN_IF_ERROR(InterpretPeers(flags));
  RETURN_IF_ERROR(InterpretGateway(flags));
  if (!flags.log_file.empty()) {
    flags.host.log_fd = open(flags.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (flags.host.log_fd < 0) return absl::InvalidArgumentError("cannot write to " + flags.log_file);
  }
  if (!flags.record_statements.empty() && !recorder.Open(flags.record_statements)) {
    return absl::InvalidArgumentError("cannot write to " + flags.record_statements);
  }
  ASSIGN_OR_RETURN(auto weights, InterpretShares(flags));
  flags.host.tune_store = [&flags, &recorder, weights = std::move(weights)](exec::StoreOptions& store) {
    store.queue.weights = weights;
    if (flags.batch_limit > 0) store.batch_limit = flags.batch_limit;
    if (!flags.record_statements.empty()) store.observer = recorder.ForStore(store.name);
  };
  return absl::OkStatus();
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "equityd: %s\n", std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsage : 1;
}

// What the log and the metrics of this process are told of a request.
gateway::Observer ObserverOf(rpc::Shared& shared) {
  return [&shared](const gateway::CallReport& report) {
    shared.metrics->HttpHandled(report.method, report.route, report.status, report.latency);
    shared.log->Http({.method = report.method,
                      .route = report.route,
                      .status = report.status,
                      .whole = report.whole,
                      .trace_id = report.trace_id,
                      .start = report.start,
                      .latency = report.latency,
                      .request_bytes = report.request_bytes,
                      .response_bytes = report.response_bytes});
  };
}

// The HTTP door, on the address that gRPC has: in front of the services of this process, or of all its peers.
absl::StatusOr<std::unique_ptr<gateway::Gateway>> OpenHttp(host::Host& host, const Flags& flags) {
  if (!flags.http_port) return nullptr;
  gateway::Gateway::Options options{.application = flags.web};
  options.application.observer = ObserverOf(host.shared());
  options.http.port = *flags.http_port;
  options.http.address = flags.host.server.address == "localhost" ? "127.0.0.1" : flags.host.server.address;
  std::erase_if(options.http.address, [](char c) { return c == '[' || c == ']'; });  // of an IPv6 address
  options.http.limits.connections_per_client = flags.connections_per_client;
  options.http.on_refused = [observe = options.application.observer](int status) {
    observe({.status = status, .whole = true, .start = absl::Now()});
  };
  gateway::Backends backends(host.server().InProcessChannel());
  if (flags.host.relays) {
    for (const auto& [name, peer] : host.AllPeers().by_service) {
      backends.by_package[absl::StrReplaceAll(name, {{"_", ""}})] = peer.channel;
    }
  }
  return gateway::Gateway::Start(backends, std::move(options));
}

int Serve(host::Host& host, const Flags& flags, const sigset_t& signals) {
  const absl::Status added = flags.host.relays        ? absl::OkStatus()
                             : flags.services.empty() ? AddAllServices(host)
                                                      : AddServices(host, flags.services);
  if (!added.ok()) return Fail(added);
  if (const absl::Status status = host.Start(); !status.ok()) return Fail(status);
  const auto http = OpenHttp(host, flags);
  if (!http.ok()) return Fail(http.status());
  const std::string door =
      *http == nullptr ? "" : absl::StrCat(" http=http://", flags.host.server.address, ":", (*http)->port());
  std::printf("ready target=%s%s admin=%s:%d pid=%d\n", host.server().target().c_str(), door.c_str(),
              flags.host.admin_address.c_str(), host.admin_port(), getpid());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  if (*http != nullptr) (*http)->Stop(kPatience);
  host.Stop(kPatience);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("The services of the 100 Day Health Equity Challenge: all in one process, or those that are named.",
               "equityd");
  Flags flags;
  StatementRecorder recorder;
  Declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (const absl::Status status = Interpret(flags, recorder); !status.ok()) return Fail(status);

  // Debian's build of Abseil looks for deadlocks at every lock, a fiftieth of the time of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);

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

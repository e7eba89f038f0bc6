#include "tests/api/processes.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/dev_issuer.h"
#include "services/all/services.h"
#include "tests/api/need.h"

namespace equity::api {
namespace {

constexpr char kGateway[] = "gateway";

std::string TextOf(const std::string& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

Processes::Processes(std::string program, std::string folder)
    : program_(std::move(program)),
      folder_(std::move(folder)),
      http_port_(faults::FreePort()),
      gateway_admin_port_(faults::FreePort()) {
  for (const Service& service : AllServices()) {
    services_.push_back(service.name);
    ports_[service.name] = faults::FreePort();
  }
  ports_[kGateway] = faults::FreePort();
  RenewCertificates();
  MakeTokens();
  for (const std::string& service : services_) Start(service);
  Start(kGateway);
}

void Processes::RenewCertificates() {
  std::string command =
      absl::StrCat(EQUITY_SOURCE_DIR, "/k8s/make-certificates ", folder_, "/certificates service-test edge gateway");
  for (const std::string& service : services_) absl::StrAppend(&command, " ", service);
  if (std::system(command.c_str()) != 0) Need(absl::InternalError(command), "certificates");
}

void Processes::MakeTokens() {
  const auto issuer = Need(auth::DevIssuer::OpenOrCreate(dev_issuer_folder()), "issuer");
  for (const std::string& service : services_) {
    std::ofstream(absl::StrCat(folder_, "/", service, ".token"))
        << Need(issuer.Mint({.subject = service, .roles = {"service"}, .organisation = ""}, absl::Now()), "token");
  }
}

client::Target Processes::TargetOf(const std::string& service, const std::string& certificate) const {
  const std::string folder = absl::StrCat(folder_, "/certificates/", certificate);
  return {.address = absl::StrCat("localhost:", ports_.at(service)),
          .tls = client::Tls{.root_certificates = TextOf(folder + "/ca.crt"),
                             .certificate_chain = TextOf(folder + "/tls.crt"),
                             .private_key = TextOf(folder + "/tls.key")}};
}

std::vector<std::string> Processes::CommandOf(const std::string& service) const {
  const std::string certificates = absl::StrCat(folder_, "/certificates/", service);
  std::vector<std::string> words = {program_,
                                    "--service",
                                    service,
                                    "--data",
                                    absl::StrCat(folder_, "/", service),
                                    "--port",
                                    absl::StrCat(ports_.at(service)),
                                    "--jwks-file",
                                    dev_issuer_folder() + "/jwks.json",
                                    "--issuer",
                                    auth::DevIssuer::kIssuer,
                                    "--tls-cert",
                                    certificates + "/tls.crt",
                                    "--tls-key",
                                    certificates + "/tls.key",
                                    "--tls-ca",
                                    certificates + "/ca.crt",
                                    "--demo-now",
                                    "2021-07-20T09:00:00+01:00",
                                    "--log-file",
                                    absl::StrCat(folder_, "/", service, ".log")};
  const auto add = [&](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
  if (service == kGateway) {
    add({"--http-port", absl::StrCat(http_port_), "--admin-port", absl::StrCat(gateway_admin_port_)});
  } else {
    add({"--token-file", absl::StrCat(folder_, "/", service, ".token")});
  }
  for (const Service& row : AllServices()) {
    if (service == kGateway) add({"--peer", absl::StrCat(row.name, "=localhost:", ports_.at(row.name))});
    if (row.name != service) continue;
    for (const auto* peers : {&row.needs, &row.follows}) {
      for (const std::string& peer : *peers) add({"--peer", absl::StrCat(peer, "=localhost:", ports_.at(peer))});
    }
  }
  return words;
}

void Processes::Start(const std::string& service) {
  running_[service] = Need(faults::ServerProcess::Start(CommandOf(service)), "start");
  Need(running_[service]->AwaitReady(absl::Seconds(30)), service.c_str());
}

std::optional<int> Processes::Stop(const std::string& service) {
  return running_.at(service)->Terminate(absl::Seconds(20));
}

}  // namespace equity::api

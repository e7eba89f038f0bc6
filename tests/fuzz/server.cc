#include "tests/fuzz/server.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/dev_issuer.h"
#include "services/all/services.h"

namespace equity::fuzz {
namespace {

std::string MakeFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "equity-fuzz-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) Report("no folder for the stores");
  return folder;
}

void Need(const absl::Status& status, const char* what) {
  if (!status.ok()) Report(absl::StrCat(what, ": ", status.ToString()));
}

}  // namespace

void Tell(const std::string& finding) { std::fprintf(stderr, "FOUND: %s\n", finding.c_str()); }

void Report(const std::string& finding) {
  Tell(finding);
  std::abort();
}

void StopAtExit(void (*stop)()) {
  static void (*at_exit)() = nullptr;
  at_exit = stop;
  std::atexit([] { std::thread(at_exit).join(); });
}

Server::Server(std::vector<std::string> services) : folder_(MakeFolder()) {
  if (services.empty()) {
    for (const Service& service : AllServices()) services.push_back(service.name);
  }
  log_ = open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  host::HostOptions options{.data_folder = folder_ + "/data", .dev_issuer = true, .log_fd = log_};
  options.demo_now = absl::FromCivil(absl::CivilMinute(2021, 7, 20, 8, 0), absl::UTCTimeZone());
  options.on_fatal = [](const std::string& why) { Report("the store failed: " + why); };
  auto host = host::Host::Create(std::move(options));
  Need(host.status(), "host");
  host_ = *std::move(host);
  Need(AddServices(*host_, services), "services");
  Need(host_->Start(), "start");
  channel_ = host_->server().InProcessChannel();
  socket_ = host_->server().Connect();
}

Server::~Server() {
  channel_.reset();
  socket_.reset();
  host_->Stop(absl::Seconds(20));
  host_.reset();
  close(log_);
  std::ifstream log(folder_ + "/log");
  for (std::string line; std::getline(log, line);) {
    if (absl::StrContains(line, kMark)) Report("a text of a request is in the log: " + line);
  }
  std::filesystem::remove_all(folder_);
}

std::string Server::Token(const std::string& role, const std::string& organisation) const {
  const auto issuer = auth::DevIssuer::Open(host_->dev_issuer_folder());
  Need(issuer.status(), "issuer");
  const auto token =
      issuer->Mint({.subject = role + "-fuzz", .roles = {role}, .organisation = organisation}, absl::Now());
  Need(token.status(), "token");
  return *token;
}

client::CallOptions Server::CentralTeam() const {
  client::CallOptions options;
  options.bearer_token = Token("central_team", "");
  return options;
}

}  // namespace equity::fuzz

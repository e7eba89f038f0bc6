#include "tests/api/environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/strings.h"
#include "services/all/services.h"
#include "tests/api/need.h"

namespace equity::api {
namespace {

std::string MakeFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "equity-api-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) std::abort();
  return folder;
}

}  // namespace

Environment::Environment() : folder_(MakeFolder()) {
  if (std::getenv("EQUITY_API_PROCESSES") == nullptr) {
    StartHost();
    channels_[""] = client::Connect(TargetOf(""));
    return;
  }
  processes_ = std::make_unique<Processes>(EQUITYD, folder_);
  for (const std::string& service : processes_->services()) channels_[service] = client::Connect(TargetOf(service));
}

void Environment::StartHost() {
  host::HostOptions options;
  options.data_folder = folder_;
  options.dev_issuer = true;
  options.demo_now = absl::FromCivil(absl::CivilMinute(2021, 7, 20, 9, 0), London());
  options.log_fd = open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  options.on_fatal = [](const std::string& why) {
    std::fprintf(stderr, "the store failed: %s\n", why.c_str());
    std::abort();
  };
  host_ = Need(host::Host::Create(std::move(options)), "host");
  Need(AddAllServices(*host_), "services");
  Need(host_->Start(), "start");
}

Environment::~Environment() {
  host_.reset();
  processes_.reset();
  std::filesystem::remove_all(folder_);
}

std::string Environment::Metrics() const {
  if (host_ == nullptr) return "";
  const std::string file = folder_ + "/metrics";
  const std::string ask = absl::StrCat("curl -sf http://127.0.0.1:", host_->admin_port(), "/metrics -o ", file);
  if (std::system(ask.c_str()) != 0) Need(absl::InternalError(ask), "metrics");
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<std::string> Environment::StopAndGetLogs() {
  std::vector<std::string> logs;
  if (processes_ == nullptr) {
    host_.reset();
    return {folder_ + "/log"};
  }
  for (const std::string& service : processes_->services()) logs.push_back(absl::StrCat(folder_, "/", service, ".log"));
  processes_.reset();
  return logs;
}

client::Target Environment::TargetOf(const std::string& service) const {
  if (processes_ != nullptr) return processes_->TargetOf(service);
  return {.address = absl::StrCat("127.0.0.1:", host_->port())};
}

std::vector<std::string> Environment::ServersOf(std::string_view service) const {
  // equity.benefitplans.v1.PlanService is of benefit_plans.
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(service), '.');
  std::vector<std::string> all;
  for (const auto& [name, channel] : channels_) {
    if (absl::StrReplaceAll(name, {{"_", ""}}) == parts.at(1)) return {name};
    all.push_back(name);
  }
  return all;
}

std::vector<std::shared_ptr<grpc::Channel>> Environment::ChannelsTo(std::string_view service) const {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (const std::string& server : ServersOf(service)) channels.push_back(channels_.at(server));
  return channels;
}

std::shared_ptr<grpc::Channel> Environment::NewChannelTo(std::string_view service) const {
  return client::Connect(TargetOf(ServersOf(service).front()));
}

std::string Environment::dev_issuer_folder() const {
  return processes_ != nullptr ? processes_->dev_issuer_folder() : host_->dev_issuer_folder();
}

std::string Environment::Token(const std::string& role, const std::string& organisation) const {
  const auto issuer = Need(auth::DevIssuer::Open(dev_issuer_folder()), "issuer");
  return Need(issuer.Mint({.subject = role + "-test", .roles = {role}, .organisation = organisation}, absl::Now()),
              "token");
}

client::CallOptions Environment::As(const std::string& role, const std::string& organisation) const {
  client::CallOptions options;
  options.bearer_token = Token(role, organisation);
  return options;
}

void Environment::AddOrganisations(const std::vector<std::string>& ids) {
  participants::v1::ImportOrganisationsRequest request;
  for (const std::string& id : ids) {
    auto* row = request.add_organisations();
    row->mutable_code()->set_scheme("LOCAL");
    row->mutable_code()->set_value(id);
    row->set_display_name("Sample " + id);
    row->set_sector(participants::v1::SECTOR_VCSE);
    row->set_id(id);
  }
  Need(To<client::OrganisationsClient>(CentralTeam()).ImportOrganisations(request), "organisations");
}

std::string Environment::AddSession(const std::string& date, const std::string& start, int capacity) {
  workshops::v1::ImportSessionsRequest request;
  auto* row = request.add_sessions();
  row->set_workshop("health-equity-challenge");
  row->set_date(date);
  row->set_start(start);
  row->set_end("23:00");
  row->set_platform("Zoom");
  row->set_capacity(absl::StrCat(capacity));
  const auto response = Need(To<client::SessionsClient>(CentralTeam()).ImportSessions(request), "session");
  return response.results(0).session();
}

std::string Environment::AddParticipant(const std::string& organisation, const std::string& external_ref) {
  participants::v1::RegisterParticipantRequest request;
  request.set_parent("organisations/" + organisation);
  request.mutable_participant()->set_external_ref(external_ref);
  request.mutable_participant()->set_given_name("Amara");
  request.mutable_participant()->set_email(external_ref + "@example.org");
  return Need(To<client::ParticipantsClient>(CentralTeam()).RegisterParticipant(request), "participant")
      .participant()
      .name();
}

}  // namespace equity::api

#include "tests/api/environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/all/services.h"

namespace equity::api {
namespace {

template <class T>
T Need(absl::StatusOr<T> result, const char* what) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s: %s\n", what, result.status().ToString().c_str());
    std::abort();
  }
  return *std::move(result);
}

void Need(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::abort();
}

std::string MakeFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "equity-api-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) std::abort();
  return folder;
}

}  // namespace

Environment::Environment() : folder_(MakeFolder()) {
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
  channel_ = client::Connect({.address = target()});
}

Environment::~Environment() {
  host_.reset();
  std::filesystem::remove_all(folder_);
}

std::string Environment::target() const { return absl::StrCat("127.0.0.1:", host_->port()); }

std::string Environment::Token(const std::string& role, const std::string& organisation) const {
  const auto issuer = Need(auth::DevIssuer::Open(host_->dev_issuer_folder()), "issuer");
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
  Need(client::OrganisationsClient(channel_, CentralTeam()).ImportOrganisations(request), "organisations");
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
  const auto response = Need(client::SessionsClient(channel_, CentralTeam()).ImportSessions(request), "session");
  return response.results(0).session();
}

std::string Environment::AddParticipant(const std::string& organisation, const std::string& external_ref) {
  participants::v1::RegisterParticipantRequest request;
  request.set_parent("organisations/" + organisation);
  request.mutable_participant()->set_external_ref(external_ref);
  request.mutable_participant()->set_given_name("Amara");
  request.mutable_participant()->set_email(external_ref + "@example.org");
  return Need(client::ParticipantsClient(channel_, CentralTeam()).RegisterParticipant(request), "participant")
      .participant()
      .name();
}

}  // namespace equity::api

#include "tests/bench/site.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/registration_stream.h"
#include "clients/cpp/workshops.h"
#include "common/auth/dev_issuer.h"
#include "common/status/macros.h"

namespace equity::bench {
namespace {

using participants::v1::RegistrationOutcome;
using participants::v1::RegistrationRow;

constexpr char kWorkshop[] = "health-equity-challenge";
constexpr int kCapacity = 100'000;

std::string SessionDate(int session) { return absl::FormatCivilTime(absl::CivilDay(2021, 8, 1) + session); }

absl::Status LoadOrganisations(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options) {
  participants::v1::ImportOrganisationsRequest request;
  for (int i = 0; i < Site::kOrganisations; ++i) {
    auto& row = *request.add_organisations();
    row.mutable_code()->set_scheme("LOCAL");
    row.mutable_code()->set_value(OrganisationId(i));
    row.set_display_name(absl::StrCat("Organisation ", i));
    row.set_sector(participants::v1::SECTOR_NHS_TRUST);
  }
  ASSIGN_OR_RETURN(const auto response, client::OrganisationsClient(channel, options).ImportOrganisations(request));
  for (const auto& result : response.results()) {
    if (result.organisation().empty()) return absl::InternalError(result.ShortDebugString());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> LoadSessions(const std::shared_ptr<grpc::Channel>& channel,
                                                      const client::CallOptions& options) {
  ASSIGN_OR_RETURN(const auto response,
                   client::SessionsClient(channel, options).ImportSessions(SessionsToImport(kWorkshop)));
  std::vector<std::string> names;
  for (const auto& result : response.results()) {
    if (result.session().empty()) return absl::InternalError(result.ShortDebugString());
    names.push_back(result.session());
  }
  return names;
}

}  // namespace

std::string OrganisationId(int organisation) { return absl::StrCat("bench-", organisation); }

workshops::v1::ImportSessionsRequest SessionsToImport(const std::string& workshop) {
  workshops::v1::ImportSessionsRequest request;
  for (int i = 0; i < Site::kSessions; ++i) {
    auto& row = *request.add_sessions();
    row.set_workshop(workshop);
    row.set_date(SessionDate(i));
    row.set_start("09:00");
    row.set_end("11:30");
    row.set_time_zone("Europe/London");
    row.set_platform("Microsoft Teams");
    row.set_capacity(absl::StrCat(kCapacity));
  }
  return request;
}

StaffRows MakeStaff(int first_number, int count, int first_session, int sessions) {
  StaffRows rows(count);
  for (int i = 0; i < count; ++i) {
    RegistrationRow& row = rows[i];
    const int number = first_number + i;
    row.set_row(i + 1);
    row.set_external_ref(absl::StrFormat("E%07d", number));
    row.set_given_name(absl::StrCat("Given", number % 1000));
    row.set_family_name(absl::StrCat("Family", number));
    row.set_email(absl::StrCat("staff", number, "@bench.example"));
    row.set_job_title("Nurse");
    row.set_session_date(SessionDate(first_session + i % sessions));
  }
  return rows;
}

std::string Site::OrganisationName(int organisation) { return "organisations/" + OrganisationId(organisation); }

absl::StatusOr<std::unique_ptr<Site>> Site::Start(const std::string& folder, std::vector<std::string> flags,
                                                  const std::string& now) {
  std::error_code ignored;  // then the start fails
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "equityd";
  std::vector<std::string> command = {program,        "--data",     folder, "--port",     "0",
                                      "--dev-issuer", "--demo-now", now,    "--log-file", folder + ".log"};
  command.insert(command.end(), flags.begin(), flags.end());
  ASSIGN_OR_RETURN(auto server, Child::Start(std::move(command)));
  std::unique_ptr<Site> site(new Site(std::move(server)));
  RETURN_IF_ERROR(site->MintTokens(folder + "/dev-issuer"));
  return site;
}

absl::Status Site::MintTokens(const std::string& folder) {
  ASSIGN_OR_RETURN(const auth::DevIssuer issuer, auth::DevIssuer::Open(folder));
  ASSIGN_OR_RETURN(central_team_, issuer.Mint({.subject = "bench", .roles = {"central_team"}}, absl::Now()));
  for (int i = 0; i < kOrganisations; ++i) {
    auth::DevClaims claims{.subject = absl::StrCat("partner-", i), .roles = {"partner"}};
    claims.organisation = OrganisationId(i);
    ASSIGN_OR_RETURN(partners_.emplace_back(), issuer.Mint(claims, absl::Now()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Site::Load() {
  const auto channel = client::Connect({.address = server_->target()});
  const client::CallOptions options{.bearer_token = central_team_};
  RETURN_IF_ERROR(LoadOrganisations(channel, options));
  return LoadSessions(channel, options);
}

absl::StatusOr<Site::Registered> Site::Register(int organisation, StaffRows staff) {
  const auto channel = client::Connect({.address = server_->target()});
  if (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(5)))) {
    return absl::UnavailableError("cannot connect to " + server_->target());
  }
  Registered registered;
  registered.participants.reserve(staff.size());
  absl::Status failure;
  const absl::Time begin = absl::Now();
  client::RegistrationStream stream(
      channel, {.bearer_token = partner(organisation)}, {.workshop = absl::StrCat("workshops/", kWorkshop)},
      [&](const RegistrationOutcome& outcome) {
        if (outcome.kind() != RegistrationOutcome::KIND_SEATED) {
          failure.Update(absl::InternalError("not seated: " + outcome.ShortDebugString()));
        }
        registered.participants.push_back(outcome.participant());
      });
  for (RegistrationRow& row : staff) RETURN_IF_ERROR(stream.Send(std::move(row)));
  RETURN_IF_ERROR(stream.Finish());
  registered.took = absl::Now() - begin;
  if (failure.ok() && registered.participants.size() != staff.size()) {
    failure = absl::InternalError("some rows got no outcome");
  }
  RETURN_IF_ERROR(failure);
  return registered;
}

}  // namespace equity::bench

#include "tests/faults/scene.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/workshops.h"
#include "common/auth/dev_issuer.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace equity::faults {
namespace {

constexpr int kOrganisations = 5;
constexpr int kPeople = 250;
// Small, so that most are full most of the time, and people wait.
constexpr struct {
  const char* date;
  const char* capacity;
} kSessions[] = {{"2021-07-27", "40"}, {"2021-08-02", "25"}, {"2021-08-12", "10"},
                 {"2021-08-17", "80"}, {"2021-09-01", "3"},  {"2021-09-14", "120"}};

people_v1::RegistrationRow Staff(int organisation, const std::string& ref) {
  people_v1::RegistrationRow row;
  row.set_organisation(absl::StrCat("T", organisation));
  row.set_external_ref(ref);
  row.set_given_name("Given");
  row.set_family_name("Family " + ref);
  row.set_email(absl::StrCat(ref, "@example.org"));
  return row;
}

absl::Status ImportOrganisations(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options,
                                 Ledger& ledger, Scene& scene) {
  people_v1::ImportOrganisationsRequest request;
  request.set_request_id(NewUuidV7(absl::Now()));
  ledger.AddOther(request.request_id());
  for (int i = 0; i < kOrganisations; ++i) {
    auto& organisation = *request.add_organisations();
    organisation.mutable_code()->set_scheme("LOCAL");
    organisation.mutable_code()->set_value(absl::StrCat("T", i));
    organisation.set_display_name(absl::StrCat("Trust ", i));
    organisation.set_sector(people_v1::SECTOR_NHS_TRUST);
  }
  client::OrganisationsClient organisations(channel, options);
  ASSIGN_OR_RETURN(const auto response, organisations.ImportOrganisations(request));
  for (const auto& result : response.results()) scene.organisations.push_back(result.organisation());
  return absl::OkStatus();
}

absl::Status ImportSessions(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options,
                            Ledger& ledger, Scene& scene) {
  places_v1::ImportSessionsRequest request;
  request.set_request_id(NewUuidV7(absl::Now()));
  ledger.AddOther(request.request_id());
  for (const auto& each : kSessions) {
    auto& session = *request.add_sessions();
    session.set_workshop("health-equity-challenge");
    session.set_date(each.date);
    session.set_start("09:00");
    session.set_end("11:30");
    session.set_platform("Microsoft Teams");
    session.set_capacity(each.capacity);
  }
  client::SessionsClient sessions(channel, options);
  ASSIGN_OR_RETURN(const auto response, sessions.ImportSessions(request));
  for (const auto& result : response.results()) scene.sessions.push_back(result.session());
  return absl::OkStatus();
}

absl::Status RegisterPeople(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options,
                            Ledger& ledger, Scene& scene) {
  people_v1::SubmitRegistrationsRequest request;
  request.set_request_id(NewUuidV7(absl::Now()));
  for (int i = 0; i < kPeople; ++i) {
    *request.add_rows() = Staff(i % kOrganisations, absl::StrCat("staff-", i));
    request.mutable_rows(i)->set_row(i + 1);
  }
  Operation& operation =
      ledger.Add(Operation{.id = request.request_id(), .rows = {request.rows().begin(), request.rows().end()}});
  client::RegistrationsClient registrations(channel, options);
  ASSIGN_OR_RETURN(const auto response, registrations.SubmitRegistrations(request));
  for (const auto& outcome : response.outcomes()) {
    ledger.Settle(operation, outcome);
    scene.people.push_back(outcome.participant());
  }
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<grpc::Channel> Connect(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  // What a try may take, too: a server that has just begun is slow.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials(), arguments);
}

absl::StatusOr<client::CallOptions> Credentials(const std::string& data_folder) {
  ASSIGN_OR_RETURN(const auto issuer, auth::DevIssuer::Open(data_folder + "/dev-issuer"));
  client::CallOptions options;
  options.deadline = absl::Seconds(5);
  options.max_tries = 1;
  ASSIGN_OR_RETURN(options.bearer_token, issuer.Mint({.subject = "drill", .roles = {"central_team"}}, absl::Now()));
  return options;
}

absl::StatusOr<Scene> SetScene(const std::shared_ptr<grpc::Channel>& channel, client::CallOptions options,
                               Ledger& ledger) {
  options.max_tries = 0;
  Scene scene;
  RETURN_IF_ERROR(ImportOrganisations(channel, options, ledger, scene));
  RETURN_IF_ERROR(ImportSessions(channel, options, ledger, scene));
  RETURN_IF_ERROR(RegisterPeople(channel, options, ledger, scene));
  for (const auto& names : {scene.organisations, scene.sessions, scene.people}) {
    for (const std::string& name : names) {
      if (name.empty()) return absl::InternalError("the scene could not be set: a row was refused");
    }
  }
  return scene;
}

Operation StaffList(const Scene& scene, int number, int count, Random& random) {
  Operation operation{.id = NewUuidV7(absl::Now())};
  for (int i = 0; i < count; ++i) {
    // One in five was in an earlier list.
    const int list = number > 0 && OneIn(random, 5) ? static_cast<int>(Below(random, number)) : number;
    people_v1::RegistrationRow row =
        Staff(i % static_cast<int>(scene.organisations.size()), absl::StrCat("list", list, "-", i));
    row.set_row(i + 1);
    if (!OneIn(random, 4)) {
      row.set_session_date(kSessions[Below(random, std::size(kSessions))].date);
      // Few who wait, or the waiting lists grow without end.
      row.set_on_full(!OneIn(random, 6) ? "REJECT" : OneIn(random, 2) ? "NEXT_DATE" : "WAITLIST");
    }
    operation.rows.push_back(std::move(row));
  }
  return operation;
}

}  // namespace equity::faults

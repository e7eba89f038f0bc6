#include "clients/cli/fake_services.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/errors.h"

namespace equity::cli {

grpc::Status FakeOrganisations::ImportOrganisations(grpc::ServerContext*,
                                                    const participants::v1::ImportOrganisationsRequest* request,
                                                    participants::v1::ImportOrganisationsResponse* response) {
  std::vector<status::FieldFault> faults;
  for (int i = 0; i < request->organisations_size(); ++i) {
    if (request->organisations(i).display_name().empty()) {
      faults.push_back({absl::StrCat("organisations[", i, "].display_name"), "must be set"});
    }
    auto* result = response->add_results();
    result->set_organisation(absl::StrCat("organisations/", request->organisations(i).code().value()));
    result->set_outcome(participants::v1::ImportedOrganisationResult::OUTCOME_CREATED);
  }
  return faults.empty() ? grpc::Status::OK : status::ToGrpc(status::InvalidFields(faults));
}

grpc::Status FakeOrganisations::ListOrganisations(grpc::ServerContext*,
                                                  const participants::v1::ListOrganisationsRequest*,
                                                  participants::v1::ListOrganisationsResponse* response) {
  auto* organisation = response->add_organisations();
  organisation->set_name("organisations/rde");
  auto* code = organisation->add_codes();
  code->set_scheme("ODS");
  code->set_value("RDE");
  return grpc::Status::OK;
}

grpc::Status FakeParticipants::ListParticipants(grpc::ServerContext*,
                                                const participants::v1::ListParticipantsRequest* request,
                                                participants::v1::ListParticipantsResponse* response) {
  auto* person = response->add_participants();
  person->set_name(request->parent() + "/participants/1");
  person->set_external_ref("S-1");
  return grpc::Status::OK;
}

grpc::Status FakeSessions::ListSessions(grpc::ServerContext* context, const workshops::v1::ListSessionsRequest*,
                                        workshops::v1::ListSessionsResponse* response) {
  const auto credential = context->client_metadata().find("authorization");
  if (credential != context->client_metadata().end()) {
    authorization.assign(credential->second.data(), credential->second.size());
  }
  const std::pair<const char*, const char*> sessions[] = {
      {"1", "2021-07-27"}, {"2", "2021-08-02"}, {"3", "2021-08-02"}};
  for (const auto& [id, date] : sessions) {
    auto* session = response->add_sessions();
    session->set_name(absl::StrCat("workshops/equity/sessions/", id));
    session->set_date(date);
    session->set_start("14:30");
    session->set_end("17:00");
    session->set_time_zone("Europe/London");
    session->set_platform("Microsoft Teams");
    session->set_capacity(80);
    session->set_state(workshops::v1::Session::STATE_SOLD_OUT);
  }
  return grpc::Status::OK;
}

grpc::Status FakeBookings::RecordAttendance(grpc::ServerContext*, const workshops::v1::RecordAttendanceRequest* request,
                                            workshops::v1::RecordAttendanceResponse* response) {
  if (!refusal.ok()) return status::ToGrpc(refusal);
  for (int i = 0; i < request->rows_size(); ++i) {
    response->add_results()->set_outcome(workshops::v1::AttendanceResult::OUTCOME_RECORDED);
  }
  return grpc::Status::OK;
}

grpc::Status FakePlans::ListPlans(grpc::ServerContext*, const benefitplans::v1::ListPlansRequest* request,
                                  benefitplans::v1::ListPlansResponse* response) {
  list = *request;
  auto* plan = response->add_plans();
  plan->set_name("organisations/rde/plans/1");
  plan->set_title("=Warm homes");
  plan->set_state(benefitplans::v1::Plan::STATE_ACTIVE);
  plan->mutable_progress()->set_day(0);
  plan->mutable_progress()->set_length_days(100);
  return grpc::Status::OK;
}

grpc::Status FakePlans::StartPlan(grpc::ServerContext*, const benefitplans::v1::StartPlanRequest*,
                                  benefitplans::v1::StartPlanResponse*) {
  return status::ToGrpc(status::UnmetGuards("PLAN_NOT_READY", {{"GOAL_MISSING", "plan.goal", "Say what is wanted."},
                                                               {"OWNER_MISSING", "plan.members", "Add an owner."}}));
}

grpc::Status FakeStatistics::GetSummary(grpc::ServerContext*, const statistics::v1::GetSummaryRequest* request,
                                        statistics::v1::GetSummaryResponse* response) {
  min_feed_position = request->min_feed_position();
  response->set_challenge("challenges/2021");
  response->set_tier(statistics::v1::TIER_PUBLISHABLE);
  response->mutable_data_as_of()->set_seconds(1626768000);
  auto* registered = response->add_funnel();
  registered->set_category("people.registered");
  registered->set_value(235);
  registered->set_status(statistics::v1::Cell::STATUS_ROUNDED);
  auto* waiting = response->add_funnel();
  waiting->set_category("people.waiting");
  waiting->set_status(statistics::v1::Cell::STATUS_SUPPRESSED_PRIMARY);
  auto* session = response->add_sessions();
  session->set_session("workshops/equity/sessions/1");
  session->set_capacity(80);
  session->set_seated(3);
  return grpc::Status::OK;
}

grpc::Status FakeStatistics::ListSnapshots(grpc::ServerContext*, const statistics::v1::ListSnapshotsRequest*,
                                           statistics::v1::ListSnapshotsResponse* response) {
  auto* snapshot = response->add_snapshots();
  snapshot->set_name("challenges/2021/snapshots/2021-w30");
  snapshot->set_week("2021-W30");
  return grpc::Status::OK;
}

grpc::Status FakeStatistics::QueryPublicTable(grpc::ServerContext*,
                                              const statistics::v1::QueryPublicTableRequest* request,
                                              statistics::v1::QueryPublicTableResponse* response) {
  auto& table = *response->mutable_table();
  table.set_challenge("challenges/2021");
  table.set_measure(request->measure());
  table.set_tier(statistics::v1::TIER_PUBLISHABLE);
  table.set_snapshot(request->snapshot());
  auto* share = table.add_cells();
  share->set_number(12.5);
  share->set_status(statistics::v1::Cell::STATUS_ROUNDED);
  share->set_numerator(10);
  share->set_eligible(80);
  auto* waiting = table.add_cells();
  waiting->set_status(statistics::v1::Cell::STATUS_NOT_REACHED);
  return grpc::Status::OK;
}

grpc::Status FakeChanges::WatchChanges(grpc::ServerContext*, const changes::v1::WatchChangesRequest* request,
                                       grpc::ServerWriter<changes::v1::WatchChangesResponse>* writer) {
  for (const std::string& service : request->services()) {
    if (services.empty() || std::find(services.begin(), services.end(), service) != services.end()) continue;
    return status::ToGrpc(status::InvalidField("services", "must be among " + absl::StrJoin(services, ", ")));
  }
  changes::v1::WatchChangesResponse response;
  for (int i = 1; i <= 2; ++i) {
    auto* change = response.add_changes();
    change->set_service("workshops");
    change->set_sequence(i);
    change->set_organisation("organisations/rde");
    change->mutable_booking_event()->set_booking("organisations/rde/bookings/1");
    change->mutable_booking_event()->set_state(changes::v1::BookingEvent::STATE_SEATED);
  }
  response.set_resume_token(request->resume_token() + "+2");
  writer->Write(response);
  writer->Write({});
  return grpc::Status::OK;
}

}  // namespace equity::cli

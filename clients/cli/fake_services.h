// Services that answer as a test tells them to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/status/grpc_status.h"
#include "equity/benefitplans/v1/plans.grpc.pb.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "equity/operations/v1/operations.grpc.pb.h"
#include "equity/participants/v1/organisations.grpc.pb.h"
#include "equity/participants/v1/participants.grpc.pb.h"
#include "equity/participants/v1/registrations.grpc.pb.h"
#include "equity/statistics/v1/statistics.grpc.pb.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "equity/workshops/v1/sessions.grpc.pb.h"

namespace equity::cli {

// Seats everybody whose row it gets.
class FakeRegistrations : public participants::v1::RegistrationService::Service {
 public:
  grpc::Status StreamRegistrations(
      grpc::ServerContext*, grpc::ServerReaderWriter<participants::v1::StreamRegistrationsResponse,
                                                     participants::v1::StreamRegistrationsRequest>* stream) override {
    participants::v1::StreamRegistrationsRequest request;
    for (int message = 1; stream->Read(&request); ++message) {
      operations.push_back(request.request_id());
      validate_only = request.validate_only();
      workshop = request.workshop();
      participants::v1::StreamRegistrationsResponse response;
      for (const auto& row : request.rows()) {
        *response.add_outcomes() = Seat(row);
        response.set_last_durable_row(row.row());
      }
      stream->Write(response);
      if (!fail_after_first_message.ok()) return status::ToGrpc(fail_after_first_message);
    }
    return grpc::Status::OK;
  }

  grpc::Status ValidateRegistrations(grpc::ServerContext*,
                                     const participants::v1::ValidateRegistrationsRequest* request,
                                     participants::v1::ValidateRegistrationsResponse* response) override {
    validate_only = true;
    for (const auto& row : request->rows()) *response->add_outcomes() = Seat(row);
    return grpc::Status::OK;
  }

  grpc::Status SubmitRegistrations(grpc::ServerContext*, const participants::v1::SubmitRegistrationsRequest* request,
                                   participants::v1::SubmitRegistrationsResponse* response) override {
    operations.push_back(request->request_id());
    for (const auto& row : request->rows()) *response->add_outcomes() = Seat(row);
    return grpc::Status::OK;
  }

  absl::Status fail_after_first_message;
  std::vector<std::string> operations;
  std::vector<participants::v1::RegistrationRow> rows;
  bool validate_only = false;
  std::string workshop;

 private:
  participants::v1::RegistrationOutcome Seat(const participants::v1::RegistrationRow& row) {
    rows.push_back(row);
    participants::v1::RegistrationOutcome outcome;
    outcome.set_row(row.row());
    outcome.set_external_ref(row.external_ref());
    outcome.set_kind(participants::v1::RegistrationOutcome::KIND_SEATED);
    outcome.set_session_date(row.session_date());
    return outcome;
  }
};

class FakeOrganisations : public participants::v1::OrganisationService::Service {
 public:
  // Names without a display name are refused as fields are, for the whole request.
  grpc::Status ImportOrganisations(grpc::ServerContext*, const participants::v1::ImportOrganisationsRequest* request,
                                   participants::v1::ImportOrganisationsResponse* response) override;
  grpc::Status ListOrganisations(grpc::ServerContext*, const participants::v1::ListOrganisationsRequest*,
                                 participants::v1::ListOrganisationsResponse* response) override;
};

class FakeParticipants : public participants::v1::ParticipantService::Service {
 public:
  grpc::Status ListParticipants(grpc::ServerContext*, const participants::v1::ListParticipantsRequest* request,
                                participants::v1::ListParticipantsResponse* response) override;
  grpc::Status UpdateParticipant(grpc::ServerContext*, const participants::v1::UpdateParticipantRequest* request,
                                 participants::v1::UpdateParticipantResponse* response) override {
    update = *request;
    *response->mutable_participant() = request->participant();
    return grpc::Status::OK;
  }
  participants::v1::UpdateParticipantRequest update;
};

// Has one session on 2021-07-27 and two on 2021-08-02.
class FakeSessions : public workshops::v1::SessionService::Service {
 public:
  grpc::Status ListSessions(grpc::ServerContext* context, const workshops::v1::ListSessionsRequest* request,
                            workshops::v1::ListSessionsResponse* response) override;
  std::string authorization;
};

class FakeBookings : public workshops::v1::BookingService::Service {
 public:
  grpc::Status BookPlace(grpc::ServerContext*, const workshops::v1::BookPlaceRequest*,
                         workshops::v1::BookPlaceResponse*) override {
    return status::ToGrpc(refusal);
  }
  grpc::Status RecordAttendance(grpc::ServerContext*, const workshops::v1::RecordAttendanceRequest* request,
                                workshops::v1::RecordAttendanceResponse* response) override;
  absl::Status refusal;
};

// Has one plan, which is not ready to start.
class FakePlans : public benefitplans::v1::PlanService::Service {
 public:
  grpc::Status ListPlans(grpc::ServerContext*, const benefitplans::v1::ListPlansRequest* request,
                         benefitplans::v1::ListPlansResponse* response) override;
  grpc::Status StartPlan(grpc::ServerContext*, const benefitplans::v1::StartPlanRequest*,
                         benefitplans::v1::StartPlanResponse*) override;
  benefitplans::v1::ListPlansRequest list;
};

class FakeStatistics : public statistics::v1::StatisticsService::Service {
 public:
  grpc::Status GetSummary(grpc::ServerContext*, const statistics::v1::GetSummaryRequest* request,
                          statistics::v1::GetSummaryResponse* response) override;
  grpc::Status ListSnapshots(grpc::ServerContext*, const statistics::v1::ListSnapshotsRequest* request,
                             statistics::v1::ListSnapshotsResponse* response) override;
  grpc::Status QueryPublicTable(grpc::ServerContext*, const statistics::v1::QueryPublicTableRequest* request,
                                statistics::v1::QueryPublicTableResponse* response) override;
  std::string min_feed_position;
};

class FakeChanges : public changes::v1::ChangesService::Service {
 public:
  grpc::Status GetFeedPosition(grpc::ServerContext*, const changes::v1::GetFeedPositionRequest*,
                               changes::v1::GetFeedPositionResponse* response) override {
    response->set_position("here");
    return grpc::Status::OK;
  }
  grpc::Status WatchChanges(grpc::ServerContext*, const changes::v1::WatchChangesRequest* request,
                            grpc::ServerWriter<changes::v1::WatchChangesResponse>* writer) override;
  std::vector<std::string> services;  // those there are; all that are asked for where it is empty
};

class FakeOperations : public operations::v1::OperationsService::Service {
 public:
  grpc::Status GetStateHash(grpc::ServerContext*, const operations::v1::GetStateHashRequest*,
                            operations::v1::GetStateHashResponse* response) override {
    auto* service = response->add_services();
    service->set_service("workshops");
    service->set_sha256(hash);
    return grpc::Status::OK;
  }
  grpc::Status GetBusinessTime(grpc::ServerContext*, const operations::v1::GetBusinessTimeRequest*,
                               operations::v1::GetBusinessTimeResponse* response) override {
    response->mutable_time()->set_seconds(1626768000);
    response->set_demonstration(true);
    return grpc::Status::OK;
  }
  std::string hash = "a";
};

}  // namespace equity::cli

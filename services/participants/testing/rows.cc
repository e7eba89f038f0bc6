#include "services/participants/testing/rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace equity::participants::testing {
namespace {

using Stub = v1::RegistrationService::Stub;

template <class Request>
Request Fill(const Sending& sending, const Rows& rows) {
  Request request;
  for (const auto& row : rows) *request.add_rows() = row;
  request.set_workshop(sending.workshop);
  request.set_mode(sending.mode);
  return request;
}

template <class Response>
absl::StatusOr<Outcomes> OutcomesOf(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return Outcomes(response->outcomes().begin(), response->outcomes().end());
}

}  // namespace

v1::RegistrationRow Row(int number, const std::string& external_ref) {
  v1::RegistrationRow row;
  row.set_row(number);
  row.set_external_ref(external_ref);
  row.set_organisation("RDE");
  row.set_given_name("Given " + external_ref);
  row.set_family_name("Family");
  row.set_email(external_ref + "@example.org");
  row.set_job_title("Nurse");
  return row;
}

v1::RegistrationRow Row(int number, const std::string& external_ref, const std::string& session_date,
                        const std::string& on_full) {
  v1::RegistrationRow row = Row(number, external_ref);
  row.set_session_date(session_date);
  row.set_on_full(on_full);
  return row;
}

absl::StatusOr<Outcomes> Submit(const TestServer& server, const Sending& sending, const Rows& rows) {
  auto request = Fill<v1::SubmitRegistrationsRequest>(sending, rows);
  request.set_request_id(sending.operation);
  return OutcomesOf(server.Call(&Stub::SubmitRegistrations, request, sending.token));
}

absl::StatusOr<Outcomes> Validate(const TestServer& server, const Sending& sending, const Rows& rows) {
  return OutcomesOf(
      server.Call(&Stub::ValidateRegistrations, Fill<v1::ValidateRegistrationsRequest>(sending, rows), sending.token));
}

RowStream::RowStream(const TestServer& server, const Sending& sending, bool validate_only)
    : stub_(v1::RegistrationService::NewStub(server.channel())) {
  context_.AddMetadata("authorization", "Bearer " + sending.token);
  stream_ = stub_->StreamRegistrations(&context_);
  next_.set_request_id(sending.operation);
  next_.set_workshop(sending.workshop);
  next_.set_validate_only(validate_only);
}

RowStream::~RowStream() {
  if (finished_) return;
  context_.TryCancel();
  (void)stream_->Finish();
}

std::optional<v1::StreamRegistrationsResponse> RowStream::Send(const Rows& rows) {
  for (const auto& row : rows) *next_.add_rows() = row;
  v1::StreamRegistrationsResponse response;
  const bool sent = stream_->Write(next_);
  next_.Clear();
  if (!sent || !stream_->Read(&response)) return std::nullopt;
  return response;
}

absl::Status RowStream::Finish() {
  finished_ = true;
  stream_->WritesDone();
  v1::StreamRegistrationsResponse rest;
  while (stream_->Read(&rest)) {
  }
  return status::FromGrpc(stream_->Finish());
}

absl::StatusOr<Outcomes> Stream(const TestServer& server, const Sending& sending, const Rows& rows, size_t chunk,
                                bool validate_only) {
  RowStream stream(server, sending, validate_only);
  Outcomes outcomes;
  for (size_t begin = 0; begin < rows.size(); begin += chunk) {
    const size_t end = std::min(begin + chunk, rows.size());
    const auto response = stream.Send(Rows(rows.begin() + begin, rows.begin() + end));
    if (!response) break;
    if (response->last_durable_row() != rows[end - 1].row()) return absl::DataLossError("wrong last_durable_row");
    outcomes.insert(outcomes.end(), response->outcomes().begin(), response->outcomes().end());
  }
  const absl::Status status = stream.Finish();
  if (!status.ok()) return status;
  return outcomes;
}

std::string Brief(const v1::RegistrationOutcome& outcome) {
  std::string brief = v1::RegistrationOutcome::Kind_Name(outcome.kind()).substr(5);
  if (!outcome.code().empty()) absl::StrAppend(&brief, " ", outcome.code(), " ", outcome.field());
  return brief;
}

std::vector<std::string> Brief(const absl::StatusOr<Outcomes>& outcomes) {
  if (!outcomes.ok()) return {outcomes.status().ToString()};
  std::vector<std::string> briefs;
  for (const auto& outcome : *outcomes) briefs.push_back(Brief(outcome));
  return briefs;
}

}  // namespace equity::participants::testing

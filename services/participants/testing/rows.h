// Rows of registrations, and short ways to send them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/participants/testing/test_server.h"

namespace equity::participants::testing {

// A row about somebody of RDE whose details follow from the reference; asks for no place.
v1::RegistrationRow Row(int number, const std::string& external_ref);
// The same with a place.
v1::RegistrationRow Row(int number, const std::string& external_ref, const std::string& session_date,
                        const std::string& on_full = "");

using Rows = std::vector<v1::RegistrationRow>;
using Outcomes = std::vector<v1::RegistrationOutcome>;

// How rows are sent.
struct Sending {
  std::string token;
  std::string operation;
  v1::SubmissionMode mode = v1::SUBMISSION_MODE_BEST_EFFORT;
  std::string workshop;
};

absl::StatusOr<Outcomes> Submit(const TestServer& server, const Sending& sending, const Rows& rows);
absl::StatusOr<Outcomes> Validate(const TestServer& server, const Sending& sending, const Rows& rows);

// An open stream.
class RowStream {
 public:
  RowStream(const TestServer& server, const Sending& sending, bool validate_only = false);
  ~RowStream();
  // Sends rows and waits for their outcomes; nothing when the stream ended.
  std::optional<v1::StreamRegistrationsResponse> Send(const Rows& rows);
  bool Write(const v1::StreamRegistrationsRequest& request) { return stream_->Write(request); }
  // Ends the stream and says how it ended.
  absl::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::RegistrationService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamRegistrationsRequest, v1::StreamRegistrationsResponse>> stream_;
  v1::StreamRegistrationsRequest next_;
  bool finished_ = false;
};

// Sends all rows, so many in a message.
absl::StatusOr<Outcomes> Stream(const TestServer& server, const Sending& sending, const Rows& rows, size_t chunk,
                                bool validate_only = false);

// `SEATED`, or `REJECTED EMAIL_IN_USE email`.
std::string Brief(const v1::RegistrationOutcome& outcome);
std::vector<std::string> Brief(const absl::StatusOr<Outcomes>& outcomes);

}  // namespace equity::participants::testing

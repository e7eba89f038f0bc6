// Registers a file of any length: takes rows one by one, gives outcomes back, and survives broken connections.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cpp/call.h"
#include "equity/participants/v1/registrations.grpc.pb.h"

namespace equity::client {

struct RegistrationStreamOptions {
  // The operation's UUID: rows sent again with the same one get the same outcomes. Empty makes a new one.
  std::string operation;
  // `workshops/{id}`, where dates alone could mean two sessions.
  std::string workshop;
  // A dry run. One that breaks after the first outcome cannot be resumed, as what it handed out lives in its stream.
  bool validate_only = false;
  // How many rows may be on their way without an outcome; these are kept in memory.
  int window_rows = 5'000;
  // How long to go on without any progress, when the connection is gone or the server silent.
  absl::Duration patience = absl::Minutes(1);
};

// Not thread-safe.
class RegistrationStream {
 public:
  using OnOutcome = std::function<void(const participants::v1::RegistrationOutcome&)>;

  // `on_outcome` is called from within Send, Flush and Finish: once for each row, in the order of the rows.
  RegistrationStream(const std::shared_ptr<grpc::Channel>& channel, CallOptions call_options,
                     RegistrationStreamOptions options, OnOutcome on_outcome);
  // Without Finish, what was sent may have been done or not.
  ~RegistrationStream();

  const std::string& operation() const { return options_.operation; }
  int last_durable_row() const { return last_durable_row_; }

  // Takes a row, whose number must be higher than the last one's. Waits while the window is full. After an error
  // nothing more can be sent.
  absl::Status Send(participants::v1::RegistrationRow row);
  // Sends what is left and waits for the last outcome.
  absl::Status Flush();
  // The same, and ends the stream.
  absl::Status Finish();

 private:
  class Connection;

  absl::Status SendBatch();
  absl::Status WaitUntilUnderway(int rows);
  void Take(const participants::v1::StreamRegistrationsResponse& response);
  void TakeWhatIsThere();
  void DropSettledRows();
  absl::Status Disconnect(absl::Duration grace);
  absl::Status Resume(absl::Status status);
  bool CanResume(const absl::Status& status) const;
  bool SendUnsettled();

  std::unique_ptr<participants::v1::RegistrationService::Stub> stub_;
  CallOptions call_options_;
  RegistrationStreamOptions options_;
  OnOutcome on_outcome_;

  participants::v1::StreamRegistrationsRequest batch_;  // not sent yet
  size_t batch_bytes_ = 0;
  std::deque<participants::v1::StreamRegistrationsRequest> unsettled_;  // sent, with rows whose outcome is not durable
  int rows_underway_ = 0;                                               // in unsettled_
  int last_outcome_row_ = 0;
  int last_durable_row_ = 0;
  std::unique_ptr<Connection> connection_;
  Backoff backoff_;
  int tries_ = 0;  // since the last progress
  absl::Time last_progress_;
  absl::Status failure_;  // what ended it for good
};

}  // namespace equity::client

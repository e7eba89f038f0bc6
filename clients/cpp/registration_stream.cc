#include "clients/cpp/registration_stream.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"

namespace equity::client {
namespace {

using participants::v1::RegistrationOutcome;
using participants::v1::RegistrationRow;
using participants::v1::RegistrationService;
using participants::v1::StreamRegistrationsRequest;
using participants::v1::StreamRegistrationsResponse;

constexpr int kRowsPerMessage = 500;
// Half of what a server takes, as a row can be long.
constexpr size_t kBytesPerMessage = 512 * 1024;
// A stream is given up and resumed after this time, as every call has a deadline.
constexpr absl::Duration kLongestRegistration = absl::Hours(1);

int LastRow(const StreamRegistrationsRequest& message) { return message.rows(message.rows_size() - 1).row(); }

}  // namespace

// One stream. A thread of its own reads, so that neither side ever waits for the other to read first.
class RegistrationStream::Connection {
 public:
  Connection(RegistrationService::Stub& stub, const CallOptions& options) {
    Prepare(context_, options, absl::Now() + kLongestRegistration);
    stream_ = stub.StreamRegistrations(&context_);
    reader_ = std::thread([this] { ReadAll(); });
  }
  ~Connection() {
    if (reader_.joinable()) Close(absl::ZeroDuration()).IgnoreError();
  }

  bool Write(const StreamRegistrationsRequest& message) { return stream_->Write(message); }
  void WritesDone() { stream_->WritesDone(); }

  // The next response; nothing when the stream has ended, or when none has come by then.
  std::optional<StreamRegistrationsResponse> Next(absl::Time until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, absl::ToChronoTime(until), [this] { return ended_ || !responses_.empty(); });
    if (responses_.empty()) return std::nullopt;
    StreamRegistrationsResponse response = std::move(responses_.front());
    responses_.pop_front();
    return response;
  }

  // How the stream ended; one that goes on for longer than `grace` is cancelled.
  absl::Status Close(absl::Duration grace) {
    {
      std::unique_lock lock(mutex_);
      // One that has ended must not be cancelled: that would hide how it ended.
      if (!changed_.wait_for(lock, absl::ToChronoNanoseconds(grace), [this] { return ended_; })) context_.TryCancel();
    }
    reader_.join();
    return status::FromGrpc(stream_->Finish());
  }

 private:
  void ReadAll() {
    StreamRegistrationsResponse response;
    while (stream_->Read(&response)) {
      std::lock_guard lock(mutex_);
      responses_.push_back(std::move(response));
      response.Clear();
      changed_.notify_all();
    }
    std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<StreamRegistrationsRequest, StreamRegistrationsResponse>> stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<StreamRegistrationsResponse> responses_;  // bounded by the window of rows underway
  bool ended_ = false;
  std::thread reader_;
};

RegistrationStream::RegistrationStream(const std::shared_ptr<grpc::Channel>& channel, CallOptions call_options,
                                       RegistrationStreamOptions options, OnOutcome on_outcome)
    : stub_(RegistrationService::NewStub(channel)),
      call_options_(std::move(call_options)),
      options_(std::move(options)),
      on_outcome_(std::move(on_outcome)) {
  if (options_.operation.empty()) options_.operation = NewUuidV7(absl::Now());
}

RegistrationStream::~RegistrationStream() = default;

absl::Status RegistrationStream::Send(RegistrationRow row) {
  RETURN_IF_ERROR(failure_);
  const size_t bytes = row.ByteSizeLong();
  if (batch_.rows_size() == kRowsPerMessage || (batch_.rows_size() > 0 && batch_bytes_ + bytes > kBytesPerMessage)) {
    RETURN_IF_ERROR(SendBatch());
  }
  *batch_.add_rows() = std::move(row);
  batch_bytes_ += bytes;
  return absl::OkStatus();
}

absl::Status RegistrationStream::Flush() {
  RETURN_IF_ERROR(failure_);
  if (batch_.rows_size() > 0) RETURN_IF_ERROR(SendBatch());
  return WaitUntilUnderway(0);
}

absl::Status RegistrationStream::Finish() {
  RETURN_IF_ERROR(Flush());
  if (connection_ == nullptr) return absl::OkStatus();
  connection_->WritesDone();
  const absl::Status status = Disconnect(absl::Seconds(5));
  connection_.reset();
  // All outcomes are here: how the connection went down does not matter any more.
  return IsTransient(status) ? absl::OkStatus() : status;
}

absl::Status RegistrationStream::SendBatch() {
  RETURN_IF_ERROR(WaitUntilUnderway(std::max(options_.window_rows - batch_.rows_size(), 0)));
  if (unsettled_.empty()) last_progress_ = absl::Now();
  batch_.set_request_id(options_.operation);
  batch_.set_workshop(options_.workshop);
  batch_.set_validate_only(options_.validate_only);
  rows_underway_ += batch_.rows_size();
  unsettled_.push_back(std::exchange(batch_, {}));
  batch_bytes_ = 0;

  if (connection_ == nullptr) {
    connection_ = std::make_unique<Connection>(*stub_, call_options_);
  }
  if (!connection_->Write(unsettled_.back())) RETURN_IF_ERROR(Resume(Disconnect(absl::Seconds(5))));
  TakeWhatIsThere();
  return absl::OkStatus();
}

// Takes outcomes until at most so many rows are underway.
absl::Status RegistrationStream::WaitUntilUnderway(int rows) {
  while (rows_underway_ > rows) {
    const absl::Time until = last_progress_ + options_.patience;
    if (const auto response = connection_->Next(until)) {
      Take(*response);
    } else if (absl::Now() >= until) {
      return failure_ = absl::UnavailableError("The server stopped answering.");
    } else {
      RETURN_IF_ERROR(Resume(Disconnect(absl::ZeroDuration())));
    }
  }
  return absl::OkStatus();
}

void RegistrationStream::Take(const StreamRegistrationsResponse& response) {
  for (const RegistrationOutcome& outcome : response.outcomes()) {
    if (outcome.row() <= last_outcome_row_) continue;  // came before the connection broke
    last_outcome_row_ = outcome.row();
    on_outcome_(outcome);
  }
  last_durable_row_ = std::max(last_durable_row_, response.last_durable_row());
  last_progress_ = absl::Now();
  tries_ = 0;
  backoff_.Reset();
  DropSettledRows();
}

// A row is settled when its outcome is durable and has been handed on.
void RegistrationStream::DropSettledRows() {
  const int settled = std::min(last_durable_row_, last_outcome_row_);
  while (!unsettled_.empty() && LastRow(unsettled_.front()) <= settled) {
    rows_underway_ -= unsettled_.front().rows_size();
    unsettled_.pop_front();
  }
}

void RegistrationStream::TakeWhatIsThere() {
  while (const auto response = connection_->Next(absl::UnixEpoch())) Take(*response);
}

absl::Status RegistrationStream::Disconnect(absl::Duration grace) {
  const absl::Status status = connection_->Close(grace);
  TakeWhatIsThere();
  return status;
}

// Opens a new stream of the same operation and sends again what is not settled, if need be more than once. The result
// is `status`, or that of a later try, when that is no use.
absl::Status RegistrationStream::Resume(absl::Status status) {
  while (true) {
    ++tries_;
    if (!CanResume(status) || tries_ == call_options_.max_tries) break;
    const absl::Duration pause = backoff_.Next(status);
    if (absl::Now() + pause > last_progress_ + options_.patience) break;
    absl::SleepFor(pause);
    connection_ = std::make_unique<Connection>(*stub_, call_options_);
    if (SendUnsettled()) return absl::OkStatus();
    status = Disconnect(absl::Seconds(5));
  }
  return failure_ = status.ok() ? absl::UnavailableError("The server ended the stream before its time.") : status;
}

bool RegistrationStream::CanResume(const absl::Status& status) const {
  if (options_.validate_only && last_outcome_row_ > 0) return false;
  // A server that shuts down may end the stream without an error.
  return status.ok() || IsTransient(status) || absl::IsDeadlineExceeded(status);
}

bool RegistrationStream::SendUnsettled() {
  return std::all_of(unsettled_.begin(), unsettled_.end(),
                     [this](const auto& message) { return connection_->Write(message); });
}

}  // namespace equity::client

#include "clients/cpp/registration_stream.h"

#include <map>
#include <random>
#include <set>

#include "clients/cpp/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::client {
namespace {

using participants::v1::RegistrationOutcome;
using participants::v1::RegistrationRow;
using participants::v1::StreamRegistrationsRequest;
using participants::v1::StreamRegistrationsResponse;
using Stream = grpc::ServerReaderWriter<StreamRegistrationsResponse, StreamRegistrationsRequest>;

// Keeps outcomes per operation and row, and breaks streams as it is told.
class FlakyRegistrations : public participants::v1::RegistrationService::Service {
 public:
  grpc::Status StreamRegistrations(grpc::ServerContext* context, Stream* stream) override {
    const int number = ++streams;
    std::string operation;
    StreamRegistrationsRequest request;
    for (int messages = 1; stream->Read(&request); ++messages) {
      if (operation.empty()) operation = request.request_id();
      if (!fatal.ok()) return fatal;
      StreamRegistrationsResponse response;
      for (const RegistrationRow& row : request.rows()) {
        ++rows_received;
        RegistrationOutcome& kept = outcomes[operation][row.row()];
        if (kept.row() == 0) {
          kept.set_row(row.row());
          kept.set_external_ref(row.external_ref());
        }
        *response.add_outcomes() = kept;
        response.set_last_durable_row(row.row());
      }
      largest_message = std::max(largest_message, request.rows_size());
      if (silent) {
        while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
      }
      // The rows are done, but their answer is lost with the connection.
      if (number < good_stream && messages >= messages_per_stream) return {grpc::StatusCode::UNAVAILABLE, "broken"};
      if (!stream->Write(response)) break;
    }
    return grpc::Status::OK;
  }

  int good_stream = 1;          // the first one that does not break
  int messages_per_stream = 1;  // how many messages a breaking one takes
  bool silent = false;
  grpc::Status fatal;
  std::map<std::string, std::map<int, RegistrationOutcome>> outcomes;
  std::atomic<int> streams = 0;
  int rows_received = 0;
  int largest_message = 0;
};

class RegistrationStreamTest : public ::testing::Test {
 protected:
  absl::Status Run(int rows, RegistrationStreamOptions options = {}, size_t bytes_per_row = 0) {
    RegistrationStream stream(server_.Connect(), {}, options,
                              [this](const RegistrationOutcome& outcome) { seen_.push_back(outcome.row()); });
    for (int row = 1; row <= rows; ++row) {
      RegistrationRow message;
      message.set_row(row * 2);  // lines need not follow each other
      message.set_external_ref(std::string(bytes_per_row, 'x'));
      if (const absl::Status status = stream.Send(std::move(message)); !status.ok()) return status;
    }
    const absl::Status status = stream.Finish();
    last_durable_row_ = stream.last_durable_row();
    return status;
  }

  void ExpectEachRowOnce(int rows) {
    ASSERT_EQ(seen_.size(), static_cast<size_t>(rows));
    for (int i = 0; i < rows; ++i) ASSERT_EQ(seen_[i], (i + 1) * 2);
    EXPECT_EQ(last_durable_row_, rows * 2);
    EXPECT_EQ(service_.outcomes.size(), 1u) << "one operation";
  }

  FlakyRegistrations service_;
  TestServer server_{service_};
  std::vector<int> seen_;
  int last_durable_row_ = 0;
};

TEST_F(RegistrationStreamTest, RowsGoInMessagesOfAtMost500) {
  ASSERT_TRUE(Run(1'234).ok());
  ExpectEachRowOnce(1'234);
  EXPECT_EQ(service_.largest_message, 500);
  EXPECT_EQ(service_.streams, 1);
}

TEST_F(RegistrationStreamTest, LongRowsGoInSmallerMessages) {
  const absl::Status status = Run(100, {}, 60'000);
  ASSERT_TRUE(status.ok()) << status;
  ExpectEachRowOnce(100);
  EXPECT_LT(service_.largest_message, 10);
}

TEST_F(RegistrationStreamTest, NoRowsNeedNoServer) {
  ASSERT_TRUE(Run(0).ok());
  EXPECT_EQ(service_.streams, 0);
}

TEST_F(RegistrationStreamTest, AStreamThatBreaksIsResumed) {
  service_.good_stream = 4;
  service_.messages_per_stream = 3;
  const absl::Status status = Run(20'000);
  ASSERT_TRUE(status.ok()) << status;
  ExpectEachRowOnce(20'000);
  EXPECT_EQ(service_.streams, 4);
}

TEST_F(RegistrationStreamTest, MemoryIsBoundedByTheWindow) {
  service_.good_stream = 3;
  service_.messages_per_stream = 2;
  RegistrationStreamOptions options;
  options.window_rows = 1'000;
  ASSERT_TRUE(Run(10'000, options).ok());
  ExpectEachRowOnce(10'000);
  // No more than the window was sent again for each broken stream.
  EXPECT_LE(service_.rows_received, 12'000);
}

TEST_F(RegistrationStreamTest, AWindowSmallerThanAMessageWorks) {
  RegistrationStreamOptions options;
  options.window_rows = 1;
  ASSERT_TRUE(Run(1'200, options).ok());
  ExpectEachRowOnce(1'200);
}

TEST_F(RegistrationStreamTest, ARefusalIsFinal) {
  service_.fatal = {grpc::StatusCode::PERMISSION_DENIED, "no"};
  EXPECT_TRUE(absl::IsPermissionDenied(Run(20'000)));
  EXPECT_EQ(service_.streams, 1);
}

TEST_F(RegistrationStreamTest, ADryRunThatBreaksIsNotResumed) {
  service_.good_stream = 2;
  service_.messages_per_stream = 3;
  RegistrationStreamOptions options;
  options.validate_only = true;
  EXPECT_TRUE(absl::IsUnavailable(Run(20'000, options)));
  EXPECT_EQ(service_.streams, 1);
}

TEST_F(RegistrationStreamTest, ADryRunThatBreaksBeforeItsFirstOutcomeIsBegunAgain) {
  service_.good_stream = 2;
  RegistrationStreamOptions options;
  options.validate_only = true;
  ASSERT_TRUE(Run(1'000, options).ok());
  ExpectEachRowOnce(1'000);
}

TEST_F(RegistrationStreamTest, ASilentServerIsGivenUp) {
  service_.silent = true;
  RegistrationStreamOptions options;
  options.patience = absl::Milliseconds(300);
  const absl::Time start = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(Run(10, options)));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

TEST_F(RegistrationStreamTest, AfterAnErrorNothingMoreIsSent) {
  service_.fatal = {grpc::StatusCode::PERMISSION_DENIED, "no"};
  RegistrationStream stream(server_.Connect(), {}, {}, [](const auto&) {});
  RegistrationRow row;
  row.set_row(1);
  ASSERT_TRUE(stream.Send(row).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(stream.Finish()));
  row.set_row(2);
  EXPECT_TRUE(absl::IsPermissionDenied(stream.Send(row)));
  EXPECT_TRUE(absl::IsPermissionDenied(stream.Finish()));
}

}  // namespace
}  // namespace equity::client

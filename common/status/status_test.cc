#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::status {
namespace {

using ::testing::HasSubstr;

TEST(ErrorsTest, DetailsSurviveTheWire) {
  const absl::Status sent = Error(absl::StatusCode::kFailedPrecondition, "SESSION_FULL", "Full.", {{"version", "7"}});
  const absl::Status received = FromGrpc(ToGrpc(sent));
  EXPECT_EQ(received, sent);
  EXPECT_EQ(Reason(received), "SESSION_FULL");
  EXPECT_EQ(Detail(received, "version"), "7");
  EXPECT_EQ(Detail(received, "other"), "");
}

TEST(ErrorsTest, AllWrongFieldsAreNamedAtOnce) {
  const absl::Status status = FromGrpc(ToGrpc(InvalidFields({{"a", "must be set"}, {"b.c", "must be a UUID"}})));
  EXPECT_THAT(std::string(status.message()), HasSubstr("2 fields are wrong: a must be set; b.c must be a UUID."));
  ASSERT_EQ(FieldFaults(status).size(), 2u);
  EXPECT_EQ(FieldFaults(status)[1].field, "b.c");
}

TEST(ErrorsTest, AllUnmetGuardsAreNamedAtOnce) {
  const absl::Status status = FromGrpc(ToGrpc(UnmetGuards(
      "NOT_READY", {{"GOAL_MISSING", "goal", "Say what is wanted."}, {"OWNER_MISSING", "owner", "Add one."}})));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "NOT_READY");
  EXPECT_EQ(status.message(), "2 things are missing: Say what is wanted. Add one.");
  ASSERT_EQ(Violations(status).size(), 2u);
  EXPECT_EQ(Violations(status)[1].code, "OWNER_MISSING");
  EXPECT_EQ(Violations(status)[1].field, "owner");
  EXPECT_EQ(Violations(status)[1].fix, "Add one.");
}

TEST(ErrorsTest, RetryInfoSaysHowLongToWait) {
  EXPECT_EQ(RetryAfter(FromGrpc(ToGrpc(Overloaded(absl::Milliseconds(1250))))), absl::Milliseconds(1250));
  EXPECT_EQ(RetryAfter(NotFound()), absl::ZeroDuration());
}

TEST(ErrorsTest, EachRefusalSaysWhyAndWhenToComeBack) {
  const std::vector<std::pair<absl::Status, std::string>> refusals = {
      {Overloaded(absl::Seconds(1)), "OVERLOADED"},
      {TooManyStreams(absl::Seconds(1)), "TOO_MANY_STREAMS"},
      {QueueFull(absl::Seconds(1), "7"), "QUEUE_FULL"},
      {QueueSlow(absl::Seconds(1), "7"), "QUEUE_SLOW"}};
  for (const auto& [refusal, reason] : refusals) {
    const absl::Status received = FromGrpc(ToGrpc(refusal));
    EXPECT_EQ(received.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(Reason(received), reason);
    EXPECT_EQ(RetryAfter(received), absl::Seconds(1));
  }
  EXPECT_EQ(Detail(QueueFull(absl::Seconds(1), "7"), "waiting"), "7");
}

TEST(ErrorsTest, OkStaysOk) { EXPECT_TRUE(FromGrpc(ToGrpc(absl::OkStatus())).ok()); }

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) return InvalidField("number", "must be even");
  return number / 2;
}

absl::StatusOr<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const int half, Half(number));
  RETURN_IF_ERROR(Half(half).status());
  return half / 2;
}

TEST(MacrosTest, TheFirstErrorLeavesTheFunction) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Quarter(5).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace equity::status

// What happens when workshops does not answer, answers are lost, the server goes in between, or two do the same at
// once.
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/participants/testing/rows.h"

namespace equity::participants::registrations {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace participants::testing;  // NOLINT: the fixture of this whole file

constexpr char kDay[] = "2021-07-27";
constexpr int kForEver = 1 << 30;

class FaultsTest : public ::testing::Test {
 protected:
  FaultsTest() {
    server_.AddOrganisations();
    server_.AddSession(kDay, 3);
  }

  Sending New(v1::SubmissionMode mode = v1::SUBMISSION_MODE_BEST_EFFORT) const {
    return {.token = server_.Token(), .operation = NewRequestId(), .mode = mode};
  }
  std::vector<std::string> People() {
    v1::ListParticipantsRequest request;
    request.set_parent("organisations/rde");
    request.set_show_inactive(true);
    const auto response = server_.Call(&v1::ParticipantService::Stub::ListParticipants, request, server_.Token());
    std::vector<std::string> names;
    for (const auto& person : response->participants()) names.push_back(person.name());
    return names;
  }
  int Bookings() {
    workshops::v1::ListBookingsRequest request;
    request.set_parent("organisations/rde");
    return server_.Call(&workshops::v1::BookingService::Stub::ListBookings, request, server_.Token())->bookings_size();
  }
  // Sends rows with little patience, while workshops does not answer.
  absl::Status SubmitInVain(const Sending& sending, const Rows& rows) {
    server_.patience = std::chrono::milliseconds(1500);
    const absl::Status status = Submit(server_, sending, rows).status();
    server_.patience = std::chrono::milliseconds(20000);
    return status;
  }
  template <class Condition>
  static bool Eventually(Condition condition) {
    for (int i = 0; i < 500 && !condition(); ++i) absl::SleepFor(absl::Milliseconds(10));
    return condition();
  }

  TestServer server_;
};

TEST_F(FaultsTest, AShortOutageIsNotNoticed) {
  server_.bookings().unreachable = 2;
  EXPECT_THAT(Brief(Submit(server_, New(), {Row(1, "a", kDay)})), ElementsAre("SEATED"));
  EXPECT_EQ(server_.bookings().seat_calls, 3);
}

TEST_F(FaultsTest, ALostAnswerSeatsNobodyTwice) {
  server_.bookings().lose_answers = 1;
  EXPECT_THAT(Brief(Submit(server_, New(), {Row(1, "a", kDay), Row(2, "b", kDay)})), ElementsAre("SEATED", "SEATED"));
  EXPECT_EQ(Bookings(), 2);
}

TEST_F(FaultsTest, WhileWorkshopsIsAwayRowsWaitAndNobodySeesThem) {
  server_.bookings().unreachable = kForEver;
  const Sending sending = New();
  const Rows rows = {Row(1, "a", kDay), Row(2, "b")};
  const absl::Status status = SubmitInVain(sending, rows);
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(status::Reason(status), "WORKSHOPS_UNREACHABLE");
  EXPECT_GT(status::RetryAfter(status), absl::ZeroDuration());
  EXPECT_THAT(People(), SizeIs(1));  // who needs no place

  // Nobody can take what the waiting row holds.
  auto same_address = Row(1, "c");
  same_address.set_email("a@example.org");
  const auto other = Submit(server_, New(), {same_address});
  EXPECT_THAT(Brief(other), ElementsAre("REJECTED TRY_AGAIN email"));
  EXPECT_TRUE((*other)[0].retryable());
  v1::RegisterParticipantRequest single;
  single.set_parent("organisations/rde");
  single.mutable_participant()->set_external_ref("a");
  single.mutable_participant()->set_given_name("Amara");
  single.mutable_participant()->set_email("x@example.org");
  single.set_request_id(NewRequestId());
  const auto refused =
      server_.Call(&v1::ParticipantService::Stub::RegisterParticipant, single, server_.Token()).status();
  EXPECT_EQ(status::Reason(refused), "REGISTRATION_IN_PROGRESS");

  server_.bookings().unreachable = 0;
  EXPECT_THAT(Brief(Submit(server_, sending, rows)), ElementsAre("SEATED", "REGISTERED"));
  EXPECT_THAT(People(), SizeIs(2));
}

TEST_F(FaultsTest, AStreamEndsAndIsResumed) {
  const Sending sending = New();
  {
    RowStream stream(server_, sending);
    ASSERT_TRUE(stream.Send({Row(1, "a", kDay)}));
    server_.bookings().broken = 1;
    EXPECT_FALSE(stream.Send({Row(2, "b", kDay)}));
    EXPECT_EQ(stream.Finish().code(), StatusCode::kInternal);
  }
  EXPECT_THAT(Brief(Stream(server_, sending, {Row(2, "b", kDay), Row(3, "c", kDay), Row(4, "d", kDay)}, 2)),
              ElementsAre("SEATED", "SEATED", "REJECTED SESSION_FULL session_date"));
  EXPECT_EQ(Bookings(), 3);
}

TEST_F(FaultsTest, TheServerGoesBetweenTheSteps) {
  const Sending sending = New();
  const Rows rows = {Row(1, "a", kDay), Row(2, "b", kDay)};
  server_.bookings().lose_answers = kForEver;  // seated, and nobody knows
  EXPECT_EQ(SubmitInVain(sending, rows).code(), StatusCode::kUnavailable);
  server_.bookings().lose_answers = 0;
  server_.bookings().unreachable = 1;  // the first look of the sweeper
  server_.Restart();
  EXPECT_THAT(Brief(Submit(server_, {.token = server_.Token(), .operation = sending.operation}, rows)),
              ElementsAre("SEATED", "SEATED"));
  EXPECT_EQ(Bookings(), 2);
}

TEST_F(FaultsTest, ANewProcessCompletesWhatTheFormerLeft) {
  const Sending sending = New();
  server_.bookings().lose_answers = kForEver;
  EXPECT_EQ(SubmitInVain(sending, {Row(1, "a", kDay)}).code(), StatusCode::kUnavailable);
  EXPECT_THAT(People(), IsEmpty());
  server_.bookings().lose_answers = 0;
  server_.Restart();
  EXPECT_TRUE(Eventually([&] { return People().size() == 1; }));
  EXPECT_THAT(Brief(Submit(server_, {.token = server_.Token(), .operation = sending.operation}, {Row(1, "a", kDay)})),
              ElementsAre("SEATED"));
}

TEST_F(FaultsTest, TheSweeperCompletesWhatNobodyComesBackFor) {
  server_.Restart({.age = absl::Milliseconds(200), .every = absl::Milliseconds(50)});
  server_.bookings().unreachable = kForEver;
  EXPECT_EQ(SubmitInVain(New(), {Row(1, "a", kDay), Row(2, "b", kDay), Row(3, "c", kDay), Row(4, "d", kDay)}).code(),
            StatusCode::kUnavailable);
  EXPECT_EQ(SubmitInVain(New(v1::SUBMISSION_MODE_ATOMIC), {Row(1, "e", kDay, "WAITLIST"), Row(2, "f")}).code(),
            StatusCode::kUnavailable);
  EXPECT_THAT(People(), IsEmpty());
  server_.bookings().unreachable = 0;
  EXPECT_TRUE(Eventually([&] { return People().size() == 5; })) << People().size();
  EXPECT_EQ(server_.bookings().last_actor(), "test");
  // Who was refused left nothing behind.
  EXPECT_THAT(Brief(Submit(server_, New(), {Row(1, "d"), Row(2, "a", kDay)})), ElementsAre("REGISTERED", "UNCHANGED"));
}

TEST_F(FaultsTest, OldOperationsAreForgotten) {
  const Rows rows = {Row(1, "a"), Row(2, "b")};
  const Sending sending = New();
  EXPECT_THAT(Brief(Submit(server_, sending, rows)), ElementsAre("REGISTERED", "REGISTERED"));
  server_.Restart({.age = absl::Hours(1), .every = absl::Milliseconds(20), .kept = absl::ZeroDuration()});
  const Sending again{.token = server_.Token(), .operation = sending.operation};
  EXPECT_TRUE(Eventually([&] {
    return Brief(Submit(server_, again, rows)) == std::vector<std::string>{"UNCHANGED", "UNCHANGED"};
  }));
}

TEST_F(FaultsTest, APersonOfAWaitingRowCannotLeaveMeanwhile) {
  ASSERT_TRUE(Submit(server_, New(), {Row(1, "a")}).ok());
  server_.bookings().unreachable = kForEver;
  const Sending sending = New();
  const Rows rows = {Row(1, "a", kDay)};
  EXPECT_FALSE(SubmitInVain(sending, rows).ok());
  v1::DeactivateParticipantRequest leave;
  leave.set_name(People()[0]);
  leave.set_request_id(NewRequestId());
  const auto deactivate = [&] {
    return status::Reason(
        server_.Call(&v1::ParticipantService::Stub::DeactivateParticipant, leave, server_.Token()).status());
  };
  EXPECT_EQ(deactivate(), "REGISTRATION_IN_PROGRESS");
  server_.bookings().unreachable = 0;
  EXPECT_THAT(Brief(Submit(server_, sending, rows)), ElementsAre("SEATED"));
  EXPECT_EQ(deactivate(), "");
}

TEST_F(FaultsTest, ARefusedRowDoesNotDropSomebodyWhomAnotherHolds) {
  server_.bookings().unreachable = kForEver;
  const Sending first = New();
  const Sending second = New();
  const Rows refused = {Row(1, "a", "2021-07-28")};
  auto changed = Row(1, "a", kDay);
  changed.set_given_name("Changed");
  changed.set_email("changed@example.org");
  EXPECT_FALSE(SubmitInVain(first, refused).ok());
  EXPECT_FALSE(SubmitInVain(second, {changed}).ok());
  server_.bookings().unreachable = 0;
  EXPECT_THAT(Brief(Submit(server_, first, refused)), ElementsAre("REJECTED NO_SUCH_SESSION session_date"));
  EXPECT_THAT(People(), IsEmpty());
  EXPECT_THAT(Brief(Submit(server_, second, {changed})), ElementsAre("SEATED"));
  EXPECT_THAT(People(), SizeIs(1));
  // Only the address that the person has now is taken.
  auto other = Row(1, "b");
  other.set_email("a@example.org");
  auto another = Row(2, "c");
  another.set_email("changed@example.org");
  EXPECT_THAT(Brief(Submit(server_, New(), {other, another})),
              ElementsAre("REGISTERED", "REJECTED EMAIL_IN_USE email"));
}

TEST_F(FaultsTest, TheSameOperationTwiceAtOnce) {
  server_.bookings().delay_milliseconds = 50;
  const Sending sending = New();
  Rows rows;
  for (int i = 1; i <= 20; ++i) rows.push_back(Row(i, absl::StrCat("p", i), kDay, "WAITLIST"));
  std::vector<std::vector<std::string>> answers(4);
  {
    std::vector<std::jthread> threads;
    for (auto& answer : answers) threads.emplace_back([&] { answer = Brief(Submit(server_, sending, rows)); });
  }
  for (const auto& answer : answers) EXPECT_EQ(answer, answers[0]);
  EXPECT_THAT(answers[0], SizeIs(20));
  EXPECT_EQ(Bookings(), 20);
}

TEST_F(FaultsTest, WhoComesSecondSeatsNobodyWhomTheFirstRefused) {
  ASSERT_THAT(Brief(Submit(server_, New(), {Row(1, "a", kDay), Row(2, "b", kDay), Row(3, "c", kDay)})),
              ElementsAre("SEATED", "SEATED", "SEATED"));
  const Sending sending = New();
  const Rows rows = {Row(1, "d", kDay)};
  server_.bookings().delay_milliseconds = 1000;
  std::vector<std::string> second;
  {
    std::jthread late([&] { second = Brief(Submit(server_, sending, rows)); });
    absl::SleepFor(absl::Milliseconds(300));
    server_.bookings().delay_milliseconds = 0;
    const auto first = Brief(Submit(server_, sending, rows));
    workshops::v1::ListBookingsRequest list;
    list.set_parent("organisations/rde");
    workshops::v1::CancelBookingRequest cancel;
    cancel.set_name(
        server_.Call(&workshops::v1::BookingService::Stub::ListBookings, list, server_.Token())->bookings(0).name());
    cancel.set_request_id(NewRequestId());
    ASSERT_TRUE(server_.Call(&workshops::v1::BookingService::Stub::CancelBooking, cancel, server_.Token()).ok());
    EXPECT_THAT(first, ElementsAre("REJECTED SESSION_FULL session_date"));
  }
  EXPECT_THAT(second, ElementsAre("REJECTED SESSION_FULL session_date"));
  EXPECT_EQ(Bookings(), 2);
  EXPECT_THAT(People(), SizeIs(3));
}

TEST_F(FaultsTest, DifferentOperationsOverTheSamePeopleAtOnce) {
  constexpr int kPeople = 30;
  std::vector<std::vector<std::string>> answers(4);
  {
    std::vector<std::jthread> threads;
    for (size_t t = 0; t < answers.size(); ++t) {
      threads.emplace_back([&, t] {
        Rows rows;
        for (int i = 0; i < kPeople; ++i) {
          auto row =
              Row(i + 1, absl::StrCat("p", (i * (t + 1)) % kPeople), i % 3 == 0 ? "2021-07-28" : kDay, "WAITLIST");
          if (t == 3) row.set_given_name("Changed");
          rows.push_back(row);
        }
        answers[t] = Brief(Stream(server_, New(), rows, 7));
      });
    }
  }
  for (const auto& answer : answers) EXPECT_THAT(answer, SizeIs(kPeople));
  // Everybody is registered once and has one booking, and nobody without one was left behind.
  std::vector<std::string> people = People();
  EXPECT_EQ(static_cast<int>(people.size()), Bookings());
  Rows again;
  for (int i = 0; i < kPeople; ++i) again.push_back(Row(i + 1, absl::StrCat("p", i)));
  const auto last = Submit(server_, New(), again);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(People().size(), static_cast<size_t>(kPeople));
}

}  // namespace
}  // namespace equity::participants::registrations

#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = v1::SeatOutcome;
using BookingStub = v1::BookingService::Stub;

v1::SeatRow Row(const std::string& participant, const std::string& date, v1::OnFull on_full = v1::ON_FULL_REJECT) {
  v1::SeatRow row;
  row.set_request_id(NewId());
  row.set_participant(participant);
  row.set_session_date(date);
  row.set_on_full(on_full);
  return row;
}

v1::SeatPeopleRequest Batch(const std::vector<v1::SeatRow>& rows, bool atomic = false) {
  v1::SeatPeopleRequest request;
  for (const auto& row : rows) *request.add_rows() = row;
  request.set_atomic(atomic);
  return request;
}

std::string Short(const Outcome& outcome) {
  const std::string kind = Outcome::Kind_Name(outcome.kind()).substr(sizeof("KIND_") - 1);
  return outcome.code().empty() ? kind : outcome.code();
}

class SeatPeopleTest : public ServerTest {
 protected:
  SeatPeopleTest() {
    AddWorkshop();
    first_ = AddSession("2021-08-12", "09:00", 2);
    second_ = AddSession("2021-08-17", "09:00", 1);
  }
  v1::SeatPeopleResponse Seat(const v1::SeatPeopleRequest& request) {
    const auto response = CallAs(service_, *bookings_, &BookingStub::SeatPeople, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::SeatPeopleResponse();
  }
  v1::PreviewSeatsResponse Preview(const v1::SeatPeopleRequest& batch, const v1::PreviewSeatsResponse& before = {}) {
    v1::PreviewSeatsRequest request;
    *request.mutable_rows() = batch.rows();
    request.set_atomic(batch.atomic());
    request.set_workshop(batch.workshop());
    *request.mutable_tallies() = before.tallies();
    const auto response = CallAs(service_, *bookings_, &BookingStub::PreviewSeats, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::PreviewSeatsResponse();
  }
  template <class Response>
  static std::vector<std::string> Shorts(const Response& response) {
    std::vector<std::string> shorts;
    for (const Outcome& outcome : response.outcomes()) shorts.push_back(Short(outcome));
    return shorts;
  }
  std::vector<v1::SeatRow> Mixed() {
    return {Row(Person("rde", 1), "2021-08-12"),
            Row(Person("rde", 2), "2021-08-12"),
            Row(Person("rde", 3), "2021-08-12"),
            Row(Person("rde", 4), "2021-08-12", v1::ON_FULL_WAITLIST),
            Row(Person("rde", 5), "2021-08-12", v1::ON_FULL_NEXT_DATE),
            Row(Person("rde", 6), "2021-08-12", v1::ON_FULL_NEXT_DATE),
            Row(Person("rde", 1), "2021-08-12"),
            Row(Person("rde", 7), "2021-09-01")};
  }
  std::string first_;
  std::string second_;
};

TEST_F(SeatPeopleTest, EveryRowGetsAnOutcomeInOrder) {
  const auto response = Seat(Batch(Mixed()));
  EXPECT_THAT(Shorts(response), ElementsAre("SEATED", "SEATED", "SESSION_FULL", "WAITLISTED", "SEATED", "WAITLISTED",
                                            "UNCHANGED", "NO_SUCH_SESSION"));
  EXPECT_EQ(response.outcomes(3).booking().waiting_position(), 1);
  EXPECT_EQ(response.outcomes(4).booking().session(), second_);
  EXPECT_EQ(response.outcomes(4).booking().requested_session(), first_);
  EXPECT_EQ(response.outcomes(5).booking().waiting_position(), 2);
  EXPECT_EQ(response.outcomes(6).booking().name(), response.outcomes(0).booking().name());
  EXPECT_EQ(response.outcomes(2).booking().session(), first_);
  EXPECT_EQ(response.outcomes(7).booking().session(), "");
  EXPECT_EQ(response.outcomes(7).booking().session_date(), "2021-09-01");
  EXPECT_EQ(GetBooking(response.outcomes(0).booking().name()).SerializeAsString(),
            response.outcomes(0).booking().SerializeAsString());
  // Who stands is known here from now on, who was refused is not.
  EXPECT_TRUE(Book(Person("rde", 1), first_)->existed());
  EXPECT_EQ(ReasonOf(Book(Person("rde", 3), first_)), "PARTICIPANT_NOT_KNOWN_YET");
}

TEST_F(SeatPeopleTest, RowsSentAgainAnswerWhatTheyAnswered) {
  const auto batch = Batch(Mixed());
  const auto once = Seat(batch);
  const auto twice = Seat(batch);
  EXPECT_EQ(Shorts(twice), Shorts(once));
  EXPECT_EQ(twice.SerializeAsString(), once.SerializeAsString());
  EXPECT_EQ(GetSession(first_).places_taken(), 2);
  EXPECT_EQ(GetSession(first_).waiting(), 2);
  // Other ids for the same people: what stands is unchanged.
  EXPECT_THAT(Shorts(Seat(Batch(Mixed()))), ElementsAre("UNCHANGED", "UNCHANGED", "SESSION_FULL", "UNCHANGED",
                                                        "UNCHANGED", "UNCHANGED", "UNCHANGED", "NO_SUCH_SESSION"));
}

TEST_F(SeatPeopleTest, ARowKeepsItsAnswerWhateverBecameOfTheBooking) {
  const auto batch =
      Batch({Row(Person("rde", 1), "2021-08-17"), Row(Person("rde", 2), "2021-08-17", v1::ON_FULL_WAITLIST),
             Row(Person("rde", 3), "2021-08-12")});
  const auto once = Seat(batch);
  ASSERT_THAT(Shorts(once), ElementsAre("SEATED", "WAITLISTED", "SEATED"));
  ASSERT_TRUE(Cancel(once.outcomes(0).booking().name()).ok());  // promotes the second
  v1::SubstituteBookingRequest substitute;
  substitute.set_name(once.outcomes(2).booking().name());
  substitute.set_participant(Person("rde", 1));
  substitute.set_request_id(NewId());
  ASSERT_TRUE(Call(*bookings_, &BookingStub::SubstituteBooking, substitute).ok());
  const auto twice = Seat(batch);
  EXPECT_THAT(Shorts(twice), ElementsAre("SEATED", "WAITLISTED", "SEATED"));
  EXPECT_EQ(twice.outcomes(0).booking().state(), v1::Booking::STATE_CANCELLED);
  EXPECT_EQ(twice.outcomes(1).booking().state(), v1::Booking::STATE_SEATED);
  EXPECT_EQ(twice.outcomes(2).booking().participant(), Person("rde", 1));
  EXPECT_EQ(GetSession(first_).places_taken(), 1);
}

TEST_F(SeatPeopleTest, TheIdsOfOneTenantSayNothingToAnother) {
  v1::SeatRow row = Row(Person("rde", 1), "2021-08-12");
  Seat(Batch({row}));
  row.set_participant(Person("esneft", 1));
  const auto response = Seat(Batch({row}));
  EXPECT_EQ(Short(response.outcomes(0)), "SEATED");
  EXPECT_TRUE(response.outcomes(0).booking().name().starts_with("organisations/esneft/"));
}

TEST_F(SeatPeopleTest, ABookingOfTheFormerOrganisationIsKeptWithoutItsName) {
  const v1::Booking before = Booked(Person("rde", 1), second_);
  const std::string moved = "organisations/esneft" + Person("rde", 1).substr(sizeof("organisations/rde") - 1);
  changes::v1::ParticipantEvent event;
  event.set_kind(changes::v1::ParticipantEvent::KIND_MOVED);
  event.set_participant(moved);
  event.set_moved_from(Person("rde", 1));
  Tell(event);
  const auto batch = Batch({Row(moved, "2021-08-17")});
  const auto previewed = Preview(batch);
  const auto seated = Seat(batch);
  for (const Outcome& outcome : {previewed.outcomes(0), seated.outcomes(0)}) {
    EXPECT_EQ(Short(outcome), "UNCHANGED");
    EXPECT_EQ(outcome.booking().name(), "");
    EXPECT_EQ(outcome.booking().participant(), moved);
    EXPECT_EQ(outcome.booking().session(), second_);
    EXPECT_EQ(outcome.booking().session_date(), "2021-08-17");
  }
  EXPECT_EQ(GetBooking(before.name()).SerializeAsString(), before.SerializeAsString());
}

// The person leaves and is registered again before the feed has brought that the person left.
TEST_F(SeatPeopleTest, OldNewsThatThePersonLeftTakesNoPlaceThatARowWasGiven) {
  const std::string person = Person("rde", 1);
  const auto leave_at = [&](const std::string& time) {
    SetNow(London(time));
    changes::v1::ParticipantEvent event;
    event.set_kind(changes::v1::ParticipantEvent::KIND_DEACTIVATED);
    event.set_participant(person);
    Tell(event);
  };
  Know({person});
  SetNow(London("2021-07-20 11:00"));
  const auto seated = Seat(Batch({Row(person, "2021-08-12")}));
  ASSERT_EQ(Short(seated.outcomes(0)), "SEATED");
  const std::string booking = seated.outcomes(0).booking().name();
  leave_at("2021-07-20 10:00");
  EXPECT_EQ(GetBooking(booking).state(), v1::Booking::STATE_SEATED);
  EXPECT_EQ(ReasonOf(Book(person, first_)), "OK") << "the person is still active";
  // The same for a place that the row found and kept.
  SetNow(London("2021-07-20 13:00"));
  ASSERT_EQ(Short(Seat(Batch({Row(person, "2021-08-12")})).outcomes(0)), "UNCHANGED");
  leave_at("2021-07-20 12:00");
  EXPECT_EQ(GetBooking(booking).state(), v1::Booking::STATE_SEATED);
  // Who leaves afterwards has left.
  leave_at("2021-07-20 14:00");
  EXPECT_EQ(GetBooking(booking).state(), v1::Booking::STATE_CANCELLED);
}

TEST_F(SeatPeopleTest, AtomicMeansAllOrNone) {
  const auto changes = Changes().size();
  const std::vector<v1::SeatRow> too_many = {Row(Person("rde", 1), "2021-08-12"), Row(Person("rde", 2), "2021-08-12"),
                                             Row(Person("rde", 3), "2021-08-12")};
  EXPECT_THAT(Shorts(Seat(Batch(too_many, true))), ElementsAre("BATCH_REFUSED", "BATCH_REFUSED", "SESSION_FULL"));
  EXPECT_EQ(GetSession(first_).places_taken(), 0);
  EXPECT_EQ(GetSession(first_).version(), 1);
  EXPECT_EQ(Changes().size(), changes);
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), first_)), "PARTICIPANT_NOT_KNOWN_YET");
  EXPECT_THAT(Shorts(Seat(Batch({too_many[0], too_many[1]}, true))), ElementsAre("SEATED", "SEATED"));
  // What stood before the batch stands.
  EXPECT_THAT(Shorts(Seat(Batch(too_many, true))), ElementsAre("SEATED", "SEATED", "SESSION_FULL"));
}

TEST_F(SeatPeopleTest, DatesThatMeanNoneOrTwo) {
  AddSession("2021-08-12", "13:00", 5);
  v1::CreateWorkshopRequest other;
  other.set_workshop_id("follow-up");
  other.mutable_workshop()->set_challenge(kChallenge);
  other.mutable_workshop()->set_display_name("Follow-up");
  other.set_request_id(NewId());
  ASSERT_TRUE(Call(*workshops_, &v1::WorkshopService::Stub::CreateWorkshop, other).ok());
  v1::CreateSessionRequest session;
  session.set_parent("workshops/follow-up");
  session.mutable_session()->set_date("2021-08-17");
  session.mutable_session()->set_start("09:00");
  session.mutable_session()->set_capacity(5);
  session.set_request_id(NewId());
  ASSERT_TRUE(Call(*sessions_, &v1::SessionService::Stub::CreateSession, session).ok());
  AddSession("2021-07-01", "09:00", 5);
  const std::string fallen = AddSession("2021-08-18", "09:00", 5);
  v1::CancelSessionRequest cancel;
  cancel.set_name(fallen);
  cancel.set_request_id(NewId());
  ASSERT_TRUE(Call(*sessions_, &v1::SessionService::Stub::CancelSession, cancel).ok());

  auto batch = Batch({Row(Person("rde", 1), "2021-08-12"), Row(Person("rde", 1), "2021-08-17"),
                      Row(Person("rde", 1), "2021-07-01"), Row(Person("rde", 1), "2021-08-18")});
  EXPECT_THAT(Shorts(Preview(batch)),
              ElementsAre("AMBIGUOUS_SESSION", "AMBIGUOUS_SESSION", "SESSION_IN_PAST", "SESSION_CANCELLED"));
  EXPECT_THAT(Shorts(Seat(batch)),
              ElementsAre("AMBIGUOUS_SESSION", "AMBIGUOUS_SESSION", "SESSION_IN_PAST", "SESSION_CANCELLED"));
  batch.set_workshop("workshops/follow-up");
  EXPECT_THAT(Shorts(Seat(batch)), ElementsAre("NO_SUCH_SESSION", "SEATED", "NO_SUCH_SESSION", "NO_SUCH_SESSION"));
}

// What is promised by a preview is what SeatPeople does: all but the names of bookings, and versions.
TEST_F(SeatPeopleTest, APreviewIsWhatSeatPeopleAnswers) {
  const auto batch = Batch(Mixed());
  const auto previewed = Preview(batch);
  EXPECT_EQ(GetSession(first_).places_taken(), 0);
  const auto seated = Seat(batch);
  EXPECT_EQ(Shorts(previewed), Shorts(seated));
  for (int i = 0; i < seated.outcomes_size(); ++i) {
    const v1::Booking& expected = seated.outcomes(i).booking();
    const v1::Booking& shown = previewed.outcomes(i).booking();
    EXPECT_EQ(shown.name(), "");
    EXPECT_EQ(shown.session(), expected.session());
    EXPECT_EQ(shown.requested_session(), expected.requested_session());
    EXPECT_EQ(shown.session_date(), expected.session_date());
    EXPECT_EQ(shown.waiting_position(), expected.waiting_position());
    EXPECT_EQ(shown.state(), expected.state()) << i;
  }
}

TEST_F(SeatPeopleTest, PreviewsInARowAddUp) {
  const std::vector<v1::SeatRow> rows = {Row(Person("rde", 1), "2021-08-12"),
                                         Row(Person("rde", 2), "2021-08-12", v1::ON_FULL_WAITLIST),
                                         Row(Person("rde", 3), "2021-08-12", v1::ON_FULL_WAITLIST),
                                         Row(Person("rde", 4), "2021-08-12", v1::ON_FULL_NEXT_DATE),
                                         Row(Person("rde", 5), "2021-08-12", v1::ON_FULL_NEXT_DATE)};
  v1::PreviewSeatsResponse before;
  std::vector<std::string> one_by_one;
  for (const v1::SeatRow& row : rows) {
    before = Preview(Batch({row}), before);
    one_by_one.push_back(Short(before.outcomes(0)));
  }
  EXPECT_EQ(one_by_one, Shorts(Preview(Batch(rows))));
  EXPECT_EQ(one_by_one, Shorts(Seat(Batch(rows))));
  ASSERT_EQ(before.tallies_size(), 2);
  EXPECT_EQ(before.tallies(0).session(), first_);
  EXPECT_EQ(before.tallies(0).seated(), 2);
  EXPECT_EQ(before.tallies(0).waiting(), 2);
  EXPECT_EQ(before.tallies(1).seated(), 1);
}

TEST_F(SeatPeopleTest, AnAtomicPreviewThatIsRefusedHandsNothingOut) {
  const auto response =
      Preview(Batch({Row(Person("rde", 1), "2021-08-12"), Row(Person("rde", 2), "2021-09-01")}, true));
  EXPECT_THAT(Shorts(response), ElementsAre("BATCH_REFUSED", "NO_SUCH_SESSION"));
  EXPECT_THAT(response.tallies(), IsEmpty());
}

}  // namespace
}  // namespace equity::workshops

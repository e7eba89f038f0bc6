// The checks find what they are for: a small world in which all is well, and one thing after another that is not.
#include "tests/faults/check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::faults {
namespace {

using changes::v1::BookingEvent;
using people_v1::RegistrationOutcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSession[] = "workshops/w/sessions/s";

std::string Person(const std::string& who) { return "organisations/o/participants/" + who; }
std::string Booking(const std::string& who) { return "organisations/o/bookings/" + who; }

// A session with one place: carl had it and cancelled, then ann got it, and bob waits.
class CheckTest : public testing::Test {
 protected:
  CheckTest() {
    stored_.sessions[kSession] = {.capacity = 1, .taken = 1, .waiting = 1, .version = 4};
    Register("carl");
    Register("ann");
    Register("bob");
    Book("carl", BookingEvent::STATE_SEATED, 0);
    Book("ann", BookingEvent::STATE_WAITING, 1);
    Book("bob", BookingEvent::STATE_WAITING, 2);
    places_v1::CancelBookingRequest cancel;
    cancel.set_name(Booking("carl"));
    cancel.set_request_id("cancel-carl");
    Acknowledge(ledger_.Add(cancel), "cancelled");
    Tell("carl", BookingEvent::STATE_SEATED, BookingEvent::STATE_CANCELLED, 4);
    Tell("ann", BookingEvent::STATE_WAITING, BookingEvent::STATE_SEATED, 4);
  }

  void Register(const std::string& who) {
    Operation operation{.id = "register-" + who, .rows = std::vector<people_v1::RegistrationRow>(1)};
    operation.rows[0].set_external_ref(who);
    RegistrationOutcome outcome;
    outcome.set_row(1);
    outcome.set_kind(RegistrationOutcome::KIND_REGISTERED);
    outcome.set_external_ref(who);
    outcome.set_participant(Person(who));
    ledger_.Settle(ledger_.Add(operation), outcome);
    stored_.people[Person(who)] = {.state = 1, .external_ref = who};
    stored_.registrations[Person(who)] = 1;
    stored_.projected[Person(who)] = 1;
  }

  Request& Book(const std::string& who, BookingEvent::State state, int ticket) {
    places_v1::BookPlaceRequest book;
    book.set_participant(Person(who));
    book.set_session(kSession);
    book.set_request_id("book-" + who);
    places_v1::BookPlaceResponse response;
    response.mutable_booking()->set_name(Booking(who));
    stored_.bookings[Booking(who)] = {
        .participant = Person(who), .session = kSession, .requested_session = kSession, .ticket = ticket};
    Tell(who, BookingEvent::STATE_UNSPECIFIED, state, static_cast<int>(stored_.booking_events.size()) + 1);
    Request& request = ledger_.Add(book);
    Acknowledge(request, response.SerializeAsString());
    return request;
  }

  void Acknowledge(Request& request, const std::string& answer) {
    ledger_.Settle(request, absl::OkStatus(), answer);
    stored_.answers[request.id()] = {answer};
    stored_.audited[request.id()] = 1;
  }

  void Tell(const std::string& who, BookingEvent::State from, BookingEvent::State to, int version) {
    BookingEvent& event = stored_.booking_events.emplace_back();
    event.set_booking(Booking(who));
    event.set_session(kSession);
    event.set_previous_state(from);
    event.set_state(to);
    event.set_version(version);
    stored_.bookings[Booking(who)].state = to;
  }

  Verdict Check(Moment moment = Moment::kSettled) {
    Verdict verdict;
    CheckRules(stored_, verdict);
    CheckLedger(ledger_.Take(), stored_, moment, verdict);
    return verdict;
  }

  Ledger ledger_;
  Stored stored_;
};

TEST_F(CheckTest, NothingIsWrongWhereNothingIs) {
  EXPECT_TRUE(Check(Moment::kUnderway).ok()) << Check(Moment::kUnderway).Text();
  EXPECT_TRUE(Check().ok()) << Check().Text();
}

TEST_F(CheckTest, AnAcknowledgedRequestThatIsNotStoredIsLost) {
  stored_.answers.erase("book-bob");
  stored_.audited.erase("book-bob");
  EXPECT_THAT(Check(Moment::kUnderway).lost, ElementsAre("request book-bob"));
}

TEST_F(CheckTest, AnAcknowledgedBookingThatIsGoneIsLost) {
  stored_.bookings.erase(Booking("bob"));
  EXPECT_THAT(Check(Moment::kUnderway).lost, ElementsAre("booking " + Booking("bob")));
}

TEST_F(CheckTest, ACancellationThatIsUndoneIsLost) {
  stored_.bookings[Booking("carl")].state = BookingEvent::STATE_SEATED;
  EXPECT_THAT(Check(Moment::kUnderway).lost, ElementsAre("the cancellation of " + Booking("carl")));
}

TEST_F(CheckTest, APersonWhoWasAcknowledgedAndIsGoneIsLost) {
  stored_.people.erase(Person("bob"));
  EXPECT_THAT(Check(Moment::kUnderway).lost, ElementsAre("the person of row 1 of operation register-bob"));
  Register("bob");
  stored_.projected.erase(Person("bob"));
  EXPECT_THAT(Check().lost, ElementsAre("person " + Person("bob") + ", to workshops"));
}

TEST_F(CheckTest, ARequestWithTwoEffectsIsDoubled) {
  stored_.audited["book-bob"] = 2;
  EXPECT_THAT(Check(Moment::kUnderway).doubled, ElementsAre("request book-bob"));
}

TEST_F(CheckTest, ARequestWithTwoAnswersIsDoubled) {
  Request& request = Book("dora", BookingEvent::STATE_WAITING, 3);
  ledger_.Settle(request, absl::OkStatus(), "another answer");
  EXPECT_THAT(Check(Moment::kUnderway).doubled, ElementsAre("request book-dora was answered in two ways"));
}

TEST_F(CheckTest, TwoLiveBookingsOfAPersonForASessionAreDoubled) {
  stored_.bookings[Booking("bob")].participant = Person("ann");
  EXPECT_THAT(Check(Moment::kUnderway).doubled, ElementsAre(Person("ann") + " at " + kSession));
}

TEST_F(CheckTest, ARegistrationThatTheFeedTellsTwiceIsDoubled) {
  stored_.registrations[Person("bob")] = 2;
  EXPECT_THAT(Check(Moment::kUnderway).doubled, ElementsAre(HasSubstr(Person("bob"))));
}

TEST_F(CheckTest, WhatNobodySentIsUnasked) {
  stored_.answers["nobody's"] = {""};
  EXPECT_THAT(Check(Moment::kUnderway).unasked, ElementsAre("an answer to request nobody's"));
  stored_.bookings[Booking("ghost")] = {.participant = Person("bob"), .session = kSession, .state = 3};
  EXPECT_THAT(Check(Moment::kUnderway).unasked, SizeIs(3));  // the booking and its cancellation too
}

TEST_F(CheckTest, WhatWasRefusedMustNotBeThere) {
  places_v1::BookPlaceRequest book;
  book.set_request_id("refused");
  ledger_.Settle(ledger_.Add(book), absl::FailedPreconditionError(""), "");
  EXPECT_TRUE(Check().ok());
  stored_.answers["refused"] = {""};
  EXPECT_THAT(Check().broken, testing::Contains(HasSubstr("was refused, and is stored")));
}

TEST_F(CheckTest, WhatWasNotAnsweredMayBeThereOrNot) {
  places_v1::CancelBookingRequest cancel;
  cancel.set_name(Booking("carl"));
  cancel.set_request_id("unknown");
  ledger_.Settle(ledger_.Add(cancel), absl::UnavailableError(""), "");
  EXPECT_TRUE(Check().ok());
  stored_.answers["unknown"] = {"cancelled"};
  stored_.audited["unknown"] = 1;
  EXPECT_TRUE(Check().ok()) << Check().Text();
}

TEST_F(CheckTest, APersonWhoIsLeftUndecidedIsBroken) {
  stored_.people[Person("ghost")] = {.state = 0, .external_ref = "carl"};
  EXPECT_FALSE(Check().ok());
  EXPECT_THAT(Check().broken, ElementsAre("person " + Person("ghost") + " was left undecided"));
}

TEST_F(CheckTest, PlacesAboveTheCapacityAreBroken) {
  Tell("bob", BookingEvent::STATE_WAITING, BookingEvent::STATE_SEATED, 5);
  stored_.sessions[kSession] = {.capacity = 1, .taken = 2, .waiting = 0, .version = 5};
  EXPECT_THAT(Check().broken, testing::Contains(HasSubstr("above its capacity")));
  EXPECT_THAT(Check().broken, testing::Contains(HasSubstr("exceeds the capacity, in the feed")));
}

TEST_F(CheckTest, APlaceThatIsFreeWhileSomebodyWaitsIsBroken) {
  stored_.sessions[kSession].capacity = 2;
  EXPECT_THAT(Check().broken, testing::Contains(HasSubstr("somebody waits")));
}

TEST_F(CheckTest, WhoeverOvertakesOnAWaitingListIsFound) {
  stored_.booking_events.pop_back();
  Tell("bob", BookingEvent::STATE_WAITING, BookingEvent::STATE_SEATED, 4);
  stored_.bookings[Booking("ann")].state = BookingEvent::STATE_WAITING;
  EXPECT_THAT(Check().broken, ElementsAre(HasSubstr("overtakes")));
}

TEST_F(CheckTest, AFeedThatLeavesSomethingOutIsFound) {
  stored_.booking_events.erase(stored_.booking_events.begin() + 1);
  EXPECT_THAT(Check(Moment::kUnderway).broken, testing::Not(IsEmpty()));
}

TEST_F(CheckTest, WhatTheServerSaysMustBeWhatIsStored) {
  ApiView view;
  for (const auto& [name, booking] : stored_.bookings) {
    places_v1::Booking& said = view.bookings[name];
    said.set_participant(booking.participant);
    said.set_session(kSession);
    said.set_state(static_cast<places_v1::Booking::State>(booking.state));
  }
  view.bookings[Booking("bob")].set_waiting_position(1);
  for (const auto& [name, person] : stored_.people) view.people.insert(name);
  places_v1::Session& session = view.sessions[kSession];
  session.set_capacity(1);
  session.set_places_taken(1);
  session.set_waiting(1);
  auto& numbers = *view.summary.add_sessions();
  numbers.set_session(kSession);
  numbers.set_seated(1);
  numbers.set_waiting(1);
  const auto broken = [&] {
    Verdict verdict;
    CheckView(view, stored_, verdict);
    return verdict.broken;
  };
  EXPECT_THAT(broken(), IsEmpty());
  numbers.set_seated(2);
  EXPECT_THAT(broken(), ElementsAre(HasSubstr("in its statistics")));
  view.bookings[Booking("bob")].set_waiting_position(2);
  view.people.erase(Person("bob"));
  EXPECT_THAT(broken(), SizeIs(3));
}

}  // namespace
}  // namespace equity::faults

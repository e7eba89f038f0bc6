// The participants feed, and what follows from it here.
#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using changes::v1::ParticipantEvent;

class PeopleTest : public ServerTest {
 protected:
  PeopleTest() {
    AddWorkshop();
    session_ = AddSession("2021-08-12", "09:00", 1);
  }
  void Tell(ParticipantEvent::Kind kind, const std::string& participant, const std::string& moved_from = "") {
    ParticipantEvent event;
    event.set_kind(kind);
    event.set_participant(participant);
    event.set_moved_from(moved_from);
    ServerTest::Tell(event);
  }
  std::string session_;
};

TEST_F(PeopleTest, WhoIsRegisteredMayBook) {
  Tell(ParticipantEvent::KIND_REGISTERED, Person("rde", 1));
  EXPECT_TRUE(Book(Person("rde", 1), session_).ok());
  EXPECT_EQ(ReasonOf(Book(Person("rde", 2), session_)), "PARTICIPANT_NOT_KNOWN_YET");
}

TEST_F(PeopleTest, ALeaverFreesPlacesToComeAndTheListMovesUp) {
  const std::string later = AddSession("2021-08-17", "09:00", 1);
  const v1::Booking past = Booked(Person("rde", 1), session_);
  const v1::Booking place = Booked(Person("rde", 1), later);
  const v1::Booking waits = Booked(Person("esneft", 2), later, v1::ON_FULL_WAITLIST);
  SetNow(London("2021-08-13 09:00"));
  Tell(ParticipantEvent::KIND_DEACTIVATED, Person("rde", 1));
  EXPECT_EQ(GetBooking(past.name()).state(), v1::Booking::STATE_SEATED);
  EXPECT_EQ(GetBooking(place.name()).state(), v1::Booking::STATE_CANCELLED);
  EXPECT_EQ(GetBooking(waits.name()).state(), v1::Booking::STATE_SEATED);
  EXPECT_EQ(Changes().back().booking_event().booking(), waits.name());
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), later)), "PARTICIPANT_NOT_ACTIVE");
  v1::SubstituteBookingRequest substitute;
  substitute.set_name(waits.name());
  substitute.set_participant(Person("esneft", 3));
  substitute.set_request_id(NewId());
  Tell(ParticipantEvent::KIND_DEACTIVATED, Person("esneft", 3));
  EXPECT_EQ(ReasonOf(Call(*bookings_, &v1::BookingService::Stub::SubstituteBooking, substitute)),
            "PARTICIPANT_NOT_ACTIVE");
  // Registered again, the person may book again.
  Tell(ParticipantEvent::KIND_REGISTERED, Person("rde", 1));
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), later)), "SESSION_FULL");
}

TEST_F(PeopleTest, WhoMovesKeepsThePlaceUnderTheOldName) {
  const v1::Booking booking = Booked(Person("rde", 1), session_);
  const std::string new_name = "organisations/esneft" + Person("rde", 1).substr(sizeof("organisations/rde") - 1);
  Tell(ParticipantEvent::KIND_MOVED, new_name, Person("rde", 1));
  EXPECT_EQ(GetBooking(booking.name()).state(), v1::Booking::STATE_SEATED);
  const std::string later = AddSession("2021-08-17", "09:00", 1);
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), later)), "PARTICIPANT_NOT_ACTIVE");
  EXPECT_TRUE(Book(new_name, later).ok());
  // The same person takes no second place, and the former organisation is not shown to the new one.
  v1::BookPlaceRequest again;
  again.set_participant(new_name);
  again.set_session(session_);
  again.set_request_id(NewId());
  const auto shown = CallAs(Token("partner", "esneft"), *bookings_, &v1::BookingService::Stub::BookPlace, again);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_TRUE(shown->existed());
  EXPECT_EQ(shown->booking().name(), "");
  EXPECT_EQ(shown->booking().participant(), new_name);
  // A leaver frees what was booked before the move as well.
  Tell(ParticipantEvent::KIND_DEACTIVATED, new_name);
  EXPECT_EQ(GetBooking(booking.name()).state(), v1::Booking::STATE_CANCELLED);
}

TEST_F(PeopleTest, AFormerOrForeignNameLearnsNothingOfThePersonsBookings) {
  const std::string before = AddSession("2021-08-17", "09:00", 5);
  const std::string after = AddSession("2021-08-24", "09:00", 5);
  const std::string old_name = Person("rde", 1);
  const auto named = [&](const std::string& organisation) {
    return "organisations/" + organisation + old_name.substr(sizeof("organisations/rde") - 1);
  };
  Booked(old_name, before);
  Tell(ParticipantEvent::KIND_MOVED, named("esneft"), old_name);
  ASSERT_TRUE(Book(named("esneft"), after).ok());
  const std::map<std::string, std::string> reasons = {{"rde", "PARTICIPANT_NOT_ACTIVE"},
                                                      {"vcse", "PARTICIPANT_NOT_KNOWN_YET"}};
  for (const auto& [organisation, reason] : reasons) {
    const std::string partner = Token("partner", organisation);
    const v1::Booking colleagues[] = {Booked(Person(organisation, 2), before), Booked(Person(organisation, 3), after)};
    for (const v1::Booking& colleague : colleagues) {
      v1::BookPlaceRequest book;
      book.set_participant(named(organisation));
      book.set_session(colleague.session());
      book.set_request_id(NewId());
      EXPECT_EQ(ReasonOf(CallAs(partner, *bookings_, &v1::BookingService::Stub::BookPlace, book)), reason);
      EXPECT_EQ(ReasonOf(Book(named(organisation), colleague.session())), reason) << "nor does the central team";
      v1::SubstituteBookingRequest substitute;
      substitute.set_name(colleague.name());
      substitute.set_participant(named(organisation));
      substitute.set_request_id(NewId());
      EXPECT_EQ(ReasonOf(CallAs(partner, *bookings_, &v1::BookingService::Stub::SubstituteBooking, substitute)),
                reason);
    }
  }
}

TEST_F(PeopleTest, ALateLeaverDoesNotUndoANewRegistration) {
  // The person is told to have left after the business clock was set back: as old news.
  const v1::Booking booking = Booked(Person("rde", 1), session_);
  SetNow(London("2021-07-19 09:00"));
  Tell(ParticipantEvent::KIND_DEACTIVATED, Person("rde", 1));
  EXPECT_EQ(GetBooking(booking.name()).state(), v1::Booking::STATE_SEATED);
}

}  // namespace
}  // namespace equity::workshops

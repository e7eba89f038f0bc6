#include "absl/strings/str_join.h"
#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using BookingStub = v1::BookingService::Stub;

class BookingsTest : public ServerTest {
 protected:
  BookingsTest() {
    AddWorkshop();
    first_ = AddSession("2021-08-12", "09:00", 2);
  }
  absl::StatusOr<v1::SubstituteBookingResponse> Substitute(const std::string& booking, const std::string& participant) {
    v1::SubstituteBookingRequest request;
    request.set_name(booking);
    request.set_participant(participant);
    request.set_request_id(NewId());
    return Call(*bookings_, &BookingStub::SubstituteBooking, request);
  }
  void FillFirst() {
    Booked(Person("esneft", 1), first_);
    Booked(Person("esneft", 2), first_);
  }
  std::string first_;
};

TEST_F(BookingsTest, ABookingSaysEverythingAndCanBeReadAgain) {
  const v1::Booking booking = Booked(Person("rde", 1), first_);
  EXPECT_EQ(booking.participant(), Person("rde", 1));
  EXPECT_EQ(booking.session(), "workshops/health-equity-challenge/sessions/2021-08-12-0900");
  EXPECT_EQ(booking.requested_session(), first_);
  EXPECT_EQ(booking.session_date(), "2021-08-12");
  EXPECT_EQ(booking.state(), v1::Booking::STATE_SEATED);
  EXPECT_EQ(booking.version(), 2);
  EXPECT_TRUE(booking.name().starts_with("organisations/rde/bookings/"));
  EXPECT_EQ(GetBooking(booking.name()).SerializeAsString(), booking.SerializeAsString());
  EXPECT_EQ(GetSession(first_).places_taken(), 1);
  EXPECT_EQ(GetSession(first_).version(), 2);
}

TEST_F(BookingsTest, TheSamePersonAndSessionAgainIsTheSameBooking) {
  const v1::Booking booking = Booked(Person("rde", 1), first_);
  const auto again = Book(Person("rde", 1), first_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->existed());
  EXPECT_EQ(again->booking().SerializeAsString(), booking.SerializeAsString());
  EXPECT_EQ(GetSession(first_).places_taken(), 1);
}

TEST_F(BookingsTest, TheSameRequestAgainHasOneEffectAndTheSameAnswer) {
  Know({Person("rde", 1)});
  v1::BookPlaceRequest request;
  request.set_participant(Person("rde", 1));
  request.set_session(first_);
  request.set_request_id(NewId());
  const auto one = Call(*bookings_, &BookingStub::BookPlace, request);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_TRUE(Cancel(one->booking().name()).ok());
  const auto two = Call(*bookings_, &BookingStub::BookPlace, request);
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->SerializeAsString(), one->SerializeAsString());
  EXPECT_EQ(GetSession(first_).places_taken(), 0);
  request.set_on_full(v1::ON_FULL_WAITLIST);
  EXPECT_EQ(ReasonOf(Call(*bookings_, &BookingStub::BookPlace, request)), "REQUEST_ID_REUSED");
}

TEST_F(BookingsTest, AFullSessionIsRefusedWithItsVersion) {
  FillFirst();
  Know({Person("rde", 1)});
  const auto refused = Book(Person("rde", 1), first_);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "SESSION_FULL");
  EXPECT_EQ(status::Detail(refused.status(), "version"), "3");
  EXPECT_EQ(GetSession(first_).state(), v1::Session::STATE_SOLD_OUT);
}

TEST_F(BookingsTest, WhoWaitsIsServedInOrderWhenAPlaceIsFreed) {
  const v1::Booking seated = Booked(Person("esneft", 1), first_);
  Booked(Person("esneft", 2), first_);
  const v1::Booking third = Booked(Person("rde", 3), first_, v1::ON_FULL_WAITLIST);
  const v1::Booking fourth = Booked(Person("rde", 4), first_, v1::ON_FULL_WAITLIST);
  const v1::Booking fifth = Booked(Person("rde", 5), first_, v1::ON_FULL_WAITLIST);
  EXPECT_EQ(third.state(), v1::Booking::STATE_WAITING);
  EXPECT_EQ(third.waiting_position(), 1);
  EXPECT_EQ(fifth.waiting_position(), 3);
  EXPECT_EQ(GetSession(first_).waiting(), 3);

  const auto cancelled = Cancel(seated.name());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_TRUE(cancelled->promoted());
  EXPECT_EQ(cancelled->booking().state(), v1::Booking::STATE_CANCELLED);
  EXPECT_EQ(cancelled->booking().version(), GetSession(first_).version());
  EXPECT_EQ(GetBooking(third.name()).state(), v1::Booking::STATE_SEATED);
  EXPECT_EQ(GetBooking(third.name()).version(), cancelled->booking().version());
  EXPECT_EQ(GetBooking(fourth.name()).waiting_position(), 1);
  EXPECT_EQ(GetSession(first_).places_taken(), 2);
  EXPECT_EQ(GetSession(first_).waiting(), 2);

  // A wait that is given up moves the others up, and promotes nobody.
  const auto gave_up = Cancel(fourth.name());
  ASSERT_TRUE(gave_up.ok()) << gave_up.status();
  EXPECT_FALSE(gave_up->promoted());
  EXPECT_EQ(GetBooking(fifth.name()).waiting_position(), 1);
}

TEST_F(BookingsTest, ACancelledBookingIsReturnedUnchanged) {
  const v1::Booking booking = Booked(Person("rde", 1), first_);
  const auto once = Cancel(booking.name());
  const auto twice = Cancel(booking.name());
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(twice->booking().SerializeAsString(), once->booking().SerializeAsString());
  EXPECT_FALSE(twice->promoted());
  // The person may book again.
  EXPECT_FALSE(Book(Person("rde", 1), first_)->existed());
}

TEST_F(BookingsTest, NextDateSeatsOnTheNextSessionWithAPlace) {
  const std::string second = AddSession("2021-08-17", "09:00", 1);
  const std::string third = AddSession("2021-08-24", "09:00", 1);
  FillFirst();
  Booked(Person("esneft", 3), second);
  const v1::Booking moved = Booked(Person("rde", 1), first_, v1::ON_FULL_NEXT_DATE);
  EXPECT_EQ(moved.session(), third);
  EXPECT_EQ(moved.requested_session(), first_);
  EXPECT_EQ(moved.session_date(), "2021-08-24");
  // Both names of the wish find it.
  EXPECT_TRUE(Book(Person("rde", 1), first_)->existed());
  EXPECT_TRUE(Book(Person("rde", 1), third)->existed());
  // Now all are full: the next one waits for the date asked for.
  const v1::Booking waits = Booked(Person("rde", 2), first_, v1::ON_FULL_NEXT_DATE);
  EXPECT_EQ(waits.state(), v1::Booking::STATE_WAITING);
  EXPECT_EQ(waits.session(), first_);
}

TEST_F(BookingsTest, NothingIsBookedOnMissingPastOrCancelledSessions) {
  Know({Person("rde", 1)});
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), std::string(kWorkshop) + "/sessions/2021-01-01-0900")), "NOT_FOUND");
  const std::string past = AddSession("2021-07-01", "09:00", 2);
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), past, v1::ON_FULL_NEXT_DATE)), "SESSION_IN_PAST");
  v1::CancelSessionRequest cancel;
  cancel.set_name(first_);
  cancel.set_request_id(NewId());
  ASSERT_TRUE(Call(*sessions_, &v1::SessionService::Stub::CancelSession, cancel).ok());
  EXPECT_EQ(ReasonOf(Book(Person("rde", 1), first_)), "SESSION_CANCELLED");
}

TEST_F(BookingsTest, APersonWhoIsNotKnownYetIsToBeTriedAgain) {
  const auto refused = Book(Person("rde", 1), first_);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(refused), "PARTICIPANT_NOT_KNOWN_YET");
  EXPECT_GT(status::RetryAfter(refused.status()), absl::ZeroDuration());
  // Nor is one known by a name in another organisation.
  Know({Person("rde", 1)});
  const std::string elsewhere =
      "organisations/esneft" + Person("rde", 1).substr(std::string("organisations/rde").size());
  EXPECT_EQ(ReasonOf(Book(elsewhere, first_)), "PARTICIPANT_NOT_KNOWN_YET");
}

TEST_F(BookingsTest, PlacesOfABegunSessionDoNotChange) {
  const v1::Booking booking = Booked(Person("rde", 1), first_);
  Know({Person("rde", 2)});
  SetNow(London("2021-08-12 09:00"));
  EXPECT_EQ(ReasonOf(Cancel(booking.name())), "SESSION_IN_PAST");
  EXPECT_EQ(ReasonOf(Substitute(booking.name(), Person("rde", 2))), "SESSION_IN_PAST");
  EXPECT_EQ(ReasonOf(Book(Person("rde", 2), first_)), "SESSION_IN_PAST");
  EXPECT_TRUE(Book(Person("rde", 1), first_)->existed());
}

TEST_F(BookingsTest, AColleagueTakesThePlaceOver) {
  const v1::Booking booking = Booked(Person("rde", 1), first_);
  Know({Person("rde", 2)});
  const auto handed = Substitute(booking.name(), Person("rde", 2));
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->booking().name(), booking.name());
  EXPECT_EQ(handed->booking().participant(), Person("rde", 2));
  EXPECT_EQ(handed->booking().version(), booking.version() + 1);
  EXPECT_EQ(GetBooking(booking.name()).SerializeAsString(), handed->booking().SerializeAsString());
  EXPECT_EQ(GetSession(first_).places_taken(), 1);
  const auto event = Changes().back().booking_event();
  EXPECT_EQ(event.previous_participant(), Person("rde", 1));
  EXPECT_EQ(event.previous_state(), event.state());
}

TEST_F(BookingsTest, AColleagueTakesTheWaitOverWithItsPosition) {
  FillFirst();
  const v1::Booking waits = Booked(Person("rde", 1), first_, v1::ON_FULL_WAITLIST);
  Booked(Person("rde", 2), first_, v1::ON_FULL_WAITLIST);
  Know({Person("rde", 3)});
  const auto handed = Substitute(waits.name(), Person("rde", 3));
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->booking().state(), v1::Booking::STATE_WAITING);
  EXPECT_EQ(handed->booking().waiting_position(), 1);
}

TEST_F(BookingsTest, WhatASubstitutionRefuses) {
  const v1::Booking booking = Booked(Person("rde", 1), first_);
  EXPECT_EQ(ReasonOf(Substitute("organisations/rde/bookings/nothing", Person("rde", 2))), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Substitute(booking.name(), Person("esneft", 2))), "OTHER_ORGANISATION");
  EXPECT_EQ(ReasonOf(Substitute(booking.name(), Person("rde", 2))), "PARTICIPANT_NOT_KNOWN_YET");
  Booked(Person("rde", 3), first_);
  EXPECT_EQ(ReasonOf(Substitute(booking.name(), Person("rde", 3))), "ALREADY_BOOKED");
  ASSERT_TRUE(Cancel(booking.name()).ok());
  EXPECT_EQ(ReasonOf(Substitute(booking.name(), Person("rde", 2))), "BOOKING_NOT_LIVE");
}

TEST_F(BookingsTest, ListsAreNarrowedAndPaged) {
  const std::string second = AddSession("2021-08-17", "09:00", 10);
  const v1::Booking a = Booked(Person("rde", 1), first_);
  const v1::Booking b = Booked(Person("rde", 1), second);
  const v1::Booking c = Booked(Person("esneft", 2), second);
  const v1::Booking d = Booked(Person("rde", 3), second);
  ASSERT_TRUE(Cancel(d.name()).ok());

  const auto names = [&](v1::ListBookingsRequest request) {
    std::vector<std::string> names;
    for (const auto& booking : List(std::move(request))) names.push_back(booking.name());
    return names;
  };
  v1::ListBookingsRequest request;
  request.set_page_size(1);
  EXPECT_THAT(names(request), ElementsAre(a.name(), b.name(), c.name()));
  request.set_show_cancelled(true);
  EXPECT_THAT(names(request), ElementsAre(a.name(), b.name(), c.name(), d.name()));
  request.set_parent("organisations/rde");
  EXPECT_THAT(names(request), ElementsAre(a.name(), b.name(), d.name()));
  request.set_session(second);
  EXPECT_THAT(names(request), ElementsAre(b.name(), d.name()));
  request.set_participant(Person("rde", 1));
  EXPECT_THAT(names(request), ElementsAre(b.name()));
  request.set_participant(Person("esneft", 2));
  EXPECT_THAT(names(request), IsEmpty());
  request.clear_participant();
  request.set_session(first_ + "9");
  EXPECT_THAT(names(request), IsEmpty());
  request.set_page_token("nonsense");
  EXPECT_EQ(status::FieldFaults(Call(*bookings_, &BookingStub::ListBookings, request).status()).front().field,
            "page_token");
}

TEST_F(BookingsTest, PositionsInLongWaitingListsAreRightOnEveryPage) {
  constexpr int kWaiting = 30;
  const std::string second = AddSession("2021-08-17", "09:00", 1);
  FillFirst();
  Booked(Person("esneft", 3), second);
  std::map<std::string, int> expected;  // booking to position
  std::vector<v1::Booking> of_first;
  for (int i = 0; i < kWaiting; ++i) {
    const char* organisation = i % 3 == 0 ? "rde" : "esneft";
    of_first.push_back(Booked(Person(organisation, 100 + i), first_, v1::ON_FULL_WAITLIST));
    expected[of_first.back().name()] = i + 1;
    if (i % 2 == 0) {
      expected[Booked(Person(organisation, 200 + i), second, v1::ON_FULL_WAITLIST).name()] = i / 2 + 1;
    }
  }
  const auto check = [&](const std::string& parent, const std::string& session, int page_size) {
    v1::ListBookingsRequest request;
    request.set_parent(parent);
    request.set_session(session);
    request.set_page_size(page_size);
    int waiting = 0;
    for (const v1::Booking& booking : List(request)) {
      const auto found = expected.find(booking.name());
      EXPECT_EQ(booking.waiting_position(), found == expected.end() ? 0 : found->second) << booking.name();
      EXPECT_EQ(booking.SerializeAsString(), GetBooking(booking.name()).SerializeAsString());
      waiting += booking.state() == v1::Booking::STATE_WAITING;
    }
    return waiting;
  };
  EXPECT_EQ(check("organisations/-", "", 7), kWaiting + kWaiting / 2);
  EXPECT_EQ(check("organisations/-", first_, 4), kWaiting);
  // Those of others count, though they are not listed.
  EXPECT_EQ(check("organisations/rde", "", 3), kWaiting / 3 + kWaiting / 6);
  // Who gives up moves up those behind, of this session alone.
  ASSERT_TRUE(Cancel(of_first[9].name()).ok());
  expected.erase(of_first[9].name());
  for (int i = 10; i < kWaiting; ++i) --expected[of_first[static_cast<size_t>(i)].name()];
  EXPECT_EQ(check("organisations/-", "", 7), kWaiting + kWaiting / 2 - 1);
}

TEST_F(BookingsTest, APartnerSeesAndTouchesItsOwnAlone) {
  const v1::Booking own = Booked(Person("rde", 1), first_);
  const v1::Booking foreign = Booked(Person("esneft", 2), first_);
  const std::string partner = Token("partner", "rde");
  v1::GetBookingRequest get;
  get.set_name(own.name());
  EXPECT_TRUE(CallAs(partner, *bookings_, &BookingStub::GetBooking, get).ok());
  get.set_name(foreign.name());
  const auto refused = CallAs(partner, *bookings_, &BookingStub::GetBooking, get);
  get.set_name("organisations/rde/bookings/01890a5d-ac96-774b-bcce-b302099a8057");
  const auto missing = CallAs(partner, *bookings_, &BookingStub::GetBooking, get);
  EXPECT_EQ(ReasonOf(missing), "NOT_FOUND");
  EXPECT_EQ(refused.status(), missing.status());
  // Under its own name a foreign booking is missing too.
  get.set_name("organisations/rde/bookings/" + foreign.name().substr(foreign.name().rfind('/') + 1));
  EXPECT_EQ(CallAs(partner, *bookings_, &BookingStub::GetBooking, get).status(), missing.status());

  v1::CancelBookingRequest cancel;
  cancel.set_name(foreign.name());
  cancel.set_request_id(NewId());
  EXPECT_EQ(ReasonOf(CallAs(partner, *bookings_, &BookingStub::CancelBooking, cancel)), "NOT_FOUND");
  v1::ListBookingsRequest list;
  list.set_parent("organisations/-");
  EXPECT_EQ(ReasonOf(CallAs(partner, *bookings_, &BookingStub::ListBookings, list)), "NOT_FOUND");
  list.set_parent("organisations/rde");
  EXPECT_THAT(CallAs(partner, *bookings_, &BookingStub::ListBookings, list)->bookings(), SizeIs(1));
  EXPECT_EQ(ReasonOf(CallAs(partner, *bookings_, &BookingStub::SeatPeople, v1::SeatPeopleRequest())), "SCOPE_MISSING");
}

TEST_F(BookingsTest, EveryChangeOfStateIsToldInOrder) {
  const v1::Booking seated = Booked(Person("rde", 1), first_);
  Booked(Person("rde", 2), first_);
  const v1::Booking waits = Booked(Person("esneft", 3), first_, v1::ON_FULL_WAITLIST);
  ASSERT_TRUE(Cancel(seated.name()).ok());
  const auto changes = Changes();
  ASSERT_GE(changes.size(), 5u);
  const auto& fell = changes[changes.size() - 2];
  EXPECT_EQ(fell.organisation(), "organisations/rde");
  EXPECT_EQ(fell.booking_event().booking(), seated.name());
  EXPECT_EQ(fell.booking_event().state(), changes::v1::BookingEvent::STATE_CANCELLED);
  EXPECT_EQ(fell.booking_event().previous_state(), changes::v1::BookingEvent::STATE_SEATED);
  const auto& promoted = changes.back();
  EXPECT_EQ(promoted.organisation(), "organisations/esneft");
  EXPECT_EQ(promoted.booking_event().booking(), waits.name());
  EXPECT_EQ(promoted.booking_event().previous_state(), changes::v1::BookingEvent::STATE_WAITING);
  EXPECT_EQ(promoted.booking_event().state(), changes::v1::BookingEvent::STATE_SEATED);
  EXPECT_EQ(promoted.booking_event().version(), GetSession(first_).version());
}

TEST_F(BookingsTest, AttendanceIsRecordedAndCorrected) {
  FillFirst();
  Booked(Person("rde", 3), first_, v1::ON_FULL_WAITLIST);
  const auto record = [&](std::vector<std::pair<std::string, bool>> rows) {
    v1::RecordAttendanceRequest request;
    request.set_session(first_);
    request.set_request_id(NewId());
    for (const auto& [participant, attended] : rows) {
      auto* row = request.add_rows();
      row->set_participant(participant);
      row->set_attended(attended);
    }
    return Call(*bookings_, &BookingStub::RecordAttendance, request);
  };
  EXPECT_EQ(ReasonOf(record({{Person("esneft", 1), true}})), "SESSION_NOT_BEGUN");
  SetNow(London("2021-08-12 11:45"));
  using Result = v1::AttendanceResult;
  const auto first = record({{Person("esneft", 1), true}, {Person("esneft", 2), false}, {Person("rde", 3), true}});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->results(0).outcome(), Result::OUTCOME_RECORDED);
  EXPECT_EQ(first->results(1).outcome(), Result::OUTCOME_RECORDED);
  EXPECT_EQ(first->results(2).outcome(), Result::OUTCOME_REJECTED);
  EXPECT_EQ(first->results(2).code(), "NO_PLACE");
  const auto second = record({{Person("esneft", 1), true}, {Person("esneft", 2), true}});
  EXPECT_EQ(second->results(0).outcome(), Result::OUTCOME_UNCHANGED);
  EXPECT_EQ(second->results(1).outcome(), Result::OUTCOME_RECORDED);
  EXPECT_EQ(GetBooking(second->results(1).booking()).attendance(), v1::Booking::ATTENDANCE_ATTENDED);
  const auto event = Changes().back().attendance_event();
  EXPECT_TRUE(event.attended());
  EXPECT_TRUE(event.has_previously_attended());
  EXPECT_FALSE(event.previously_attended());

  v1::RecordAttendanceRequest missing;
  missing.set_session(std::string(kWorkshop) + "/sessions/none");
  missing.set_request_id(NewId());
  missing.add_rows()->set_participant(Person("rde", 1));
  EXPECT_EQ(ReasonOf(Call(*bookings_, &BookingStub::RecordAttendance, missing)), "NOT_FOUND");
}

TEST_F(BookingsTest, NoAttendanceIsRecordedForACancelledSession) {
  v1::CancelSessionRequest cancel;
  cancel.set_name(first_);
  cancel.set_request_id(NewId());
  ASSERT_TRUE(Call(*sessions_, &v1::SessionService::Stub::CancelSession, cancel).ok());
  v1::RecordAttendanceRequest request;
  request.set_session(first_);
  request.set_request_id(NewId());
  request.add_rows()->set_participant(Person("rde", 1));
  EXPECT_EQ(ReasonOf(Call(*bookings_, &BookingStub::RecordAttendance, request)), "SESSION_CANCELLED");
}

TEST_F(BookingsTest, EveryBookingCanSayWhyItIsAsItIs) {
  const std::string session = AddSession("2021-08-17", "09:00", 1);
  AddSession("2021-08-24", "09:00", 1);
  const auto explain = [&](const v1::Booking& booking, const std::string& token) {
    v1::ExplainDecisionRequest request;
    request.set_name(booking.name());
    return CallAs(token, *bookings_, &v1::BookingService::Stub::ExplainDecision, request);
  };
  const auto text = [&](const v1::Booking& booking) {
    const auto response = explain(booking, Token("central_team"));
    return response.ok() ? absl::StrJoin(response->sentences(), " ") : std::string(response.status().message());
  };
  const v1::Booking first = Booked(Person("rde", 1), session);
  const v1::Booking waits = Booked(Person("rde", 2), session, v1::ON_FULL_WAITLIST);
  const v1::Booking later = Booked(Person("rde", 3), session, v1::ON_FULL_NEXT_DATE);
  const v1::Booking no_later = Booked(Person("esneft", 4), session, v1::ON_FULL_NEXT_DATE);
  EXPECT_THAT(text(first),
              ::testing::HasSubstr("1 place, none was taken and nobody waited: so the person got a place."));
  EXPECT_THAT(text(waits), ::testing::HasSubstr(
                               "1 place, which was taken, and nobody waited: so the person went on the waiting list"));
  EXPECT_THAT(text(waits), ::testing::HasSubstr("position 1"));
  EXPECT_THAT(text(later), ::testing::HasSubstr("Tuesday 24 August 2021"));
  EXPECT_THAT(text(no_later), ::testing::HasSubstr("every later one"));
  const auto reasons = explain(no_later, Token("partner", "esneft"));
  ASSERT_TRUE(reasons.ok()) << reasons.status();
  EXPECT_EQ(reasons->rule(), v1::ExplainDecisionResponse::RULE_NO_NEXT_DATE);
  EXPECT_EQ(reasons->seen_capacity(), 1);
  EXPECT_EQ(reasons->seen_taken(), 1);
  EXPECT_EQ(reasons->seen_waiting(), 1);
  EXPECT_EQ(reasons->policy_version(), 1);
  ASSERT_TRUE(Cancel(first.name()).ok());
  EXPECT_THAT(text(waits), ::testing::HasSubstr("A place became free since"));
  EXPECT_THAT(text(first), ::testing::HasSubstr("given up"));
  // Another organisation learns no more than that there is nothing of its own.
  EXPECT_EQ(explain(first, Token("partner", "esneft")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace equity::workshops

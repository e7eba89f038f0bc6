#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using SessionStub = v1::SessionService::Stub;

class SessionsTest : public ServerTest {
 protected:
  SessionsTest() { AddWorkshop(); }
  absl::StatusOr<v1::CreateSessionResponse> Create(const std::string& date, const std::string& start, int capacity,
                                                   const std::string& end = "", const std::string& zone = "") {
    v1::CreateSessionRequest request;
    request.set_parent(kWorkshop);
    request.mutable_session()->set_date(date);
    request.mutable_session()->set_start(start);
    request.mutable_session()->set_end(end);
    request.mutable_session()->set_time_zone(zone);
    request.mutable_session()->set_capacity(capacity);
    request.set_request_id(NewId());
    return Call(*sessions_, &SessionStub::CreateSession, request);
  }
  absl::StatusOr<v1::UpdateSessionResponse> Update(const v1::Session& session, std::vector<std::string> paths = {}) {
    v1::UpdateSessionRequest request;
    *request.mutable_session() = session;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NewId());
    return Call(*sessions_, &SessionStub::UpdateSession, request);
  }
  absl::StatusOr<v1::UpdateSessionResponse> SetCapacity(const std::string& name, int capacity) {
    v1::Session session;
    session.set_name(name);
    session.set_capacity(capacity);
    return Update(session, {"capacity"});
  }
  absl::StatusOr<v1::CancelSessionResponse> CancelSession(const std::string& name) {
    v1::CancelSessionRequest request;
    request.set_name(name);
    request.set_request_id(NewId());
    return Call(*sessions_, &SessionStub::CancelSession, request);
  }
};

TEST_F(SessionsTest, ASessionKeepsLocalTimesAndInstants) {
  const auto created = Create("2021-08-12", "09:00", 40);
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Session& session = created->session();
  EXPECT_EQ(session.name(), "workshops/health-equity-challenge/sessions/2021-08-12-0900");
  EXPECT_EQ(session.end(), "11:30");
  EXPECT_EQ(session.time_zone(), "Europe/London");
  EXPECT_EQ(session.start_time().seconds(), absl::ToUnixSeconds(London("2021-08-12 09:00")));
  EXPECT_EQ(session.end_time().seconds() - session.start_time().seconds(), 150 * 60);
  EXPECT_EQ(session.state(), v1::Session::STATE_OPEN);
  EXPECT_EQ(session.version(), 1);
  EXPECT_EQ(GetSession(session.name()).SerializeAsString(), session.SerializeAsString());
  const auto event = Changes().back().session_event();
  EXPECT_EQ(event.session(), session.name());
  EXPECT_EQ(event.challenge(), kChallenge);
  EXPECT_EQ(event.capacity(), 40);
}

TEST_F(SessionsTest, ClocksThatChange) {
  EXPECT_EQ(status::FieldFaults(Create("2022-03-27", "01:30", 1, "03:00").status()).front().field, "session.start");
  EXPECT_EQ(status::FieldFaults(Create("2022-03-27", "00:15", 1, "01:15").status()).front().field, "session.end");
  // 01:30 comes twice that day; the first is in summer time.
  const auto first = Create("2021-10-31", "01:30", 1, "03:00");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->session().start_time().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilMinute(2021, 10, 31, 0, 30), absl::UTCTimeZone())));
  const auto elsewhere = Create("2021-10-31", "09:00", 1, "10:00", "America/New_York");
  EXPECT_EQ(elsewhere->session().start_time().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilMinute(2021, 10, 31, 13, 0), absl::UTCTimeZone())));
}

TEST_F(SessionsTest, WhatCreatingRefuses) {
  v1::CreateSessionRequest request;
  request.set_parent(kWorkshop);
  request.mutable_session()->set_platform("Zoom");
  request.set_request_id(NewId());
  EXPECT_EQ(status::FieldFaults(Call(*sessions_, &SessionStub::CreateSession, request).status()).size(), 3u);
  request.set_parent("workshops/none");
  EXPECT_EQ(ReasonOf(Call(*sessions_, &SessionStub::CreateSession, request)), "NOT_FOUND");
  EXPECT_EQ(status::FieldFaults(Create("2021-08-12", "09:00", 1, "08:00").status()).front().field, "session.end");
  EXPECT_EQ(status::FieldFaults(Create("2021-08-12", "23:00", 1).status()).front().field, "session.end");
  for (const char* far : {"2121-08-12", "2026-07-21", "1921-08-12"}) {
    const auto faults = status::FieldFaults(Create(far, "09:00", 1).status());
    ASSERT_THAT(faults, testing::SizeIs(1)) << far;
    EXPECT_EQ(faults[0].field, "session.date");
    EXPECT_EQ(faults[0].description, "must be within five years of today");
  }
  ASSERT_TRUE(Create("2021-08-12", "09:00", 1).ok());
  EXPECT_EQ(ReasonOf(Create("2021-08-12", "09:00", 1)), "SESSION_EXISTS");
}

TEST_F(SessionsTest, ACancelledSessionMayBeReplaced) {
  const std::string name = AddSession("2021-08-12", "09:00", 1);
  ASSERT_TRUE(CancelSession(name).ok());
  EXPECT_EQ(AddSession("2021-08-12", "09:00", 1), name + "-2");
  ASSERT_TRUE(CancelSession(name + "-2").ok());
  EXPECT_EQ(AddSession("2021-08-12", "09:00", 1), name + "-3");
}

TEST_F(SessionsTest, ListsAreInTheOrderOfStart) {
  const std::string late = AddSession("2021-08-17", "09:00", 1);
  const std::string early = AddSession("2021-07-27", "14:30", 1);
  const std::string past = AddSession("2021-07-01", "09:00", 1);
  v1::ListSessionsRequest request;
  request.set_parent("workshops/-");
  request.set_page_size(2);
  auto page = Call(*sessions_, &SessionStub::ListSessions, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->sessions(0).name(), past);
  EXPECT_EQ(page->sessions(0).state(), v1::Session::STATE_PAST);
  EXPECT_EQ(page->sessions(1).name(), early);
  request.set_page_token(page->next_page_token());
  page = Call(*sessions_, &SessionStub::ListSessions, request);
  ASSERT_EQ(page->sessions_size(), 1);
  EXPECT_EQ(page->sessions(0).name(), late);
  EXPECT_EQ(page->next_page_token(), "");
  request.set_parent(kWorkshop);
  EXPECT_EQ(ReasonOf(Call(*sessions_, &SessionStub::ListSessions, request)),
            "INVALID_FIELDS");  // the token of another list
  request.clear_page_token();
  request.set_page_size(0);
  EXPECT_EQ(Call(*sessions_, &SessionStub::ListSessions, request)->sessions_size(), 3);
  request.set_parent("workshops/none");
  EXPECT_EQ(ReasonOf(Call(*sessions_, &SessionStub::ListSessions, request)), "NOT_FOUND");
}

TEST_F(SessionsTest, AnyoneMaySeeWhatIsToCome) {
  AddSession("2021-07-01", "09:00", 1);
  const std::string full = AddSession("2021-08-12", "09:00", 1);
  AddSession("2021-08-17", "09:00", 3);
  const std::string fallen = AddSession("2021-08-18", "09:00", 3);
  ASSERT_TRUE(CancelSession(fallen).ok());
  Booked(Person("rde", 1), full);
  v1::ListPublicSessionsRequest request;
  request.set_page_size(2);
  auto page = CallAs("", *sessions_, &SessionStub::ListPublicSessions, request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->sessions_size(), 2);
  EXPECT_EQ(page->sessions(0).workshop(), "Health Equity Challenge");
  EXPECT_EQ(page->sessions(0).state(), v1::Session::STATE_SOLD_OUT);
  EXPECT_EQ(page->sessions(0).places_left(), 0);
  EXPECT_EQ(page->sessions(1).places_left(), 3);
  request.set_page_token(page->next_page_token());
  page = CallAs("", *sessions_, &SessionStub::ListPublicSessions, request);
  ASSERT_EQ(page->sessions_size(), 1);
  EXPECT_EQ(page->sessions(0).state(), v1::Session::STATE_CANCELLED);
  // But not more.
  v1::GetSessionRequest get;
  get.set_name(full);
  EXPECT_EQ(ReasonOf(CallAs("", *sessions_, &SessionStub::GetSession, get)), "CREDENTIAL_MISSING");
}

TEST_F(SessionsTest, MorePlacesGoToThoseWhoWaitInOrder) {
  const std::string name = AddSession("2021-08-12", "09:00", 1);
  Booked(Person("rde", 1), name);
  const v1::Booking second = Booked(Person("rde", 2), name, v1::ON_FULL_WAITLIST);
  const v1::Booking third = Booked(Person("rde", 3), name, v1::ON_FULL_WAITLIST);
  const v1::Booking fourth = Booked(Person("rde", 4), name, v1::ON_FULL_WAITLIST);
  const auto updated = SetCapacity(name, 3);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_THAT(updated->promoted_bookings(), ElementsAre(second.name(), third.name()));
  EXPECT_EQ(updated->session().places_taken(), 3);
  EXPECT_EQ(updated->session().waiting(), 1);
  EXPECT_EQ(updated->session().etag(), "2");
  EXPECT_EQ(GetBooking(fourth.name()).waiting_position(), 1);
  EXPECT_THAT(SetCapacity(name, 10)->promoted_bookings(), ElementsAre(fourth.name()));
  EXPECT_THAT(SetCapacity(name, 20)->promoted_bookings(), IsEmpty());
  const auto refused = SetCapacity(name, 3);
  EXPECT_EQ(ReasonOf(refused), "CAPACITY_BELOW_TAKEN");
  EXPECT_EQ(status::Detail(refused.status(), "taken"), "4");
  EXPECT_TRUE(SetCapacity(name, 4).ok());
}

TEST_F(SessionsTest, BookingsDoNotChangeTheEtag) {
  const std::string name = AddSession("2021-08-12", "09:00", 2);
  const v1::Session before = GetSession(name);
  Booked(Person("rde", 1), name);
  v1::Session session = before;
  session.set_platform("Zoom");
  const auto updated = Update(session);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->session().platform(), "Zoom");
  EXPECT_EQ(updated->session().version(), before.version() + 1);
  EXPECT_EQ(ReasonOf(Update(session)), "ETAG_MISMATCH");
}

TEST_F(SessionsTest, WhatAnUpdateRefuses) {
  v1::Session session;
  EXPECT_EQ(status::FieldFaults(Update(session, {"date"}).status()).size(), 2u);
  session.set_name(std::string(kWorkshop) + "/sessions/none");
  EXPECT_EQ(ReasonOf(Update(session)), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(SetCapacity(AddSession("2021-07-01", "09:00", 1), 2)), "SESSION_IN_PAST");
  const std::string fallen = AddSession("2021-08-12", "09:00", 1);
  ASSERT_TRUE(CancelSession(fallen).ok());
  EXPECT_EQ(ReasonOf(SetCapacity(fallen, 2)), "SESSION_CANCELLED");
}

TEST_F(SessionsTest, ACancelledSessionTakesItsBookingsAlong) {
  const std::string name = AddSession("2021-08-12", "09:00", 1);
  const v1::Booking seated = Booked(Person("rde", 1), name);
  const v1::Booking waits = Booked(Person("esneft", 2), name, v1::ON_FULL_WAITLIST);
  const auto cancelled = CancelSession(name);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->bookings_cancelled(), 2);
  EXPECT_EQ(cancelled->session().state(), v1::Session::STATE_CANCELLED);
  EXPECT_EQ(cancelled->session().places_taken(), 0);
  EXPECT_EQ(cancelled->session().waiting(), 0);
  for (const std::string& booking : {seated.name(), waits.name()}) {
    EXPECT_EQ(GetBooking(booking).state(), v1::Booking::STATE_CANCELLED_BY_ORGANISER);
    EXPECT_EQ(GetBooking(booking).version(), cancelled->session().version());
  }
  const auto changes = Changes();
  EXPECT_TRUE(changes.back().session_event().cancelled());
  EXPECT_EQ(changes[changes.size() - 2].organisation(), "organisations/esneft");
  EXPECT_EQ(changes[changes.size() - 2].booking_event().state(),
            changes::v1::BookingEvent::STATE_CANCELLED_BY_ORGANISER);
  // Again, it is returned unchanged, and so is a booking of it.
  EXPECT_EQ(CancelSession(name)->session().SerializeAsString(), cancelled->session().SerializeAsString());
  EXPECT_EQ(Cancel(seated.name())->booking().state(), v1::Booking::STATE_CANCELLED_BY_ORGANISER);
  EXPECT_EQ(ReasonOf(CancelSession(AddSession("2021-07-01", "09:00", 1))), "SESSION_IN_PAST");
  EXPECT_EQ(ReasonOf(CancelSession(std::string(kWorkshop) + "/sessions/none")), "NOT_FOUND");
}

}  // namespace
}  // namespace equity::workshops

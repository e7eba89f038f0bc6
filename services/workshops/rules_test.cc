#include "services/workshops/rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::workshops {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1626768000);  // 2021-07-20 08:00 UTC

Offer MakeOffer(int64_t number, int day, Places places) {
  return {.session = number, .name = "", .date = "", .start = kNow + absl::Hours(24 * day), .places = places};
}

constexpr Places kFree{.capacity = 2, .taken = 1};
constexpr Places kFull{.capacity = 2, .taken = 2};

class DecideTest : public testing::Test {
 protected:
  Decision Ask(OnFull on_full, std::vector<Held> held = {}) {
    return Decide(asked_, on_full, held, kNow, [this] { return absl::Span<Offer* const>(later_); });
  }
  Offer asked_ = MakeOffer(1, 7, kFull);
  Offer second_ = MakeOffer(2, 14, kFull);
  Offer third_ = MakeOffer(3, 21, kFree);
  std::vector<Offer*> later_ = {&asked_, &second_, &third_};
};

TEST_F(DecideTest, AFreePlaceIsGivenWhateverIsSaidAboutFull) {
  asked_.places = kFree;
  for (const OnFull on_full : {OnFull::kReject, OnFull::kWaitlist, OnFull::kNextDate}) {
    const Decision decision = Ask(on_full);
    EXPECT_EQ(decision.kind, Decision::Kind::kSeat);
    EXPECT_EQ(decision.rule, Rule::kPlaceFree);
    EXPECT_EQ(decision.offer, &asked_);
    EXPECT_EQ(decision.before.taken, 1);
  }
}

TEST_F(DecideTest, FullIsRefusedOrWaitedFor) {
  EXPECT_EQ(Ask(OnFull::kReject).refusal, Refusal::kSessionFull);
  const Decision decision = Ask(OnFull::kWaitlist);
  EXPECT_EQ(decision.kind, Decision::Kind::kWait);
  EXPECT_EQ(decision.rule, Rule::kWaitlist);
}

TEST_F(DecideTest, NobodyOvertakesThoseWhoWait) {
  asked_.places = {.capacity = 2, .taken = 1, .waiting = 1};
  EXPECT_EQ(Ask(OnFull::kReject).refusal, Refusal::kSessionFull);
  third_.places.waiting = 1;
  EXPECT_EQ(Ask(OnFull::kNextDate).rule, Rule::kNoNextDate);
}

TEST_F(DecideTest, NextDateTakesTheFirstLaterOneWithAPlace) {
  const Decision decision = Ask(OnFull::kNextDate);
  EXPECT_EQ(decision.kind, Decision::Kind::kSeat);
  EXPECT_EQ(decision.rule, Rule::kNextDate);
  EXPECT_EQ(decision.offer, &third_);
  EXPECT_EQ(decision.asked, &asked_);
}

TEST_F(DecideTest, NextDateTakesNoCancelledOneAndNoneThatIsEarlier) {
  third_.cancelled = true;
  Offer earlier = MakeOffer(4, 3, kFree);
  later_.insert(later_.begin(), &earlier);
  const Decision decision = Ask(OnFull::kNextDate);
  EXPECT_EQ(decision.kind, Decision::Kind::kWait);
  EXPECT_EQ(decision.rule, Rule::kNoNextDate);
  EXPECT_EQ(decision.offer, &asked_);
}

TEST_F(DecideTest, CancelledAndPastAreRefusedWithEveryWish) {
  asked_.places = kFree;
  asked_.cancelled = true;
  EXPECT_EQ(Ask(OnFull::kNextDate).refusal, Refusal::kSessionCancelled);
  asked_.cancelled = false;
  asked_.start = kNow;
  EXPECT_EQ(Ask(OnFull::kNextDate).refusal, Refusal::kSessionInPast);
}

TEST_F(DecideTest, ABookingThatStandsIsKept) {
  // Made for this session, on another one.
  EXPECT_EQ(Ask(OnFull::kReject, {{.session = 3, .requested = 1}}).held, 3);
  // On this session, made for another one.
  EXPECT_EQ(Ask(OnFull::kReject, {{.session = 1, .requested = 9}}).held, 1);
  // On the next date already.
  const Decision next = Ask(OnFull::kNextDate, {{.session = 3, .requested = 3}});
  EXPECT_EQ(next.kind, Decision::Kind::kKeep);
  EXPECT_EQ(next.held, 3);
  // Elsewhere: that does not matter.
  EXPECT_EQ(Ask(OnFull::kReject, {{.session = 8, .requested = 8}}).refusal, Refusal::kSessionFull);
}

TEST(PromotedTest, AsManyAsWaitAndFit) {
  EXPECT_EQ(Promoted({.capacity = 2, .taken = 2, .waiting = 3}, 4), 2);
  EXPECT_EQ(Promoted({.capacity = 2, .taken = 2, .waiting = 1}, 4), 1);
  EXPECT_EQ(Promoted({.capacity = 2, .taken = 2, .waiting = 1}, 2), 0);
  EXPECT_EQ(Promoted({.capacity = 4, .taken = 2, .waiting = 0}, 3), 0);
}

TEST(StateOfTest, ClockAndPlacesDecide) {
  const absl::Time later = kNow + absl::Hours(1);
  EXPECT_EQ(StateOf(false, later, kFree, kNow), SessionState::kOpen);
  EXPECT_EQ(StateOf(false, later, kFull, kNow), SessionState::kSoldOut);
  EXPECT_EQ(StateOf(false, kNow, kFree, kNow), SessionState::kPast);
  EXPECT_EQ(StateOf(true, kNow, kFree, kNow), SessionState::kCancelled);
}

TEST(ChooseOnDateTest, OneThatStandsNoneOrTwo) {
  Offer standing = MakeOffer(1, 1, kFree);
  Offer other = MakeOffer(2, 1, kFree);
  Offer fallen = MakeOffer(3, 1, kFree);
  fallen.cancelled = true;
  const auto choose = [](std::vector<Offer*> offers) { return ChooseOnDate(offers); };
  EXPECT_EQ(choose({}).refusal, Refusal::kNoSuchSession);
  EXPECT_EQ(choose({&fallen, &standing}).offer, &standing);
  EXPECT_EQ(choose({&fallen}).offer, &fallen);
  EXPECT_EQ(choose({&standing, &other}).refusal, Refusal::kAmbiguousSession);
}

SessionTimes Times(const std::string& date, const std::string& start, const std::string& end) {
  return ResolveTimes(date, start, end, "Europe/London", absl::Minutes(150));
}

TEST(ResolveTimesTest, SummerAndWinter) {
  EXPECT_EQ(Times("2021-08-12", "09:00", "11:30").start,
            absl::FromCivil(absl::CivilMinute(2021, 8, 12, 8, 0), absl::UTCTimeZone()));
  EXPECT_EQ(Times("2021-12-12", "09:00", "11:30").start,
            absl::FromCivil(absl::CivilMinute(2021, 12, 12, 9, 0), absl::UTCTimeZone()));
}

TEST(ResolveTimesTest, ATimeThatTheClocksSkipIsRefused) {
  EXPECT_EQ(Times("2021-03-28", "01:30", "03:00").field, "start");
  EXPECT_EQ(Times("2021-03-28", "00:30", "01:30").field, "end");
  // An hour shorter than it looks.
  const SessionTimes across = Times("2021-03-28", "00:30", "02:30");
  EXPECT_EQ(across.fault, "");
  EXPECT_EQ(across.end - across.start, absl::Hours(1));
}

TEST(ResolveTimesTest, OfATimeThatComesTwiceTheFirstIsTaken) {
  const SessionTimes twice = Times("2021-10-31", "01:30", "03:30");
  EXPECT_EQ(twice.start, absl::FromCivil(absl::CivilMinute(2021, 10, 31, 0, 30), absl::UTCTimeZone()));
  EXPECT_EQ(twice.end - twice.start, absl::Hours(3));
}

TEST(ResolveTimesTest, WithoutAnEndTheDurationHolds) {
  EXPECT_EQ(Times("2021-08-12", "09:00", "").end_of_day, "11:30");
  EXPECT_EQ(Times("2021-03-28", "00:30", "").end_of_day, "04:00");
  EXPECT_EQ(Times("2021-08-12", "22:00", "").field, "end");
}

TEST(ResolveTimesTest, TheEndIsLater) {
  EXPECT_EQ(Times("2021-08-12", "09:00", "09:00").field, "end");
  EXPECT_EQ(Times("2021-08-12", "09:00", "08:00").field, "end");
  EXPECT_EQ(ResolveTimes("2021-08-12", "09:00", "", "Europe/Nowhere", absl::Minutes(1)).field, "time_zone");
}

TEST(DateFaultTest, ADateIsWithinFiveYears) {
  const absl::Time now = absl::FromCivil(absl::CivilMinute(2021, 7, 20, 9, 0), absl::UTCTimeZone());
  for (const char* near : {"2021-07-20", "2016-07-20", "2026-07-20"}) EXPECT_EQ(DateFault(near, now), "") << near;
  for (const char* far : {"2016-07-19", "2026-07-21", "0021-08-12", "2121-08-12", "9999-12-31", "2021-02-30", "soon"}) {
    EXPECT_EQ(DateFault(far, now), "must be within five years of today") << far;
  }
  // The day that only leap years have.
  const absl::Time leap_day = absl::FromCivil(absl::CivilDay(2024, 2, 29), absl::UTCTimeZone());
  EXPECT_EQ(DateFault("2029-02-28", leap_day), "");
  EXPECT_EQ(DateFault("2019-03-01", leap_day), "");
}

TEST(NamesTest, SessionIdsAndNamesFromIds) {
  EXPECT_EQ(SessionId("2021-08-12", "09:00", 1), "2021-08-12-0900");
  EXPECT_EQ(SessionId("2021-08-12", "09:00", 3), "2021-08-12-0900-3");
  EXPECT_EQ(NameFromId("health-equity-challenge"), "Health equity challenge");
}

TEST(DeliveryTest, FeedbackIsTakenUntilTheEndOfTheFourteenthDay) {
  absl::TimeZone london;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/London", &london));
  EXPECT_EQ(FeedbackCloses("2021-08-12", london), absl::FromCivil(absl::CivilDay(2021, 8, 27), london));
  // The clocks go back in between.
  EXPECT_EQ(FeedbackCloses("2021-10-25", london), absl::FromCivil(absl::CivilDay(2021, 11, 9), london));
  for (const char* date : {"2021-08-12", "2021-10-25", "2021-12-31", "2024-02-15"}) {
    const absl::Time closes = FeedbackCloses(date, london);
    EXPECT_EQ(FeedbackTakenFrom(closes - absl::Seconds(1), london), date);
    EXPECT_GT(FeedbackTakenFrom(closes, london), date);
  }
}

TEST(DeliveryTest, CountsOfPeopleAreShownAllOrNotAtAll) {
  EXPECT_TRUE(MayShowCounts(8, {8, 0}));
  EXPECT_TRUE(MayShowCounts(16, {8, 8}));
  EXPECT_FALSE(MayShowCounts(7, {7, 0}));
  EXPECT_FALSE(MayShowCounts(15, {8, 7}));
  EXPECT_FALSE(MayShowCounts(9, {8, 1}));
  EXPECT_FALSE(MayShowCounts(0, {0, 0}));
  EXPECT_FALSE(MayShowCounts(10, {9, 10}));  // several choices: one person did not choose the first
  EXPECT_TRUE(MayShowCounts(18, {10, 18}));
}

TEST(DeliveryTest, ChoicesAreOptionsThatThereAreEachOnce) {
  EXPECT_EQ(ChoicesFault({2}, 3, false), "");
  EXPECT_EQ(ChoicesFault({1, 3}, 3, true), "");
  EXPECT_NE(ChoicesFault({1, 3}, 3, false), "");
  EXPECT_NE(ChoicesFault({0}, 3, false), "");
  EXPECT_NE(ChoicesFault({4}, 3, false), "");
  EXPECT_NE(ChoicesFault({2, 2}, 3, true), "");
}

}  // namespace
}  // namespace equity::workshops

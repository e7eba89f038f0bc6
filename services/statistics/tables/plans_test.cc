// Numbers of plans, organisations and questions, and shares of people whose time has come.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/statistics/tables/tables.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics {
namespace {

using testing::AdviceEvent;
using testing::At;
using testing::BenefitEvent;
using testing::BookingEvent;
using ::testing::ElementsAre;
using testing::kMonday;
using testing::kSummer;
using testing::kThursday;
using ::testing::Pair;
using testing::ParticipantEvent;
using testing::PlanEvent;

class PlanNumbersTest : public ::testing::Test {
 protected:
  PlanNumbersTest() {
    participants_.Add(At("2021-07-01 09:00", testing::OrganisationIs("council", "LOCAL_AUTHORITY", "")));
    participants_.Add(At("2021-07-01 09:00", testing::OrganisationIs("trust", "NHS_TRUST", "WEST_SUFFOLK")));
    participants_.Add(At("2021-07-01 09:00", testing::OrganisationIs("nobody", "INDEPENDENT", "")));
    workshops_.Add(testing::WorkshopOf(kSummer));
    workshops_.Add(testing::SessionIs(kMonday, kSummer, "2021-08-02", 500));
    workshops_.Add(testing::SessionIs(kThursday, kSummer, "2021-08-12", 500));
  }

  // That many people who attended, the first of them in a plan where there is one.
  void Attend(const std::string& organisation, int people, const std::string& session, const std::string& plan = "",
              int in_plan = 0) {
    for (int i = 0; i < people; ++i) {
      const std::string person = testing::Person(organisation, ++number_);
      const std::string booking = testing::Booking(organisation, number_);
      participants_.Add(testing::Participant(ParticipantEvent::KIND_REGISTERED, person));
      workshops_.Add(testing::Books(booking, person, session, BookingEvent::STATE_SEATED));
      workshops_.Add(testing::Attends(booking, person, session, true));
      if (i < in_plan) plans_.Add(testing::Joins(plan, person));
    }
  }
  std::string Draft(const std::string& organisation) {
    const std::string plan = testing::PlanOf(organisation, ++number_);
    plans_.Add(testing::PlanIs(plan, PlanEvent::STATE_DRAFT));
    return plan;
  }
  std::string Begin(const std::string& organisation, const std::string& start_date, const std::string& last_date) {
    const std::string plan = Draft(organisation);
    plans_.Add(testing::PlanIs(plan, PlanEvent::STATE_ACTIVE, start_date, last_date));
    return plan;
  }
  void Count() {
    for (const auto* feed : {&participants_, &workshops_, &plans_, &group_}) model_.Apply(*feed);
  }
  v1::Cell Only(const std::string& measure, v1::Tier tier = v1::TIER_OPERATIONAL) {
    return model_.Cells(measure, {}, tier).at(0);
  }
  // What a share says: percent of eligible, and not yet due.
  std::string Share(const std::string& measure, v1::Tier tier = v1::TIER_OPERATIONAL) {
    const v1::Cell cell = Only(measure, tier);
    return absl::StrCat(cell.number(), "% of ", cell.eligible(), ", ", cell.not_yet_due());
  }
  std::map<std::string, std::string> Some(const std::string& measure, v1::Dimension by) {
    auto table = model_.Table(measure, {by});
    std::erase_if(table, [](const auto& cell) { return cell.second == "0"; });
    return table;
  }

  testing::Feed participants_{"participants"};
  testing::Feed workshops_{"workshops"};
  testing::Feed plans_{"benefit_plans"};
  testing::Feed group_{"reference_group"};
  testing::TestModel model_;
  int number_ = 0;
};

TEST(EmptyNumbersTest, WhereNobodyIsEveryTableIsThere) {
  testing::Feed workshops("workshops");
  workshops.Add(testing::WorkshopOf(kSummer));
  testing::TestModel model;
  model.Apply(workshops);
  for (const Measure& measure : Measures()) {
    for (auto by : measure.Publishable()) {
      for (const v1::Tier tier : {v1::TIER_OPERATIONAL, v1::TIER_PUBLISHABLE}) {
        for (const v1::Cell& cell : model.Cells(measure.id, by, tier)) {
          EXPECT_EQ(cell.value(), 0) << measure.id;
          EXPECT_FALSE(cell.has_number()) << measure.id;
        }
      }
    }
  }
}

TEST_F(PlanNumbersTest, TheFunnelOfPlans) {
  Draft("trust");
  const std::string closed = Begin("trust", "2021-08-02", "2021-11-10");
  const std::string withdrawn = Begin("council", "2021-08-02", "2021-11-10");
  plans_.Add(testing::BenefitIs(closed, 1, BenefitEvent::STATE_REALISED));
  plans_.Add(testing::BenefitIs(closed, 2, BenefitEvent::STATE_DROPPED));
  plans_.Add(testing::BenefitIs(withdrawn, 1, BenefitEvent::STATE_REALISED, true));
  plans_.Add(testing::PlanIs(closed, PlanEvent::STATE_CLOSED, "2021-08-02", "2021-11-10"));
  plans_.Add(testing::PlanIs(withdrawn, PlanEvent::STATE_WITHDRAWN, "2021-08-02", "2021-11-10"));
  Count();
  EXPECT_EQ(model_.Total("plans.drafted"), "3");
  EXPECT_EQ(model_.Total("plans.started"), "2");
  EXPECT_EQ(model_.Total("plans.closed"), "1");
  EXPECT_EQ(model_.Total("plans.with_benefit_realised"), "1");
  EXPECT_THAT(Some("plans.drafted", v1::DIMENSION_STATE),
              ElementsAre(Pair("CLOSED", "1"), Pair("DRAFT", "1"), Pair("WITHDRAWN", "1")));
  EXPECT_THAT(Some("plans.started", v1::DIMENSION_ISO_WEEK), ElementsAre(Pair("2021-W31", "2")));
  EXPECT_THAT(Some("benefits.identified", v1::DIMENSION_STATE),
              ElementsAre(Pair("DROPPED", "1"), Pair("REALISED", "1")));
  EXPECT_EQ(model_.Total("benefits.unwanted"), "1");
  // Reopened, a benefit is realised no more.
  plans_.Add(testing::BenefitIs(closed, 1, BenefitEvent::STATE_IN_DELIVERY));
  Count();
  EXPECT_EQ(model_.Total("plans.with_benefit_realised"), "0");
}

TEST_F(PlanNumbersTest, DayBandsAreCivilDaysInLondon) {
  // The clocks go back on 31 October 2021: 100 times 24 hours from midnight would be 23:00 on 19 November.
  Begin("trust", "2021-08-12", "2021-11-20");
  Count();
  const auto band = [&](const std::string& now) {
    model_.SetNow(now);
    return Some("plans.running", v1::DIMENSION_DAY_BAND).begin()->first;
  };
  EXPECT_EQ(band("2021-08-11 23:59"), "NOT_BEGUN");
  EXPECT_EQ(band("2021-08-12 00:00"), "DAY_0_24");
  EXPECT_EQ(band("2021-09-05 23:59"), "DAY_0_24");
  EXPECT_EQ(band("2021-09-06 00:00"), "DAY_25_49");
  EXPECT_EQ(band("2021-10-26 00:00"), "DAY_75_100");
  EXPECT_EQ(band("2021-11-20 23:59"), "DAY_75_100");
  EXPECT_EQ(band("2021-11-21 00:00"), "OVERDUE");
}

TEST_F(PlanNumbersTest, PlansThatNeedHelp) {
  Begin("trust", "2021-08-12", "2021-11-20");
  const std::string paused = Begin("trust", "2021-08-12", "2021-11-20");
  const std::string left = Begin("council", "2021-08-12", "2021-11-20");
  plans_.Add(testing::PlanIs(paused, PlanEvent::STATE_PAUSED, "2021-08-12", "2021-11-20"));
  auto owner_left = testing::PlanIs(left, PlanEvent::STATE_ACTIVE, "2021-08-12", "2021-11-20");
  owner_left.mutable_plan_event()->set_previous_state(PlanEvent::STATE_ACTIVE);
  owner_left.mutable_plan_event()->set_owner_left(true);
  plans_.Add(owner_left);
  Count();
  EXPECT_THAT(Some("plans.needing_help", v1::DIMENSION_DAY_BAND), ElementsAre(Pair("DAY_0_24", "2")));
  // A change of state does not bring the owner back; a new owner does.
  plans_.Add(testing::PlanIs(left, PlanEvent::STATE_CLOSING, "2021-08-12", "2021-11-20"));
  Count();
  EXPECT_EQ(model_.Total("plans.needing_help"), "2");
  plans_.Add(testing::Joins(left, testing::Person("council", 99), "OWNER"));
  Count();
  EXPECT_EQ(model_.Total("plans.needing_help"), "1");
  model_.SetNow("2021-11-21 12:00");
  EXPECT_THAT(Some("plans.needing_help", v1::DIMENSION_DAY_BAND), ElementsAre(Pair("OVERDUE", "3")));
}

TEST_F(PlanNumbersTest, ANewCohortDoesNotChangeTheShareOfThoseWhoseTimeHasCome) {
  const std::string plan = Begin("trust", "2021-08-02", "2021-11-10");
  plans_.Add(testing::BenefitIs(plan, 1, BenefitEvent::STATE_REALISED));
  Attend("trust", 40, kMonday, plan, 10);
  model_.SetNow("2021-11-11 12:00");  // day 101 of 2 August
  Count();
  EXPECT_EQ(Share("people.benefit_realised_rate"), "25% of 40, 0");
  EXPECT_EQ(Share("people.plan_started_rate"), "25% of 40, 0");
  EXPECT_EQ(Share("plans.benefit_realised_rate"), "100% of 1, 0");
  Attend("council", 30, kThursday);
  Begin("council", "2021-08-12", "2021-11-20");
  Count();
  EXPECT_EQ(Share("people.benefit_realised_rate"), "25% of 40, 30");
  EXPECT_EQ(Share("people.benefit_realised_rate", v1::TIER_PUBLISHABLE), "25% of 40, 30");
  EXPECT_EQ(Share("plans.benefit_realised_rate"), "100% of 1, 1");
  model_.SetNow("2021-11-10 12:00");  // day 100 is not over yet
  EXPECT_EQ(Only("people.benefit_realised_rate").status(), v1::Cell::STATUS_NOT_AVAILABLE);
  EXPECT_FALSE(Only("people.benefit_realised_rate").has_number());
}

TEST_F(PlanNumbersTest, AShareIsHiddenWithItsNumbers) {
  const std::string plan = Begin("trust", "2021-08-02", "2021-11-10");
  Attend("trust", 40, kMonday, plan, 3);
  Attend("council", 20, kMonday, plan, 10);
  model_.SetNow("2021-12-01 12:00");
  Count();
  const auto cells = model_.Cells("people.plan_started_rate", {v1::DIMENSION_SECTOR}, v1::TIER_PUBLISHABLE);
  int hidden = 0;
  for (const v1::Cell& cell : cells) {
    if (cell.category() == "NHS_TRUST") {
      EXPECT_EQ(cell.status(), v1::Cell::STATUS_SUPPRESSED_PRIMARY);
    }
    EXPECT_EQ(cell.has_number(), cell.status() == v1::Cell::STATUS_ROUNDED);
    EXPECT_FALSE(cell.has_value());
    hidden += !cell.has_number() && cell.status() != v1::Cell::STATUS_NOT_AVAILABLE;
  }
  EXPECT_GE(hidden, 2);  // not a single one, which the total would give away
}

TEST_F(PlanNumbersTest, WhoMovedTakesThePlanAlong) {
  const std::string plan = Begin("trust", "2021-08-02", "2021-11-10");
  Attend("trust", 1, kMonday, plan, 1);
  participants_.Add(testing::Participant(ParticipantEvent::KIND_MOVED, testing::Person("council", 77),
                                         testing::Person("trust", number_)));
  model_.SetNow("2021-12-01 12:00");
  Count();
  for (const v1::Cell& cell : model_.Cells("people.plan_started_rate", {v1::DIMENSION_SECTOR})) {
    EXPECT_EQ(cell.numerator(), cell.category() == "LOCAL_AUTHORITY" ? 1 : 0) << cell.category();
  }
}

TEST_F(PlanNumbersTest, ReachIsOfThoseWhoTookTheChallengeUp) {
  participants_.Add(testing::OrganisationIs("asleep", "VCSE", ""));
  Attend("trust", 3, kMonday);
  Draft("council");
  Count();
  EXPECT_EQ(model_.Total("organisations.known"), "3");
  EXPECT_EQ(model_.Total("organisations.took_up"), "2");
  EXPECT_EQ(model_.Total("organisations.attended"), "1");
  EXPECT_EQ(model_.Total("organisations.started_plan"), "0");
  EXPECT_EQ(Share("organisations.reach_rate"), "50% of 2, 0");
}

TEST_F(PlanNumbersTest, QuestionsThatStillWaitCount) {
  // Three were answered after 1, 2 and 3 working days; seven wait for 30 days. Half of them by the second day is not
  // so.
  for (int i = 1; i <= 3; ++i) {
    group_.Add(At("2021-07-01 09:00", testing::QuestionIs(i, AdviceEvent::STATE_RESPONDED, 480 * i, false, true)));
  }
  Count();
  EXPECT_EQ(Only("advice.waiting_days_median").number(), 2);
  for (int i = 4; i <= 10; ++i) {
    group_.Add(At("2021-07-01 09:00", testing::QuestionIs(i, AdviceEvent::STATE_SUBMITTED, 0, true, false)));
  }
  Count();
  model_.SetNow("2021-08-11 17:00");
  const v1::Cell median = Only("advice.waiting_days_median");
  EXPECT_EQ(median.status(), v1::Cell::STATUS_NOT_REACHED);
  EXPECT_FALSE(median.has_number());
  EXPECT_FALSE(median.has_value());
  EXPECT_EQ(model_.Total("advice.waiting"), "7");
  EXPECT_THAT(Some("advice.asked", v1::DIMENSION_STATE), ElementsAre(Pair("RESPONDED", "3"), Pair("SUBMITTED", "7")));
  // Those that wait are known to have waited until now: with an answer to four of them, half have one.
  for (int i = 4; i <= 7; ++i) {
    group_.Add(At("2021-08-11 17:00", testing::QuestionIs(i, AdviceEvent::STATE_RESPONDED, 480 * 30, false, true)));
  }
  Count();
  EXPECT_EQ(Only("advice.waiting_days_median").number(), 30);
}

TEST_F(PlanNumbersTest, WithoutQuestionsThereIsNoMedian) {
  Count();
  EXPECT_EQ(Only("advice.waiting_days_median").status(), v1::Cell::STATUS_NOT_AVAILABLE);
}

TEST_F(PlanNumbersTest, AnOrganisationThatMovedIsWhereItWasThen) {
  Attend("trust", 9, kMonday);
  participants_.Add(At("2022-07-01 00:00", testing::OrganisationIs("trust", "NHS_TRUST", "NORTH_EAST_ESSEX")));
  Count();
  const auto by_place = [&](const std::string& as_of) {
    std::string places;
    for (const v1::Cell& cell : model_.Cells("people.attended", {v1::DIMENSION_PLACE}, v1::TIER_OPERATIONAL, as_of)) {
      if (cell.value() > 0) absl::StrAppend(&places, cell.category(), "=", cell.value(), " ");
    }
    return places;
  };
  EXPECT_EQ(by_place("2022-06-30"), "WEST_SUFFOLK=9 ");
  EXPECT_EQ(by_place("2022-07-01"), "NORTH_EAST_ESSEX=9 ");
  EXPECT_EQ(by_place(""), "NORTH_EAST_ESSEX=9 ");
  // Before anything was said of it, it was where it was first said to be.
  EXPECT_EQ(by_place("2020-01-01"), "WEST_SUFFOLK=9 ");
  // Its name is the same throughout.
  EXPECT_EQ(model_.Table("people.attended", {v1::DIMENSION_ORGANISATION}).at("organisations/trust"), "9");
}

TEST_F(PlanNumbersTest, CodesForNotStatedAndNotKnownStayApart) {
  participants_.Add(testing::OrganisationIs("silent", "Z", "99"));
  participants_.Add(testing::OrganisationIs("unasked", "99", "Z"));
  participants_.Add(testing::OrganisationIs("empty", "", ""));
  Attend("silent", 20, kMonday);
  Attend("unasked", 30, kMonday);
  Attend("empty", 40, kMonday);
  Count();
  for (const v1::Tier tier : {v1::TIER_OPERATIONAL, v1::TIER_PUBLISHABLE}) {
    auto sectors = model_.Table("people.attended", {v1::DIMENSION_SECTOR}, tier);
    EXPECT_EQ(sectors["Z"], "20");
    EXPECT_EQ(sectors["99"], "30");
    EXPECT_EQ(sectors["UNKNOWN"], "40");
    auto places = model_.Table("people.attended", {v1::DIMENSION_PLACE, v1::DIMENSION_SECTOR}, tier);
    EXPECT_EQ(places["99|Z"], "20");
    EXPECT_EQ(places["Z|99"], "30");
    EXPECT_EQ(places["WHOLE_SYSTEM|UNKNOWN"], "40");
  }
}

TEST_F(PlanNumbersTest, ARowWithASmallNumberLeavesFourCandidates) {
  participants_.Add(testing::OrganisationIs("vcse", "VCSE", ""));
  Attend("trust", 18, kMonday);
  Attend("council", 18, kMonday);
  Attend("vcse", 1, kMonday);
  Count();
  // 20, 20, hidden with a total of 35 could only be 1.
  auto sectors = model_.Table("people.attended", {v1::DIMENSION_SECTOR}, v1::TIER_PUBLISHABLE);
  EXPECT_EQ(sectors["VCSE"], "-");
  EXPECT_EQ((sectors["NHS_TRUST"] == "-") + (sectors["LOCAL_AUTHORITY"] == "-"), 1);
  EXPECT_EQ(Only("people.attended", v1::TIER_PUBLISHABLE).value(), 35);
}

}  // namespace
}  // namespace equity::statistics

#include "services/statistics/tables/tables.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/statistics/model/progress.h"
#include "services/statistics/testing/testing.h"

namespace equity::statistics {
namespace {

using testing::BookingEvent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kMonday;
using testing::kSummer;
using testing::kThursday;
using ::testing::Pair;
using testing::ParticipantEvent;

class TablesTest : public ::testing::Test {
 protected:
  TablesTest() {
    participants_.Add(testing::OrganisationIs("council", "LOCAL_AUTHORITY", ""));
    participants_.Add(testing::OrganisationIs("trust", "NHS_TRUST", "WEST_SUFFOLK"));
    participants_.Add(testing::OrganisationIs("vcse", "VCSE", "WEST_SUFFOLK"));
    workshops_.Add(testing::WorkshopOf(kSummer));
    workshops_.Add(testing::SessionIs(kMonday, kSummer, "2021-08-02", 20));
    workshops_.Add(testing::SessionIs(kThursday, kSummer, "2021-08-12", 25));
  }

  // That many people, each with a place.
  void Seat(const std::string& organisation, int people, const std::string& session) {
    for (int i = 0; i < people; ++i) {
      const std::string person = testing::Person(organisation, ++number_);
      participants_.Add(testing::Participant(ParticipantEvent::KIND_REGISTERED, person));
      workshops_.Add(
          testing::Books(testing::Booking(organisation, number_), person, session, BookingEvent::STATE_SEATED));
    }
  }
  void Count() {
    model_.Apply(participants_);
    model_.Apply(workshops_);
  }

  testing::Feed participants_{"participants"};
  testing::Feed workshops_{"workshops"};
  testing::TestModel model_;
  int number_ = 0;
};

TEST_F(TablesTest, EveryCategoryIsThereAndSoIsEveryZero) {
  Seat("trust", 3, kMonday);
  Count();
  EXPECT_THAT(model_.Table("people.seated", {v1::DIMENSION_SECTOR}),
              ElementsAre(Pair("LOCAL_AUTHORITY", "0"), Pair("NHS_TRUST", "3"), Pair("VCSE", "0")));
  EXPECT_THAT(model_.Table("people.seated", {v1::DIMENSION_PLACE, v1::DIMENSION_SESSION}),
              ElementsAre(Pair(absl::StrCat("WEST_SUFFOLK|", kMonday), "3"),
                          Pair(absl::StrCat("WEST_SUFFOLK|", kThursday), "0"),
                          Pair(absl::StrCat("WHOLE_SYSTEM|", kMonday), "0"),
                          Pair(absl::StrCat("WHOLE_SYSTEM|", kThursday), "0")));
}

TEST_F(TablesTest, SessionsAreInTheWeekOfTheirDate) {
  Seat("trust", 3, kMonday);
  Count();
  EXPECT_THAT(model_.Table("places.capacity", {v1::DIMENSION_ISO_WEEK}),
              ElementsAre(Pair("2021-W31", "20"), Pair("2021-W32", "25")));
  EXPECT_THAT(
      model_.Table("people.seated", {v1::DIMENSION_ISO_WEEK, v1::DIMENSION_SESSION}),
      ElementsAre(Pair(absl::StrCat("2021-W31|", kMonday), "3"), Pair(absl::StrCat("2021-W31|", kThursday), "0"),
                  Pair(absl::StrCat("2021-W32|", kMonday), "0"), Pair(absl::StrCat("2021-W32|", kThursday), "0")));
}

TEST_F(TablesTest, BesideSessionsStandTheWeeksThatHaveOne) {
  constexpr char kYearsOn[] = "workshops/equity/sessions/2025-08-04";
  workshops_.Add(testing::SessionIs(kYearsOn, kSummer, "2025-08-04", 30));
  Seat("trust", 3, kYearsOn);
  Count();
  for (const char* measure : {"people.seated", "places.taken"}) {
    const auto weeks_first = model_.Table(measure, {v1::DIMENSION_ISO_WEEK, v1::DIMENSION_SESSION});
    EXPECT_EQ(weeks_first.size(), 9u) << measure;
    EXPECT_EQ(weeks_first.at(absl::StrCat("2025-W32|", kYearsOn)), "3");
    EXPECT_EQ(weeks_first.at(absl::StrCat("2021-W31|", kYearsOn)), "0");
    const auto sessions_first = model_.Table(measure, {v1::DIMENSION_SESSION, v1::DIMENSION_ISO_WEEK});
    EXPECT_EQ(sessions_first.size(), 9u) << measure;
    EXPECT_EQ(sessions_first.at(absl::StrCat(kYearsOn, "|2025-W32")), "3");
  }
  // By itself a week without a session is a 0 and no gap: four years and one week of them.
  auto weeks = model_.Table("places.taken", {v1::DIMENSION_ISO_WEEK});
  EXPECT_EQ(weeks.size(), 210u);
  EXPECT_EQ(weeks["2023-W01"], "0");
  EXPECT_EQ(weeks["2025-W32"], "3");
}

TEST_F(TablesTest, SmallNumbersOfPeopleAreHiddenAndPlacesAreNot) {
  Seat("trust", 12, kMonday);
  Seat("council", 3, kMonday);
  Seat("vcse", 10, kMonday);
  Count();
  EXPECT_THAT(model_.Table("people.seated", {v1::DIMENSION_ORGANISATION}, v1::TIER_PUBLISHABLE),
              ElementsAre(Pair("organisations/council", "-"), Pair("organisations/trust", "10"),
                          Pair("organisations/vcse", "-")));
  EXPECT_THAT(model_.Table("people.seated", {}, v1::TIER_PUBLISHABLE), ElementsAre(Pair("", "25")));
  EXPECT_THAT(model_.Table("places.taken", {v1::DIMENSION_SESSION}, v1::TIER_PUBLISHABLE),
              ElementsAre(Pair(kMonday, "25"), Pair(kThursday, "0")));
}

TEST_F(TablesTest, OneOrganisationSeesItsOwnPeople) {
  Seat("trust", 4, kMonday);
  Seat("council", 3, kThursday);
  Count();
  const auto own = [&](const char* measure, std::vector<v1::Dimension> dimensions) {
    return model_.Table(measure, std::move(dimensions), v1::TIER_OPERATIONAL, "organisations/trust");
  };
  EXPECT_THAT(own("people.seated", {}), ElementsAre(Pair("", "4")));
  EXPECT_THAT(own("people.seated", {v1::DIMENSION_ORGANISATION}), ElementsAre(Pair("organisations/trust", "4")));
  EXPECT_THAT(own("people.seated", {v1::DIMENSION_SECTOR}), ElementsAre(Pair("NHS_TRUST", "4")));
  EXPECT_THAT(own("people.seated", {v1::DIMENSION_SESSION}), ElementsAre(Pair(kMonday, "4"), Pair(kThursday, "0")));
  EXPECT_THAT(own("people.registered", {v1::DIMENSION_ISO_WEEK}), ElementsAre(Pair("2021-W29", "4")));
  // Places are public.
  EXPECT_THAT(own("places.taken", {}), ElementsAre(Pair("", "7")));
}

TEST_F(TablesTest, AnOrganisationThatNothingIsKnownOfHasNobody) {
  Seat("trust", 4, kMonday);
  Count();
  EXPECT_THAT(model_.Table("people.seated", {}, v1::TIER_OPERATIONAL, "organisations/other"),
              ElementsAre(Pair("", "0")));
  EXPECT_THAT(model_.Table("people.seated", {v1::DIMENSION_ORGANISATION}, v1::TIER_OPERATIONAL, "organisations/other"),
              IsEmpty());
}

TEST_F(TablesTest, ASecondChallengeHasItsOwnPlacesAndTheSameRegistrations) {
  constexpr char kWinter[] = "challenges/winter";
  constexpr char kJanuary[] = "workshops/winter/sessions/2022-01-10";
  workshops_.Add(testing::SessionIs(kJanuary, kWinter, "2022-01-10", 30));
  Seat("trust", 4, kMonday);
  Seat("trust", 2, kJanuary);
  Count();
  const auto winter = [&](const char* measure, std::vector<v1::Dimension> dimensions) {
    return model_.Table(measure, std::move(dimensions), v1::TIER_OPERATIONAL, "", kWinter);
  };
  EXPECT_THAT(winter("people.seated", {}), ElementsAre(Pair("", "2")));
  EXPECT_THAT(winter("people.registered", {}), ElementsAre(Pair("", "6")));
  EXPECT_THAT(winter("places.taken", {v1::DIMENSION_SESSION}), ElementsAre(Pair(kJanuary, "2")));
}

TEST_F(TablesTest, ATableThatIsTooLargeIsRefused) {
  for (int i = 0; i < 150; ++i) {
    participants_.Add(testing::OrganisationIs(absl::StrCat("org", i), "VCSE", ""));
    workshops_.Add(testing::SessionIs(absl::StrCat("workshops/equity/sessions/s", i), kSummer, "2021-08-02", 20));
  }
  Count();
  const absl::Status status = model_.store().Read([&](sql::ReadTransaction& transaction) {
    const int64_t generation = InUse(transaction);
    return Tabulate(transaction, {generation,
                                  *FindChallenge(transaction, generation, ""),
                                  FindMeasure("people.seated"),
                                  {v1::DIMENSION_ORGANISATION, v1::DIMENSION_SESSION},
                                  v1::TIER_OPERATIONAL,
                                  ""})
        .status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::Reason(status), "TABLE_TOO_LARGE");
}

TEST_F(TablesTest, FeedbackIsHiddenWhereFewGaveItAndNotYetDueWhereItIsTaken) {
  constexpr char kQuiet[] = "workshops/equity/sessions/2021-08-03";
  constexpr char kFew[] = "workshops/equity/sessions/2021-08-04";
  constexpr char kFallen[] = "workshops/equity/sessions/2021-08-05";
  workshops_.Add(testing::SessionIs(kQuiet, kSummer, "2021-08-03", 20));
  workshops_.Add(testing::SessionIs(kFew, kSummer, "2021-08-04", 20));
  workshops_.Add(testing::SessionIs(kFallen, kSummer, "2021-08-05", 20, true));
  workshops_.Add(testing::FeedbackIs(kMonday, {1, 0, 0, 1, 7}));
  workshops_.Add(testing::FeedbackIs(kFew, {0, 0, 0, 0, 7}));
  Count();
  // What is shown, and of how many sessions nothing is yet.
  const auto show = [&](const std::string& measure, std::vector<v1::Dimension> by) {
    std::map<std::string, std::string> shown;
    for (const v1::Cell& cell : model_.Cells(measure, std::move(by))) {
      const std::string number = cell.has_value()    ? absl::StrCat(cell.value())
                                 : cell.has_number() ? absl::StrCat(cell.number())
                                                     : v1::Cell::Status_Name(cell.status()).substr(7);
      shown[cell.category()] = absl::StrCat(number, ", ", cell.not_yet_due());
    }
    return shown;
  };
  using v1::DIMENSION_ISO_WEEK;
  using v1::DIMENSION_SESSION;
  model_.SetNow("2021-08-26 23:59");
  EXPECT_THAT(
      show("feedback.answers", {DIMENSION_SESSION}),
      ElementsAre(Pair(kMonday, "9, 0"), Pair(kQuiet, "SUPPRESSED_PRIMARY, 0"), Pair(kFew, "SUPPRESSED_PRIMARY, 0"),
                  Pair(kFallen, "NOT_AVAILABLE, 0"), Pair(kThursday, "NOT_AVAILABLE, 1")));
  EXPECT_THAT(show("feedback.rating", {DIMENSION_ISO_WEEK}),
              ElementsAre(Pair("2021-W31", "4.44, 0"), Pair("2021-W32", "NOT_AVAILABLE, 1")));
  EXPECT_THAT(show("feedback.answers", {}), ElementsAre(Pair("", "9, 1")));
  EXPECT_THAT(show("feedback.rating", {}), ElementsAre(Pair("", "4.44, 1")));
  // In the first moment in which no more is taken, it is hidden as if there were none; then its numbers come.
  model_.SetNow("2021-08-27 00:00");
  EXPECT_EQ(show("feedback.answers", {DIMENSION_SESSION})[kThursday], "SUPPRESSED_PRIMARY, 0");
  workshops_.Add(testing::FeedbackIs(kThursday, {8, 0, 0, 0, 0}));
  Count();
  EXPECT_EQ(show("feedback.answers", {DIMENSION_SESSION})[kThursday], "8, 0");
  EXPECT_THAT(show("feedback.rating", {}), ElementsAre(Pair("", "2.82, 0")));
}

TEST_F(TablesTest, FeedbackIsNotPublished) {
  workshops_.Add(testing::FeedbackIs(kMonday, {0, 0, 0, 0, 20}));
  Count();
  for (const char* measure : {"feedback.answers", "feedback.rating"}) {
    EXPECT_THAT(FindMeasure(measure)->Publishable(), IsEmpty());
    EXPECT_THROW(model_.Cells(measure, {}, v1::TIER_PUBLISHABLE), std::runtime_error);
    EXPECT_THROW(model_.Cells(measure, {v1::DIMENSION_SESSION}, v1::TIER_PUBLISHABLE), std::runtime_error);
  }
}

TEST(MeasuresTest, AreOrderedAndWhole) {
  const auto& measures = Measures();
  EXPECT_TRUE(std::is_sorted(measures.begin(), measures.end(), [](auto& a, auto& b) { return a.id < b.id; }));
  for (const Measure& measure : measures) {
    EXPECT_EQ(FindMeasure(measure.id), &measure);
    EXPECT_FALSE(measure.title.empty() || measure.definition.empty() || measure.cohort_date.empty());
    EXPECT_EQ(measure.disclosure_controlled(), measure.id.starts_with("people."));
    EXPECT_EQ(measure.Has(v1::DIMENSION_STATE), !measure.states.empty());
    for (const auto& by : measure.Publishable()) EXPECT_TRUE(measure.IsPublishable(by));
  }
  EXPECT_EQ(FindMeasure("people"), nullptr);
}

}  // namespace
}  // namespace equity::statistics

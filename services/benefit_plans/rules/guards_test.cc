#include "services/benefit_plans/rules/guards.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Codes(const std::vector<status::Violation>& violations) {
  std::vector<std::string> codes;
  for (const auto& violation : violations) {
    EXPECT_NE(violation.field, "") << violation.code;
    EXPECT_NE(violation.fix, "") << violation.code;
    codes.push_back(violation.code);
  }
  return codes;
}

Policy ThePolicy() { return {.version = 1, .length_days = 100, .grace_days = 14, .start_ahead_days = 14}; }

StartFacts AllMet() {
  return {.has_owner = true,
          .attended = true,
          .has_goal = true,
          .start = ParseDay("2021-08-12"),
          .today = ParseDay("2021-08-12"),
          .benefit_agreed = true,
          .better_off_measure = true,
          .community = true};
}

TEST(GuardsTest, StartNamesEachGuard) {
  EXPECT_THAT(Codes(StartGuards(AllMet(), ThePolicy())), IsEmpty());
  const auto with = [](auto change) {
    StartFacts facts = AllMet();
    change(facts);
    return Codes(StartGuards(facts, ThePolicy()));
  };
  EXPECT_THAT(with([](auto& facts) { facts.has_owner = false; }), ElementsAre("OWNER_MISSING"));
  EXPECT_THAT(with([](auto& facts) { facts.owner_left = true; }), ElementsAre("OWNER_LEFT"));
  EXPECT_THAT(with([](auto& facts) { facts.attended = false; }), ElementsAre("WORKSHOP_NOT_ATTENDED"));
  EXPECT_THAT(with([](auto& facts) { facts.has_goal = false; }), ElementsAre("GOAL_MISSING"));
  EXPECT_THAT(with([](auto& facts) { facts.start.reset(); }), ElementsAre("START_DATE_MISSING"));
  EXPECT_THAT(with([](auto& facts) { facts.start = facts.today + 14; }), IsEmpty());
  EXPECT_THAT(with([](auto& facts) { facts.start = facts.today + 15; }), ElementsAre("START_DATE_TOO_LATE"));
  EXPECT_THAT(with([](auto& facts) { facts.start = facts.today - 100; }), IsEmpty());
  EXPECT_THAT(with([](auto& facts) { facts.start = facts.today - 101; }), ElementsAre("START_DATE_TOO_EARLY"));
  EXPECT_THAT(with([](auto& facts) { facts.benefit_agreed = false; }), ElementsAre("BENEFIT_NOT_AGREED"));
  EXPECT_THAT(with([](auto& facts) { facts.better_off_measure = false; }), ElementsAre("BETTER_OFF_MEASURE_MISSING"));
  EXPECT_THAT(with([](auto& facts) { facts.community = false; }), ElementsAre("COMMUNITY_MISSING"));
}

TEST(GuardsTest, CloseNamesEachGuard) {
  EXPECT_THAT(Codes(CloseGuards({.review_held = true, .open_benefits = {}, .learning = true, .next_path = true})),
              IsEmpty());
  const auto unmet = CloseGuards({.review_held = false, .open_benefits = {"a/benefits/1", "a/benefits/2"}});
  EXPECT_THAT(Codes(unmet),
              ElementsAre("CLOSE_REVIEW_MISSING", "BENEFITS_OPEN", "LEARNING_MISSING", "NEXT_PATH_MISSING"));
  EXPECT_THAT(unmet[1].fix, ::testing::HasSubstr("a/benefits/1, a/benefits/2"));
}

TEST(GuardsTest, RealisedNeedsATargetThatWasMetOrTheCommunitysWord) {
  EXPECT_THAT(Codes(RealiseGuards({.whole = true})), ElementsAre("EVIDENCE_MISSING"));
  EXPECT_THAT(Codes(RealiseGuards({.whole = true, .measured = true})), ElementsAre("EVIDENCE_MISSING"));
  EXPECT_THAT(Codes(RealiseGuards({.whole = true, .measured = true, .target_met = true})), IsEmpty());
  EXPECT_THAT(Codes(RealiseGuards({.whole = true, .community_says = true})), IsEmpty());
  EXPECT_THAT(Codes(RealiseGuards({.whole = false})), ElementsAre("EVIDENCE_MISSING"));
  EXPECT_THAT(Codes(RealiseGuards({.whole = false, .measured = true})), IsEmpty());
  EXPECT_THAT(Codes(RealiseGuards({.whole = true, .is_disbenefit = true, .community_says = true})),
              ElementsAre("DISBENEFIT"));
}

}  // namespace
}  // namespace equity::benefit_plans

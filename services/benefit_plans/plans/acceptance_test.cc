// What the challenge was promised about plans, each under its name.
#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AcceptanceTest : public ServerTest {};

TEST_F(AcceptanceTest, DayNumberAcrossTheEndOfSummerTimeAndItsBeginning) {
  const Ready ready = NewStarted("2021-08-12");
  const auto day_at = [&](const std::string& local) {
    SetNow(London(local));
    return Get(ready.plan).progress().day();
  };
  EXPECT_EQ(Get(ready.plan).last_date(), "2021-11-20");
  EXPECT_EQ(day_at("2021-08-12 23:59"), 0);
  EXPECT_EQ(day_at("2021-10-30 23:59"), 79);
  EXPECT_EQ(day_at("2021-10-31 00:01"), 80);
  EXPECT_EQ(day_at("2021-10-31 23:59"), 80);
  EXPECT_EQ(day_at("2021-11-01 00:01"), 81);
  EXPECT_EQ(day_at("2021-11-19 23:30"), 99);
  EXPECT_EQ(day_at("2021-11-20 00:01"), 100);
  EXPECT_EQ(day_at("2021-11-20 23:59"), 100);
  EXPECT_EQ(Get(ready.plan).state(), v1::Plan::STATE_ACTIVE);
  EXPECT_EQ(day_at("2021-11-21 00:01"), 101);
  EXPECT_EQ(Get(ready.plan).state(), v1::Plan::STATE_CLOSING);

  SetDay("2022-03-01");
  const Ready spring = NewStarted("2022-03-01");
  SetNow(London("2022-03-26 23:59"));
  EXPECT_EQ(Get(spring.plan).progress().day(), 25);
  SetNow(London("2022-03-27 00:01"));
  EXPECT_EQ(Get(spring.plan).progress().day(), 26);
  SetNow(London("2022-03-28 00:01"));
  EXPECT_EQ(Get(spring.plan).progress().day(), 27);
}

TEST_F(AcceptanceTest, AWorkshopOnTheTwelfthOfAugustMakesTheTwentiethOfNovemberDay100) {
  const Ready ready = NewReady();
  const v1::Plan plan = Must(Start(ready.plan)).plan();  // without a start date: from the workshop on
  EXPECT_EQ(plan.start_date(), "2021-08-12");
  EXPECT_EQ(plan.last_date(), "2021-11-20");
}

TEST_F(AcceptanceTest, StartPlanOnAnEmptyDraftListsEveryUnmetGuardAtOnce) {
  v1::Plan empty;
  empty.set_challenge(kChallenge);
  empty.set_title("Nothing yet");
  const std::string plan = Must(Create(empty, "")).plan().name();
  const absl::Status status = Start(plan).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "PLAN_NOT_READY");
  EXPECT_THAT(CodesOf(status),
              ElementsAre("OWNER_MISSING", "WORKSHOP_NOT_ATTENDED", "GOAL_MISSING", "START_DATE_MISSING",
                          "BENEFIT_NOT_AGREED", "BETTER_OFF_MEASURE_MISSING", "COMMUNITY_MISSING"));
  for (const auto& violation : status::Violations(status)) {
    EXPECT_NE(violation.field, "") << violation.code;
    EXPECT_NE(violation.fix, "") << violation.code;
  }
  EXPECT_EQ(Get(plan).state(), v1::Plan::STATE_DRAFT);
}

TEST_F(AcceptanceTest, ClosePlanListsEveryUnmetGuardAtOnce) {
  const Ready ready = NewStarted();
  Must(BeginClosing(ready.plan));
  v1::ClosePlanRequest request;
  request.set_name(ready.plan);
  EXPECT_THAT(CodesOf(plans_->ClosePlan(request).status()),
              ElementsAre("CLOSE_REVIEW_MISSING", "BENEFITS_OPEN", "LEARNING_MISSING", "NEXT_PATH_MISSING"));
}

TEST_F(AcceptanceTest, AConsentThatIsWithdrawnTakesTheCardAwayAtOnce) {
  const Ready ready = NewStarted();
  v1::PublishCardRequest publish;
  publish.set_name(ready.plan);
  publish.set_text("Mrs Sample keeps her kitchen warm");
  publish.set_consent(true);
  Must(cards_->PublishCard(publish));
  client::CardsClient anyone(channel_);
  ASSERT_EQ(Must(anyone.ListCards({})).cards_size(), 1);
  v1::GetCardRequest get;
  get.set_name(Must(anyone.ListCards({})).cards(0).name());
  EXPECT_EQ(Must(anyone.GetCard(get)).card().text(), "Mrs Sample keeps her kitchen warm");

  v1::WithdrawCardRequest withdraw;
  withdraw.set_name(ready.plan);
  EXPECT_FALSE(Must(cards_->WithdrawCard(withdraw)).plan().card_published());
  EXPECT_THAT(Must(anyone.ListCards({})).cards(), IsEmpty());
  EXPECT_EQ(ReasonOf(anyone.GetCard(get)), "NOT_FOUND");
  // And the text is in no table any more.
  const sql::Sql cards{"test.cards", "SELECT text FROM cards"};
  std::vector<std::string> texts;
  const absl::Status read = runtime_->Read([&](sql::ReadTransaction& transaction) {
    texts = transaction.All(cards, {}, [](const sql::Row& row) { return row.Text(0); });
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_THAT(texts, IsEmpty());
}

}  // namespace
}  // namespace equity::benefit_plans

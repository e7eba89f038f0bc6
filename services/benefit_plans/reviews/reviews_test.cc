#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReviewsTest : public ServerTest {
 protected:
  std::vector<v1::Review> List(const std::string& plan) {
    v1::ListReviewsRequest request;
    request.set_parent(plan);
    const auto response = Must(reviews_->ListReviews(request));
    return {response.reviews().begin(), response.reviews().end()};
  }
  absl::StatusOr<v1::CheckInResponse> CheckIn(const std::string& plan, v1::Health health,
                                              const std::string& date = "") {
    v1::CheckInRequest request;
    request.set_parent(plan);
    request.mutable_check_in()->set_health(health);
    request.mutable_check_in()->set_date(date);
    return reviews_->CheckIn(request);
  }
};

TEST_F(ReviewsTest, FourReviewsWithTheirWindows) {
  EXPECT_THAT(List(NewPlan()), IsEmpty());
  const Ready ready = NewStarted("2021-08-12");
  const auto reviews = List(ready.plan);
  ASSERT_THAT(reviews, SizeIs(4));
  const std::vector<std::string> expected[] = {{"2021-08-12", "2021-08-12", "2021-08-26"},
                                               {"2021-10-01", "2021-09-26", "2021-10-11"},
                                               {"2021-11-20", "2021-11-15", "2021-12-04"},
                                               {"2022-02-18", "2022-02-08", "2022-03-10"}};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_THAT((std::vector{reviews[i].due_date(), reviews[i].window_start(), reviews[i].window_end()}),
                ::testing::ElementsAreArray(expected[i]));
    EXPECT_EQ(reviews[i].state(), i == 0 ? v1::Review::STATE_DUE : v1::Review::STATE_SCHEDULED);
  }
  SetDay("2021-09-01");
  EXPECT_EQ(List(ready.plan)[0].state(), v1::Review::STATE_MISSED);
}

TEST_F(ReviewsTest, EachIsHeldOnceAndWithinItsWindow) {
  const Ready ready = NewStarted("2021-08-12");
  EXPECT_EQ(ReasonOf(Hold(ready.plan, v1::REVIEW_KIND_REFRESH)), "REVIEW_OUTSIDE_WINDOW");
  EXPECT_EQ(ReasonOf(Hold(ready.plan, v1::REVIEW_KIND_SUSTAINABILITY)), "PLAN_STATE");
  SetDay("2021-09-26");
  EXPECT_EQ(Must(Hold(ready.plan, v1::REVIEW_KIND_REFRESH)).review().held_on(), "2021-09-26");
  EXPECT_EQ(List(ready.plan)[1].state(), v1::Review::STATE_HELD);
  EXPECT_EQ(ReasonOf(Hold(ready.plan, v1::REVIEW_KIND_REFRESH)), "REVIEW_HELD");
  EXPECT_EQ(ReasonOf(Hold(ready.plan, v1::REVIEW_KIND_START_UP)), "REVIEW_OUTSIDE_WINDOW");
  // Recorded later, held in time.
  v1::HoldReviewRequest request;
  request.set_parent(ready.plan);
  request.mutable_review()->set_kind(v1::REVIEW_KIND_START_UP);
  request.mutable_review()->set_held_on("2021-08-20");
  EXPECT_EQ(ReasonOf(reviews_->HoldReview(request)), "OK");
  request.mutable_review()->set_kind(v1::REVIEW_KIND_REFRESH);
  request.mutable_review()->set_held_on("2021-09-27");
  request.mutable_review()->add_sustained()->set_benefit(ready.benefit);
  request.mutable_review()->mutable_sustained(0)->set_sustained(v1::Benefit::SUSTAINED_YES);
  EXPECT_THAT(FieldsOf(reviews_->HoldReview(request).status()), ElementsAre("review.held_on", "review.sustained"));
}

TEST_F(ReviewsTest, TheSustainabilityReviewSaysWhichBenefitsLast) {
  const Ready ready = NewStarted("2021-08-12");
  Must(BeginClosing(ready.plan));
  Must(Hold(ready.plan, v1::REVIEW_KIND_CLOSE));
  Must(Drop(ready.benefit));
  Must(Close(ready.plan));
  SetDay("2022-02-18");
  v1::HoldReviewRequest request;
  request.set_parent(ready.plan);
  request.mutable_review()->set_kind(v1::REVIEW_KIND_SUSTAINABILITY);
  request.mutable_review()->add_sustained()->set_benefit(ready.plan + "/benefits/9");
  request.mutable_review()->mutable_sustained(0)->set_sustained(v1::Benefit::SUSTAINED_PARTLY);
  EXPECT_EQ(ReasonOf(reviews_->HoldReview(request)), "NOT_FOUND");
  request.mutable_review()->mutable_sustained(0)->set_benefit(ready.benefit);
  EXPECT_EQ(ReasonOf(reviews_->HoldReview(request)), "OK");
  EXPECT_EQ(GetBenefit(ready.benefit).sustained(), v1::Benefit::SUSTAINED_PARTLY);
}

TEST_F(ReviewsTest, ABarrierGetsAPromiseAndAnEnd) {
  const std::string plan = NewPlan();
  v1::RaiseBarrierRequest raise;
  raise.set_parent(plan);
  raise.mutable_barrier()->set_text("No room");
  raise.mutable_barrier()->set_level(v1::Barrier::LEVEL_ORGANISATION);
  const v1::Barrier raised = Must(reviews_->RaiseBarrier(raise)).barrier();
  EXPECT_EQ(raised.state(), v1::Barrier::STATE_OPEN);
  v1::CommitBarrierRequest commit;
  commit.set_name(raised.name());
  commit.set_owner(owner_);
  commit.set_commitment("The library opens on Mondays");
  commit.set_due("2021-08-11");
  EXPECT_THAT(FieldsOf(reviews_->CommitBarrier(commit).status()), ElementsAre("due"));
  commit.set_due("2021-08-30");
  EXPECT_EQ(Must(reviews_->CommitBarrier(commit)).barrier().state(), v1::Barrier::STATE_COMMITTED);
  v1::ResolveBarrierRequest resolve;
  resolve.set_name(raised.name());
  resolve.set_outcome(v1::Barrier::STATE_OPEN);
  EXPECT_THAT(FieldsOf(reviews_->ResolveBarrier(resolve).status()), ElementsAre("outcome"));
  resolve.set_outcome(v1::Barrier::STATE_REMOVED);
  const v1::Barrier resolved = Must(reviews_->ResolveBarrier(resolve)).barrier();
  EXPECT_EQ(ReasonOf(reviews_->ResolveBarrier(resolve)), "BARRIER_STATE");
  EXPECT_EQ(ReasonOf(reviews_->CommitBarrier(commit)), "BARRIER_STATE");
  v1::GetBarrierRequest get;
  get.set_name(raised.name());
  EXPECT_EQ(Must(reviews_->GetBarrier(get)).barrier().SerializeAsString(), resolved.SerializeAsString());
  get.set_name(plan + "/barriers/9");
  EXPECT_EQ(ReasonOf(reviews_->GetBarrier(get)), "NOT_FOUND");
  v1::ListBarriersRequest list;
  list.set_parent(plan);
  EXPECT_THAT(Must(reviews_->ListBarriers(list)).barriers(), SizeIs(1));
}

TEST_F(ReviewsTest, TheLastCheckInIsThePlansHealth) {
  const Ready ready = NewStarted("2021-08-12");
  SetDay("2021-08-20");
  Must(CheckIn(ready.plan, v1::HEALTH_AT_RISK));
  Must(CheckIn(ready.plan, v1::HEALTH_ON_TRACK, "2021-08-15"));  // entered later, but older
  EXPECT_EQ(Get(ready.plan).health(), v1::HEALTH_AT_RISK);
  EXPECT_EQ(Get(ready.plan).last_check_in(), "2021-08-20");
  EXPECT_THAT(FieldsOf(CheckIn(ready.plan, v1::HEALTH_ON_TRACK, "2021-08-21").status()), ElementsAre("check_in.date"));
  EXPECT_THAT(FieldsOf(CheckIn(ready.plan, v1::HEALTH_ON_TRACK, "2021-08-11").status()), ElementsAre("check_in.date"));
  v1::ListCheckInsRequest list;
  list.set_parent(ready.plan);
  EXPECT_THAT(Must(reviews_->ListCheckIns(list)).check_ins(), SizeIs(2));
  Must(Pause(ready.plan));
  EXPECT_EQ(ReasonOf(CheckIn(ready.plan, v1::HEALTH_ON_TRACK)), "PLAN_STATE");  // health is frozen
}

}  // namespace
}  // namespace equity::benefit_plans

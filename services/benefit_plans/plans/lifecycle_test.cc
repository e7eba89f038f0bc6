#include <thread>

#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LifecycleTest : public ServerTest {
 protected:
  std::vector<changes::v1::PlanEvent> Told(const std::string& plan) {
    std::vector<changes::v1::PlanEvent> events;
    for (const auto& change : Changes()) {
      if (change.plan_event().plan() == plan) events.push_back(change.plan_event());
    }
    return events;
  }
  // A ready plan whose owner has not attended.
  std::string NotAttended() {
    const Ready ready = NewReady();
    v1::AddMemberRequest add;
    add.set_name(ready.plan);
    add.set_participant(helper_);
    add.set_role(v1::ROLE_OWNER);
    Must(plans_->AddMember(add));
    SetStartDate(ready.plan, Day(0));
    return ready.plan;
  }
};

TEST_F(LifecycleTest, AnOwnerWhoHasNotAttendedNeedsTheCentralTeamsReason) {
  const std::string plan = NotAttended();
  EXPECT_THAT(CodesOf(Start(plan).status()), ElementsAre("WORKSHOP_NOT_ATTENDED"));
  v1::StartPlanRequest request;
  request.set_name(plan);
  request.set_attendance_override_reason("Ran the pilot workshop");
  EXPECT_EQ(ReasonOf(client::PlansClient(channel_, partner_).StartPlan(request)), "OVERRIDE_NOT_ALLOWED");
  EXPECT_EQ(Must(plans_->StartPlan(request)).plan().attendance_override_reason(), "Ran the pilot workshop");
  EXPECT_TRUE(Told(plan).back().attendance_overridden());
  // The audit trail says who did it.
  const sql::Sql audit{"test.audit", "SELECT actor FROM audit WHERE method LIKE '%StartPlan' AND resource = $1"};
  std::vector<std::string> actors;
  const absl::Status read = runtime_->Read([&](sql::ReadTransaction& transaction) {
    actors = transaction.All(audit, {plan}, [](const sql::Row& row) { return row.Text(0); });
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_THAT(actors, ElementsAre("central_team"));
}

TEST_F(LifecycleTest, AttendanceThatIsRecordedAndTakenBackArrivesByTheFeed) {
  const std::string plan = NotAttended();
  RecordAttendance(helper_, true);
  CatchUp();
  RecordAttendance(helper_, false);
  CatchUp();
  EXPECT_THAT(CodesOf(Start(plan).status()), ElementsAre("WORKSHOP_NOT_ATTENDED"));
  RecordAttendance(helper_, true);
  CatchUp();
  EXPECT_EQ(ReasonOf(Start(plan)), "OK");
}

TEST_F(LifecycleTest, AttendanceOfAnotherChallengeDoesNotCount) {
  workshops::v1::CreateChallengeRequest another;
  another.set_challenge_id("another");
  another.mutable_challenge()->set_display_name("Another");
  Must(client::WorkshopsClient(channel_, central_).CreateChallenge(another));
  v1::Plan plan;
  plan.set_challenge("challenges/another");
  plan.set_title("Elsewhere");
  const std::string name = Must(Create(plan, owner_)).plan().name();
  EXPECT_THAT(CodesOf(Start(name).status()), ::testing::Contains("WORKSHOP_NOT_ATTENDED"));
}

TEST_F(LifecycleTest, APauseDoesNotStopTheClock) {
  const Ready ready = NewStarted();
  SetDay("2021-08-22");
  const v1::Plan paused = Must(Pause(ready.plan)).plan();
  EXPECT_EQ(paused.paused_since(), "2021-08-22");
  EXPECT_EQ(paused.pause_reason(), "Half term");
  SetDay("2021-08-25");
  EXPECT_EQ(Get(ready.plan).paused_days(), 3);
  EXPECT_EQ(Get(ready.plan).progress().day(), 13);
  v1::ResumePlanRequest resume;
  resume.set_name(ready.plan);
  const v1::Plan resumed = Must(plans_->ResumePlan(resume)).plan();
  EXPECT_EQ(resumed.paused_days(), 3);
  EXPECT_EQ(resumed.paused_since(), "");
  SetDay("2021-08-30");
  Must(Pause(ready.plan));
  SetDay("2021-12-24");
  // The days were over on 21 November.
  EXPECT_EQ(Get(ready.plan).state(), v1::Plan::STATE_LAPSED);
  EXPECT_EQ(Get(ready.plan).paused_days(), 3 + 83);
}

TEST_F(LifecycleTest, APlanIsClosedWithLearningAndANextPath) {
  const Ready ready = NewStarted();
  SetDay("2021-11-18");
  Must(BeginClosing(ready.plan));
  Must(Hold(ready.plan, v1::REVIEW_KIND_CLOSE));  // with learning
  Must(Drop(ready.benefit));
  SetDay("2021-12-20");  // whoever held the review does not lapse
  EXPECT_EQ(Get(ready.plan).state(), v1::Plan::STATE_CLOSING);
  const v1::Plan closed = Must(Close(ready.plan)).plan();
  EXPECT_EQ(closed.next_path(), v1::NEXT_PATH_BUILD);
  EXPECT_EQ(closed.end_date(), "2021-12-20");
  EXPECT_EQ(closed.progress().day(), 130);
  SetDay("2022-02-01");
  EXPECT_EQ(Get(ready.plan).progress().day(), 130);  // the clock of a closed plan stands
  // What follows refers to it.
  v1::Plan next;
  next.set_challenge(kChallenge);
  next.set_title("Warm homes, next street");
  next.set_origin_plan(ready.plan);
  EXPECT_EQ(Must(Create(next, owner_)).plan().origin_plan(), ready.plan);
  next.set_origin_plan(NewPlan());
  EXPECT_EQ(ReasonOf(Create(next, owner_)), "ORIGIN_NOT_CLOSED");
}

TEST_F(LifecycleTest, ALateReportIsMarkedLateAndDoesNotLapseAgain) {
  const Ready ready = NewStarted("2021-08-12");
  SetDay("2021-12-10");
  EXPECT_EQ(Get(ready.plan).state(), v1::Plan::STATE_LAPSED);
  EXPECT_TRUE(Must(BeginClosing(ready.plan)).plan().late());
  SetDay("2022-01-10");
  EXPECT_EQ(Get(ready.plan).state(), v1::Plan::STATE_CLOSING);
  Must(Hold(ready.plan, v1::REVIEW_KIND_CLOSE));
  Must(Drop(ready.benefit));
  EXPECT_TRUE(Must(Close(ready.plan)).plan().late());
}

TEST_F(LifecycleTest, TheClocksChangesAreToldWithoutAnybodyAsking) {
  const Ready ready = NewStarted("2021-08-12");
  SetDay("2021-12-10");
  const auto last_state = [&] { return Told(ready.plan).back().state(); };
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (last_state() != changes::v1::PlanEvent::STATE_LAPSED && absl::Now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::vector<std::pair<int, int>> steps;
  for (const auto& event : Told(ready.plan)) steps.push_back({event.previous_state(), event.state()});
  EXPECT_THAT(steps, ElementsAre(std::pair(0, 1), std::pair(1, 2), std::pair(2, 4), std::pair(4, 6)));
  EXPECT_EQ(Told(ready.plan).back().start_date(), "2021-08-12");
  EXPECT_EQ(Told(ready.plan).back().last_date(), "2021-11-20");
}

TEST_F(LifecycleTest, AWithdrawalSaysWhy) {
  const std::string plan = NewPlan();
  const std::string other = NewPlan();
  v1::WithdrawPlanRequest request;
  request.set_name(plan);
  request.set_reason(v1::Plan::WITHDRAWAL_REASON_MERGED);
  EXPECT_THAT(FieldsOf(plans_->WithdrawPlan(request).status()), ElementsAre("merged_into"));
  request.set_merged_into(plan);
  EXPECT_THAT(FieldsOf(plans_->WithdrawPlan(request).status()), ElementsAre("merged_into"));
  request.set_merged_into("organisations/rde/plans/none");
  EXPECT_EQ(ReasonOf(plans_->WithdrawPlan(request)), "NOT_FOUND");
  request.set_merged_into(other);
  const v1::Plan withdrawn = Must(plans_->WithdrawPlan(request)).plan();
  EXPECT_EQ(withdrawn.merged_into(), other);
  EXPECT_EQ(withdrawn.end_date(), "2021-08-12");
  v1::ListPlansRequest list;
  list.set_parent("organisations/rde");
  EXPECT_EQ(Must(plans_->ListPlans(list)).plans_size(), 2);  // it stays in the denominators
}

}  // namespace
}  // namespace equity::benefit_plans

#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class BenefitsTest : public ServerTest {
 protected:
  // A benefit in delivery.
  Ready InDelivery() {
    const Ready ready = NewStarted();
    Must(StartActivity(AddActivity(ready.plan, ready.benefit, ready.partner)));
    return ready;
  }
  absl::StatusOr<v1::UpdateBenefitResponse> Update(const v1::Benefit& benefit) {
    v1::UpdateBenefitRequest request;
    *request.mutable_benefit() = benefit;
    return benefits_->UpdateBenefit(request);
  }
  absl::StatusOr<v1::DeliverActivityResponse> Deliver(const std::string& activity, const std::string& date = "") {
    v1::DeliverActivityRequest request;
    request.set_name(activity);
    request.set_delivered_on(date);
    return activities_->DeliverActivity(request);
  }
};

TEST_F(BenefitsTest, BenefitsAreNumberedReadAndChanged) {
  const std::string plan = NewPlan();
  const std::string first = AddBenefit(plan);
  const std::string second = AddBenefit(plan);
  EXPECT_EQ(first, plan + "/benefits/1");
  EXPECT_EQ(second, plan + "/benefits/2");
  v1::Benefit change;
  change.set_name(second);
  change.set_who_gains("Families");
  change.add_four_as("ALLYSHIP");
  const v1::Benefit changed = Must(Update(change)).benefit();
  EXPECT_EQ(changed.title(), "Warmer homes");
  EXPECT_EQ(changed.who_gains(), "Families");
  EXPECT_EQ(GetBenefit(second).SerializeAsString(), changed.SerializeAsString());
  change.set_etag("1");
  EXPECT_EQ(ReasonOf(Update(change)), "ETAG_MISMATCH");
  change.clear_etag();
  change.add_four_as("ARROGANCE");
  EXPECT_THAT(FieldsOf(Update(change).status()), ElementsAre("benefit.four_as"));
  change.set_name(plan + "/benefits/9");
  EXPECT_EQ(ReasonOf(Update(change)), "NOT_FOUND");
  v1::ListBenefitsRequest list;
  list.set_parent(plan);
  list.set_page_size(1);
  const auto page = Must(benefits_->ListBenefits(list));
  EXPECT_EQ(page.benefits(0).name(), first);
  list.set_page_token(page.next_page_token());
  EXPECT_EQ(Must(benefits_->ListBenefits(list)).benefits(0).name(), second);
  list.set_page_token("nonsense");
  EXPECT_EQ(ReasonOf(benefits_->ListBenefits(list)), "INVALID_FIELDS");
  list.set_parent("organisations/rde/plans/none");
  EXPECT_EQ(ReasonOf(benefits_->ListBenefits(list)), "NOT_FOUND");
  v1::CreateBenefitRequest untitled;
  untitled.set_parent(plan);
  untitled.mutable_benefit();
  EXPECT_THAT(FieldsOf(benefits_->CreateBenefit(untitled).status()), ElementsAre("benefit.title"));
  Must(Drop(first));
  change.Clear();
  change.set_name(first);
  change.set_who_gains("Nobody");
  EXPECT_EQ(ReasonOf(Update(change)), "BENEFIT_ENDED");
  Must(Withdraw(plan));
  EXPECT_EQ(ReasonOf(Drop(second)), "PLAN_STATE");
}

TEST_F(BenefitsTest, APartnerOrAnEngagementOfThePlanAgrees) {
  const std::string plan = NewPlan();
  const std::string benefit = AddBenefit(plan);
  EXPECT_EQ(ReasonOf(Agree(benefit, plan + "/partners/1")), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Agree(benefit, AddPartner(NewPlan()))), "NOT_FOUND");  // of another plan
  v1::RecordEngagementRequest record;
  record.set_parent(plan);
  record.mutable_engagement()->set_rung(v1::RUNG_CO_DESIGN);
  record.mutable_engagement()->set_what_changed("They chose the street");
  const std::string engagement = Must(community_->RecordEngagement(record)).engagement().name();
  EXPECT_EQ(Must(Agree(benefit, engagement)).benefit().agreed_by(), engagement);
}

TEST_F(BenefitsTest, RealisedNeedsATargetThatIsMetAfterTheBaseline) {
  const Ready ready = InDelivery();
  EXPECT_THAT(CodesOf(Realise(ready.benefit, v1::Benefit::STATE_REALISED).status()), ElementsAre("EVIDENCE_MISSING"));
  Must(Measure(ready.measure, Day(-40), 99));  // before the baseline
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_REALISED)), "BENEFIT_NOT_SHOWN");
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_PARTLY_REALISED)), "BENEFIT_NOT_SHOWN");
  const std::string wrong = Must(Measure(ready.measure, Day(0), 25)).measurement().name();
  v1::RecordMeasurementRequest correction;
  correction.set_parent(ready.measure);
  correction.mutable_measurement()->set_date(Day(0));
  correction.mutable_measurement()->set_value(15);
  correction.mutable_measurement()->set_supersedes(wrong);
  Must(measures_->RecordMeasurement(correction));
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_REALISED)), "BENEFIT_NOT_SHOWN");  // 25 was corrected
  Must(Measure(ready.measure, Day(0), 20));
  EXPECT_EQ(Must(Realise(ready.benefit, v1::Benefit::STATE_REALISED)).benefit().state(), v1::Benefit::STATE_REALISED);
}

TEST_F(BenefitsTest, OrEvidenceThatTheCommunityConfirms) {
  const Ready ready = InDelivery();
  Must(AddEvidence(ready.benefit, false));
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_REALISED)), "BENEFIT_NOT_SHOWN");
  EXPECT_THAT(Must(AddEvidence(ready.benefit, true)).benefit().evidence(), SizeIs(2));
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_REALISED)), "OK");
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_AGREED)), "INVALID_FIELDS");
  v1::AddEvidenceRequest tomorrow;
  tomorrow.set_name(ready.benefit);
  tomorrow.mutable_evidence()->set_kind(v1::Evidence::KIND_STORY);
  tomorrow.mutable_evidence()->set_text("It will be warm");
  tomorrow.mutable_evidence()->set_date(Day(1));
  EXPECT_THAT(FieldsOf(benefits_->AddEvidence(tomorrow).status()), ElementsAre("evidence.date"));
}

TEST_F(BenefitsTest, APlanCanBeFull) {
  const std::string benefit = AddBenefit(NewPlan());
  for (int i = 0; i < 200; ++i) Must(AddEvidence(benefit, false));
  EXPECT_EQ(ReasonOf(AddEvidence(benefit, false)), "PLAN_FULL");
}

TEST_F(BenefitsTest, AnUnwantedEffectIsNeverRealised) {
  const Ready ready = InDelivery();
  v1::Benefit change;
  change.set_name(ready.benefit);
  change.set_is_disbenefit(true);
  Must(Update(change));
  Must(AddEvidence(ready.benefit, true));
  EXPECT_THAT(CodesOf(Realise(ready.benefit, v1::Benefit::STATE_REALISED).status()), ElementsAre("DISBENEFIT"));
  EXPECT_EQ(ReasonOf(Realise(ready.benefit, v1::Benefit::STATE_NOT_REALISED)), "OK");
}

TEST_F(BenefitsTest, WhatIsAddedAfterTheStartIsEmergentAndChangesAreTold) {
  const Ready ready = NewStarted();
  EXPECT_FALSE(GetBenefit(ready.benefit).emergent());
  EXPECT_TRUE(GetBenefit(AddBenefit(ready.plan)).emergent());
  Must(Drop(ready.benefit));
  std::vector<std::pair<int, int>> steps;
  for (const auto& change : Changes()) {
    if (change.benefit_event().benefit() != ready.benefit) continue;
    EXPECT_EQ(change.organisation(), "organisations/rde");
    steps.push_back({change.benefit_event().previous_state(), change.benefit_event().state()});
  }
  EXPECT_THAT(steps, ElementsAre(std::pair(0, 1), std::pair(1, 2), std::pair(2, 7)));
}

TEST_F(BenefitsTest, AnActivityGoesFromProposedToDelivered) {
  const Ready ready = NewStarted();
  const std::string activity = AddActivity(ready.plan, ready.benefit);
  EXPECT_EQ(ReasonOf(StartActivity(activity)), "ACTIVITY_STATE");
  v1::AgreeActivityRequest agree;
  agree.set_name(activity);
  agree.set_agreed_by(ready.plan + "/partners/9");
  EXPECT_EQ(ReasonOf(activities_->AgreeActivity(agree)), "NOT_FOUND");
  agree.set_agreed_by(ready.partner);
  Must(activities_->AgreeActivity(agree));
  Must(StartActivity(activity));
  EXPECT_EQ(GetBenefit(ready.benefit).state(), v1::Benefit::STATE_IN_DELIVERY);
  SetDay("2021-08-15");
  EXPECT_THAT(FieldsOf(Deliver(activity, "2021-08-16").status()), ElementsAre("delivered_on"));
  EXPECT_THAT(FieldsOf(Deliver(activity, "2021-08-11").status()), ElementsAre("delivered_on"));
  EXPECT_EQ(Must(Deliver(activity)).activity().delivered_on(), "2021-08-15");
  EXPECT_EQ(GetBenefit(ready.benefit).state(), v1::Benefit::STATE_IN_DELIVERY);  // work done is not a result
  v1::CancelActivityRequest cancel;
  cancel.set_name(activity);
  cancel.set_reason("Rain");
  EXPECT_EQ(ReasonOf(activities_->CancelActivity(cancel)), "ACTIVITY_STATE");
}

TEST_F(BenefitsTest, ActivitiesAreReadAndChanged) {
  const Ready ready = NewReady();
  v1::CreateActivityRequest create;
  create.set_parent(ready.plan);
  create.mutable_activity()->set_planned_start("2021-09-02");
  create.mutable_activity()->set_planned_end("2021-09-01");
  EXPECT_THAT(FieldsOf(activities_->CreateActivity(create).status()),
              ElementsAre("activity.title", "activity.benefits", "activity.planned_end"));
  create.mutable_activity()->set_title("Draught proofing");
  create.mutable_activity()->set_planned_end("2021-09-30");
  create.mutable_activity()->add_benefits(ready.plan + "/benefits/9");
  EXPECT_EQ(ReasonOf(activities_->CreateActivity(create)), "NOT_FOUND");
  create.mutable_activity()->set_benefits(0, ready.benefit);
  create.mutable_activity()->add_co_produced_with(ready.partner);
  create.mutable_activity()->set_rung(v1::RUNG_CO_DESIGN);
  const v1::Activity made = Must(activities_->CreateActivity(create)).activity();
  v1::UpdateActivityRequest update;
  update.mutable_activity()->set_name(made.name());
  update.mutable_activity()->set_theme("Heat");
  const v1::Activity updated = Must(activities_->UpdateActivity(update)).activity();
  EXPECT_EQ(updated.theme(), "Heat");
  EXPECT_THAT(updated.co_produced_with(), ElementsAre(ready.partner));
  v1::GetActivityRequest get;
  get.set_name(made.name());
  EXPECT_EQ(Must(activities_->GetActivity(get)).activity().SerializeAsString(), updated.SerializeAsString());
  v1::ListActivitiesRequest list;
  list.set_parent(ready.plan);
  EXPECT_THAT(Must(activities_->ListActivities(list)).activities(), SizeIs(1));
  // Nothing begins in a draft.
  v1::AgreeActivityRequest agree;
  agree.set_name(made.name());
  agree.set_agreed_by(ready.partner);
  Must(activities_->AgreeActivity(agree));
  EXPECT_EQ(ReasonOf(StartActivity(made.name())), "PLAN_STATE");
}

}  // namespace
}  // namespace equity::benefit_plans

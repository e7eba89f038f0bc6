#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class CommunityTest : public ServerTest {
 protected:
  absl::StatusOr<v1::RecordEngagementResponse> Engage(const std::string& plan, v1::Rung rung,
                                                      const std::string& changed,
                                                      std::vector<v1::Engagement::Touch> touches = {}) {
    v1::RecordEngagementRequest request;
    request.set_parent(plan);
    request.mutable_engagement()->set_rung(rung);
    request.mutable_engagement()->set_what_changed(changed);
    for (const auto touch : touches) request.mutable_engagement()->add_touches(touch);
    return community_->RecordEngagement(request);
  }
};

TEST_F(CommunityTest, PartnersAreAddedReadAndChanged) {
  const std::string plan = NewPlan();
  const std::string name = AddPartner(plan);
  v1::UpdatePartnerRequest update;
  update.mutable_partner()->set_name(name);
  update.mutable_partner()->set_identifier("CHARITY_COMMISSION:1234567");
  const v1::Partner updated = Must(community_->UpdatePartner(update)).partner();
  EXPECT_EQ(updated.display_name(), "Friends of the Estate");
  v1::GetPartnerRequest get;
  get.set_name(name);
  EXPECT_EQ(Must(community_->GetPartner(get)).partner().SerializeAsString(), updated.SerializeAsString());
  update.mutable_partner()->set_etag("1");
  EXPECT_EQ(ReasonOf(community_->UpdatePartner(update)), "ETAG_MISMATCH");
  update.mutable_partner()->clear_etag();
  update.mutable_update_mask()->add_paths("display_name");
  EXPECT_THAT(FieldsOf(community_->UpdatePartner(update).status()), ElementsAre("partner.display_name"));
  v1::AddPartnerRequest add;
  add.set_parent(plan);
  add.mutable_partner();
  EXPECT_THAT(FieldsOf(community_->AddPartner(add).status()), ElementsAre("partner.display_name", "partner.kind"));
  v1::ListPartnersRequest list;
  list.set_parent(plan);
  EXPECT_THAT(Must(community_->ListPartners(list)).partners(), SizeIs(1));
}

TEST_F(CommunityTest, WhatChangedIsNeededFromConsultationOn) {
  const std::string plan = NewPlan();
  EXPECT_THAT(FieldsOf(Engage(plan, v1::RUNG_UNSPECIFIED, "").status()), ElementsAre("engagement.rung"));
  EXPECT_EQ(ReasonOf(Engage(plan, v1::RUNG_INFORMING, "")), "OK");
  for (int rung = v1::RUNG_CONSULTATION; rung <= v1::RUNG_CO_PRODUCTION; ++rung) {
    EXPECT_THAT(FieldsOf(Engage(plan, static_cast<v1::Rung>(rung), "").status()),
                ElementsAre("engagement.what_changed"));
    EXPECT_EQ(ReasonOf(Engage(plan, static_cast<v1::Rung>(rung), "You said, we did")), "OK");
  }
  v1::ListEngagementsRequest list;
  list.set_parent(plan);
  const auto engagements = Must(community_->ListEngagements(list)).engagements();
  ASSERT_THAT(engagements, SizeIs(5));
  v1::GetEngagementRequest get;
  get.set_name(engagements[4].name());
  EXPECT_EQ(Must(community_->GetEngagement(get)).engagement().rung(), v1::RUNG_CO_PRODUCTION);
  v1::RecordEngagementRequest request;
  request.set_parent(plan);
  request.mutable_engagement()->set_rung(v1::RUNG_INFORMING);
  request.mutable_engagement()->set_date(Day(1));
  EXPECT_THAT(FieldsOf(community_->RecordEngagement(request).status()), ElementsAre("engagement.date"));
  request.mutable_engagement()->clear_date();
  request.mutable_engagement()->add_partners(plan + "/partners/9");
  EXPECT_EQ(ReasonOf(community_->RecordEngagement(request)), "NOT_FOUND");
}

TEST_F(CommunityTest, CoProducedNeedsTheChoiceAndTheDesignOnTheHighestRung) {
  const std::string plan = NewPlan();
  Must(Engage(plan, v1::RUNG_CO_PRODUCTION, "They chose", {v1::Engagement::TOUCH_BENEFIT_CHOICE}));
  Must(Engage(plan, v1::RUNG_CO_DESIGN, "They drew", {v1::Engagement::TOUCH_ACTIVITY_DESIGN}));
  EXPECT_EQ(Get(plan).highest_rung(), v1::RUNG_CO_PRODUCTION);
  EXPECT_FALSE(Get(plan).co_produced());
  Must(Engage(plan, v1::RUNG_CO_PRODUCTION, "They drew", {v1::Engagement::TOUCH_ACTIVITY_DESIGN}));
  EXPECT_TRUE(Get(plan).co_produced());
}

TEST_F(CommunityTest, AnEngagementIsEnoughCommunityToStart) {
  const std::string plan = NewPlan();
  Must(Engage(plan, v1::RUNG_INFORMING, ""));
  EXPECT_THAT(CodesOf(Start(plan).status()), ::testing::Contains("COMMUNITY_MISSING"));
  Must(Engage(plan, v1::RUNG_CONSULTATION, "They want warmth first"));
  EXPECT_THAT(CodesOf(Start(plan).status()), ::testing::Not(::testing::Contains("COMMUNITY_MISSING")));
}

}  // namespace
}  // namespace equity::benefit_plans

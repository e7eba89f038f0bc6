#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PeopleTest : public ServerTest {
 protected:
  void Deactivate(const std::string& person) {
    participants::v1::DeactivateParticipantRequest request;
    request.set_name(person);
    Must(client::ParticipantsClient(channel_, central_).DeactivateParticipant(request));
    CatchUp();
  }
  std::vector<std::string> Flagged() {
    v1::ListPlansRequest request;
    request.set_parent("organisations/rde");
    request.set_owner_left(true);
    std::vector<std::string> names;
    const v1::ListPlansResponse response = Must(plans_->ListPlans(request));
    for (const auto& plan : response.plans()) names.push_back(plan.name());
    return names;
  }
  std::vector<bool> Told(const std::string& plan) {
    std::vector<bool> left;
    for (const auto& change : Changes()) {
      const auto& event = change.plan_event();
      if (event.plan() == plan && event.previous_state() == event.state()) left.push_back(event.owner_left());
    }
    return left;
  }
};

TEST_F(PeopleTest, APlanWhoseOwnerLeftIsFlaggedUntilItHasAnother) {
  const Ready ready = NewStarted();
  const std::string ended = NewPlan();
  Must(Withdraw(ended));
  EXPECT_THAT(Flagged(), IsEmpty());
  Deactivate(owner_);
  EXPECT_TRUE(Get(ready.plan).owner_left());
  EXPECT_TRUE(Get(ready.plan).members(0).left());
  EXPECT_THAT(Flagged(), ElementsAre(ready.plan));
  EXPECT_THAT(Told(ready.plan), ElementsAre(true));
  EXPECT_THAT(Told(ended), IsEmpty());
  v1::ListDueRequest due;
  due.set_parent("organisations/rde");
  EXPECT_EQ(Must(plans_->ListDue(due)).items(0).kind(), v1::DueItem::KIND_OWNER_LEFT);

  v1::AddMemberRequest add;
  add.set_name(ready.plan);
  add.set_participant(owner_);
  add.set_role(v1::ROLE_SPONSOR);
  EXPECT_EQ(ReasonOf(plans_->AddMember(add)), "PARTICIPANT_NOT_ACTIVE");
  add.set_participant(helper_);
  add.set_role(v1::ROLE_OWNER);
  EXPECT_FALSE(Must(plans_->AddMember(add)).plan().owner_left());
}

TEST_F(PeopleTest, AnOwnerWhoLeftCannotStartAPlan) {
  const Ready ready = NewReady();
  Deactivate(owner_);
  EXPECT_THAT(CodesOf(Start(ready.plan).status()), ElementsAre("OWNER_LEFT"));
}

TEST_F(PeopleTest, AnOwnerWhoMovedAwayCountsAsLeft) {
  const Ready ready = NewStarted();
  participants::v1::MoveParticipantRequest move;
  move.set_name(owner_);
  move.set_organisation("organisations/rgr");
  const std::string moved =
      Must(client::ParticipantsClient(channel_, central_).MoveParticipant(move)).participant().name();
  CatchUp();
  EXPECT_TRUE(Get(ready.plan).owner_left());
  // The person is still the one who attended: under the new name the plan can be kept, by the central team.
  v1::AddMemberRequest add;
  add.set_name(ready.plan);
  add.set_participant(moved);
  add.set_role(v1::ROLE_OWNER);
  EXPECT_EQ(ReasonOf(client::PlansClient(channel_, partner_).AddMember(add)), "NOT_FOUND");
  EXPECT_FALSE(Must(plans_->AddMember(add)).plan().owner_left());
}

}  // namespace
}  // namespace equity::benefit_plans

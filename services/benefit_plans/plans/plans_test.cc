#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PlansTest : public ServerTest {
 protected:
  v1::Plan Draft() {
    v1::Plan plan;
    plan.set_challenge(kChallenge);
    plan.set_title("Warm homes");
    return plan;
  }
  absl::StatusOr<v1::AddMemberResponse> AddMember(const std::string& plan, const std::string& person, v1::Role role) {
    v1::AddMemberRequest request;
    request.set_name(plan);
    request.set_participant(person);
    request.set_role(role);
    return plans_->AddMember(request);
  }
  absl::StatusOr<v1::UpdatePlanResponse> Update(const v1::Plan& plan, std::vector<std::string> paths = {}) {
    v1::UpdatePlanRequest request;
    *request.mutable_plan() = plan;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return plans_->UpdatePlan(request);
  }
  std::vector<std::string> List(v1::ListPlansRequest request) {
    if (request.parent().empty()) request.set_parent("organisations/-");
    std::vector<std::string> names;
    const absl::Status status = plans_->ForEachPlan(request, [&](const v1::Plan& plan) {
      names.push_back(plan.name());
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return names;
  }
};

TEST_F(PlansTest, APlanIsOpenedAndRead) {
  v1::Plan given = Draft();
  given.set_scope(v1::Plan::SCOPE_PROGRAMME);
  given.set_programme("ANCHOR_INSTITUTIONS");
  given.add_places("WEST_SUFFOLK");
  given.add_dimensions("GEOGRAPHY");
  given.add_determinants("HOUSING");
  given.add_four_as("ALLYSHIP");
  given.add_method_elements("ENGAGING_AS_A_NOVICE");
  given.set_state(v1::Plan::STATE_CLOSED);  // not for a caller to say
  const v1::Plan plan = Must(Create(given, owner_)).plan();
  EXPECT_TRUE(plan.name().starts_with("organisations/rde/plans/"));
  EXPECT_EQ(plan.state(), v1::Plan::STATE_DRAFT);
  EXPECT_EQ(plan.programme(), "ANCHOR_INSTITUTIONS");
  EXPECT_THAT(plan.members(), SizeIs(1));
  EXPECT_EQ(plan.members(0).role(), v1::ROLE_OWNER);
  EXPECT_FALSE(plan.progress().has_day());
  EXPECT_EQ(Get(plan.name()).SerializeAsString(), plan.SerializeAsString());
  v1::GetPlanRequest missing;
  missing.set_name("organisations/rde/plans/none");
  EXPECT_EQ(ReasonOf(plans_->GetPlan(missing)), "NOT_FOUND");
  // The right plan under another organisation is not there either.
  missing.set_name("organisations/rgr" + plan.name().substr(plan.name().find("/plans/")));
  EXPECT_EQ(ReasonOf(plans_->GetPlan(missing)), "NOT_FOUND");
}

TEST_F(PlansTest, WhatOpeningRefusesAllAtOnce) {
  v1::Plan plan;
  plan.set_programme("NONE_SUCH");
  plan.add_places("ATLANTIS");
  plan.add_dimensions("X");
  plan.add_determinants("X");
  plan.add_four_as("ARROGANCE");
  plan.add_method_elements("X");
  EXPECT_THAT(FieldsOf(Create(plan, "").status()),
              ElementsAre("plan.challenge", "plan.title", "plan.programme", "plan.places", "plan.dimensions",
                          "plan.determinants", "plan.four_as", "plan.method_elements"));
  v1::CreatePlanRequest everywhere;
  everywhere.set_parent("organisations/-");
  *everywhere.mutable_plan() = Draft();
  EXPECT_THAT(FieldsOf(plans_->CreatePlan(everywhere).status()), ElementsAre("parent"));
  client::CallOptions impatient = central_;
  impatient.deadline = absl::Milliseconds(300);
  v1::CreatePlanRequest unknown_owner;
  unknown_owner.set_parent("organisations/rde");
  *unknown_owner.mutable_plan() = Draft();
  unknown_owner.set_owner("organisations/rde/participants/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(plans_->CreatePlan(unknown_owner, impatient)), "PARTICIPANT_NOT_KNOWN_YET");
  unknown_owner.clear_owner();
  unknown_owner.mutable_plan()->set_challenge("challenges/none");
  EXPECT_EQ(ReasonOf(plans_->CreatePlan(unknown_owner, impatient)), "NOT_KNOWN_YET");
  unknown_owner.set_parent("organisations/none");
  unknown_owner.mutable_plan()->set_challenge(kChallenge);
  EXPECT_EQ(ReasonOf(plans_->CreatePlan(unknown_owner, impatient)), "NOT_KNOWN_YET");
}

TEST_F(PlansTest, APartnersSystemSeesItsOwnPlansOnly) {
  const std::string plan = NewPlan();
  client::PlansClient theirs(channel_, As("partner", "rgr"));
  v1::GetPlanRequest get;
  get.set_name(plan);
  const absl::Status foreign = theirs.GetPlan(get).status();
  get.set_name("organisations/rgr/plans/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(foreign, theirs.GetPlan(get).status());
  EXPECT_EQ(ReasonOf(foreign), "NOT_FOUND");
  v1::ListPlansRequest list;
  list.set_parent("organisations/-");
  EXPECT_EQ(ReasonOf(theirs.ListPlans(list)), "NOT_FOUND");
  list.set_parent("organisations/rgr");
  EXPECT_THAT(Must(theirs.ListPlans(list)).plans(), IsEmpty());
  // It names its own people only.
  v1::CreatePlanRequest create;
  create.set_parent("organisations/rgr");
  *create.mutable_plan() = Draft();
  create.set_owner(owner_);
  EXPECT_EQ(ReasonOf(theirs.CreatePlan(create)), "NOT_FOUND");
}

TEST_F(PlansTest, AnUpdateChangesWhatIsAskedAndTheEtag) {
  v1::Plan plan;
  plan.set_name(NewPlan());
  plan.set_target_population("Older people who rent");
  const v1::Plan updated = Must(Update(plan)).plan();
  EXPECT_EQ(updated.target_population(), "Older people who rent");
  EXPECT_EQ(updated.title(), "Warm homes");
  plan.set_etag("1");
  EXPECT_EQ(ReasonOf(Update(plan)), "ETAG_MISMATCH");
  plan.set_etag(updated.etag());
  EXPECT_EQ(Must(Update(plan)).plan().etag(), updated.etag());  // the same changes nothing
  plan.clear_target_population();
  EXPECT_EQ(Must(Update(plan, {"target_population"})).plan().target_population(), "");
  EXPECT_THAT(FieldsOf(Update(v1::Plan(), {"state"}).status()), ElementsAre("plan.name", "update_mask"));
  plan.clear_etag();
  plan.clear_title();
  EXPECT_THAT(FieldsOf(Update(plan, {"title"}).status()), ElementsAre("plan.title"));
  plan.set_name("organisations/rde/plans/none");
  EXPECT_EQ(ReasonOf(Update(plan, {"scope"})), "NOT_FOUND");
}

TEST_F(PlansTest, TheStartDateStandsOnceStarted) {
  v1::Plan plan;
  plan.set_name(NewStarted().plan);
  plan.set_start_date("2021-08-10");
  EXPECT_THAT(FieldsOf(Update(plan).status()), ElementsAre("plan.start_date"));
  Must(Withdraw(plan.name()));
  plan.clear_start_date();
  plan.set_title("Cold homes");
  EXPECT_EQ(ReasonOf(Update(plan)), "PLAN_STATE");
}

TEST_F(PlansTest, MembersComeAndGoAndOneOwns) {
  const std::string plan = NewPlan();
  EXPECT_THAT(Must(AddMember(plan, helper_, v1::ROLE_COACH)).plan().members(), SizeIs(2));
  EXPECT_EQ(ReasonOf(AddMember(plan, owner_, v1::ROLE_COACH)), "OWNER_NEEDED");
  v1::RemoveMemberRequest remove;
  remove.set_name(plan);
  remove.set_participant(owner_);
  EXPECT_EQ(ReasonOf(plans_->RemoveMember(remove)), "OWNER_NEEDED");
  const v1::Plan handed_over = Must(AddMember(plan, helper_, v1::ROLE_OWNER)).plan();
  for (const auto& member : handed_over.members()) {
    EXPECT_EQ(member.role(), member.participant() == helper_ ? v1::ROLE_OWNER : v1::ROLE_CONTRIBUTOR);
  }
  EXPECT_THAT(Must(plans_->RemoveMember(remove)).plan().members(), SizeIs(1));
  EXPECT_THAT(Must(plans_->RemoveMember(remove)).plan().members(), SizeIs(1));  // who is none is no error
  std::vector<std::string> told;
  for (const auto& change : Changes()) {
    if (change.has_plan_member_event()) told.push_back(change.plan_member_event().role());
  }
  EXPECT_THAT(told, ElementsAre("OWNER", "COACH", "CONTRIBUTOR", "OWNER", ""));
  Must(Withdraw(plan));
  EXPECT_EQ(ReasonOf(AddMember(plan, owner_, v1::ROLE_COACH)), "PLAN_STATE");
}

TEST_F(PlansTest, ListsArePagedAndFiltered) {
  const std::string draft = NewPlan();
  const std::string active = NewStarted().plan;
  const std::string paused = NewStarted().plan;
  Must(Pause(paused));
  EXPECT_THAT(List({}), ElementsAre(draft, active, paused));
  v1::ListPlansRequest request;
  request.set_page_size(1);
  EXPECT_THAT(List(request), ElementsAre(draft, active, paused));
  request.add_states(v1::Plan::STATE_ACTIVE);
  request.add_states(v1::Plan::STATE_PAUSED);
  EXPECT_THAT(List(request), ElementsAre(active, paused));
  request.set_challenge("challenges/another");
  EXPECT_THAT(List(request), IsEmpty());
  request.set_parent("organisations/-");
  request.set_page_token("nonsense");
  EXPECT_EQ(ReasonOf(plans_->ListPlans(request)), "INVALID_FIELDS");
  // A token is good for its own list only.
  request.clear_page_token();
  request.clear_challenge();
  const std::string token = Must(plans_->ListPlans(request)).next_page_token();
  EXPECT_NE(token, "");
  request.clear_states();
  request.set_page_token(token);
  EXPECT_EQ(ReasonOf(plans_->ListPlans(request)), "INVALID_FIELDS");
}

TEST_F(PlansTest, CodeListsHaveVersions) {
  const auto lists = Must(plans_->ListCodes({})).lists();
  std::map<std::string, const v1::CodeList*> by_name;
  for (const auto& list : lists) by_name[list.list()] = &list;
  EXPECT_EQ(by_name.size(), 6u);
  EXPECT_EQ(by_name.at("PROGRAMMES")->codes_size(), 4);
  EXPECT_EQ(by_name.at("PLACES")->codes_size(), 3);
  EXPECT_EQ(by_name.at("FOUR_AS")->codes_size(), 4);
  EXPECT_EQ(by_name.at("METHOD_ELEMENTS")->codes_size(), 6);
  EXPECT_EQ(by_name.at("DIMENSIONS")->codes(2).parent(), "PROTECTED_CHARACTERISTICS");
  EXPECT_EQ(by_name.at("DETERMINANTS")->version(), 1);
  v1::ListCodesRequest before;
  before.set_date("2019-01-01");
  EXPECT_THAT(Must(plans_->ListCodes(before)).lists(), IsEmpty());
}

TEST_F(PlansTest, ProgressIsFourNumbersAndNoPercentage) {
  const Ready ready = NewStarted();
  const std::string activity = AddActivity(ready.plan, ready.benefit, ready.partner);
  const std::string cancelled = AddActivity(ready.plan, ready.benefit);
  v1::CancelActivityRequest cancel;
  cancel.set_name(cancelled);
  cancel.set_reason("Rain");
  Must(activities_->CancelActivity(cancel));
  Must(StartActivity(activity));
  v1::DeliverActivityRequest deliver;
  deliver.set_name(activity);
  Must(activities_->DeliverActivity(deliver));
  AddBenefit(ready.plan);
  SetDay("2021-08-22");
  Must(Measure(ready.measure, "2021-08-20", 12));
  const v1::Progress progress = Get(ready.plan).progress();
  EXPECT_EQ(progress.activities_delivered(), 1);
  EXPECT_EQ(progress.activities_total(), 1);
  EXPECT_EQ(progress.benefits_ended(), 0);  // work that was delivered ends no benefit
  EXPECT_EQ(progress.benefits_total(), 2);
  EXPECT_EQ(progress.measures_with_data(), 1);
  EXPECT_EQ(progress.measures_total(), 1);
  EXPECT_EQ(progress.day(), 10);
  EXPECT_EQ(progress.length_days(), 100);
  const auto* type = v1::Progress::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    EXPECT_EQ(type->field(i)->cpp_type(), google::protobuf::FieldDescriptor::CPPTYPE_INT32) << type->field(i)->name();
  }
}

TEST_F(PlansTest, WhatIsDue) {
  const Ready ready = NewStarted();
  v1::RaiseBarrierRequest raise;
  raise.set_parent(ready.plan);
  raise.mutable_barrier()->set_text("No room to meet in");
  raise.mutable_barrier()->set_level(v1::Barrier::LEVEL_PLACE);
  const std::string barrier = Must(reviews_->RaiseBarrier(raise)).barrier().name();
  v1::CommitBarrierRequest commit;
  commit.set_name(barrier);
  commit.set_commitment("The council lends one");
  commit.set_due("2021-08-20");
  Must(reviews_->CommitBarrier(commit));
  const auto due = [&](int within_days) {
    v1::ListDueRequest request;
    request.set_parent("organisations/rde");
    request.set_within_days(within_days);
    std::vector<std::string> items;
    const v1::ListDueResponse response = Must(plans_->ListDue(request));
    for (const auto& item : response.items()) {
      items.push_back(absl::StrCat(v1::DueItem::Kind_Name(item.kind()), " ", item.due_date(), " ", item.days_left()));
    }
    return items;
  };
  EXPECT_THAT(due(7), IsEmpty());
  EXPECT_THAT(due(8), ElementsAre("KIND_BARRIER 2021-08-20 8"));
  EXPECT_THAT(due(14), UnorderedElementsAre("KIND_BARRIER 2021-08-20 8", "KIND_SILENCE 2021-08-26 14",
                                            "KIND_REVIEW 2021-08-26 14"));
  EXPECT_THAT(due(114), Contains("KIND_CLOSING 2021-12-04 114"));
  SetDay("2021-08-21");
  EXPECT_THAT(due(0), ElementsAre("KIND_BARRIER 2021-08-20 -1"));
  Must(Withdraw(ready.plan));
  EXPECT_THAT(due(400), IsEmpty());
  v1::ListDueRequest request;
  request.set_parent("organisations/rde");
  request.set_page_token("nonsense");
  EXPECT_EQ(ReasonOf(plans_->ListDue(request)), "INVALID_FIELDS");
}

TEST_F(PlansTest, ARequestThatIsSentTwiceHasOneEffect) {
  v1::CreatePlanRequest request;
  request.set_parent("organisations/rde");
  *request.mutable_plan() = Draft();
  request.set_request_id("01890a5d-ac96-774b-bcce-b302099a8057");
  const std::string name = Must(plans_->CreatePlan(request)).plan().name();
  EXPECT_EQ(Must(plans_->CreatePlan(request)).plan().name(), name);
  EXPECT_THAT(List({}), ElementsAre(name));
  request.mutable_plan()->set_title("Another");
  EXPECT_EQ(ReasonOf(plans_->CreatePlan(request)), "REQUEST_ID_REUSED");
}

}  // namespace
}  // namespace equity::benefit_plans

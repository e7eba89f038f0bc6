#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

class MembersTest : public GroupTest {
 protected:
  client::MembersClient Members(const client::CallOptions& options) { return To<client::MembersClient>(options); }
  v1::Member GetMember(const std::string& name) {
    v1::GetMemberRequest request;
    request.set_name(name);
    return Must(Members(Group()).GetMember(request)).member();
  }
};

TEST_F(MembersTest, AMemberIsAddedOnceChangedAndListed) {
  const std::string first = AddMember(1, 2, {"organisations/rde"});
  const std::string second = AddMember(2);
  v1::CreateMemberRequest create;
  EXPECT_EQ(ReasonOf(Members(Central()).CreateMember(create)), "member");
  create.mutable_member();
  EXPECT_EQ(ReasonOf(Members(Central()).CreateMember(create)), "member.participant,member.roles");
  create.mutable_member()->set_participant(Person("independent", 1));
  create.mutable_member()->add_roles(v1::Member::ROLE_CHAIR);
  EXPECT_EQ(ReasonOf(Members(Central()).CreateMember(create)), "MEMBER_EXISTS");

  v1::UpdateMemberRequest update;
  *update.mutable_member() = GetMember(first);
  update.mutable_member()->add_expertise("housing");
  update.mutable_member()->set_away_until("2021-08-01");
  update.mutable_update_mask()->add_paths("expertise");
  const auto changed = Must(Members(Group()).UpdateMember(update)).member();
  EXPECT_THAT(changed.expertise(), ::testing::ElementsAre("interpreting", "housing"));
  EXPECT_EQ(changed.away_until(), "");
  EXPECT_EQ(ReasonOf(Members(Group()).UpdateMember(update)), "ETAG_MISMATCH");
  update.mutable_member()->clear_etag();
  update.mutable_update_mask()->add_paths("participant");
  EXPECT_EQ(ReasonOf(Members(Group()).UpdateMember(update)), "update_mask");
  update.mutable_update_mask()->clear_paths();
  update.mutable_update_mask()->add_paths("roles");
  update.mutable_member()->clear_roles();
  EXPECT_EQ(ReasonOf(Members(Group()).UpdateMember(update)), "member.roles");
  update.mutable_member()->clear_name();
  EXPECT_EQ(ReasonOf(Members(Group()).UpdateMember(update)), "member.name");
  update.mutable_member()->set_name("members/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Members(Group()).UpdateMember(update)), "NOT_FOUND");
  v1::GetMemberRequest get;
  get.set_name("members/01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(ReasonOf(Members(Group()).GetMember(get)), "NOT_FOUND");

  v1::ListMembersRequest list;
  list.set_page_size(1);
  auto page = Must(Members(Group()).ListMembers(list));
  EXPECT_EQ(page.members(0).name(), first);
  list.set_page_token(page.next_page_token());
  page = Must(Members(Group()).ListMembers(list));
  EXPECT_EQ(page.members(0).name(), second);
  EXPECT_EQ(page.next_page_token(), "");
  list.set_expertise("housing");
  EXPECT_EQ(ReasonOf(Members(Group()).ListMembers(list)), "page_token");
  list.clear_page_token();
  EXPECT_EQ(Must(Members(Group()).ListMembers(list)).members_size(), 1);
  EXPECT_EQ(ReasonOf(Members(Partner("rde")).ListMembers({})), "SCOPE_MISSING");
}

TEST_F(MembersTest, CapacityConflictAbsenceAndRetirementExcludeFromAQuestion) {
  const std::string busy = AddMember(1, 1);
  const std::string conflicted = AddMember(2, 5, {"organisations/rde"});
  const std::string away = AddMember(3);
  const std::string retired = AddMember(4);
  const std::string asker = [&] {  // a member who asks does not answer
    v1::CreateMemberRequest create;
    create.mutable_member()->set_participant(Person("rde", 1));
    create.mutable_member()->add_roles(v1::Member::ROLE_ADVISER);
    create.mutable_member()->set_capacity_per_week(5);
    return Must(Members(Central()).CreateMember(create)).member().name();
  }();
  v1::UpdateMemberRequest update;
  update.mutable_member()->set_name(away);
  update.mutable_member()->set_away_until("2021-07-20");
  Must(Members(Group()).UpdateMember(update));
  update.mutable_member()->Clear();
  update.mutable_member()->set_name(retired);
  update.mutable_member()->set_retired(true);
  Must(Members(Group()).UpdateMember(update));

  const auto assign = [&](const std::string& request, const std::string& member) {
    v1::AssignRequestRequest assign;
    assign.set_name(request);
    assign.add_members(member);
    return ReasonOf(Advice(Group()).AssignRequest(assign));
  };
  const auto triaged = [&] {
    v1::TriageRequestRequest triage;
    triage.set_name(Submit("rde").name());
    return Must(Advice(Group()).TriageRequest(triage)).request().name();
  };
  const std::string request = triaged();
  EXPECT_EQ(assign(request, conflicted), "CONFLICT_OF_INTEREST");
  EXPECT_EQ(assign(request, asker), "CONFLICT_OF_INTEREST");
  EXPECT_EQ(assign(request, away), "MEMBER_AWAY");
  EXPECT_EQ(assign(request, retired), "MEMBER_NOT_AVAILABLE");
  EXPECT_EQ(assign(request, "members/01890a5d-ac96-774b-bcce-b302099a8057"), "NOT_FOUND");
  EXPECT_EQ(assign(request, busy), "OK");
  EXPECT_EQ(assign(request, busy), "OK");  // has it already
  EXPECT_EQ(GetMember(busy).assigned_this_week(), 1);
  EXPECT_EQ(assign(triaged(), busy), "MEMBER_BUSY");
  Pass(absl::Hours(24 * 7));
  EXPECT_EQ(GetMember(busy).assigned_this_week(), 0);
  EXPECT_EQ(assign(triaged(), busy), "OK");
  EXPECT_EQ(assign(request, away), "OK");
}

}  // namespace
}  // namespace equity::referencegroup

#include <algorithm>

#include "common/status/macros.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/people/people.h"
#include "services/benefit_plans/plans/plans.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans {
namespace {

// A plan that lapsed can still be reported, and may need a new owner for that.
constexpr std::initializer_list<v1::Plan::State> kWithMembers = {v1::Plan::STATE_DRAFT, v1::Plan::STATE_ACTIVE,
                                                                 v1::Plan::STATE_PAUSED, v1::Plan::STATE_CLOSING,
                                                                 v1::Plan::STATE_LAPSED};

constexpr int kMostMembers = 100;

std::optional<v1::Member> OwnerOf(const std::vector<v1::Member>& members) {
  for (const v1::Member& member : members) {
    if (member.role() == v1::ROLE_OWNER) return member;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<v1::AddMemberResponse> AddMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::AddMemberRequest& request) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name(), kWithMembers));
  RETURN_IF_ERROR(people::CheckActive(transaction, request.participant()));
  const std::string_view id = ChildId(plan.name());
  const auto members = store::ListMembers(transaction, id);
  if (static_cast<int>(members.size()) >= kMostMembers) return errors::PlanFull(kMostMembers);
  const auto owner = OwnerOf(members);
  const bool is_owner = owner && ChildId(owner->participant()) == ChildId(request.participant());
  if (is_owner && request.role() != v1::ROLE_OWNER) return errors::OwnerNeeded();
  if (owner && !is_owner && request.role() == v1::ROLE_OWNER) {
    store::PutMember(transaction, id, owner->participant(), v1::ROLE_CONTRIBUTOR);
    Emit(context, plan.name(), owner->participant(), v1::ROLE_CONTRIBUTOR);
  }
  store::PutMember(transaction, id, request.participant(), request.role());
  Emit(context, plan.name(), request.participant(), request.role());
  v1::AddMemberResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::RemoveMemberResponse> RemoveMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::RemoveMemberRequest& request) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name(), kWithMembers));
  const std::string_view id = ChildId(plan.name());
  const auto owner = OwnerOf(store::ListMembers(transaction, id));
  if (owner && ChildId(owner->participant()) == ChildId(request.participant())) return errors::OwnerNeeded();
  if (store::DeleteMember(transaction, id, ChildId(request.participant()))) {
    Emit(context, plan.name(), request.participant(), v1::ROLE_UNSPECIFIED);
  }
  v1::RemoveMemberResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

}  // namespace equity::benefit_plans

#include "services/benefit_plans/events.h"

#include "absl/strings/str_cat.h"
#include "common/strings.h"
#include "services/benefit_plans/names.h"

namespace equity::benefit_plans {
namespace {

changes::v1::Change ChangeOf(std::string_view name) {
  changes::v1::Change change;
  change.set_organisation(absl::StrCat("organisations/", ToAbsl(OrganisationId(name))));
  return change;
}

std::string WithoutPrefix(const std::string& name, size_t prefix) { return name.substr(prefix); }

}  // namespace

// The states of an event have the numbers of the contract's: states_test.cc compares them.
void Emit(rpc::WriteContext& context, const v1::Plan& plan, v1::Plan::State previous, bool owner_left) {
  changes::v1::Change change = ChangeOf(plan.name());
  auto& event = *change.mutable_plan_event();
  event.set_plan(plan.name());
  event.set_challenge(plan.challenge());
  event.set_previous_state(static_cast<changes::v1::PlanEvent::State>(previous));
  event.set_state(static_cast<changes::v1::PlanEvent::State>(plan.state()));
  event.set_start_date(plan.start_date());
  event.set_last_date(plan.last_date());
  *event.mutable_places() = plan.places();
  event.set_programme(plan.programme());
  event.set_late(plan.late());
  event.set_owner_left(owner_left);
  event.set_attendance_overridden(!plan.attendance_override_reason().empty());
  context.Emit(std::move(change));
}

void Emit(rpc::WriteContext& context, const v1::Benefit& benefit, v1::Benefit::State previous) {
  changes::v1::Change change = ChangeOf(benefit.name());
  auto& event = *change.mutable_benefit_event();
  event.set_benefit(benefit.name());
  event.set_previous_state(static_cast<changes::v1::BenefitEvent::State>(previous));
  event.set_state(static_cast<changes::v1::BenefitEvent::State>(benefit.state()));
  event.set_is_disbenefit(benefit.is_disbenefit());
  context.Emit(std::move(change));
}

void Emit(rpc::WriteContext& context, const std::string& plan, const std::string& participant, v1::Role role) {
  changes::v1::Change change = ChangeOf(plan);
  auto& event = *change.mutable_plan_member_event();
  event.set_plan(plan);
  event.set_participant(participant);
  if (role != v1::ROLE_UNSPECIFIED)
    event.set_role(WithoutPrefix(v1::Role_Name(role), std::string_view("ROLE_").size()));
  context.Emit(std::move(change));
}

std::string ShortName(v1::Plan::State state) {
  return WithoutPrefix(v1::Plan::State_Name(state), std::string_view("STATE_").size());
}
std::string ShortName(v1::Benefit::State state) {
  return WithoutPrefix(v1::Benefit::State_Name(state), std::string_view("STATE_").size());
}
std::string ShortName(v1::Activity::State state) {
  return WithoutPrefix(v1::Activity::State_Name(state), std::string_view("STATE_").size());
}

}  // namespace equity::benefit_plans

#include "services/benefit_plans/plans/present.h"

#include <algorithm>

#include "common/status/macros.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/store/lists.h"
#include "services/benefit_plans/store/parts.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans {
namespace {

bool CloseReviewHeld(sql::ReadTransaction& transaction, const v1::Plan& plan) {
  return store::ReadPart(transaction, ChildId(plan.name()), store::Kind::kReview, 0, v1::REVIEW_KIND_CLOSE).has_value();
}

std::optional<ClockStep> NextStepOf(sql::ReadTransaction& transaction, const v1::Plan& plan, const Policy& policy) {
  if (plan.start_date().empty()) return std::nullopt;
  return NextStep({.state = plan.state(),
                   .start = ParseDay(plan.start_date()),
                   .late = plan.late(),
                   .close_review_held = CloseReviewHeld(transaction, plan)},
                  policy);
}

void EndPause(v1::Plan& plan, absl::CivilDay day) {
  if (plan.paused_since().empty()) return;
  plan.set_paused_days(plan.paused_days() + DayNumber(ParseDay(plan.paused_since()), day));
  plan.clear_paused_since();
}

void Put(sql::Transaction& transaction, const v1::Plan& plan) {
  const auto step = NextStepOf(transaction, plan, store::FindPolicy(transaction, plan.policy_version()));
  store::PutPlan(transaction, plan, step ? FormatDay(step->day) : "");
}

// Takes the steps that the clock asks for; `each` is told the state before.
template <class F>
bool TakeSteps(sql::ReadTransaction& transaction, v1::Plan& plan, absl::Time now, F&& each) {
  bool moved = false;
  const Policy policy = store::FindPolicy(transaction, plan.policy_version());
  for (auto step = NextStepOf(transaction, plan, policy); step && step->day <= DayOf(now);
       step = NextStepOf(transaction, plan, policy)) {
    const v1::Plan::State previous = plan.state();
    plan.set_state(*Next(step->verb, previous));
    EndPause(plan, step->day);
    each(previous);
    moved = true;
  }
  return moved;
}

v1::Progress ProgressOf(sql::ReadTransaction& transaction, const v1::Plan& plan, absl::Time now, const Policy& policy) {
  v1::Progress progress;
  const std::string_view id = ChildId(plan.name());
  for (const int state : store::States(transaction, id, store::Kind::kActivity)) {
    if (state == v1::Activity::STATE_CANCELLED) continue;
    progress.set_activities_total(progress.activities_total() + 1);
    if (state == v1::Activity::STATE_DELIVERED) progress.set_activities_delivered(progress.activities_delivered() + 1);
  }
  for (const int state : store::States(transaction, id, store::Kind::kBenefit)) {
    progress.set_benefits_total(progress.benefits_total() + 1);
    if (IsEnded(static_cast<v1::Benefit::State>(state))) progress.set_benefits_ended(progress.benefits_ended() + 1);
  }
  progress.set_measures_total(static_cast<int>(store::States(transaction, id, store::Kind::kMeasure).size()));
  progress.set_measures_with_data(store::MeasuresWithData(transaction, id));
  progress.set_length_days(policy.length_days);
  if (!plan.start_date().empty()) {
    const absl::CivilDay day = plan.end_date().empty() ? DayOf(now) : ParseDay(plan.end_date());
    progress.set_day(DayNumber(ParseDay(plan.start_date()), day));
  }
  return progress;
}

}  // namespace

void Settle(sql::ReadTransaction& transaction, v1::Plan& plan, absl::Time now) {
  TakeSteps(transaction, plan, now, [](v1::Plan::State) {});
}

absl::StatusOr<v1::Plan> Find(const rpc::Context& context, sql::ReadTransaction& transaction, std::string_view name) {
  auto plan = store::FindPlan(transaction, OrganisationId(name), ChildId(name));
  if (!plan) return status::NotFound();
  Settle(transaction, *plan, context.now());
  return *std::move(plan);
}

absl::StatusOr<v1::Plan> Take(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view name) {
  auto plan = store::FindPlan(transaction, OrganisationId(name), ChildId(name));
  if (!plan) return status::NotFound();
  const bool moved =
      TakeSteps(transaction, *plan, context.now(), [&](v1::Plan::State previous) { Emit(context, *plan, previous); });
  if (moved) Store(context, transaction, *plan);
  return *std::move(plan);
}

absl::StatusOr<v1::Plan> Take(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view name,
                              std::initializer_list<v1::Plan::State> states) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, name));
  if (std::find(states.begin(), states.end(), plan.state()) == states.end()) {
    return errors::PlanState(ShortName(plan.state()));
  }
  return plan;
}

void Store(rpc::WriteContext& context, sql::Transaction& transaction, v1::Plan& plan) {
  int64_t revision = 0;
  (void)absl::SimpleAtoi(plan.etag(), &revision);
  plan.set_etag(absl::StrCat(revision + 1));
  SetTime(*plan.mutable_update_time(), context.now());
  Put(transaction, plan);
}

void StoreDerived(sql::Transaction& transaction, v1::Plan& plan) { Put(transaction, plan); }

absl::Status Move(rpc::WriteContext& context, sql::Transaction& transaction, v1::Plan& plan, std::string_view verb) {
  const v1::Plan::State previous = plan.state();
  const auto next = Next(verb, previous);
  if (!next) return errors::TransitionForbidden(verb, ShortName(previous));
  plan.set_state(*next);
  if (previous == v1::Plan::STATE_PAUSED) EndPause(plan, DayOf(context.now()));
  Store(context, transaction, plan);
  Emit(context, plan, previous);
  return absl::OkStatus();
}

v1::Plan Answer(sql::ReadTransaction& transaction, v1::Plan plan, absl::Time now) {
  const std::string_view id = ChildId(plan.name());
  const Policy policy = store::FindPolicy(transaction, plan.policy_version());
  *plan.mutable_progress() = ProgressOf(transaction, plan, now, policy);
  for (v1::Member& member : store::ListMembers(transaction, id)) {
    if (member.role() == v1::ROLE_OWNER) plan.set_owner_left(member.left() && !IsEnded(plan.state()));
    *plan.add_members() = std::move(member);
  }
  if (!plan.start_date().empty()) {
    plan.set_last_date(FormatDay(ParseDay(plan.start_date()) + policy.length_days));
  }
  if (!plan.paused_since().empty()) {
    plan.set_paused_days(plan.paused_days() + DayNumber(ParseDay(plan.paused_since()), DayOf(now)));
  }
  plan.set_card_published(store::FindCard(transaction, id).has_value());
  return plan;
}

}  // namespace equity::benefit_plans

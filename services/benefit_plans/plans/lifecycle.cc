// The verbs that change the state of a plan.
#include <algorithm>

#include "common/status/macros.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/people/people.h"
#include "services/benefit_plans/plans/plans.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/rules/guards.h"
#include "services/benefit_plans/store/lists.h"
#include "services/benefit_plans/store/parts.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans {
namespace {

using store::Kind;

bool AnyState(sql::ReadTransaction& transaction, const v1::Plan& plan, Kind kind, int least, int most) {
  const auto states = store::States(transaction, ChildId(plan.name()), kind);
  return std::any_of(states.begin(), states.end(), [&](int state) { return state >= least && state <= most; });
}

// A verb that has no guards beside the table.
template <class Response, class Request, class Change>
absl::StatusOr<Response> MoveBy(rpc::WriteContext& context, sql::Transaction& transaction, const Request& request,
                                std::string_view verb, Change&& change) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name()));
  if (Next(verb, plan.state())) change(plan);
  RETURN_IF_ERROR(Move(context, transaction, plan, verb));
  Response response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

StartFacts StartFactsOf(rpc::WriteContext& context, sql::Transaction& transaction, v1::Plan& plan,
                        bool attendance_overridden) {
  StartFacts facts;
  facts.today = DayOf(context.now());
  std::optional<std::string> attended;
  for (const v1::Member& member : store::ListMembers(transaction, ChildId(plan.name()))) {
    if (member.role() != v1::ROLE_OWNER) continue;
    facts.has_owner = true;
    facts.owner_left = member.left();
    attended = people::FirstAttendance(transaction, member.participant(), plan.challenge());
  }
  facts.attended = attended.has_value() || attendance_overridden;
  if (plan.start_date().empty() && attended) plan.set_start_date(*attended);
  if (!plan.start_date().empty()) facts.start = ParseDay(plan.start_date());
  facts.has_goal = !plan.goal().statement().empty();
  facts.benefit_agreed =
      AnyState(transaction, plan, Kind::kBenefit, v1::Benefit::STATE_AGREED, v1::Benefit::STATE_IN_DELIVERY);
  facts.better_off_measure = AnyState(transaction, plan, Kind::kMeasure, v1::Measure::QUADRANT_BETTER_OFF_NUMBER,
                                      v1::Measure::QUADRANT_BETTER_OFF_PERCENT);
  facts.community = AnyState(transaction, plan, Kind::kPartner, 0, 1) ||
                    AnyState(transaction, plan, Kind::kEngagement, v1::RUNG_CONSULTATION, v1::RUNG_CO_PRODUCTION);
  return facts;
}

CloseFacts CloseFactsOf(sql::Transaction& transaction, const v1::Plan& plan, const v1::ClosePlanRequest& request) {
  CloseFacts facts;
  if (const auto bytes = store::ReadPart(transaction, ChildId(plan.name()), Kind::kReview, 0, v1::REVIEW_KIND_CLOSE)) {
    v1::Review review;
    review.ParseFromString(*bytes);
    facts.review_held = true;
    facts.learning = review.learning_size() > 0;
  }
  facts.learning |= request.learning_size() > 0;
  facts.next_path = request.next_path() != v1::NEXT_PATH_UNSPECIFIED;
  for (const auto& benefit : store::ListParts<v1::Benefit>(transaction, plan.name())) {
    if (!IsEnded(benefit.state())) facts.open_benefits.push_back(benefit.name());
  }
  return facts;
}

}  // namespace

absl::StatusOr<v1::StartPlanResponse> StartPlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::StartPlanRequest& request) {
  const std::string& reason = request.attendance_override_reason();
  if (!reason.empty() && context.caller().IsBound()) return errors::OverrideNotAllowed();
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name()));
  if (!Next("StartPlan", plan.state())) return errors::TransitionForbidden("StartPlan", ShortName(plan.state()));
  const Policy policy = store::FindPolicy(transaction, 0);
  const auto unmet = StartGuards(StartFactsOf(context, transaction, plan, !reason.empty()), policy);
  if (!unmet.empty()) return status::UnmetGuards("PLAN_NOT_READY", unmet);
  plan.set_attendance_override_reason(reason);
  plan.set_policy_version(policy.version);
  plan.set_last_date(FormatDay(ParseDay(plan.start_date()) + policy.length_days));
  RETURN_IF_ERROR(Move(context, transaction, plan, "StartPlan"));
  v1::StartPlanResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::PausePlanResponse> PausePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::PausePlanRequest& request) {
  return MoveBy<v1::PausePlanResponse>(context, transaction, request, "PausePlan", [&](v1::Plan& plan) {
    plan.set_paused_since(FormatDay(DayOf(context.now())));
    plan.set_pause_reason(request.reason());
  });
}

absl::StatusOr<v1::ResumePlanResponse> ResumePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::ResumePlanRequest& request) {
  return MoveBy<v1::ResumePlanResponse>(context, transaction, request, "ResumePlan", [](v1::Plan&) {});
}

absl::StatusOr<v1::BeginClosingResponse> BeginClosing(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::BeginClosingRequest& request) {
  return MoveBy<v1::BeginClosingResponse>(context, transaction, request, "BeginClosing", [](v1::Plan& plan) {
    if (plan.state() == v1::Plan::STATE_LAPSED) plan.set_late(true);
  });
}

absl::StatusOr<v1::ClosePlanResponse> ClosePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::ClosePlanRequest& request) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.name()));
  if (!Next("ClosePlan", plan.state())) return errors::TransitionForbidden("ClosePlan", ShortName(plan.state()));
  const auto unmet = CloseGuards(CloseFactsOf(transaction, plan, request));
  if (!unmet.empty()) return status::UnmetGuards("PLAN_NOT_READY", unmet);
  *plan.mutable_learning() = request.learning();
  plan.set_next_path(request.next_path());
  plan.set_end_date(FormatDay(DayOf(context.now())));
  RETURN_IF_ERROR(Move(context, transaction, plan, "ClosePlan"));
  v1::ClosePlanResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::WithdrawPlanResponse> WithdrawPlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::WithdrawPlanRequest& request) {
  const bool merged = request.reason() == v1::Plan::WITHDRAWAL_REASON_MERGED;
  if (merged != !request.merged_into().empty()) {
    return status::InvalidField("merged_into", "must be set for MERGED, and for nothing else");
  }
  if (merged) {
    if (request.merged_into() == request.name()) {
      return status::InvalidField("merged_into", "must be another plan");
    }
    RETURN_IF_ERROR(Find(context, transaction, request.merged_into()).status());
  }
  return MoveBy<v1::WithdrawPlanResponse>(context, transaction, request, "WithdrawPlan", [&](v1::Plan& plan) {
    plan.set_withdrawal_reason(request.reason());
    plan.set_withdrawal_note(request.note());
    plan.set_merged_into(request.merged_into());
    plan.set_end_date(FormatDay(DayOf(context.now())));
    store::DeleteCard(transaction, ChildId(plan.name()));
  });
}

}  // namespace equity::benefit_plans

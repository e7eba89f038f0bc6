#include "services/benefit_plans/rules/states.h"

namespace equity::benefit_plans {
namespace {

using Plan = v1::Plan;
using Benefit = v1::Benefit;

constexpr PlanTransition kPlan[] = {
    {"StartPlan", Plan::STATE_DRAFT, Plan::STATE_ACTIVE},
    {"PausePlan", Plan::STATE_ACTIVE, Plan::STATE_PAUSED},
    {"ResumePlan", Plan::STATE_PAUSED, Plan::STATE_ACTIVE},
    {"BeginClosing", Plan::STATE_ACTIVE, Plan::STATE_CLOSING},
    {"BeginClosing", Plan::STATE_LAPSED, Plan::STATE_CLOSING},
    {"ClosePlan", Plan::STATE_CLOSING, Plan::STATE_CLOSED},
    {"WithdrawPlan", Plan::STATE_DRAFT, Plan::STATE_WITHDRAWN},
    {"WithdrawPlan", Plan::STATE_ACTIVE, Plan::STATE_WITHDRAWN},
    {"WithdrawPlan", Plan::STATE_PAUSED, Plan::STATE_WITHDRAWN},
    {kDaysOver, Plan::STATE_ACTIVE, Plan::STATE_CLOSING},
    {kDaysOver, Plan::STATE_PAUSED, Plan::STATE_CLOSING},
    {kGraceOver, Plan::STATE_CLOSING, Plan::STATE_LAPSED},
};

constexpr BenefitTransition kBenefit[] = {
    {"AgreeBenefit", Benefit::STATE_IDENTIFIED, Benefit::STATE_AGREED},
    {"StartActivity", Benefit::STATE_AGREED, Benefit::STATE_IN_DELIVERY},
    {"StartActivity", Benefit::STATE_IN_DELIVERY, Benefit::STATE_IN_DELIVERY},
    {"RealiseBenefit REALISED", Benefit::STATE_IN_DELIVERY, Benefit::STATE_REALISED},
    {"RealiseBenefit PARTLY_REALISED", Benefit::STATE_IN_DELIVERY, Benefit::STATE_PARTLY_REALISED},
    {"RealiseBenefit NOT_REALISED", Benefit::STATE_IN_DELIVERY, Benefit::STATE_NOT_REALISED},
    {"DropBenefit", Benefit::STATE_IDENTIFIED, Benefit::STATE_DROPPED},
    {"DropBenefit", Benefit::STATE_AGREED, Benefit::STATE_DROPPED},
    {"DropBenefit", Benefit::STATE_IN_DELIVERY, Benefit::STATE_DROPPED},
    {"ReopenBenefit", Benefit::STATE_REALISED, Benefit::STATE_IN_DELIVERY},
    {"ReopenBenefit", Benefit::STATE_PARTLY_REALISED, Benefit::STATE_IN_DELIVERY},
    {"ReopenBenefit", Benefit::STATE_NOT_REALISED, Benefit::STATE_IN_DELIVERY},
    {"ReopenBenefit", Benefit::STATE_DROPPED, Benefit::STATE_IDENTIFIED},
};

template <class State>
std::optional<State> Find(absl::Span<const Transition<State>> table, std::string_view verb, State from) {
  for (const auto& transition : table) {
    if (transition.verb == verb && transition.from == from) return transition.to;
  }
  return std::nullopt;
}

}  // namespace

absl::Span<const PlanTransition> PlanTransitions() { return kPlan; }
absl::Span<const BenefitTransition> BenefitTransitions() { return kBenefit; }

std::optional<v1::Plan::State> Next(std::string_view verb, v1::Plan::State from) {
  return Find(PlanTransitions(), verb, from);
}
std::optional<v1::Benefit::State> Next(std::string_view verb, v1::Benefit::State from) {
  return Find(BenefitTransitions(), verb, from);
}

std::optional<ClockStep> NextStep(const ClockFacts& facts, const Policy& policy) {
  const absl::CivilDay after_last = facts.start + policy.length_days + 1;
  if (Next(kDaysOver, facts.state)) return ClockStep{kDaysOver, after_last};
  if (Next(kGraceOver, facts.state) && !facts.late && !facts.close_review_held) {
    return ClockStep{kGraceOver, after_last + policy.grace_days};
  }
  return std::nullopt;
}

}  // namespace equity::benefit_plans

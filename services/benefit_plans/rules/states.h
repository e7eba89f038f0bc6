// Which verb leads from which state to which. The README of this folder's parent shows the same tables; a test reads
// them there, compares them with these, and provokes every transition and every other.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "equity/benefitplans/v1/benefits.pb.h"
#include "equity/benefitplans/v1/plans.pb.h"
#include "services/benefit_plans/rules/days.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

template <class State>
struct Transition {
  std::string_view verb;
  State from;
  State to;
};
using PlanTransition = Transition<v1::Plan::State>;
using BenefitTransition = Transition<v1::Benefit::State>;

absl::Span<const PlanTransition> PlanTransitions();
absl::Span<const BenefitTransition> BenefitTransitions();

// The verbs of the clock.
inline constexpr std::string_view kDaysOver = "the days are over";
inline constexpr std::string_view kGraceOver = "the grace is over";

// Where the verb leads; nothing where it is forbidden.
std::optional<v1::Plan::State> Next(std::string_view verb, v1::Plan::State from);
std::optional<v1::Benefit::State> Next(std::string_view verb, v1::Benefit::State from);

// What the clock asks for.
struct ClockFacts {
  v1::Plan::State state;
  absl::CivilDay start;
  bool late = false;               // it lapsed before, and is being reported
  bool close_review_held = false;  // it is being reported
};
// The day on which the clock changes the state by `verb`; nothing for never.
struct ClockStep {
  std::string_view verb;
  absl::CivilDay day;
};
std::optional<ClockStep> NextStep(const ClockFacts& facts, const Policy& policy);

inline bool IsEnded(v1::Benefit::State state) { return state >= v1::Benefit::STATE_REALISED; }
inline bool IsEnded(v1::Plan::State state) {
  return state == v1::Plan::STATE_CLOSED || state == v1::Plan::STATE_WITHDRAWN;
}

}  // namespace equity::benefit_plans

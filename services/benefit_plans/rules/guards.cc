#include "services/benefit_plans/rules/guards.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace equity::benefit_plans {

using status::Violation;

std::vector<Violation> StartGuards(const StartFacts& facts, const Policy& policy) {
  std::vector<Violation> unmet;
  if (!facts.has_owner) {
    unmet.push_back({"OWNER_MISSING", "plan.members", "Add an owner with AddMember."});
  } else if (facts.owner_left) {
    unmet.push_back({"OWNER_LEFT", "plan.members", "The owner left or moved. Add a new one with AddMember."});
  }
  if (!facts.attended) {
    unmet.push_back({"WORKSHOP_NOT_ATTENDED", "plan.members",
                     "The owner has to have attended a workshop of the challenge. Record the attendance, choose an "
                     "owner who attended, or ask the central team to let it start with a reason."});
  }
  if (!facts.has_goal) unmet.push_back({"GOAL_MISSING", "plan.goal.statement", "Say what the team wants to reach."});
  if (!facts.start) {
    unmet.push_back({"START_DATE_MISSING", "plan.start_date", "Give the date from which the days count."});
  } else if (*facts.start > facts.today + policy.start_ahead_days) {
    unmet.push_back(
        {"START_DATE_TOO_LATE", "plan.start_date",
         absl::StrCat("Give a date at most ", policy.start_ahead_days, " days from today, or start later.")});
  } else if (DayNumber(*facts.start, facts.today) > policy.length_days) {
    unmet.push_back({"START_DATE_TOO_EARLY", "plan.start_date",
                     absl::StrCat("Its ", policy.length_days, " days are over. Give a later start date.")});
  }
  if (!facts.benefit_agreed) {
    unmet.push_back({"BENEFIT_NOT_AGREED", "benefits",
                     "Add a benefit and have the community agree to it, with CreateBenefit and AgreeBenefit."});
  }
  if (!facts.better_off_measure) {
    unmet.push_back({"BETTER_OFF_MEASURE_MISSING", "measures",
                     "Add a measure of who is better off: BETTER_OFF_NUMBER or BETTER_OFF_PERCENT."});
  }
  if (!facts.community) {
    unmet.push_back({"COMMUNITY_MISSING", "partners",
                     "Add a community partner, or record an engagement at CONSULTATION or above."});
  }
  return unmet;
}

std::vector<Violation> CloseGuards(const CloseFacts& facts) {
  std::vector<Violation> unmet;
  if (!facts.review_held) {
    unmet.push_back({"CLOSE_REVIEW_MISSING", "reviews", "Hold the closing review and record it with HoldReview."});
  }
  if (!facts.open_benefits.empty()) {
    unmet.push_back({"BENEFITS_OPEN", "benefits",
                     absl::StrCat("End these with RealiseBenefit or DropBenefit: ",
                                  absl::StrJoin(facts.open_benefits, ", "), ".")});
  }
  if (!facts.learning) {
    unmet.push_back({"LEARNING_MISSING", "learning", "Say what was learnt, here or in the closing review."});
  }
  if (!facts.next_path) {
    unmet.push_back({"NEXT_PATH_MISSING", "next_path", "Say what follows: RESET, BUILD, SCALE, HAND_OVER or STOP."});
  }
  return unmet;
}

std::vector<Violation> RealiseGuards(const RealiseFacts& facts) {
  std::vector<Violation> unmet;
  if (facts.is_disbenefit) {
    unmet.push_back({"DISBENEFIT", "benefit.is_disbenefit",
                     "An unwanted effect never counts as realised. End it with NOT_REALISED or DropBenefit."});
  }
  if (facts.whole && !facts.target_met && !facts.community_says) {
    unmet.push_back({"EVIDENCE_MISSING", "benefit.evidence",
                     "Record a measurement after the baseline that meets the target of one of its measures, or add "
                     "evidence that the community confirms."});
  }
  if (!facts.whole && !facts.measured && !facts.community_says) {
    unmet.push_back({"EVIDENCE_MISSING", "benefit.evidence",
                     "Record a measurement after the baseline, or add evidence that the community confirms."});
  }
  return unmet;
}

}  // namespace equity::benefit_plans

// Days of a plan. They are civil days in London, never 24 hours: the clocks change within most plans.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace equity::benefit_plans {

absl::CivilDay DayOf(absl::Time time);
// YYYY-MM-DD, which the runtime has checked.
absl::CivilDay ParseDay(const std::string& text);
std::string FormatDay(absl::CivilDay day);

// Day N: 0 on the start date, negative before it.
inline int DayNumber(absl::CivilDay start, absl::CivilDay day) { return static_cast<int>(day - start); }

// When a review can be held, in days of the plan.
struct Window {
  int due = 0;
  int first = 0;
  int last = 0;
};

// The rules of time, in one version.
struct Policy {
  int version = 0;
  int length_days = 0;
  int grace_days = 0;        // after the last day, before a plan that was not reported lapses
  int start_ahead_days = 0;  // how far ahead a plan may start
  int check_in_days = 0;     // without a check-in for longer, a plan is silent
  Window windows[5];         // by the contract's number of the review; 0 is none
};

}  // namespace equity::benefit_plans

#include "services/benefit_plans/rules/days.h"

#include "common/clock/clock.h"

namespace equity::benefit_plans {

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, London()); }

absl::CivilDay ParseDay(const std::string& text) {
  absl::CivilDay day;
  absl::ParseCivilTime(text, &day);
  return day;
}

std::string FormatDay(absl::CivilDay day) { return absl::FormatCivilTime(day); }

}  // namespace equity::benefit_plans

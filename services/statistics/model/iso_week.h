// ISO 8601 weeks, written 2021-W30. They begin on Monday; the first of a year is the one with its first Thursday.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace equity::statistics {

std::string IsoWeek(absl::CivilDay day);
// The week in London at that time.
std::string IsoWeek(absl::Time time);
// The week of a date, YYYY-MM-DD; nothing where it is not one.
std::optional<std::string> IsoWeekOfDate(std::string_view date);
// Every week from the first to the last.
std::vector<std::string> WeeksBetween(const std::string& first, const std::string& last);

}  // namespace equity::statistics

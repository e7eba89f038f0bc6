// Working time, as the reference group and the statistics reckon it: 09:00 to 17:00 in London from Monday to Friday,
// without the bank holidays of England. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace equity {

inline constexpr int kMinutesPerWorkingDay = 8 * 60;

// The file beside this one, for Calendar.
std::string BankHolidays();

class Calendar {
 public:
  // `text` as in bank-holidays.txt.
  explicit Calendar(const std::string& text);

  const std::string& version() const { return version_; }
  bool IsWorkingDay(absl::CivilDay day) const;
  // Whole minutes of working time between two instants; 0 where the second is not later.
  int64_t Minutes(absl::Time from, absl::Time until) const;
  // The first instant by which so many minutes of working time have passed.
  absl::Time After(absl::Time from, int64_t minutes) const;
  // Whether its bank holidays are known for all of these days.
  bool Covers(absl::Time from, absl::Time until) const;

 private:
  std::string version_;
  int first_year_ = 0;
  int last_year_ = 0;
  std::set<absl::CivilDay> holidays_;
};

}  // namespace equity

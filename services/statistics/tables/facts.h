// What the numbers that are no counters are added up from: small tables, which are looked through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/sql/sql.h"
#include "common/working_time/waiting.h"
#include "services/statistics/tables/tables.h"

namespace equity::statistics {

struct Organisation {
  int64_t id;
  std::string name;
  std::string sector;
  std::string place;
};
// By the sectors and places of that day, YYYY-MM-DD, or of now; all of them, or the one of that name.
std::vector<Organisation> OrganisationsOf(sql::ReadTransaction& transaction, int64_t generation,
                                          const std::string& name, const std::string& hierarchy_as_of);

// The first day, in London, of which anybody's sector or place is known; nothing where none is.
std::optional<absl::CivilDay> FirstHierarchy(sql::ReadTransaction& transaction, int64_t generation);

// Something to count, before it is added to its category.
struct Fact {
  int64_t organisation = 0;
  int64_t session = 0;
  std::string week;
  std::string state;
  std::string band;
  std::string programme;
  int64_t value = 0;        // of a share: the numerator
  int64_t sum = 0;          // of a mean: what is divided by `value`
  int64_t eligible = 0;     // of a share; of feedback: sessions that take no more
  int64_t not_yet_due = 0;  // of a share; of feedback: sessions that take it
  std::optional<Wait> wait;
};

// Day bands in their order.
const std::vector<std::string>& DayBands();
inline constexpr char kNoProgramme[] = "NONE";
// The length of the challenge: who attended is counted in a share when more days than these have passed.
inline constexpr int kChallengeDays = 100;

// After which a session takes no more feedback, as its contract says (GiveFeedback).
inline constexpr int kFeedbackDays = 14;

// Of every measure that is not of people, bookings, places or feedback.
std::vector<Fact> FactsOf(sql::ReadTransaction& transaction, const Question& question,
                          const std::vector<Organisation>& organisations);
// Of a measure of journeys: by organisation. `value` counts those whose day 100 has passed.
std::vector<Fact> JourneysOf(sql::ReadTransaction& transaction, const Question& question, Counter counter);
// Of a measure of feedback: one for each of those sessions that was not cancelled. With no more to come and no numbers
// it is hidden, and looks the same with few answers as with none.
std::vector<Fact> FeedbackOf(sql::ReadTransaction& transaction, const Question& question,
                             const std::vector<Session>& sessions);

}  // namespace equity::statistics

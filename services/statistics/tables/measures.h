// The one registry of measures: what is counted, how it is defined and by what it can be broken down.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "equity/statistics/v1/statistics.pb.h"

namespace equity::statistics {

// The counters that the model keeps; the numbers are stored.
enum class Counter {
  kRegistered = 1,
  kSeated = 2,
  kWaiting = 3,
  kAttended = 4,
  kJourneys = 5,  // people who attended, by the date of their first session
  kJourneysStarted = 6,
  kJourneysRealised = 7,
};

struct Measure {
  // Where its numbers come from: counters, or small tables that are looked through (facts.h).
  enum class Source {
    kPeople,    // the cells of `counter`; people, and in a table by session bookings
    kJourneys,  // the cells of kJourneys and of `counter`, by date
    kBookings,  // the cells of `counter` by session
    kCapacity,  // the sessions themselves
    kFeedback,  // what their feedback says
    kPlans,     // those that `pick` means, as are the next ones
    kBenefits,
    kOrganisations,
    kQuestions,
    kItems,
    kAdoptions,
    kFlags,
  };
  enum class Pick {
    kAll,
    kStarted,
    kRunning,
    kNeedingHelp,
    kClosed,
    kRealised,
    kUnwanted,
    kTookUp,
    kAttended,
    kWaiting
  };

  std::string id;
  std::string title;
  std::string definition;
  std::string unit;
  std::string cohort_date;
  std::vector<v1::Dimension> dimensions;
  Source source;
  Counter counter = Counter::kRegistered;
  bool of_a_challenge = true;  // registrations and questions belong to none
  Pick pick = Pick::kAll;
  v1::Measure::Kind kind = v1::Measure::KIND_COUNT;
  double quantile = 0;              // of a time
  std::vector<std::string> states;  // the categories of DIMENSION_STATE

  // Counts of people are; places of sessions are public anyway, and what is no person needs no protection.
  bool disclosure_controlled() const { return source == Source::kPeople || source == Source::kJourneys; }
  // Only for those who may read the feedback on a session, and not published: who sent the answers of its own people
  // could take them away.
  bool confidential() const { return source == Source::kFeedback; }
  // Whether the public page of a session shows the same number, so that tables by session must reckon with it.
  bool public_by_session() const {
    return source == Source::kPeople && (counter == Counter::kSeated || counter == Counter::kWaiting);
  }
  bool Has(v1::Dimension dimension) const;
  // The breakdowns of the publishable tier, in one order of their dimensions each.
  std::vector<std::vector<v1::Dimension>> Publishable() const;
  bool IsPublishable(const std::vector<v1::Dimension>& by) const;
};

// By id.
const std::vector<Measure>& Measures();
// Null where there is none of that id.
const Measure* FindMeasure(std::string_view id);

}  // namespace equity::statistics

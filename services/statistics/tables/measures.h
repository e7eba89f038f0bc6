// The one registry of measures: what is counted, how it is defined and by what it can be broken down.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "equity/statistics/v1/statistics.pb.h"

namespace equity::statistics {

// The counters that the model keeps; the numbers are stored.
enum class Counter { kRegistered = 1, kSeated = 2, kWaiting = 3, kAttended = 4 };

struct Measure {
  // Where its numbers come from.
  enum class Source {
    kPeople,    // the cells of `counter`; people, and in a table by session bookings
    kBookings,  // the cells of `counter` by session
    kCapacity,  // the sessions themselves
  };

  std::string id;
  std::string title;
  std::string definition;
  std::string unit;
  std::string cohort_date;
  std::vector<v1::Dimension> dimensions;
  Source source;
  Counter counter;
  bool of_a_challenge;  // registrations belong to none

  // Counts of people are; places of sessions are public anyway.
  bool disclosure_controlled() const { return source == Source::kPeople; }
  // Whether the public page of a session shows the same number, so that tables by session must reckon with it.
  bool public_by_session() const { return counter == Counter::kSeated || counter == Counter::kWaiting; }
  bool Has(v1::Dimension dimension) const;
};

// By id.
const std::vector<Measure>& Measures();
// Null where there is none of that id.
const Measure* FindMeasure(std::string_view id);

}  // namespace equity::statistics

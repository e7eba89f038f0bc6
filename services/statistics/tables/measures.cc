#include "services/statistics/tables/measures.h"

#include <algorithm>

namespace equity::statistics {
namespace {

using v1::DIMENSION_ISO_WEEK;
using v1::DIMENSION_ORGANISATION;
using v1::DIMENSION_PLACE;
using v1::DIMENSION_SECTOR;
using v1::DIMENSION_SESSION;

const std::vector<v1::Dimension> kOfRegistrations = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE,
                                                     DIMENSION_ISO_WEEK};
const std::vector<v1::Dimension> kOfPeople = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE,
                                              DIMENSION_SESSION, DIMENSION_ISO_WEEK};
const std::vector<v1::Dimension> kOfPlaces = {DIMENSION_SESSION, DIMENSION_ISO_WEEK};

constexpr char kRegistrationWeek[] = "The person's first registration; in a table by session, the session.";

Measure OfPeople(const char* id, const char* title, const char* definition, Counter counter) {
  return {id, title, definition, "people", kRegistrationWeek, kOfPeople, Measure::Source::kPeople, counter, true};
}

Measure OfPlaces(const char* id, const char* title, const char* definition, Measure::Source source, Counter counter) {
  return {id, title, definition, "places", "The session.", kOfPlaces, source, counter, true};
}

std::vector<Measure> MakeMeasures() {
  return {
      OfPeople("people.attended", "People who attended",
               "Distinct people who came to at least one session, those who have left since included, counted with the "
               "organisation that they are with now. What counts is the latest record of attendance. In a table by "
               "session: the people who came to that session, counted with the organisation that the booking was made "
               "for; who came to two sessions is in both, so that the sessions do not add up to the number of people.",
               Counter::kAttended),
      {"people.registered", "People registered",
       "Distinct people who are registered now, each with the organisation that they are with now. Who left is not "
       "counted; who came back is again, in the week of the first registration. Registrations belong to no challenge: "
       "the number is the same for each.",
       "people", "The person's first registration.", kOfRegistrations, Measure::Source::kPeople, Counter::kRegistered,
       false},
      OfPeople("people.seated", "People with a place",
               "Distinct people with a place on at least one session of the challenge, past sessions included, counted "
               "with the organisation that they are with now. Places that were given up, handed to a colleague or fell "
               "with their session do not count. In a table by session: the people with a place on that session, "
               "counted with the organisation that the booking was made for; who has places on two sessions is in "
               "both, so that the sessions do not add up to the number of people.",
               Counter::kSeated),
      OfPeople("people.waiting", "People who wait for a place",
               "Distinct people on the waiting list of at least one session of the challenge, whether or not they have "
               "a place on another one, counted with the organisation that they are with now. In a table by session: "
               "the people who wait for that session, counted with the organisation that the booking was made for; the "
               "sessions do not add up to the number of people.",
               Counter::kWaiting),
      OfPlaces("places.capacity", "Places offered", "The places of the sessions that were not cancelled.",
               Measure::Source::kCapacity, Counter::kSeated),
      OfPlaces("places.taken", "Places taken",
               "The places of sessions that are taken: one for each booking with a place.", Measure::Source::kBookings,
               Counter::kSeated),
      OfPlaces("places.waiting", "Waiting for places", "The bookings on the waiting lists of sessions.",
               Measure::Source::kBookings, Counter::kWaiting),
  };
}

}  // namespace

bool Measure::Has(v1::Dimension dimension) const {
  return std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end();
}

const std::vector<Measure>& Measures() {
  static const auto& measures = *new std::vector<Measure>(MakeMeasures());
  return measures;
}

const Measure* FindMeasure(std::string_view id) {
  for (const Measure& measure : Measures()) {
    if (measure.id == id) return &measure;
  }
  return nullptr;
}

}  // namespace equity::statistics

#include "services/statistics/tables/measures.h"

#include <algorithm>
#include <set>

#include "equity/changes/v1/changes.pb.h"

namespace equity::statistics {
namespace {

using v1::DIMENSION_DAY_BAND;
using v1::DIMENSION_ISO_WEEK;
using v1::DIMENSION_ORGANISATION;
using v1::DIMENSION_PLACE;
using v1::DIMENSION_PROGRAMME;
using v1::DIMENSION_SECTOR;
using v1::DIMENSION_SESSION;
using v1::DIMENSION_STATE;
using Pick = Measure::Pick;
using Source = Measure::Source;

const std::vector<v1::Dimension> kOfRegistrations = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE,
                                                     DIMENSION_ISO_WEEK};
const std::vector<v1::Dimension> kOfPeople = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE,
                                              DIMENSION_SESSION, DIMENSION_ISO_WEEK};
const std::vector<v1::Dimension> kOfPlaces = {DIMENSION_SESSION, DIMENSION_ISO_WEEK};

const std::vector<v1::Dimension> kOfJourneys = {DIMENSION_SECTOR, DIMENSION_PLACE};
const std::vector<v1::Dimension> kOfPlans = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE,
                                             DIMENSION_ISO_WEEK, DIMENSION_PROGRAMME};
const std::vector<v1::Dimension> kOfRunningPlans = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE,
                                                    DIMENSION_DAY_BAND, DIMENSION_PROGRAMME};
const std::vector<v1::Dimension> kOfOrganisations = {DIMENSION_SECTOR, DIMENSION_PLACE};

constexpr char kPlanStart[] = "The plan's start date.";
constexpr char kNow[] = "None: as it stands now.";
constexpr char kFirstSession[] = "The date of the person's first session of the challenge.";
constexpr char kAsked[] = "When the question was asked.";
constexpr char kRegistrationWeek[] = "The person's first registration; in a table by session, the session.";

Measure OfPeople(const char* id, const char* title, const char* definition, Counter counter) {
  return {id, title, definition, "people", kRegistrationWeek, kOfPeople, Source::kPeople, counter, true};
}

Measure OfPlaces(const char* id, const char* title, const char* definition, Measure::Source source, Counter counter) {
  return {id, title, definition, "places", "The session.", kOfPlaces, source, counter, true};
}

std::vector<Measure> MeasuresOfPeople() {
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
       "people", "The person's first registration.", kOfRegistrations, Source::kPeople, Counter::kRegistered, false},
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
               Source::kCapacity, Counter::kSeated),
      OfPlaces("places.taken", "Places taken",
               "The places of sessions that are taken: one for each booking with a place.", Source::kBookings,
               Counter::kSeated),
      OfPlaces("places.waiting", "Waiting for places", "The bookings on the waiting lists of sessions.",
               Source::kBookings, Counter::kWaiting),
      {.id = "people.benefit_realised_rate",
       .title = "People with a benefit realised",
       .definition =
           "Of the people who attended and whose day 100 has passed (more than 100 days since their first session of "
           "the challenge, by date in London): the share who are in a plan of which at least one benefit is realised. "
           "`eligible` are those people, `not_yet_due` those who attended and whose day 100 is still to come: they are "
           "in neither number, so that a new workshop does not change the share. Members of a plan count in any role, "
           "unwanted effects never.",
       .unit = "percent",
       .cohort_date = kFirstSession,
       .dimensions = kOfJourneys,
       .source = Source::kJourneys,
       .counter = Counter::kJourneysRealised,
       .kind = v1::Measure::KIND_RATE},
      {.id = "people.plan_started_rate",
       .title = "People in a plan that started",
       .definition =
           "Of the people who attended and whose day 100 has passed: the share who are in a plan that started, in any "
           "role. `eligible` and `not_yet_due` as in people.benefit_realised_rate.",
       .unit = "percent",
       .cohort_date = kFirstSession,
       .dimensions = kOfJourneys,
       .source = Source::kJourneys,
       .counter = Counter::kJourneysStarted,
       .kind = v1::Measure::KIND_RATE},
  };
}

std::vector<Measure> MeasuresOfFeedback() {
  const auto make = [](const char* id, const char* title, const char* definition, const char* unit,
                       v1::Measure::Kind kind) {
    return Measure{.id = id,
                   .title = title,
                   .definition = definition,
                   .unit = unit,
                   .cohort_date = "The session.",
                   .dimensions = kOfPlaces,
                   .source = Source::kFeedback,
                   .kind = kind};
  };
  return {
      make("feedback.answers", "Answers in feedback",
           "How many of those who came gave feedback on the session. A session is counted when it takes no more "
           "feedback, "
           "14 days after it, with 8 answers at least: with fewer, or none, it is hidden, in every total as well. "
           "`not_yet_due` are the sessions that still take feedback. For the central team, facilitators and analysts "
           "only, as the feedback itself: not for partners, who know the answers of their own people, not public, and "
           "in no snapshot.",
           "answers", v1::Measure::KIND_COUNT),
      make("feedback.rating", "Rating of the workshop",
           "The mean of the ratings, from 1 (poor) to 5 (excellent), of the answers that feedback.answers counts; of "
           "several sessions, of all their answers together. For whom, when and what is hidden: as feedback.answers.",
           "points of 5", v1::Measure::KIND_MEAN),
  };
}

// The states of an enumeration of the change feed, without their prefix.
std::vector<std::string> StatesOf(const google::protobuf::EnumDescriptor* states) {
  std::vector<std::string> names;
  for (int i = 1; i < states->value_count(); ++i) {
    names.push_back(states->value(i)->name().substr(std::string_view("STATE_").size()));
  }
  return names;
}

Measure OfPlans(const char* id, const char* title, const char* definition, Pick pick,
                const std::vector<v1::Dimension>& dimensions, const char* cohort_date = kPlanStart) {
  return {.id = id,
          .title = title,
          .definition = definition,
          .unit = "plans",
          .cohort_date = cohort_date,
          .dimensions = dimensions,
          .source = Source::kPlans,
          .pick = pick};
}

// Plans are counted with the organisation that leads them.
std::vector<Measure> MeasuresOfPlans() {
  std::vector<v1::Dimension> of_drafts = kOfPlans;
  of_drafts.push_back(DIMENSION_STATE);
  Measure drafted = OfPlans("plans.drafted", "Plans drafted",
                            "All benefit plans of the challenge that were ever begun, in whatever state they are now: "
                            "the whole of the plans' funnel. By state: LAPSED means not reported, not failed.",
                            Pick::kAll, of_drafts, "The day of the draft.");
  drafted.states = StatesOf(changes::v1::PlanEvent::State_descriptor());
  Measure rate = OfPlans("plans.benefit_realised_rate", "Plans with a benefit realised, of those whose days are over",
                         "Of the plans that started and whose last day has passed, those withdrawn later included: the "
                         "share of which at least one benefit is realised. `not_yet_due` are those whose last day is "
                         "still to come: they are in neither number.",
                         Pick::kRealised, kOfPlans);
  rate.unit = "percent";
  rate.kind = v1::Measure::KIND_RATE;
  const auto of_benefits = [](const char* id, const char* title, const char* definition, Pick pick) {
    return Measure{
        .id = id,
        .title = title,
        .definition = definition,
        .unit = "benefits",
        .cohort_date = kPlanStart,
        .dimensions = {DIMENSION_ORGANISATION, DIMENSION_SECTOR, DIMENSION_PLACE, DIMENSION_PROGRAMME, DIMENSION_STATE},
        .source = Source::kBenefits,
        .pick = pick,
        .states = StatesOf(changes::v1::BenefitEvent::State_descriptor())};
  };
  return {
      std::move(drafted),
      std::move(rate),
      OfPlans("plans.started", "Plans started",
              "Benefit plans that passed the start, those paused, closed, lapsed or withdrawn later included.",
              Pick::kStarted, kOfPlans),
      OfPlans("plans.closed", "Plans closed", "Benefit plans that were closed with what was learnt.", Pick::kClosed,
              kOfPlans),
      OfPlans("plans.with_benefit_realised", "Plans with a benefit realised",
              "Benefit plans that started and of which at least one benefit is realised now; unwanted effects never "
              "count.",
              Pick::kRealised, kOfPlans),
      OfPlans("plans.running", "Plans running",
              "Benefit plans that are active, paused or closing, by how many civil days in London have passed since "
              "their start date: OVERDUE when the last day has passed and they are not closed.",
              Pick::kRunning, kOfRunningPlans),
      OfPlans("plans.needing_help", "Plans that need help",
              "Of the plans that run, those that are paused or overdue, or whose owner left.", Pick::kNeedingHelp,
              kOfRunningPlans),
      of_benefits("benefits.identified", "Benefits",
                  "All benefits of plans, by the state that they are in now; unwanted effects are not among them.",
                  Pick::kAll),
      of_benefits("benefits.unwanted", "Unwanted effects", "Effects of plans that nobody wants, by their state.",
                  Pick::kUnwanted),
  };
}

std::vector<Measure> MeasuresOfOrganisations() {
  const auto make = [](const char* id, const char* title, const char* definition, Pick pick) {
    return Measure{.id = id,
                   .title = title,
                   .definition = definition,
                   .unit = "organisations",
                   .cohort_date = kNow,
                   .dimensions = kOfOrganisations,
                   .source = Source::kOrganisations,
                   .pick = pick};
  };
  Measure reach =
      make("organisations.reach_rate", "Reach of the challenge",
           "Of the organisations that took the challenge up: the share from which somebody attended.", Pick::kAttended);
  reach.unit = "percent";
  reach.kind = v1::Measure::KIND_RATE;
  return {
      make("organisations.known", "Organisations",
           "The partner organisations of the system. What keeps people without an employer is none of them.",
           Pick::kAll),
      make("organisations.took_up", "Organisations that took the challenge up",
           "Organisations of which somebody has or waits for a place on a session of the challenge, or attended one, "
           "or which lead a benefit plan of it.",
           Pick::kTookUp),
      make("organisations.attended", "Organisations that attended",
           "Organisations from which somebody attended a session of the challenge.", Pick::kAttended),
      make("organisations.started_plan", "Organisations with a plan that started",
           "Organisations that lead a benefit plan of the challenge that started.", Pick::kStarted),
      std::move(reach),
  };
}

std::vector<Measure> MeasuresOfTheGroup() {
  const auto make = [](const char* id, const char* title, const char* definition, const char* unit,
                       const char* cohort_date, Source source, const google::protobuf::EnumDescriptor* states) {
    Measure measure{.id = id, .title = title, .definition = definition, .unit = unit, .cohort_date = cohort_date};
    measure.source = source;
    measure.of_a_challenge = false;
    if (states != nullptr) {
      measure.states = StatesOf(states);
      measure.dimensions.push_back(DIMENSION_STATE);
    }
    if (source == Source::kQuestions) measure.dimensions.push_back(DIMENSION_ISO_WEEK);
    return measure;
  };
  const auto waiting = [&](const char* id, const char* title, const char* definition, double quantile) {
    Measure measure = make(id, title, definition, "working days", kAsked, Source::kQuestions, nullptr);
    measure.kind = v1::Measure::KIND_TIME;
    measure.quantile = quantile;
    return measure;
  };
  auto* questions = changes::v1::AdviceEvent::State_descriptor();
  Measure open = make("advice.waiting", "Questions that wait",
                      "Questions to the reference group that wait for their first answer now.", "questions", kAsked,
                      Source::kQuestions, questions);
  open.pick = Pick::kWaiting;
  return {
      make("advice.asked", "Questions asked",
           "All questions to the reference group, by the state that they are in now. They belong to no challenge.",
           "questions", kAsked, Source::kQuestions, questions),
      std::move(open),
      waiting("advice.waiting_days_median", "Median time to a first answer",
              "The time by which half of the questions have their first answer, in working days of eight hours without "
              "the bank holidays of England, estimated by Kaplan and Meier with the questions that are still open. "
              "While the group waits for the asker the time stands. NOT_REACHED where that cannot be known yet.",
              0.5),
      waiting("advice.waiting_days_p90", "Time to a first answer of nine in ten",
              "As advice.waiting_days_median, for nine in ten of the questions.", 0.9),
      make("knowledge.items", "Knowledge items", "Knowledge items by the state that they are in now.", "items", kNow,
           Source::kItems, changes::v1::KnowledgeEvent::State_descriptor()),
      make("knowledge.adoptions", "Adoptions", "How often a plan took up a knowledge item.", "adoptions", kNow,
           Source::kAdoptions, nullptr),
      make("moderation.flags", "Flags", "Flags raised about content, by the state that they are in now.", "flags", kNow,
           Source::kFlags, changes::v1::FlagEvent::State_descriptor()),
  };
}

std::vector<Measure> MakeMeasures() {
  std::vector<Measure> measures = MeasuresOfPeople();
  for (auto* more : {&MeasuresOfFeedback, &MeasuresOfPlans, &MeasuresOfOrganisations, &MeasuresOfTheGroup}) {
    for (Measure& measure : more()) measures.push_back(std::move(measure));
  }
  std::sort(measures.begin(), measures.end(), [](const Measure& a, const Measure& b) { return a.id < b.id; });
  return measures;
}

// Of people: those of one family, which are protected together (family.h).
bool IsProtectedTogether(const std::vector<v1::Dimension>& by) {
  if (by.size() < 2) return true;
  static const auto& pairs = *new std::set<std::set<v1::Dimension>>{{DIMENSION_SECTOR, DIMENSION_PLACE},
                                                                    {DIMENSION_SECTOR, DIMENSION_ISO_WEEK},
                                                                    {DIMENSION_PLACE, DIMENSION_ISO_WEEK},
                                                                    {DIMENSION_SECTOR, DIMENSION_SESSION},
                                                                    {DIMENSION_PLACE, DIMENSION_SESSION}};
  return pairs.contains({by[0], by[1]});
}

}  // namespace

bool Measure::Has(v1::Dimension dimension) const {
  return std::find(dimensions.begin(), dimensions.end(), dimension) != dimensions.end();
}

std::vector<std::vector<v1::Dimension>> Measure::Publishable() const {
  std::vector<std::vector<v1::Dimension>> breakdowns = {{}};
  for (const v1::Dimension dimension : dimensions) breakdowns.push_back({dimension});
  for (size_t i = 0; i < dimensions.size(); ++i) {
    for (size_t j = i + 1; j < dimensions.size(); ++j) breakdowns.push_back({dimensions[i], dimensions[j]});
  }
  breakdowns.erase(std::remove_if(breakdowns.begin(), breakdowns.end(), [&](auto& by) { return !IsPublishable(by); }),
                   breakdowns.end());
  return breakdowns;
}

bool Measure::IsPublishable(const std::vector<v1::Dimension>& by) const {
  if (confidential()) return false;
  if (source == Source::kJourneys) return by.size() < 2;
  return !disclosure_controlled() || IsProtectedTogether(by);
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

#include "services/statistics/tables/facts.h"

#include <map>
#include <tuple>
#include <utility>

#include "common/clock/clock.h"
#include "common/working_time/working_time.h"
#include "equity/changes/v1/changes.pb.h"
#include "services/statistics/model/cells.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/names.h"

namespace equity::statistics {
namespace {

using changes::v1::BenefitEvent;
using changes::v1::PlanEvent;
using Pick = Measure::Pick;

const sql::Sql kOrganisations{"organisations.list",
                              "SELECT id, name, sector, place FROM local_organisations"
                              " WHERE generation = $1 AND ($2 = '' OR name = $2)"};
// Before the first of its placements an organisation was where that one says.
const sql::Sql kOrganisationsAsOf{
    "organisations.list_as_of",
    "SELECT o.id, o.name, coalesce(p.sector, ''), coalesce(p.place, '') FROM local_organisations o"
    " LEFT JOIN local_placements p ON p.generation = o.generation AND p.organisation = o.id AND p.since = coalesce("
    "(SELECT max(q.since) FROM local_placements q"
    " WHERE q.generation = o.generation AND q.organisation = o.id AND q.since < $3),"
    " (SELECT min(q.since) FROM local_placements q WHERE q.generation = o.generation AND q.organisation = o.id))"
    " WHERE o.generation = $1 AND ($2 = '' OR o.name = $2)"};
const sql::Sql kFirstPlacement{"placements.first",
                               "SELECT since FROM local_placements WHERE generation = $1 ORDER BY since LIMIT 1"};
const sql::Sql kPlans{"plans.list",
                      "SELECT organisation, state, started, owner_left, realised, draft_date, start_date, last_date,"
                      " programme FROM local_plans WHERE generation = $1 AND challenge = $2"};
const sql::Sql kBenefits{"benefits.list",
                         "SELECT p.organisation, b.state, p.programme FROM local_benefits b"
                         " JOIN local_plans p ON p.id = b.plan"
                         " WHERE b.generation = $1 AND p.challenge = $2 AND b.unwanted = $3"};
const sql::Sql kQuestions{"questions.list",
                          "SELECT week, state, answered, waited, waiting_since FROM local_questions"
                          " WHERE generation = $1"};
const sql::Sql kItems{"items.list", "SELECT state, count(*) FROM local_items WHERE generation = $1 GROUP BY state"};
const sql::Sql kAdoptions{"adoptions.list", "SELECT count(*) FROM local_adoptions WHERE generation = $1"};
const sql::Sql kFlags{"flags.list", "SELECT state, count(*) FROM local_flags WHERE generation = $1 GROUP BY state"};
const sql::Sql kPresent{"cells.present",
                        "SELECT organisation, max(measure = $3) FROM local_cells"
                        " WHERE generation = $1 AND challenge = $2 AND measure BETWEEN 2 AND 4 AND grid = $4"
                        " AND value > 0 GROUP BY organisation"};
const sql::Sql kDated{"cells.dated",
                      "SELECT organisation, week, value FROM local_cells"
                      " WHERE generation = $1 AND measure = $2 AND challenge = $3 AND grid = $4 AND value <> 0"};

const sql::Sql kFeedback{"feedback.list",
                         "SELECT session, sum(answers), sum(rating * answers) FROM local_feedback"
                         " WHERE generation = $1 GROUP BY session"};

struct PlanRow {
  int64_t organisation;
  PlanEvent::State state;
  bool started;
  bool owner_left;
  bool realised;
  std::string draft_date;
  std::string start_date;
  std::string last_date;
  std::string programme;
};

std::vector<PlanRow> PlansOf(sql::ReadTransaction& transaction, const Question& question) {
  return transaction.All(kPlans, {question.generation, question.challenge.id}, [](const sql::Row& row) {
    return PlanRow{row.Int64(0),     static_cast<PlanEvent::State>(row.Int(1)),
                   row.Bool(2),      row.Bool(3),
                   row.Int64(4) > 0, row.Text(5),
                   row.Text(6),      row.Text(7),
                   row.Text(8)};
  });
}

std::string StateName(const Measure& measure, int64_t state) {
  return state >= 1 && state <= static_cast<int64_t>(measure.states.size()) ? measure.states[state - 1] : kUnknown;
}

std::string ProgrammeOf(const std::string& programme) { return programme.empty() ? kNoProgramme : programme; }

bool IsRunning(const PlanRow& plan) {
  return plan.state == PlanEvent::STATE_ACTIVE || plan.state == PlanEvent::STATE_PAUSED ||
         plan.state == PlanEvent::STATE_CLOSING;
}

bool IsOver(const PlanRow& plan, absl::CivilDay today) {
  absl::CivilDay last;
  return absl::ParseCivilTime(plan.last_date, &last) && today > last;
}

// Civil days, never 24 hours: the clocks change within most plans.
std::string BandOf(const PlanRow& plan, absl::CivilDay today) {
  absl::CivilDay start;
  if (!absl::ParseCivilTime(plan.start_date, &start) || today < start) return DayBands().front();
  if (IsOver(plan, today)) return DayBands().back();
  const auto day = static_cast<size_t>(today - start);
  return DayBands()[std::min<size_t>(1 + day / 25, DayBands().size() - 2)];
}

bool IsPicked(const PlanRow& plan, Pick pick, absl::CivilDay today) {
  switch (pick) {
    case Pick::kStarted:
      return plan.started;
    case Pick::kClosed:
      return plan.state == PlanEvent::STATE_CLOSED;
    case Pick::kRealised:
      return plan.started && plan.realised;
    case Pick::kRunning:
      return IsRunning(plan);
    case Pick::kNeedingHelp:
      return IsRunning(plan) && (plan.owner_left || plan.state == PlanEvent::STATE_PAUSED || IsOver(plan, today));
    default:
      return true;
  }
}

std::vector<Fact> FactsOfPlans(sql::ReadTransaction& transaction, const Question& question, absl::CivilDay today) {
  const Measure& measure = *question.measure;
  std::vector<Fact> facts;
  for (const PlanRow& plan : PlansOf(transaction, question)) {
    const bool is_rate = measure.kind == v1::Measure::KIND_RATE;
    if (!(is_rate ? plan.started : IsPicked(plan, measure.pick, today))) continue;
    const std::string& date = measure.pick == Pick::kAll ? plan.draft_date : plan.start_date;
    Fact fact{.organisation = plan.organisation,
              .week = IsoWeekOfDate(date).value_or(kUnknown),
              .state = StateName(measure, plan.state),
              .band = BandOf(plan, today),
              .programme = ProgrammeOf(plan.programme),
              .value = 1};
    if (is_rate) {
      fact.eligible = IsOver(plan, today);
      fact.not_yet_due = !fact.eligible;
      fact.value = fact.eligible && plan.realised;
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<Fact> FactsOfBenefits(sql::ReadTransaction& transaction, const Question& question) {
  const Measure& measure = *question.measure;
  return transaction.All(kBenefits, {question.generation, question.challenge.id, measure.pick == Pick::kUnwanted},
                         [&](const sql::Row& row) {
                           return Fact{.organisation = row.Int64(0),
                                       .state = StateName(measure, row.Int64(1)),
                                       .programme = ProgrammeOf(row.Text(2)),
                                       .value = 1};
                         });
}

std::vector<Fact> FactsOfOrganisations(sql::ReadTransaction& transaction, const Question& question,
                                       const std::vector<Organisation>& organisations) {
  struct Reached {
    bool took_up = false;
    bool attended = false;
    bool started = false;
  };
  std::map<int64_t, Reached> reached;
  transaction.Each(kPresent,
                   {question.generation, question.challenge.id, static_cast<int>(Counter::kAttended),
                    static_cast<int>(Grid::kOrganisation)},
                   [&](const sql::Row& row) { reached[row.Int64(0)] = {.took_up = true, .attended = row.Bool(1)}; });
  for (const PlanRow& plan : PlansOf(transaction, question)) {
    reached[plan.organisation].took_up = true;
    reached[plan.organisation].started |= plan.started;
  }
  std::vector<Fact> facts;
  for (const Organisation& organisation : organisations) {
    // What keeps people without an employer, and what nothing but a name is known of yet.
    if (organisation.sector == "INDEPENDENT") continue;
    const Reached of = reached[organisation.id];
    const Pick pick = question.measure->pick;
    Fact fact{.organisation = organisation.id};
    fact.eligible = of.took_up;
    fact.value = pick == Pick::kTookUp     ? of.took_up
                 : pick == Pick::kAttended ? of.attended
                 : pick == Pick::kStarted  ? of.started
                                           : true;
    if (question.measure->kind == v1::Measure::KIND_RATE) fact.value &= fact.eligible;
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<Fact> FactsOfQuestions(sql::ReadTransaction& transaction, const Question& question) {
  static const auto& calendar = *new Calendar(BankHolidays());
  const Measure& measure = *question.measure;
  std::vector<Fact> facts;
  transaction.Each(kQuestions, {question.generation}, [&](const sql::Row& row) {
    const bool waits = !row.IsNull(4);
    if (measure.pick == Pick::kWaiting && !waits) return;
    Fact fact{.week = row.Text(0), .state = StateName(measure, row.Int64(1)), .value = 1};
    if (measure.kind == v1::Measure::KIND_TIME) {
      const int64_t more = waits ? calendar.Minutes(row.Time(4), question.now) : 0;
      fact.wait = Wait{.minutes = row.Int64(3) + more, .answered = row.Bool(2)};
    }
    facts.push_back(std::move(fact));
  });
  return facts;
}

std::vector<Fact> FactsByState(sql::ReadTransaction& transaction, const Question& question, const sql::Sql& counts) {
  return transaction.All(counts, {question.generation}, [&](const sql::Row& row) {
    return Fact{.state = StateName(*question.measure, row.Int64(0)), .value = row.Int64(1)};
  });
}

}  // namespace

const std::vector<std::string>& DayBands() {
  static const auto& bands =
      *new std::vector<std::string>{"NOT_BEGUN", "DAY_0_24", "DAY_25_49", "DAY_50_74", "DAY_75_100", "OVERDUE"};
  return bands;
}

std::vector<Organisation> OrganisationsOf(sql::ReadTransaction& transaction, int64_t generation,
                                          const std::string& name, const std::string& hierarchy_as_of) {
  const auto read = [](const sql::Row& row) {
    Organisation organisation{row.Int64(0), row.Text(1), row.Text(2), row.Text(3)};
    if (organisation.sector.empty()) organisation.sector = kUnknown;
    if (organisation.place.empty()) organisation.place = "WHOLE_SYSTEM";
    return organisation;
  };
  absl::CivilDay day;
  if (!absl::ParseCivilTime(hierarchy_as_of, &day)) return transaction.All(kOrganisations, {generation, name}, read);
  return transaction.All(kOrganisationsAsOf, {generation, name, absl::FromCivil(day + 1, London())}, read);
}

std::optional<absl::CivilDay> FirstHierarchy(sql::ReadTransaction& transaction, int64_t generation) {
  return transaction.One(kFirstPlacement, {generation},
                         [](const sql::Row& row) { return absl::ToCivilDay(row.Time(0), London()); });
}

std::vector<Fact> FactsOf(sql::ReadTransaction& transaction, const Question& question,
                          const std::vector<Organisation>& organisations) {
  const absl::CivilDay today = absl::ToCivilDay(question.now, London());
  switch (question.measure->source) {
    case Measure::Source::kPlans:
      return FactsOfPlans(transaction, question, today);
    case Measure::Source::kBenefits:
      return FactsOfBenefits(transaction, question);
    case Measure::Source::kOrganisations:
      return FactsOfOrganisations(transaction, question, organisations);
    case Measure::Source::kQuestions:
      return FactsOfQuestions(transaction, question);
    case Measure::Source::kItems:
      return FactsByState(transaction, question, kItems);
    case Measure::Source::kFlags:
      return FactsByState(transaction, question, kFlags);
    default:
      return transaction.All(kAdoptions, {question.generation},
                             [](const sql::Row& row) { return Fact{.value = row.Int64(0)}; });
  }
}

std::vector<Fact> JourneysOf(sql::ReadTransaction& transaction, const Question& question, Counter counter) {
  const absl::CivilDay today = absl::ToCivilDay(question.now, London());
  std::vector<Fact> facts;
  const auto read = [&](Counter which, bool all) {
    transaction.Each(kDated,
                     {question.generation, static_cast<int>(which), question.challenge.id,
                      static_cast<int>(Grid::kOrganisationDate)},
                     [&](const sql::Row& row) {
                       absl::CivilDay first;
                       const bool due = absl::ParseCivilTime(row.Text(1), &first) && today - first > kChallengeDays;
                       Fact fact{.organisation = row.Int64(0)};
                       const int64_t people = row.Int64(2);
                       if (all) (due ? fact.eligible : fact.not_yet_due) = people;
                       if (!all && due) fact.value = people;
                       facts.push_back(std::move(fact));
                     });
  };
  read(Counter::kJourneys, true);
  read(counter, false);
  return facts;
}

std::vector<Fact> FeedbackOf(sql::ReadTransaction& transaction, const Question& question,
                             const std::vector<Session>& sessions) {
  std::map<int64_t, std::pair<int64_t, int64_t>> shown;
  transaction.Each(kFeedback, {question.generation}, [&](const sql::Row& row) {
    shown[row.Int64(0)] = {row.Int64(1), row.Int64(2)};
  });
  const absl::CivilDay today = absl::ToCivilDay(question.now, London());
  std::vector<Fact> facts;
  for (const Session& session : sessions) {
    if (session.cancelled) continue;
    Fact fact{.session = session.id};
    const auto found = shown.find(session.id);
    if (found != shown.end()) std::tie(fact.value, fact.sum) = found->second;
    absl::CivilDay day;
    const bool is_over = absl::ParseCivilTime(session.date, &day) && today - day > kFeedbackDays;
    fact.eligible = found != shown.end() || is_over;
    fact.not_yet_due = !fact.eligible;
    facts.push_back(std::move(fact));
  }
  return facts;
}

}  // namespace equity::statistics

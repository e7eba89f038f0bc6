#include "services/statistics/tables/tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/working_time/working_time.h"
#include "services/statistics/errors.h"
#include "services/statistics/model/cells.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/names.h"
#include "services/statistics/tables/facts.h"
#include "services/statistics/tables/family.h"

namespace equity::statistics {
namespace {

const sql::Sql kChallenges{"challenges.list",
                           "SELECT id, name FROM local_challenges WHERE generation = $1 AND ($2 = '' OR name = $2)"};
const sql::Sql kSessions{"sessions.list",
                         "SELECT id, name, date, capacity, cancelled FROM local_sessions"
                         " WHERE generation = $1 AND challenge = $2 ORDER BY name"};
const sql::Sql kCells{"cells.list",
                      "SELECT organisation, session, week, value FROM local_cells"
                      " WHERE generation = $1 AND measure = $2 AND challenge = $3 AND grid = $4"
                      " AND organisation BETWEEN $5 AND $6 AND value <> 0"};

// The categories of one dimension, and the way from a fact to one of them. Without a dimension, one category.
struct Axis {
  std::vector<std::string> categories = {""};
  absl::flat_hash_map<int64_t, size_t> of_number;  // of an organisation or session
  absl::flat_hash_map<std::string, size_t> of_text;
};

// What a cell adds up.
struct Sum {
  int64_t value = 0;
  int64_t sum = 0;
  int64_t eligible = 0;
  int64_t not_yet_due = 0;
  std::vector<Wait> waits;
};

int32_t ToInt(int64_t count) { return static_cast<int32_t>(count); }

double OneDecimal(double number) { return std::round(number * 10) / 10; }
double TwoDecimals(double number) { return std::round(number * 100) / 100; }

// A share in percent. With a decimal it would say more than rounded counts know.
void SetShare(int64_t numerator, int64_t eligible, bool exact, v1::Cell& cell) {
  if (eligible == 0) return cell.set_status(v1::Cell::STATUS_NOT_AVAILABLE);
  const double percent = 100.0 * static_cast<double>(numerator) / static_cast<double>(eligible);
  cell.set_number(exact ? OneDecimal(percent) : std::min(100.0, std::round(percent)));
}

class Tabulation {
 public:
  Tabulation(sql::ReadTransaction& transaction, const Question& question)
      : transaction_(transaction), question_(question), measure_(*question.measure) {}

  absl::StatusOr<std::vector<v1::Cell>> Run() {
    organisations_ = OrganisationsOf(transaction_, question_.generation, IsNarrow() ? question_.organisation : "",
                                     question_.hierarchy_as_of);
    sessions_ = SessionsOf(transaction_, question_.generation, question_.challenge);
    const bool is_protected = measure_.disclosure_controlled() && question_.tier == v1::TIER_PUBLISHABLE;
    if (question_.tier == v1::TIER_PUBLISHABLE && !measure_.IsPublishable(question_.dimensions)) {
      return TableNotPublishable();
    }
    const std::vector<Fact> facts = ReadFacts();
    std::vector<Axis> axes;
    for (const v1::Dimension dimension : question_.dimensions) axes.push_back(MakeAxis(dimension, facts));
    axes.resize(2);
    const size_t cells = axes[0].categories.size() * axes[1].categories.size();
    if (cells > kMostCells) return TableTooLarge(cells, kMostCells);
    std::vector<v1::Cell> table = is_protected ? ShowProtected() : Show(axes, facts);
    for (size_t i = 0; i < table.size(); ++i) {
      table[i].set_category(axes[0].categories[i / axes[1].categories.size()]);
      table[i].set_category2(axes[1].categories[i % axes[1].categories.size()]);
    }
    return table;
  }

 private:
  bool By(v1::Dimension dimension) const {
    return std::find(question_.dimensions.begin(), question_.dimensions.end(), dimension) != question_.dimensions.end();
  }
  bool IsNarrow() const { return measure_.disclosure_controlled() && !question_.organisation.empty(); }

  std::vector<Fact> ReadFacts() {
    switch (measure_.source) {
      case Measure::Source::kCapacity: {
        std::vector<Fact> facts;
        for (const Session& session : sessions_) {
          if (!session.cancelled) facts.push_back({.session = session.id, .value = session.capacity});
        }
        return facts;
      }
      case Measure::Source::kPeople:
      case Measure::Source::kBookings:
        return ReadCells(measure_, GridOf());
      case Measure::Source::kJourneys: {
        std::vector<Fact> facts = JourneysOf(transaction_, question_, measure_.counter);
        if (!IsNarrow()) return facts;
        const int64_t own = organisations_.empty() ? 0 : organisations_.front().id;
        std::erase_if(facts, [&](const Fact& fact) { return fact.organisation != own; });
        return facts;
      }
      case Measure::Source::kFeedback:
        return FeedbackOf(transaction_, question_, sessions_);
      default:
        return FactsOf(transaction_, question_, organisations_);
    }
  }

  std::vector<Fact> ReadCells(const Measure& measure, Grid grid) {
    int64_t first = 0;
    int64_t last = std::numeric_limits<int64_t>::max();
    if (IsNarrow()) {
      // One that nothing is known of has no number, and nobody.
      if (organisations_.empty()) return {};
      first = last = organisations_.front().id;
    }
    return transaction_.All(
        kCells,
        {question_.generation, static_cast<int>(measure.counter), measure.of_a_challenge ? question_.challenge.id : 0,
         static_cast<int>(grid), first, last},
        [](const sql::Row& row) {
          return Fact{
              .organisation = row.Int64(0), .session = row.Int64(1), .week = row.Text(2), .value = row.Int64(3)};
        });
  }

  Grid GridOf() const {
    const bool organisation =
        IsNarrow() || By(v1::DIMENSION_ORGANISATION) || By(v1::DIMENSION_SECTOR) || By(v1::DIMENSION_PLACE);
    if (measure_.source == Measure::Source::kBookings || By(v1::DIMENSION_SESSION)) {
      return organisation ? Grid::kSessionOrganisation : Grid::kSession;
    }
    if (By(v1::DIMENSION_ISO_WEEK)) return organisation ? Grid::kOrganisationWeek : Grid::kWeek;
    return organisation ? Grid::kOrganisation : Grid::kTotal;
  }

  Axis MakeAxis(v1::Dimension dimension, const std::vector<Fact>& facts) const {
    switch (dimension) {
      case v1::DIMENSION_ORGANISATION:
        return OfOrganisations([](const Organisation& organisation) { return organisation.name; });
      case v1::DIMENSION_SECTOR:
        return OfOrganisations([](const Organisation& organisation) { return organisation.sector; });
      case v1::DIMENSION_PLACE:
        return OfOrganisations([](const Organisation& organisation) { return organisation.place; });
      case v1::DIMENSION_SESSION:
        return OfSessions([](const Session& session) { return session.name; });
      case v1::DIMENSION_DAY_BAND:
        return OfTexts(DayBands());
      case v1::DIMENSION_STATE: {
        std::vector<std::string> states = measure_.states;
        const auto is_unknown = [](const Fact& fact) { return fact.state == kUnknown; };
        if (std::any_of(facts.begin(), facts.end(), is_unknown)) states.push_back(kUnknown);
        return OfTexts(std::move(states));
      }
      case v1::DIMENSION_PROGRAMME: {
        std::set<std::string> programmes;
        for (const Fact& fact : facts) programmes.insert(fact.programme);
        return OfTexts({programmes.begin(), programmes.end()});
      }
      default:
        return OfWeeks(facts, By(v1::DIMENSION_SESSION) || measure_.source == Measure::Source::kBookings ||
                                  measure_.source == Measure::Source::kCapacity ||
                                  measure_.source == Measure::Source::kFeedback);
    }
  }

  template <class Things, class CategoryOf>
  static Axis OfNumbers(const Things& things, const CategoryOf& category_of) {
    std::map<std::string, size_t> categories;
    for (const auto& thing : things) categories[category_of(thing)];
    Axis axis{.categories = {}};
    for (auto& [category, index] : categories) {
      index = axis.categories.size();
      axis.categories.push_back(category);
    }
    for (const auto& thing : things) axis.of_number[thing.id] = categories[category_of(thing)];
    return axis;
  }
  template <class CategoryOf>
  Axis OfOrganisations(const CategoryOf& category_of) const {
    return OfNumbers(organisations_, category_of);
  }
  template <class CategoryOf>
  Axis OfSessions(const CategoryOf& category_of) const {
    return OfNumbers(sessions_, category_of);
  }

  static Axis OfTexts(std::vector<std::string> texts) {
    Axis axis{.categories = std::move(texts)};
    for (size_t i = 0; i < axis.categories.size(); ++i) axis.of_text[axis.categories[i]] = i;
    return axis;
  }

  static std::string WeekOf(const Session& session) { return IsoWeekOfDate(session.date).value_or(kUnknown); }

  // Every week between the first and the last, so that a quiet one is a 0 and not a gap. Beside sessions just the weeks
  // that have one: each session has its one week.
  Axis OfWeeks(const std::vector<Fact>& facts, bool of_sessions) const {
    std::set<std::string> weeks;
    if (of_sessions) {
      for (const Session& session : sessions_) weeks.insert(WeekOf(session));
    } else {
      for (const Fact& fact : facts) weeks.insert(fact.week);
    }
    const bool unknown = weeks.erase(kUnknown) > 0;
    Axis axis{.categories = {}};
    if (By(v1::DIMENSION_SESSION)) {
      axis.categories.assign(weeks.begin(), weeks.end());
    } else if (!weeks.empty()) {
      axis.categories = WeeksBetween(*weeks.begin(), *weeks.rbegin());
    }
    if (unknown) axis.categories.push_back(kUnknown);
    for (size_t i = 0; i < axis.categories.size(); ++i) axis.of_text[axis.categories[i]] = i;
    if (of_sessions) {
      for (const Session& session : sessions_) axis.of_number[session.id] = axis.of_text[WeekOf(session)];
    }
    return axis;
  }

  size_t IndexOf(size_t which, const std::vector<Axis>& axes, const Fact& fact) const {
    if (which >= question_.dimensions.size()) return 0;
    const Axis& axis = axes[which];
    switch (question_.dimensions[which]) {
      case v1::DIMENSION_SESSION:
        return axis.of_number.at(fact.session);
      case v1::DIMENSION_ISO_WEEK:
        return fact.session != 0 ? axis.of_number.at(fact.session) : axis.of_text.at(fact.week);
      case v1::DIMENSION_DAY_BAND:
        return axis.of_text.at(fact.band);
      case v1::DIMENSION_STATE:
        return axis.of_text.at(fact.state);
      case v1::DIMENSION_PROGRAMME:
        return axis.of_text.at(fact.programme);
      default:
        return axis.of_number.at(fact.organisation);
    }
  }

  std::vector<v1::Cell> Show(const std::vector<Axis>& axes, const std::vector<Fact>& facts) const {
    const size_t columns = axes[1].categories.size();
    std::vector<Sum> sums(axes[0].categories.size() * columns);
    for (const Fact& fact : facts) {
      Sum& sum = sums[IndexOf(0, axes, fact) * columns + IndexOf(1, axes, fact)];
      sum.value += fact.value;
      sum.sum += fact.sum;
      sum.eligible += fact.eligible;
      sum.not_yet_due += fact.not_yet_due;
      if (fact.wait) sum.waits.push_back(*fact.wait);
    }
    std::vector<v1::Cell> cells(sums.size());
    for (size_t i = 0; i < sums.size(); ++i) Fill(sums[i], cells[i]);
    return cells;
  }

  // Without a number a session is hidden, never 0. What is hidden is in no sum, so that none gives it away.
  void FillFeedback(const Sum& sum, v1::Cell& cell) const {
    cell.set_not_yet_due(ToInt(sum.not_yet_due));
    if (sum.value == 0) {
      return cell.set_status(sum.eligible > 0 ? v1::Cell::STATUS_SUPPRESSED_PRIMARY : v1::Cell::STATUS_NOT_AVAILABLE);
    }
    cell.set_status(v1::Cell::STATUS_EXACT);
    if (measure_.kind == v1::Measure::KIND_COUNT) return cell.set_value(ToInt(sum.value));
    cell.set_number(TwoDecimals(static_cast<double>(sum.sum) / static_cast<double>(sum.value)));
  }

  void Fill(const Sum& sum, v1::Cell& cell) const {
    if (measure_.source == Measure::Source::kFeedback) return FillFeedback(sum, cell);
    cell.set_status(v1::Cell::STATUS_EXACT);
    if (measure_.kind == v1::Measure::KIND_COUNT) return cell.set_value(ToInt(sum.value));
    if (measure_.kind == v1::Measure::KIND_RATE) {
      cell.set_numerator(ToInt(sum.value));
      cell.set_eligible(ToInt(sum.eligible));
      cell.set_not_yet_due(ToInt(sum.not_yet_due));
      return SetShare(sum.value, sum.eligible, true, cell);
    }
    if (sum.waits.empty()) return cell.set_status(v1::Cell::STATUS_NOT_AVAILABLE);
    const auto minutes = AnsweredBy(measure_.quantile, sum.waits);
    if (!minutes) return cell.set_status(v1::Cell::STATUS_NOT_REACHED);
    cell.set_number(OneDecimal(static_cast<double>(*minutes) / kMinutesPerWorkingDay));
  }

  std::vector<v1::Cell> ShowProtected() {
    Family::Axes by;
    for (const v1::Dimension dimension : question_.dimensions) {
      by.push_back(dimension == v1::DIMENSION_ORGANISATION ? Family::Axis::kOrganisation
                   : dimension == v1::DIMENSION_SECTOR     ? Family::Axis::kSector
                   : dimension == v1::DIMENSION_PLACE      ? Family::Axis::kPlace
                                                           : Family::Axis::kColumn);
    }
    const Family family = MakeFamily();
    if (measure_.source == Measure::Source::kJourneys) return ShowShares(family, by);
    std::vector<v1::Cell> cells;
    for (const PublishableCell& shown : family.Table(Family::Part::kAll, by)) {
      v1::Cell& cell = cells.emplace_back();
      cell.set_status(shown.status);
      if (shown.value) cell.set_value(ToInt(*shown.value));
    }
    return cells;
  }

  std::vector<v1::Cell> ShowShares(const Family& family, const Family::Axes& by) const {
    const auto numerators = family.Table(
        measure_.counter == Counter::kJourneysStarted ? Family::Part::kReachedFirst : Family::Part::kReachedSecond, by);
    const auto eligible = family.Table(Family::Part::kEligible, by);
    const auto not_yet_due = family.Table(Family::Part::kNotYetDue, by);
    std::vector<v1::Cell> cells(eligible.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      if (numerators[i].value) cells[i].set_numerator(ToInt(*numerators[i].value));
      if (eligible[i].value) cells[i].set_eligible(ToInt(*eligible[i].value));
      if (not_yet_due[i].value) cells[i].set_not_yet_due(ToInt(*not_yet_due[i].value));
      // A share is hidden with either of its numbers.
      const PublishableCell& deciding = eligible[i].value ? numerators[i] : eligible[i];
      cells[i].set_status(deciding.value ? v1::Cell::STATUS_ROUNDED : deciding.status);
      if (deciding.value) SetShare(*numerators[i].value, *eligible[i].value, false, cells[i]);
    }
    return cells;
  }

  // All tables of these people, as one cannot be protected without the others. What became of who attended belongs to
  // the tables of who attended.
  Family MakeFamily() {
    const bool of_outcomes = measure_.source == Measure::Source::kJourneys || measure_.counter == Counter::kAttended;
    const Measure& of = of_outcomes ? *FindMeasure("people.attended") : measure_;
    const bool by_session = By(v1::DIMENSION_SESSION);
    const std::vector<Fact> facts = ReadCells(of, by_session ? Grid::kSessionOrganisation : Grid::kOrganisationWeek);
    const Axis organisations = MakeAxis(v1::DIMENSION_ORGANISATION, facts);
    const Axis sectors = MakeAxis(v1::DIMENSION_SECTOR, facts);
    const Axis places = MakeAxis(v1::DIMENSION_PLACE, facts);
    const Axis columns = by_session ? MakeAxis(v1::DIMENSION_SESSION, facts) : OfWeeks(facts, false);
    Crowd crowd{.sectors = sectors.categories.size(),
                .places = places.categories.size(),
                .columns = columns.categories.size(),
                .sector = std::vector<size_t>(organisations_.size()),
                .place = std::vector<size_t>(organisations_.size()),
                .counts = std::vector<int64_t>(organisations_.size() * columns.categories.size())};
    for (const Organisation& organisation : organisations_) {
      const size_t number = organisations.of_number.at(organisation.id);
      crowd.sector[number] = sectors.of_number.at(organisation.id);
      crowd.place[number] = places.of_number.at(organisation.id);
    }
    for (const Fact& fact : facts) {
      const size_t column = by_session ? columns.of_number.at(fact.session) : columns.of_text.at(fact.week);
      crowd.counts[organisations.of_number.at(fact.organisation) * crowd.columns + column] += fact.value;
    }
    if (by_session) return Family::OfBookings(crowd, of.public_by_session());
    if (!of_outcomes) return Family::OfPeople(crowd, of.public_by_session());
    return Family::OfOutcomes(crowd, OutcomesBy(organisations));
  }

  Outcomes OutcomesBy(const Axis& organisations) {
    const std::vector<int64_t> nobody(organisations_.size());
    Outcomes outcomes{nobody, nobody, {nobody, nobody}};
    for (const size_t which : {0, 1}) {
      const Counter counter = which == 0 ? Counter::kJourneysStarted : Counter::kJourneysRealised;
      for (const Fact& fact : JourneysOf(transaction_, question_, counter)) {
        const size_t number = organisations.of_number.at(fact.organisation);
        outcomes.reached[which][number] += fact.value;
        if (which > 0) continue;
        outcomes.eligible[number] += fact.eligible;
        outcomes.not_yet_due[number] += fact.not_yet_due;
      }
    }
    return outcomes;
  }

  sql::ReadTransaction& transaction_;
  const Question& question_;
  const Measure& measure_;
  std::vector<Organisation> organisations_;
  std::vector<Session> sessions_;
};

}  // namespace

absl::StatusOr<Challenge> FindChallenge(sql::ReadTransaction& transaction, int64_t generation,
                                        const std::string& name) {
  auto challenges = transaction.All(kChallenges, {generation, name}, [](const sql::Row& row) {
    return Challenge{row.Int64(0), row.Text(1)};
  });
  if (challenges.empty()) return status::NotFound();
  if (challenges.size() > 1) return status::InvalidField("challenge", "must be given, as there is more than one");
  return std::move(challenges.front());
}

std::vector<Session> SessionsOf(sql::ReadTransaction& transaction, int64_t generation, const Challenge& challenge) {
  return transaction.All(kSessions, {generation, challenge.id}, [](const sql::Row& row) {
    return Session{row.Int64(0), row.Text(1), row.Text(2), row.Int64(3), row.Bool(4)};
  });
}

absl::StatusOr<const Measure*> CheckQuestion(const std::string& id,
                                             const google::protobuf::RepeatedField<int>& dimensions) {
  const Measure* measure = FindMeasure(id);
  std::vector<status::FieldFault> faults;
  if (measure == nullptr) faults.push_back({"measure", "must be one that ListMeasures names"});
  for (int i = 0; i < dimensions.size(); ++i) {
    const std::string field = absl::StrCat("dimensions[", i, "]");
    if (measure != nullptr && !measure->Has(static_cast<v1::Dimension>(dimensions[i]))) {
      faults.push_back({field, "must be one by which ListMeasures says that the measure can be broken down"});
    } else if (i > 0 && dimensions[i] == dimensions[i - 1]) {
      faults.push_back({field, "must be another one than the first"});
    }
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  return measure;
}

absl::StatusOr<std::vector<v1::Cell>> Tabulate(sql::ReadTransaction& transaction, const Question& question) {
  return Tabulation(transaction, question).Run();
}

}  // namespace equity::statistics

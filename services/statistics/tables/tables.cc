#include "services/statistics/tables/tables.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/statistics/errors.h"
#include "services/statistics/model/cells.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/names.h"
#include "services/statistics/tables/disclosure.h"

namespace equity::statistics {
namespace {

const sql::Sql kChallenges{"challenges.list",
                           "SELECT id, name FROM local_challenges WHERE generation = $1 AND ($2 = '' OR name = $2)"};
const sql::Sql kSessions{"sessions.list",
                         "SELECT id, name, date, capacity, cancelled FROM local_sessions"
                         " WHERE generation = $1 AND challenge = $2 ORDER BY name"};
const sql::Sql kOrganisations{"organisations.list",
                              "SELECT id, name, sector, place FROM local_organisations"
                              " WHERE generation = $1 AND ($2 = '' OR name = $2)"};
const sql::Sql kCells{"cells.list",
                      "SELECT organisation, session, week, value FROM local_cells"
                      " WHERE generation = $1 AND measure = $2 AND challenge = $3 AND grid = $4"
                      " AND organisation BETWEEN $5 AND $6 AND value <> 0"};

struct Organisation {
  int64_t id;
  std::string name;
  std::string sector;
  std::string place;
};

// A counter, or a session's capacity, before it is added to its category.
struct Fact {
  int64_t organisation;
  int64_t session;
  std::string week;
  int64_t value;
};

// The categories of one dimension, and the way from a fact to one of them. Without a dimension, one category.
struct Axis {
  std::vector<std::string> categories = {""};
  absl::flat_hash_map<int64_t, size_t> of_number;  // of an organisation or session
  absl::flat_hash_map<std::string, size_t> of_week;
};

class Tabulation {
 public:
  Tabulation(sql::ReadTransaction& transaction, const Question& question)
      : transaction_(transaction), question_(question), measure_(*question.measure) {}

  absl::StatusOr<std::vector<v1::Cell>> Run() {
    organisations_ = ReadOrganisations();
    sessions_ = SessionsOf(transaction_, question_.generation, question_.challenge);
    const std::vector<Fact> facts = ReadFacts();
    std::vector<Axis> axes;
    for (const v1::Dimension dimension : question_.dimensions) axes.push_back(MakeAxis(dimension, facts));
    axes.resize(2);
    const size_t columns = axes[1].categories.size();
    const size_t cells = axes[0].categories.size() * columns;
    if (cells > kMostCells) return TableTooLarge(cells, kMostCells);
    std::vector<int64_t> counts(cells);
    for (const Fact& fact : facts) counts[IndexOf(0, axes, fact) * columns + IndexOf(1, axes, fact)] += fact.value;
    return Show(axes, std::move(counts));
  }

 private:
  bool By(v1::Dimension dimension) const {
    return std::find(question_.dimensions.begin(), question_.dimensions.end(), dimension) != question_.dimensions.end();
  }
  bool IsNarrow() const { return measure_.source == Measure::Source::kPeople && !question_.organisation.empty(); }

  std::vector<Organisation> ReadOrganisations() {
    return transaction_.All(kOrganisations, {question_.generation, IsNarrow() ? question_.organisation : ""},
                            [](const sql::Row& row) {
                              Organisation organisation{row.Int64(0), row.Text(1), row.Text(2), row.Text(3)};
                              if (organisation.sector.empty()) organisation.sector = kUnknown;
                              if (organisation.place.empty()) organisation.place = "WHOLE_SYSTEM";
                              return organisation;
                            });
  }

  std::vector<Fact> ReadFacts() {
    if (measure_.source == Measure::Source::kCapacity) {
      std::vector<Fact> facts;
      for (const Session& session : sessions_) {
        if (!session.cancelled) facts.push_back({0, session.id, "", session.capacity});
      }
      return facts;
    }
    int64_t first = 0;
    int64_t last = std::numeric_limits<int64_t>::max();
    if (IsNarrow()) {
      // One that nothing is known of has no number, and nobody.
      if (organisations_.empty()) return {};
      first = last = organisations_.front().id;
    }
    return transaction_.All(
        kCells,
        {question_.generation, static_cast<int>(measure_.counter), measure_.of_a_challenge ? question_.challenge.id : 0,
         static_cast<int>(GridOf()), first, last},
        [](const sql::Row& row) {
          return Fact{row.Int64(0), row.Int64(1), row.Text(2), row.Int64(3)};
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
      default:
        return OfWeeks(facts);
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

  static std::string WeekOf(const Session& session) { return IsoWeekOfDate(session.date).value_or(kUnknown); }

  // Every week between the first and the last, so that a quiet one is a 0 and not a gap. Beside sessions just the weeks
  // that have one: each session has its one week.
  Axis OfWeeks(const std::vector<Fact>& facts) const {
    std::set<std::string> weeks;
    const bool of_sessions = measure_.source != Measure::Source::kPeople || By(v1::DIMENSION_SESSION);
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
    for (size_t i = 0; i < axis.categories.size(); ++i) axis.of_week[axis.categories[i]] = i;
    if (of_sessions) {
      for (const Session& session : sessions_) axis.of_number[session.id] = axis.of_week[WeekOf(session)];
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
        return fact.session != 0 ? axis.of_number.at(fact.session) : axis.of_week.at(fact.week);
      default:
        return axis.of_number.at(fact.organisation);
    }
  }

  std::vector<v1::Cell> Show(const std::vector<Axis>& axes, std::vector<int64_t> counts) const {
    const size_t columns = axes[1].categories.size();
    std::vector<PublishableCell> shown;
    if (measure_.disclosure_controlled() && question_.tier == v1::TIER_PUBLISHABLE) {
      shown = Protect(WithWhatIsKnown(std::move(counts), columns));
    } else {
      for (const int64_t count : counts) shown.push_back({v1::Cell::STATUS_EXACT, count});
    }
    std::vector<v1::Cell> cells(shown.size());
    for (size_t i = 0; i < shown.size(); ++i) {
      cells[i].set_category(axes[0].categories[i / columns]);
      cells[i].set_category2(axes[1].categories[i % columns]);
      cells[i].set_status(shown[i].status);
      if (shown[i].value) cells[i].set_value(static_cast<int32_t>(*shown[i].value));
    }
    return cells;
  }

  // A table of one dimension is a row, so that its line is the whole table.
  Counts WithWhatIsKnown(std::vector<int64_t> counts, size_t columns) const {
    const auto known = [&](size_t which) {
      return measure_.public_by_session() && question_.dimensions[which] == v1::DIMENSION_SESSION;
    };
    if (question_.dimensions.size() < 2) {
      const size_t length = counts.size();
      return {std::move(counts), length, false, false};
    }
    return {std::move(counts), columns, known(0), known(1)};
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

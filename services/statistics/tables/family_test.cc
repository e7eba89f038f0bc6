// Readers who have everything that is published about the same people, and put it together.
#include "services/statistics/tables/family.h"

#include <cstdlib>
#include <deque>
#include <iostream>
#include <random>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::statistics {
namespace {

using Axis = Family::Axis;
using Axes = Family::Axes;
using Part = Family::Part;

constexpr int64_t kMany = int64_t{1} << 40;

// People as they are, by organisation and column.
struct Truth {
  Crowd crowd;
  std::vector<int64_t> eligible;
  std::vector<int64_t> not_yet_due;
  std::array<std::vector<int64_t>, 2> reached;

  const std::vector<int64_t>& Of(Part part) const {
    switch (part) {
      case Part::kEligible:
        return eligible;
      case Part::kNotYetDue:
        return not_yet_due;
      case Part::kReachedFirst:
        return reached[0];
      case Part::kReachedSecond:
        return reached[1];
      default:
        return crowd.counts;
    }
  }
};

std::vector<int64_t> ByOrganisation(const Truth& truth, const std::vector<int64_t>& values) {
  std::vector<int64_t> sums(truth.crowd.organisations());
  for (size_t i = 0; i < values.size(); ++i) sums[i / truth.crowd.columns] += values[i];
  return sums;
}

// Some large organisations, many small ones, and those that nobody comes from.
Truth MakeTruth(std::mt19937& random) {
  Truth truth;
  Crowd& crowd = truth.crowd;
  const size_t organisations = 1 + random() % 20;
  crowd.sectors = 1 + random() % 6;
  crowd.places = 1 + random() % 4;
  crowd.columns = 1 + random() % 6;
  const int most = random() % 3 == 0 ? 3 : 12;
  for (size_t i = 0; i < organisations; ++i) {
    crowd.sector.push_back(random() % crowd.sectors);
    crowd.place.push_back(random() % crowd.places);
    const int size = random() % 5 == 0 ? 0 : random() % 3 == 0 ? 5 * most : most;
    for (size_t column = 0; column < crowd.columns; ++column) {
      const int64_t people = size == 0 || random() % 3 == 0 ? 0 : random() % size;
      const int64_t eligible = people == 0 ? 0 : random() % (people + 1);
      crowd.counts.push_back(people);
      truth.eligible.push_back(eligible);
      truth.not_yet_due.push_back(people - eligible);
      for (auto& reached : truth.reached) reached.push_back(random() % (eligible + 1));
    }
  }
  return truth;
}

enum class Kind { kPeople, kPeopleOfPublicTotal, kOutcomes, kBookings, kBookingsOfPublicSessions };

Family Protect(const Truth& truth, Kind kind) {
  switch (kind) {
    case Kind::kPeople:
    case Kind::kPeopleOfPublicTotal:
      return Family::OfPeople(truth.crowd, kind == Kind::kPeopleOfPublicTotal);
    case Kind::kOutcomes:
      return Family::OfOutcomes(truth.crowd,
                                {ByOrganisation(truth, truth.eligible),
                                 ByOrganisation(truth, truth.not_yet_due),
                                 {ByOrganisation(truth, truth.reached[0]), ByOrganisation(truth, truth.reached[1])}});
    default:
      return Family::OfBookings(truth.crowd, kind == Kind::kBookingsOfPublicSessions);
  }
}

struct Query {
  Part part;
  Axes axes;
};

std::vector<Query> Permitted(Kind kind) {
  if (kind == Kind::kBookings || kind == Kind::kBookingsOfPublicSessions) {
    return {{Part::kAll, {Axis::kColumn}},
            {Part::kAll, {Axis::kSector, Axis::kColumn}},
            {Part::kAll, {Axis::kColumn, Axis::kPlace}}};
  }
  std::vector<Query> queries = {{Part::kAll, {}},
                                {Part::kAll, {Axis::kOrganisation}},
                                {Part::kAll, {Axis::kSector}},
                                {Part::kAll, {Axis::kPlace}},
                                {Part::kAll, {Axis::kColumn}},
                                {Part::kAll, {Axis::kPlace, Axis::kSector}},
                                {Part::kAll, {Axis::kSector, Axis::kColumn}},
                                {Part::kAll, {Axis::kColumn, Axis::kPlace}}};
  if (kind != Kind::kOutcomes) return queries;
  for (const Part part : {Part::kEligible, Part::kNotYetDue, Part::kReachedFirst, Part::kReachedSecond}) {
    for (const Axes& axes : {Axes{}, Axes{Axis::kSector}, Axes{Axis::kPlace}}) queries.push_back({part, axes});
  }
  return queries;
}

size_t IndexOf(const Crowd& crowd, const Axes& axes, size_t organisation, size_t column) {
  size_t index = 0;
  for (const Axis axis : axes) {
    switch (axis) {
      case Axis::kOrganisation:
        index = index * crowd.organisations() + organisation;
        break;
      case Axis::kSector:
        index = index * crowd.sectors + crowd.sector[organisation];
        break;
      case Axis::kPlace:
        index = index * crowd.places + crowd.place[organisation];
        break;
      default:
        index = index * crowd.columns + column;
    }
  }
  return index;
}

// How many cells a row of a table has: one of a single axis is a row.
size_t ColumnsOf(const Crowd& crowd, const Axes& axes) {
  if (axes.empty()) return 1;
  const Axis last = axes.back();
  return last == Axis::kOrganisation ? crowd.organisations()
         : last == Axis::kSector     ? crowd.sectors
         : last == Axis::kPlace      ? crowd.places
                                     : crowd.columns;
}

// The cells that somebody could be in, as a reader knows who knows the organisations.
std::vector<bool> Possible(const Crowd& crowd, const Axes& axes, size_t cells) {
  std::vector<bool> possible(cells);
  for (size_t i = 0; i < crowd.counts.size(); ++i) {
    possible[IndexOf(crowd, axes, i / crowd.columns, i % crowd.columns)] = true;
  }
  return possible;
}

struct Interval {
  int64_t least;
  int64_t most;
};

// What the cells of an answer say by themselves. A row or column that is hidden for another's sake as a whole may be
// withheld, and then says nothing; another cell that is hidden so is no small one.
std::vector<Interval> Told(const std::vector<PublishableCell>& cells, const Crowd& crowd, const Axes& axes) {
  const size_t columns = ColumnsOf(crowd, axes);
  const std::vector<bool> possible = Possible(crowd, axes, cells.size());
  std::vector<bool> row_withheld(cells.size() / columns, true);
  std::vector<bool> column_withheld(columns, true);
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!possible[i] || cells[i].status == v1::Cell::STATUS_SUPPRESSED_SECONDARY) continue;
    row_withheld[i / columns] = column_withheld[i % columns] = false;
  }
  std::vector<Interval> told;
  for (size_t i = 0; i < cells.size(); ++i) {
    const PublishableCell& cell = cells[i];
    const bool withheld = row_withheld[i / columns] || (axes.size() == 2 && column_withheld[i % columns]);
    const bool hidden = !cell.value;
    EXPECT_EQ(hidden, cell.status == v1::Cell::STATUS_SUPPRESSED_PRIMARY ||
                          cell.status == v1::Cell::STATUS_SUPPRESSED_SECONDARY);
    told.push_back(cell.status == v1::Cell::STATUS_EXACT                ? Interval{0, 0}
                   : cell.status == v1::Cell::STATUS_SUPPRESSED_PRIMARY ? Interval{1, 7}
                   : cell.status == v1::Cell::STATUS_ROUNDED
                       ? Interval{std::max<int64_t>(8, *cell.value - 2), *cell.value + 2}
                       : Interval{withheld ? 0 : 8, kMany});
  }
  return told;
}

// Two answers: everybody who is counted is in a cell of the one and in a cell of the other, or where the second one
// counts only some of them, perhaps in none. From the truth, what else would give the same answers is found by moving
// people one by one: exactly what a reader of both can know.
class Attack {
 public:
  Attack(const Truth& truth, const Query& first, const std::vector<Interval>& first_told, const Query& second,
         const std::vector<Interval>& second_told, bool some)
      : told_(first_told) {
    told_.insert(told_.end(), second_told.begin(), second_told.end());
    const size_t none = told_.size();
    if (some) told_.push_back({0, kMany});
    totals_.resize(told_.size());
    edges_of_.resize(told_.size());
    std::map<std::pair<size_t, size_t>, size_t> edges;
    const auto add = [&](size_t one, size_t other, int64_t people) {
      const auto [edge, is_new] = edges.emplace(std::make_pair(one, other), edges_.size());
      if (is_new) {
        edges_.push_back({one, other, 0});
        edges_of_[one].push_back(edge->second);
        edges_of_[other].push_back(edge->second);
      }
      edges_[edge->second].people += people;
      totals_[one] += people;
      totals_[other] += people;
    };
    for (size_t i = 0; i < truth.crowd.counts.size(); ++i) {
      const size_t organisation = i / truth.crowd.columns;
      const size_t column = i % truth.crowd.columns;
      const size_t one = IndexOf(truth.crowd, first.axes, organisation, column);
      const size_t other = first_told.size() + IndexOf(truth.crowd, second.axes, organisation, column);
      add(one, other, truth.Of(second.part)[i]);
      if (some) add(one, none, truth.Of(first.part)[i] - truth.Of(second.part)[i]);
    }
  }

  // How many numbers a cell can be, as far as four.
  int Candidates(size_t node) {
    int candidates = 1;
    for (const int sign : {+1, -1}) {
      const auto edges = edges_;
      const auto totals = totals_;
      while (candidates < 4 && Move(node, sign)) ++candidates;
      edges_ = edges;
      totals_ = totals;
    }
    return candidates;
  }
  size_t size() const { return told_.size(); }
  int64_t Total(size_t node) const { return totals_[node]; }
  const Interval& ToldOf(size_t node) const { return told_[node]; }

 private:
  struct Edge {
    size_t one;
    size_t other;
    int64_t people;
  };

  bool Can(size_t node, int sign) const {
    return totals_[node] + sign >= told_[node].least && totals_[node] + sign <= told_[node].most;
  }

  // One person more in a cell, or one less, and whatever that needs elsewhere.
  bool Move(size_t start, int sign) {
    if (!Can(start, sign)) return false;
    std::vector<int> edge_to(told_.size(), -1);
    std::vector<bool> seen(told_.size());
    std::vector<bool> opposite(told_.size());
    std::deque<size_t> queue = {start};
    seen[start] = true;
    while (!queue.empty()) {
      const size_t at = queue.front();
      queue.pop_front();
      // Cells of the start's table hand on what they were given, those of the other one take it back elsewhere.
      const int change = opposite[at] ? -sign : sign;
      for (const size_t edge : edges_of_[at]) {
        const size_t next = edges_[edge].one == at ? edges_[edge].other : edges_[edge].one;
        if (seen[next] || edges_[edge].people + change < 0) continue;
        seen[next] = true;
        edge_to[next] = static_cast<int>(edge);
        opposite[next] = !opposite[at];
        if (Can(next, change)) return Apply(start, next, change, sign, edge_to);
        queue.push_back(next);
      }
    }
    return false;
  }

  bool Apply(size_t start, size_t end, int change, int sign, const std::vector<int>& edge_to) {
    totals_[start] += sign;
    totals_[end] += change;
    for (size_t at = end; at != start;) {
      Edge& edge = edges_[edge_to[at]];
      edge.people += change;
      change = -change;
      at = edge.one == at ? edge.other : edge.one;
    }
    return true;
  }

  std::vector<Interval> told_;
  std::vector<int64_t> totals_;
  std::vector<Edge> edges_;
  std::vector<std::vector<size_t>> edges_of_;
};

// Whether everybody of the second is counted in the first as well.
bool Covers(Part first, Part second) {
  if (first == second || first == Part::kAll) return true;
  return first == Part::kEligible && (second == Part::kReachedFirst || second == Part::kReachedSecond);
}

class PairsTest : public ::testing::Test {
 protected:
  static bool IsPublic(Kind kind, const Query& query) {
    return (kind == Kind::kBookingsOfPublicSessions && query.axes == Axes{Axis::kColumn}) ||
           (kind == Kind::kPeopleOfPublicTotal && query.axes.empty());
  }

  // What the public page says of sessions is exact.
  std::vector<Interval> ToldOf(const Truth& truth, const Family& family, Kind kind, const Query& query) const {
    auto told = Told(family.Table(query.part, query.axes), truth.crowd, query.axes);
    if (unprotected_) return ToldWithoutProtection(truth, query, told.size());
    if (!IsPublic(kind, query)) return told;
    std::vector<int64_t> exact(told.size());
    for (size_t i = 0; i < truth.crowd.counts.size(); ++i) {
      exact[query.axes.empty() ? 0 : i % truth.crowd.columns] += truth.crowd.counts[i];
    }
    for (size_t i = 0; i < told.size(); ++i) told[i] = {exact[i], exact[i]};
    return told;
  }

  // How many numbers a cell can be to a reader who has nothing but what is public.
  static int FromPublic(const Truth& truth, Kind kind, const Query& first, std::vector<Interval> first_told,
                        const Query& second, std::vector<Interval> second_told, size_t node) {
    if (!IsPublic(kind, first)) std::fill(first_told.begin(), first_told.end(), Interval{0, kMany});
    if (!IsPublic(kind, second)) std::fill(second_told.begin(), second_told.end(), Interval{0, kMany});
    return Attack(truth, first, first_told, second, second_told, first.part != second.part).Candidates(node);
  }

  void AttackPair(const Truth& truth, const Family& family, Kind kind, Query first, Query second) {
    if (!Covers(first.part, second.part)) std::swap(first, second);
    if (!Covers(first.part, second.part)) second = first;  // they have nobody in common
    const auto first_told = ToldOf(truth, family, kind, first);
    const auto second_told = ToldOf(truth, family, kind, second);
    Attack attack(truth, first, first_told, second, second_told, first.part != second.part);
    for (size_t i = 0; i < first_told.size() + second_told.size(); ++i) {
      const int64_t people = attack.Total(i);
      const Interval told = attack.ToldOf(i);
      ASSERT_LE(told.least, people);
      ASSERT_GE(told.most, people);
      if (told.least == told.most) continue;  // nobody, or public
      if (people < 1 || people > 7) continue;
      ++attacked_;
      const int candidates = attack.Candidates(i);
      // What the public numbers of sessions say by themselves is not for these tables to keep.
      if (candidates < 4 && FromPublic(truth, kind, first, first_told, second, second_told, i) < 4) continue;
      recovered_ += candidates == 1;
      narrowed_ += candidates < 4;
      fewest_ = std::min(fewest_, candidates);
    }
  }

  void AttackPairs(int pairs) {
    std::mt19937 random(2021);
    for (int pair = 0; pair < pairs;) {
      const Truth truth = MakeTruth(random);
      const Kind kind = static_cast<Kind>(random() % 5);
      const Family family = Protect(truth, kind);
      const auto permitted = Permitted(kind);
      const size_t of_these = permitted.size() * permitted.size() / 2;
      for (size_t i = 0; i < of_these && pair < pairs; ++i, ++pair) {
        AttackPair(truth, family, kind, permitted[random() % permitted.size()], permitted[random() % permitted.size()]);
      }
    }
  }

  // Tables each protected by nothing but the rule for small numbers.
  static std::vector<Interval> ToldWithoutProtection(const Truth& truth, const Query& query, size_t cells) {
    std::vector<int64_t> people(cells);
    for (size_t i = 0; i < truth.crowd.counts.size(); ++i) {
      people[IndexOf(truth.crowd, query.axes, i / truth.crowd.columns, i % truth.crowd.columns)] +=
          truth.Of(query.part)[i];
    }
    std::vector<PublishableCell> shown;
    for (const int64_t count : people) {
      Counts alone;
      shown.push_back(alone.Show(alone.Published(count, 0, 0)));
    }
    return Told(shown, truth.crowd, query.axes);
  }

  bool unprotected_ = false;
  int attacked_ = 0;
  int recovered_ = 0;
  int narrowed_ = 0;
  int fewest_ = 4;
};

int PairsWanted() {
  int pairs = 20000;
  const char* wanted = std::getenv("EQUITY_PAIRS");
  EXPECT_TRUE(wanted == nullptr || absl::SimpleAtoi(wanted, &pairs));
  return pairs;
}

TEST_F(PairsTest, NoTwoAnswersGiveASmallCountAway) {
  AttackPairs(PairsWanted());
  EXPECT_GT(attacked_, PairsWanted() / 2);
  EXPECT_EQ(recovered_, 0);
  EXPECT_GE(fewest_, 4);
  std::cout << PairsWanted() << " pairs of answers, " << attacked_ << " hidden counts of 1 to 7 attacked, "
            << recovered_ << " recovered, each can be " << fewest_ << " numbers at least";
  // The attack finds what there is to find.
  unprotected_ = true;
  AttackPairs(20000);
  EXPECT_GT(recovered_, 0);
  EXPECT_GT(narrowed_, 20);
  std::cout << "; with the rule for small numbers alone 20000 pairs recover " << recovered_ << " and narrow "
            << narrowed_ << " down\n";
}

TEST(FamilyTest, EveryHiddenCountCanBeFourNumbersToAReaderOfAllTables) {
  std::mt19937 random(5);
  int hidden = 0;
  for (int round = 0; round < 300; ++round) {
    const Truth truth = MakeTruth(random);
    const Kind kind = static_cast<Kind>(random() % 5);
    const Family family = Protect(truth, kind);
    for (const Query& query : Permitted(kind)) {
      const auto cells = family.Table(query.part, query.axes);
      const auto ranges = family.Ranges(query.part, query.axes);
      for (size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].status != v1::Cell::STATUS_SUPPRESSED_PRIMARY) continue;
        ++hidden;
        EXPECT_GE(ranges[i].second - ranges[i].first + 1, 4);
      }
    }
  }
  EXPECT_GT(hidden, 1000);
}

// The people of one cell are those of another one and of one organisation more: as near as two answers come.
TEST(FamilyTest, NoTwoCellsTellOneOrganisationApart) {
  struct Told {
    std::set<size_t> organisations;
    int column;  // -1 for all of them
    Interval told;
  };
  std::mt19937 random(6);
  int compared = 0;
  for (int round = 0; round < 150; ++round) {
    const Truth truth = MakeTruth(random);
    const Crowd& crowd = truth.crowd;
    const Family family = Protect(truth, Kind::kPeople);
    std::vector<Told> cells;
    for (const Query& query : Permitted(Kind::kPeople)) {
      const auto told = statistics::Told(family.Table(query.part, query.axes), crowd, query.axes);
      const bool by_column = std::count(query.axes.begin(), query.axes.end(), Axis::kColumn) > 0;
      std::vector<Told> of_table(told.size());
      for (size_t i = 0; i < crowd.counts.size(); ++i) {
        const size_t column = i % crowd.columns;
        const size_t index = IndexOf(crowd, query.axes, i / crowd.columns, column);
        of_table[index].organisations.insert(i / crowd.columns);
        of_table[index].column = by_column ? static_cast<int>(column) : -1;
        of_table[index].told = told[index];
      }
      cells.insert(cells.end(), of_table.begin(), of_table.end());
    }
    for (const Told& more : cells) {
      for (const Told& less : cells) {
        if (more.column != less.column || more.organisations.size() != less.organisations.size() + 1 ||
            less.organisations.empty() ||
            !std::includes(more.organisations.begin(), more.organisations.end(), less.organisations.begin(),
                           less.organisations.end())) {
          continue;
        }
        size_t one = 0;
        for (const size_t organisation : more.organisations)
          one += less.organisations.contains(organisation) ? 0 : organisation;
        int64_t people = 0;
        for (size_t column = 0; column < crowd.columns; ++column) {
          if (more.column < 0 || more.column == static_cast<int>(column)) {
            people += crowd.counts[one * crowd.columns + column];
          }
        }
        if (people < 1 || people > 7) continue;
        ++compared;
        const int64_t least = std::max<int64_t>(0, more.told.least - less.told.most);
        EXPECT_GE(more.told.most - less.told.least - least + 1, 4);
      }
    }
  }
  EXPECT_GT(compared, 200);
}

TEST(FamilyTest, SmallNumbersBesideLargeOnesCostLittle) {
  // Forty organisations of which four are small: what is hidden is those, and few more.
  Crowd crowd{.sectors = 5, .places = 3, .columns = 4};
  for (size_t i = 0; i < 40; ++i) {
    crowd.sector.push_back(i % 5);
    crowd.place.push_back(i % 3);
    for (size_t column = 0; column < 4; ++column) crowd.counts.push_back(i % 10 == 0 ? column == 0 : 20 + i + column);
  }
  const Family family = Family::OfPeople(crowd, false);
  int hidden = 0;
  for (const auto& cell : family.Table(Part::kAll, {Axis::kOrganisation})) hidden += !cell.value;
  EXPECT_GE(hidden, 4);
  EXPECT_LE(hidden, 10);
  for (const Axes& axes : {Axes{}, Axes{Axis::kSector}, Axes{Axis::kPlace}, Axes{Axis::kSector, Axis::kColumn}}) {
    for (const auto& cell : family.Table(Part::kAll, axes)) EXPECT_EQ(cell.status, v1::Cell::STATUS_ROUNDED);
  }
}

}  // namespace
}  // namespace equity::statistics

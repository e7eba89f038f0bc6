#include "services/statistics/tables/disclosure.h"

#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::statistics {
namespace {

using ::testing::ElementsAre;
using Cell = v1::Cell;

// `*` hidden as it is small, `+` hidden for another's sake.
std::string Show(const PublishableCell& cell) {
  EXPECT_EQ(cell.value.has_value(), cell.status == Cell::STATUS_EXACT || cell.status == Cell::STATUS_ROUNDED);
  return cell.value ? absl::StrCat(*cell.value) : cell.status == Cell::STATUS_SUPPRESSED_PRIMARY ? "*" : "+";
}

// A row with its total, protected.
struct Line {
  explicit Line(const std::vector<int64_t>& truths) {
    int64_t sum = 0;
    for (const int64_t truth : truths) sum += truth;
    total = counts.Published(sum, 0, 0);
    for (const int64_t truth : truths) cells.push_back(counts.Published(truth, 1, 1));
    counts.Add(total, cells, true);
    counts.Protect();
  }
  std::vector<std::string> Shown() const {
    std::vector<std::string> shown;
    for (const auto cell : cells) shown.push_back(Show(counts.Show(cell)));
    return shown;
  }
  std::string Total() const { return Show(counts.Show(total)); }

  Counts counts;
  Counts::Node total;
  std::vector<Counts::Node> cells;
};

std::vector<std::string> Row(const std::vector<int64_t>& truths) { return Line(truths).Shown(); }

TEST(DisclosureTest, ATotal) {
  const auto total = [](int64_t truth) {
    Counts counts;
    const auto node = counts.Published(truth, 0, 0);
    counts.Protect();
    return Show(counts.Show(node));
  };
  EXPECT_EQ(total(0), "0");
  EXPECT_EQ(total(1), "*");
  EXPECT_EQ(total(7), "*");
  EXPECT_EQ(total(8), "10");
  EXPECT_EQ(total(12), "10");
  EXPECT_EQ(total(13), "15");
  EXPECT_EQ(total(235), "235");
}

TEST(DisclosureTest, ZeroIsExactAndRoundedSaysSo) {
  Line line({0, 100});
  EXPECT_EQ(line.counts.Show(line.cells[0]).status, Cell::STATUS_EXACT);
  EXPECT_EQ(line.counts.Show(line.cells[1]).status, Cell::STATUS_ROUNDED);
}

TEST(DisclosureTest, TheSmallestOtherIsHiddenWithASingleOne) {
  EXPECT_THAT(Row({30, 3, 20, 0, 20}), ElementsAre("30", "*", "+", "0", "20"));
}

TEST(DisclosureTest, TwoHiddenProtectEachOther) { EXPECT_THAT(Row({30, 3, 20, 4}), ElementsAre("30", "*", "20", "*")); }

TEST(DisclosureTest, AloneThereIsNothingElseToHide) { EXPECT_THAT(Row({0, 3, 0}), ElementsAre("0", "*", "0")); }

TEST(DisclosureTest, RoundingThatWouldLeaveOneNumberIsNotEnough) {
  // 20, 20, * with a total of 35 could only be 1.
  Line line({18, 18, 1});
  EXPECT_THAT(line.Shown(), ElementsAre("+", "20", "*"));
  const auto [least, most] = line.counts.Range(line.cells[2]);
  EXPECT_GE(most - least + 1, 4);
  EXPECT_LE(least, 1);
}

TEST(DisclosureTest, ManySmallOnesAreHiddenWithALargeOne) {
  // Twelve numbers between 1 and 7 beside 100, and a total of 110: without hiding the 100 each could be at most 3.
  std::vector<int64_t> counts(12, 1);
  counts.push_back(100);
  EXPECT_EQ(Row(counts).back(), "+");
}

TEST(DisclosureTest, WhatCannotBeProtectedIsWithheld) {
  // Twelve of at least 1 that are 8 to 12 in all are 1 each. The total stays, and not even which are nobody is told.
  std::vector<int64_t> truths(12, 1);
  truths.resize(14);
  const Line line(truths);
  EXPECT_EQ(line.Total(), "10");
  EXPECT_THAT(line.Shown(), ::testing::Each("+"));
}

TEST(DisclosureTest, ACoarserTableIsNotHiddenForAFinerOnesSake) {
  // By sector 27 and 300; by week the first one has 27 people who came one by one.
  Counts counts;
  const auto few = counts.Published(27, 0, 1);
  const auto many = counts.Published(300, 0, 1);
  const auto all = counts.Published(327, 1, 0);
  counts.Add(all, {few, many}, true);
  std::vector<Counts::Node> weeks;
  for (int i = 0; i < 30; ++i) weeks.push_back(counts.Published(i < 27, 2, 2));
  counts.Add(few, weeks, true);
  counts.Protect();
  EXPECT_EQ(Show(counts.Show(few)), "25");
  EXPECT_EQ(Show(counts.Show(many)), "300");
  for (const auto week : weeks) EXPECT_EQ(Show(counts.Show(week)), "+");
}

TEST(DisclosureTest, AKnownTotalNeedsMore) {
  Counts counts;
  const std::vector<Counts::Node> cells = {counts.Published(7, 0, 0), counts.Published(7, 0, 0),
                                           counts.Published(12, 0, 0)};
  counts.Add(counts.Known(26), cells, true);
  counts.Protect();
  // With 12 as one of 8 to 12 the two others would be 14 at least, and so 7 each.
  EXPECT_EQ(Show(counts.Show(cells[2])), "+");
}

// Which numbers can each hidden cell of a line be? By trying all of them, one cell after the other, with the sums that
// the others can have. A reader knows that what was hidden for another's sake was no larger than what is left.
std::vector<std::set<int>> Candidates(const Line& line, int published_total_least, int published_total_most) {
  constexpr int kMost = 140;
  const size_t size = line.cells.size();
  int smallest_visible = kMost;
  std::vector<PublishableCell> cells;
  for (const auto node : line.cells) cells.push_back(line.counts.Show(node));
  for (const PublishableCell& cell : cells) {
    if (cell.status == Cell::STATUS_ROUNDED) {
      smallest_visible = std::min(smallest_visible, static_cast<int>(*cell.value) + 2);
    }
  }
  // Where all are hidden for another's sake, the line is withheld.
  const bool withheld = std::all_of(cells.begin(), cells.end(), [](const PublishableCell& cell) {
    return cell.status == Cell::STATUS_SUPPRESSED_SECONDARY;
  });
  const auto possible = [&](const PublishableCell& cell) {
    std::set<int> numbers;
    for (int n = 0; n <= kMost; ++n) {
      const bool can = cell.status == Cell::STATUS_EXACT                ? n == *cell.value
                       : cell.status == Cell::STATUS_ROUNDED            ? n > 7 && (n + 2) / 5 * 5 == *cell.value
                       : cell.status == Cell::STATUS_SUPPRESSED_PRIMARY ? n >= 1 && n <= 7
                                                                        : withheld || (n >= 8 && n <= smallest_visible);
      if (can) numbers.insert(n);
    }
    return numbers;
  };
  std::vector<std::set<int>> candidates(size);
  for (size_t i = 0; i < size; ++i) {
    if (cells[i].value) continue;
    std::set<int> sums = {0};
    for (size_t j = 0; j < size; ++j) {
      if (j == i) continue;
      std::set<int> next;
      const auto numbers = possible(cells[j]);
      for (const int sum : sums) {
        for (const int n : numbers) {
          if (sum + n <= published_total_most) next.insert(sum + n);
        }
      }
      sums = std::move(next);
    }
    for (const int n : possible(cells[i])) {
      for (const int sum : sums) {
        if (sum + n >= published_total_least && sum + n <= published_total_most) candidates[i].insert(n);
      }
    }
  }
  return candidates;
}

TEST(DisclosureTest, NoHiddenCountCanBePinnedDown) {
  std::mt19937 random(7);
  int hidden = 0;
  for (int round = 0; round < 1500; ++round) {
    std::vector<int64_t> truths(1 + random() % 6);
    const int most = round % 3 == 0 ? 10 : 25;
    for (int64_t& truth : truths) truth = random() % 4 == 0 ? 0 : random() % most;
    const Line line(truths);
    const PublishableCell total = line.counts.Show(line.total);
    if (total.status == Cell::STATUS_EXACT) continue;
    const int rounded = static_cast<int>(total.value.value_or(0));
    const auto candidates = total.value ? Candidates(line, std::max(8, rounded - 2), rounded + 2)
                            : total.status == Cell::STATUS_SUPPRESSED_PRIMARY ? Candidates(line, 1, 7)
                                                                              : Candidates(line, 8, 1000);
    for (size_t i = 0; i < truths.size(); ++i) {
      if (line.counts.Show(line.cells[i]).value) continue;
      ++hidden;
      EXPECT_TRUE(candidates[i].contains(static_cast<int>(truths[i])));
      if (truths[i] == 0 || truths[i] > 7) continue;
      EXPECT_GE(candidates[i].size(), 4u)
          << ::testing::PrintToString(truths) << ::testing::PrintToString(line.Shown()) << line.Total();
    }
  }
  EXPECT_GT(hidden, 1000);
}

TEST(DisclosureTest, TheSameCountsGiveTheSameAnswer) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::vector<int64_t> truths(24);
    for (int64_t& truth : truths) truth = random() % 20;
    EXPECT_EQ(Row(truths), Row(truths));
  }
}

}  // namespace
}  // namespace equity::statistics

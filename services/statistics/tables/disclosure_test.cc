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
std::vector<std::string> Show(const std::vector<PublishableCell>& cells) {
  std::vector<std::string> shown;
  for (const PublishableCell& cell : cells) {
    EXPECT_EQ(cell.value.has_value(), cell.status == Cell::STATUS_EXACT || cell.status == Cell::STATUS_ROUNDED);
    shown.push_back(cell.value                                       ? absl::StrCat(*cell.value)
                    : cell.status == Cell::STATUS_SUPPRESSED_PRIMARY ? "*"
                                                                     : "+");
  }
  return shown;
}

std::vector<std::string> Row(std::vector<int64_t> counts) {
  const size_t length = counts.size();
  return Show(Protect({std::move(counts), length}));
}

TEST(DisclosureTest, ATotal) {
  EXPECT_THAT(Row({0}), ElementsAre("0"));
  EXPECT_THAT(Row({1}), ElementsAre("*"));
  EXPECT_THAT(Row({7}), ElementsAre("*"));
  EXPECT_THAT(Row({8}), ElementsAre("10"));
  EXPECT_THAT(Row({12}), ElementsAre("10"));
  EXPECT_THAT(Row({13}), ElementsAre("15"));
  EXPECT_THAT(Row({235}), ElementsAre("235"));
}

TEST(DisclosureTest, ZeroIsExactAndRoundedSaysSo) {
  const auto cells = Protect({{0, 100}, 2});
  EXPECT_EQ(cells[0].status, Cell::STATUS_EXACT);
  EXPECT_EQ(cells[1].status, Cell::STATUS_ROUNDED);
}

TEST(DisclosureTest, TheSmallestOtherIsHiddenWithASingleOne) {
  EXPECT_THAT(Row({30, 3, 20, 0, 20}), ElementsAre("30", "*", "+", "0", "20"));
}

TEST(DisclosureTest, TwoHiddenProtectEachOther) { EXPECT_THAT(Row({30, 3, 20, 4}), ElementsAre("30", "*", "20", "*")); }

TEST(DisclosureTest, AloneThereIsNothingElseToHide) { EXPECT_THAT(Row({0, 3, 0}), ElementsAre("0", "*", "0")); }

TEST(DisclosureTest, RoundingThatWouldLeaveOneNumberIsNotEnough) {
  // 20, 20, * with a total of 35 could only be 1.
  EXPECT_THAT(Row({18, 18, 1}), ElementsAre("+", "20", "*"));
}

TEST(DisclosureTest, ManySmallOnesAreHiddenWithALargeOne) {
  // Twelve numbers between 1 and 7 beside 100, and a total of 110: without hiding the 100 each could be at most 3.
  std::vector<int64_t> counts(12, 1);
  counts.push_back(100);
  EXPECT_EQ(Row(counts).back(), "+");
}

TEST(DisclosureTest, RowsAndColumnsOfATable) {
  // The single hidden cell needs a second one in its row and in its column, and each of those a fourth.
  EXPECT_THAT(Show(Protect({{3, 20, 30,    //
                             40, 25, 35,   //
                             50, 45, 60},  //
                            3})),
              ElementsAre("*", "+", "30",  //
                          "+", "+", "35",  //
                          "50", "45", "60"));
}

TEST(DisclosureTest, AKnownTotalNeedsMore) {
  // Published as 10, the 12 is one of 8 to 12. With 26 in all the two others are 14 at least, so that both must be 7; a
  // total that is known as 25 leaves them 11 at least.
  EXPECT_THAT(Row({7, 7, 12, 0}), ElementsAre("*", "*", "10", "0"));
  EXPECT_THAT(Show(Protect({{7, 7, 12, 0}, 4, true, false})), ElementsAre("*", "*", "+", "0"));
  EXPECT_THAT(Show(Protect({{7, 7, 12, 0}, 1, false, true})), ElementsAre("*", "*", "+", "0"));
}

TEST(DisclosureTest, NothingInNothingOut) {
  EXPECT_TRUE(Protect({{}, 1}).empty());
  EXPECT_TRUE(Protect({{}, 0}).empty());
}

TEST(DisclosureTest, TheSameCountsGiveTheSameAnswer) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::vector<int64_t> counts(24);
    for (int64_t& count : counts) count = random() % 20;
    EXPECT_EQ(Show(Protect({counts, 6})), Show(Protect({counts, 6})));
  }
}

// A reader who knows the rules: which numbers can each hidden cell of a line be? By trying all of them, one cell after
// the other, with the sums that the others can have.
std::vector<std::set<int>> Candidates(const std::vector<PublishableCell>& cells, int published_total_least,
                                      int published_total_most) {
  constexpr int kMost = 140;
  int smallest_visible = kMost;  // of which a reader knows that what was hidden for another's sake was smaller still
  for (const PublishableCell& cell : cells) {
    if (cell.status != Cell::STATUS_ROUNDED) continue;
    smallest_visible = std::min(smallest_visible, static_cast<int>(*cell.value) + 2);
  }
  const auto possible = [&](const PublishableCell& cell) {
    std::set<int> numbers;
    for (int n = 0; n <= kMost; ++n) {
      bool can = false;
      switch (cell.status) {
        case Cell::STATUS_EXACT:
          can = n == *cell.value;
          break;
        case Cell::STATUS_ROUNDED:
          can = n > 7 && (n + 2) / 5 * 5 == *cell.value;
          break;
        case Cell::STATUS_SUPPRESSED_PRIMARY:
          can = n >= 1 && n <= 7;
          break;
        default:
          can = n >= 8 && n <= smallest_visible;
      }
      if (can) numbers.insert(n);
    }
    return numbers;
  };
  std::vector<std::set<int>> candidates(cells.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].value) continue;
    std::set<int> sums = {0};
    for (size_t j = 0; j < cells.size(); ++j) {
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
  for (int round = 0; round < 3000; ++round) {
    std::vector<int64_t> counts(1 + random() % 6);
    const int most = round % 3 == 0 ? 10 : 25;
    int total = 0;
    for (int64_t& count : counts) {
      count = random() % 4 == 0 ? 0 : random() % most;
      total += static_cast<int>(count);
    }
    if (total == 0) continue;
    const auto cells = Protect({counts, counts.size()});
    const bool left =
        std::any_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.status == Cell::STATUS_ROUNDED; });
    const int rounded = (total + 2) / 5 * 5;
    const auto candidates =
        total <= 7 ? Candidates(cells, 1, 7) : Candidates(cells, std::max(8, rounded - 2), rounded + 2);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].value) continue;
      ++hidden;
      EXPECT_TRUE(candidates[i].contains(static_cast<int>(counts[i])));
      // Where all but zeros is hidden, nothing is left to hide.
      if (left) {
        EXPECT_GE(candidates[i].size(), 4u)
            << ::testing::PrintToString(counts) << ::testing::PrintToString(Show(cells));
      }
    }
  }
  EXPECT_GT(hidden, 1000);
}

TEST(DisclosureTest, NoLineOfATableHasASingleHiddenCell) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    const size_t columns = 2 + random() % 5;
    const size_t rows = 2 + random() % 5;
    std::vector<int64_t> counts(rows * columns);
    for (int64_t& count : counts) count = random() % 3 == 0 ? 0 : random() % 60;
    const auto cells = Protect({counts, columns});
    const auto check = [&](size_t first, size_t step, size_t length) {
      int hidden = 0;
      int visible = 0;
      for (size_t i = 0; i < length; ++i) {
        const auto status = cells[first + i * step].status;
        hidden += !cells[first + i * step].value;
        visible += status == Cell::STATUS_ROUNDED;
      }
      EXPECT_FALSE(hidden == 1 && visible > 0);
    };
    for (size_t row = 0; row < rows; ++row) check(row * columns, 1, columns);
    for (size_t column = 0; column < columns; ++column) check(column, columns, rows);
    for (size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) {
        EXPECT_EQ(cells[i].value, 0);
      }
      if (counts[i] >= 1 && counts[i] <= 7) {
        EXPECT_EQ(cells[i].status, Cell::STATUS_SUPPRESSED_PRIMARY);
      }
      if (cells[i].status == Cell::STATUS_ROUNDED) {
        EXPECT_LE(std::abs(*cells[i].value - counts[i]), 2);
      }
    }
  }
}

}  // namespace
}  // namespace equity::statistics

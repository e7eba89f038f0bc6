// Statistical disclosure control for counts of people, after the rule that NHS England uses below the national level.
//
//   0 stays 0; 1 to 7 is hidden; everything else is rounded to the nearest 5. Totals are rounded from the true total,
//   by themselves. Where a line of the table (a row, a column) has just one hidden cell, the smallest other one that is
//   not 0 is hidden too. Rounding alone does not always protect: 18, 18, 1 would be published as 20, 20, hidden with a
//   total of 35, which leaves only 1. So every line is audited as a reader would: from the published cells and the
//   published total, which numbers can a hidden cell be? With fewer than four, the line's smallest visible cell is
//   hidden too.
//
// What stays: a line in which everything but zeros is hidden already has nothing left to hide.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "equity/statistics/v1/statistics.pb.h"

namespace equity::statistics {

inline constexpr int64_t kLargestHidden = 7;
inline constexpr int64_t kRoundingBase = 5;
inline constexpr int64_t kFewestCandidates = 4;

struct PublishableCell {
  v1::Cell::Status status;
  std::optional<int64_t> value;
};

// A table of true counts, row by row. A one-dimensional table has one row; a total is one cell.
struct Counts {
  std::vector<int64_t> values;
  size_t columns = 1;
  // The true totals of the rows, or columns, are public by another way, such as the places taken of a session.
  bool row_totals_known = false;
  bool column_totals_known = false;
};

// The same counts give the same answer always.
std::vector<PublishableCell> Protect(const Counts& counts);

}  // namespace equity::statistics

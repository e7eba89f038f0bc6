// Statistical disclosure control for counts of people, after the rule that NHS England uses below the national level.
//
//   0 stays 0; 1 to 7 is hidden; everything else is rounded to the nearest 5. Totals are rounded from the true total,
//   by themselves. Where a line of a table (a row, a column) has just one hidden cell, the smallest other one that is
//   not 0 is hidden too. Rounding alone does not always protect: 18, 18, 1 would be published as 20, 20, hidden with a
//   total of 35, which leaves only 1. Nor is a table alone in the world: a sector's number less those of its other
//   organisations is one organisation. So all tables of the same people are audited together, as a reader would who has
//   them all: from everything that is published, which numbers can a small count be? With fewer than four, the smallest
//   visible cell that gives it away is hidden too, of the same table or one as fine: a coarser table is never hidden
//   for a finer one's sake. Where that is not enough the line is withheld: nothing is told of any of its cells, not
//   even which are 0.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
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

// Counts of the same people, cells of tables and what lies between them, and which of them add up to which.
class Counts {
 public:
  using Node = size_t;

  // A cell of a table that is published. The number of the table is the caller's; the finer a table, the higher its
  // rank.
  Node Published(int64_t truth, int table, int rank);
  // What is published nowhere, and follows from nothing but sums.
  Node Between(int64_t truth);
  // What is known exactly from elsewhere, such as the places taken of a session.
  Node Known(int64_t truth);
  // `whole` is the sum of `parts`; a line is one of a table, with its total.
  void Add(Node whole, std::vector<Node> parts, bool line = false);

  // Decides what is hidden. The same counts give the same answer always.
  void Protect();
  PublishableCell Show(Node node) const;
  // What a reader of everything knows of a count: the least and the most that it can be. After Protect.
  std::pair<int64_t, int64_t> Range(Node node) const { return {ranges_[node].least, ranges_[node].most}; }

 private:
  enum class Kind { kPublished, kBetween, kKnown };
  struct Interval {
    int64_t least;
    int64_t most;
    int64_t Width() const { return most - least + 1; }
  };
  struct Count {
    int64_t truth;
    Kind kind;
    int table;
    int rank;
    v1::Cell::Status status;
    Interval secondary;  // what is known of it once it is hidden for another's sake
    bool withheld = false;
    bool given_up = false;
    std::vector<size_t> sums;  // that it is in
  };
  struct Sum {
    Node whole;
    std::vector<Node> parts;
    bool line;
  };

  static Interval OfRounded(int64_t count);
  bool IsHidden(Node node) const;
  bool IsVisible(Node node) const { return counts_[node].status == v1::Cell::STATUS_ROUNDED; }
  Interval Told(Node node) const;
  void Hide(Node node, int64_t most);
  // A second hidden cell for every line that has just one.
  bool CompleteLines();
  void Audit();
  bool Narrow(const Sum& sum);
  bool Gives(Node node) const;
  // Something that gives the count away; false where all of that is hidden already.
  bool HideFor(Node node);
  // The smallest visible cell of such a rank, beside one.
  bool HideIn(const Sum& sum, Node but, int rank);
  // Those that it is in, with what tells most of it first.
  std::vector<size_t> SumsOf(Node node) const;
  // The line of a cell that tells most, or failing that, its table. False where that is done.
  bool Withhold(Node node);
  bool WithholdNear(Node node);
  bool WithholdAll(const std::vector<Node>& nodes);
  Interval From(const Sum& sum, Node node) const;

  std::vector<Count> counts_;
  std::vector<Sum> sums_;
  std::vector<Interval> ranges_;
};

}  // namespace equity::statistics

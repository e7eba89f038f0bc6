// All publishable tables of the same people, protected together (disclosure.h). Which there are is decided here and
// nowhere else: organisations by themselves, and sectors, places and columns by themselves and by two. Organisations by
// week are not among them: nearly every cell would be hidden.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "services/statistics/tables/disclosure.h"

namespace equity::statistics {

// People by organisation and column. A column is a week, or a session.
struct Crowd {
  size_t sectors = 0;
  size_t places = 0;
  size_t columns = 0;
  std::vector<size_t> sector;  // of each organisation
  std::vector<size_t> place;
  std::vector<int64_t> counts;  // by organisation, then column

  size_t organisations() const { return sector.size(); }
};

// Of those who attended, by organisation: whose day 100 has passed, whose has not, and how many of the former came so
// far as two measures ask.
struct Outcomes {
  std::vector<int64_t> eligible;
  std::vector<int64_t> not_yet_due;
  std::array<std::vector<int64_t>, 2> reached;
};

class Family {
 public:
  enum class Axis { kOrganisation, kSector, kPlace, kColumn };
  using Axes = std::vector<Axis>;
  // What a table counts.
  enum class Part { kAll, kEligible, kNotYetDue, kReachedFirst, kReachedSecond };

  // Distinct people, in the column of their registration. Where the total is as good as public, it is reckoned with.
  static Family OfPeople(const Crowd& crowd, bool total_known);
  // The same with what became of them.
  static Family OfOutcomes(const Crowd& crowd, const Outcomes& outcomes);
  // Bookings of sessions, which are the columns: people of two sessions are in both, so that nothing is added up over
  // sessions.
  static Family OfBookings(const Crowd& crowd, bool columns_known);

  // Row by row of the first axis. The axes of a table may be asked for in either order.
  std::vector<PublishableCell> Table(Part part, const Axes& axes) const;
  // What a reader of all its tables knows of each cell.
  std::vector<std::pair<int64_t, int64_t>> Ranges(Part part, const Axes& axes) const;

 private:
  using Node = Counts::Node;
  using Nodes = std::vector<Node>;
  enum class Way { kPublished, kBetween, kKnown };

  explicit Family(const Crowd& crowd) : crowd_(crowd) {}
  size_t Size(const Axes& axes) const;
  // Which cell of a table by these axes an organisation and a column are in.
  size_t Index(const Axes& axes, size_t organisation, size_t column) const;
  // The nodes of a table. `values` are by organisation and, where there are so many, column.
  Nodes Make(Way way, const Axes& axes, const std::vector<int64_t>& values, int rank = 0);
  Nodes Publish(Part part, const Axes& axes, const std::vector<int64_t>& values);
  // Each cell of the coarser table is the sum of cells of the finer one.
  void Add(const Axes& whole, const Nodes& wholes, const Axes& part, const Nodes& parts, bool line);
  void AddBySectorAndPlace(const Nodes& total, const Nodes& sectors, const Nodes& places, const Nodes& both);
  void AddPeople(bool total_known);
  void AddOutcomes(const Outcomes& outcomes);
  const Nodes& Find(Part part, const Axes& axes) const;
  // For each cell as asked for, the cell of the table as it was made.
  template <class Thing, class Of>
  std::vector<Thing> Each(Part part, const Axes& axes, const Of& of) const;

  Crowd crowd_;
  Counts counts_;
  std::map<std::pair<Part, Axes>, Nodes> tables_;
};

}  // namespace equity::statistics

#include "services/statistics/tables/disclosure.h"

#include <algorithm>

namespace equity::statistics {
namespace {

using Cell = v1::Cell;
// Larger than every count, small enough to be added up.
constexpr int64_t kUnbounded = int64_t{1} << 40;

int64_t Rounded(int64_t count) { return (count + kRoundingBase / 2) / kRoundingBase * kRoundingBase; }

// What a reader knows about a number.
struct Interval {
  int64_t least;
  int64_t most;
};

Interval KnownOfRounded(int64_t count) {
  const int64_t rounded = Rounded(count);
  return {std::max(rounded - kRoundingBase / 2, kLargestHidden + 1), rounded + kRoundingBase / 2};
}

// What is hidden for another's sake is no larger than the smallest visible one of its line can be, unless it was hidden
// for the other line that it is in.
Interval KnownOfCell(int64_t count, Cell::Status status, int64_t smallest_visible) {
  switch (status) {
    case Cell::STATUS_SUPPRESSED_PRIMARY:
      return {1, kLargestHidden};
    case Cell::STATUS_SUPPRESSED_SECONDARY:
      return {kLargestHidden + 1, count <= smallest_visible ? smallest_visible : kUnbounded};
    case Cell::STATUS_ROUNDED:
      return KnownOfRounded(count);
    default:
      return {count, count};
  }
}

Interval KnownOfTotal(int64_t total, bool known) {
  if (known || total == 0) return {total, total};
  return total <= kLargestHidden ? Interval{1, kLargestHidden} : KnownOfRounded(total);
}

bool IsHidden(Cell::Status status) {
  return status == Cell::STATUS_SUPPRESSED_PRIMARY || status == Cell::STATUS_SUPPRESSED_SECONDARY;
}

class Protection {
 public:
  explicit Protection(const Counts& counts) : counts_(counts), status_(counts.values.size()) {
    for (size_t i = 0; i < status_.size(); ++i) {
      const int64_t count = counts.values[i];
      status_[i] = count == 0                ? Cell::STATUS_EXACT
                   : count <= kLargestHidden ? Cell::STATUS_SUPPRESSED_PRIMARY
                                             : Cell::STATUS_ROUNDED;
    }
  }

  std::vector<PublishableCell> Run() {
    // Hiding a cell for its row's sake may leave its column with just one: until nothing changes.
    while (ProtectLines()) {
    }
    std::vector<PublishableCell> cells;
    cells.reserve(status_.size());
    for (size_t i = 0; i < status_.size(); ++i) {
      const int64_t count = counts_.values[i];
      cells.push_back({status_[i], IsHidden(status_[i]) ? std::nullopt
                                   : count == 0         ? std::make_optional<int64_t>(0)
                                                        : std::make_optional(Rounded(count))});
    }
    return cells;
  }

 private:
  bool ProtectLines() {
    const size_t columns = counts_.columns;
    const size_t rows = columns == 0 ? 0 : counts_.values.size() / columns;
    bool changed = false;
    for (size_t row = 0; row < rows; ++row) {
      changed |= ProtectLine({row * columns, 1, columns}, counts_.row_totals_known);
    }
    for (size_t column = 0; column < columns && rows > 1; ++column) {
      changed |= ProtectLine({column, columns, rows}, counts_.column_totals_known);
    }
    return changed;
  }

  struct Line {
    size_t first;
    size_t step;
    size_t length;
    size_t At(size_t i) const { return first + i * step; }
  };

  bool ProtectLine(const Line& line, bool total_known) {
    bool changed = false;
    while (NeedsMore(line, total_known)) {
      if (!HideSmallest(line)) break;
      changed = true;
    }
    return changed;
  }

  bool NeedsMore(const Line& line, bool total_known) const {
    size_t hidden = 0;
    int64_t total = 0;
    int64_t smallest_visible = kUnbounded;
    for (size_t i = 0; i < line.length; ++i) {
      const size_t at = line.At(i);
      hidden += IsHidden(status_[at]);
      total += counts_.values[at];
      if (status_[at] != Cell::STATUS_ROUNDED) continue;
      smallest_visible = std::min(smallest_visible, KnownOfRounded(counts_.values[at]).most);
    }
    if (hidden == 0) return false;
    if (hidden == 1) return true;
    const auto known_of = [&](size_t i) {
      return KnownOfCell(counts_.values[line.At(i)], status_[line.At(i)], smallest_visible);
    };
    Interval sum{0, 0};
    for (size_t i = 0; i < line.length; ++i) {
      sum.least += known_of(i).least;
      sum.most += known_of(i).most;
    }
    const Interval of_total = KnownOfTotal(total, total_known);
    for (size_t i = 0; i < line.length; ++i) {
      if (!IsHidden(status_[line.At(i)])) continue;
      const Interval known = known_of(i);
      const int64_t least = std::max(known.least, of_total.least - (sum.most - known.most));
      const int64_t most = std::min(known.most, of_total.most - (sum.least - known.least));
      if (most - least + 1 < kFewestCandidates) return true;
    }
    return false;
  }

  // The first of the smallest, so that the choice is always the same.
  bool HideSmallest(const Line& line) {
    std::optional<size_t> smallest;
    for (size_t i = 0; i < line.length; ++i) {
      const size_t at = line.At(i);
      if (status_[at] != Cell::STATUS_ROUNDED) continue;
      if (!smallest || counts_.values[at] < counts_.values[*smallest]) smallest = at;
    }
    if (smallest) status_[*smallest] = Cell::STATUS_SUPPRESSED_SECONDARY;
    return smallest.has_value();
  }

  const Counts& counts_;
  std::vector<Cell::Status> status_;
};

}  // namespace

std::vector<PublishableCell> Protect(const Counts& counts) { return Protection(counts).Run(); }

}  // namespace equity::statistics

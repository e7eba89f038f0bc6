#include "services/statistics/tables/disclosure.h"

#include <algorithm>

namespace equity::statistics {
namespace {

// Larger than every count, small enough to be added up.
constexpr int64_t kUnbounded = int64_t{1} << 40;
// Bounds that go on narrowing so slowly tell nothing more.
constexpr int kMostSweeps = 200;
// Between is as fine as the finest tables, which are the ones to pay for it.
constexpr int kRankBetween = 2;

int64_t Rounded(int64_t count) { return (count + kRoundingBase / 2) / kRoundingBase * kRoundingBase; }

}  // namespace

Counts::Node Counts::Published(int64_t truth, int table, int rank) {
  const auto status = truth == 0                ? v1::Cell::STATUS_EXACT
                      : truth <= kLargestHidden ? v1::Cell::STATUS_SUPPRESSED_PRIMARY
                                                : v1::Cell::STATUS_ROUNDED;
  counts_.push_back({truth, Kind::kPublished, table, rank, status, {kLargestHidden + 1, kUnbounded}});
  return counts_.size() - 1;
}

Counts::Node Counts::Between(int64_t truth) {
  counts_.push_back({truth, Kind::kBetween, 0, kRankBetween, v1::Cell::STATUS_UNSPECIFIED, {0, kUnbounded}});
  return counts_.size() - 1;
}

Counts::Node Counts::Known(int64_t truth) {
  counts_.push_back({truth, Kind::kKnown, 0, 0, v1::Cell::STATUS_UNSPECIFIED, {truth, truth}});
  return counts_.size() - 1;
}

void Counts::Add(Node whole, std::vector<Node> parts, bool line) {
  const size_t sum = sums_.size();
  counts_[whole].sums.push_back(sum);
  for (const Node part : parts) counts_[part].sums.push_back(sum);
  sums_.push_back({whole, std::move(parts), line});
}

Counts::Interval Counts::OfRounded(int64_t count) {
  const int64_t rounded = Rounded(count);
  return {std::max(rounded - kRoundingBase / 2, kLargestHidden + 1), rounded + kRoundingBase / 2};
}

bool Counts::IsHidden(Node node) const {
  const auto status = counts_[node].status;
  return status == v1::Cell::STATUS_SUPPRESSED_PRIMARY || status == v1::Cell::STATUS_SUPPRESSED_SECONDARY;
}

Counts::Interval Counts::Told(Node node) const {
  const Count& count = counts_[node];
  switch (count.status) {
    case v1::Cell::STATUS_EXACT:
      return {0, 0};
    case v1::Cell::STATUS_SUPPRESSED_PRIMARY:
      return {1, kLargestHidden};
    case v1::Cell::STATUS_ROUNDED:
      return OfRounded(count.truth);
    default:
      return count.secondary;
  }
}

void Counts::Hide(Node node, int64_t most) {
  counts_[node].status = v1::Cell::STATUS_SUPPRESSED_SECONDARY;
  counts_[node].secondary.most = most;
}

bool Counts::HideIn(const Sum& sum, Node but, int rank) {
  const auto can = [&](Node node) { return node != but && IsVisible(node) && counts_[node].rank >= rank; };
  std::optional<Node> smallest;
  int64_t next = kUnbounded;  // the smallest that stays visible: what is hidden is no larger, as a reader knows
  for (const Node part : sum.parts) {
    if (!can(part)) continue;
    if (!smallest || counts_[part].truth < counts_[*smallest].truth) {
      if (smallest) next = std::min(next, OfRounded(counts_[*smallest].truth).most);
      smallest = part;
    } else {
      next = std::min(next, OfRounded(counts_[part].truth).most);
    }
  }
  if (!smallest && can(sum.whole)) smallest = sum.whole;
  if (!smallest) return false;
  Hide(*smallest, next);
  return true;
}

bool Counts::CompleteLines() {
  bool changed = false;
  for (const Sum& sum : sums_) {
    if (!sum.line) continue;
    const auto hidden = std::count_if(sum.parts.begin(), sum.parts.end(), [&](Node part) { return IsHidden(part); });
    const auto visible = std::count_if(sum.parts.begin(), sum.parts.end(), [&](Node part) { return IsVisible(part); });
    if (hidden == 1 && visible > 0) changed |= HideIn(sum, sum.whole, 0);
  }
  return changed;
}

bool Counts::Narrow(const Sum& sum) {
  Interval all{0, 0};
  for (const Node part : sum.parts) {
    all.least += ranges_[part].least;
    all.most += ranges_[part].most;
  }
  bool changed = false;
  const auto to = [&](Node node, int64_t least, int64_t most) {
    Interval& range = ranges_[node];
    changed |= least > range.least || most < range.most;
    range.least = std::max(range.least, least);
    range.most = std::min(range.most, most);
  };
  to(sum.whole, all.least, all.most);
  const Interval whole = ranges_[sum.whole];
  for (const Node part : sum.parts) {
    const Interval before = ranges_[part];
    to(part, whole.least - (all.most - before.most), whole.most - (all.least - before.least));
  }
  return changed;
}

void Counts::Audit() {
  ranges_.resize(counts_.size());
  for (Node node = 0; node < counts_.size(); ++node) ranges_[node] = Told(node);
  bool changed = true;
  for (int sweep = 0; changed && sweep < kMostSweeps; ++sweep) {
    changed = false;
    for (const Sum& sum : sums_) changed |= Narrow(sum);
  }
}

// Whether too little is left of what a small count can be. Nobody is nobody's secret, and what is hidden for another's
// sake has done its part when that one is safe. What is published nowhere must not be known.
bool Counts::Gives(Node node) const {
  const Count& count = counts_[node];
  if (count.kind == Kind::kKnown || count.given_up || count.truth < 1 || count.truth > kLargestHidden) return false;
  return ranges_[node].Width() < (count.kind == Kind::kBetween ? 2 : kFewestCandidates);
}

Counts::Interval Counts::From(const Sum& sum, Node node) const {
  Interval others{0, 0};
  for (const Node part : sum.parts) {
    if (part == node) continue;
    others.least += ranges_[part].least;
    others.most += ranges_[part].most;
  }
  if (sum.whole == node) return others;
  return {ranges_[sum.whole].least - others.most, ranges_[sum.whole].most - others.least};
}

std::vector<size_t> Counts::SumsOf(Node node) const {
  std::vector<size_t> sums = counts_[node].sums;
  std::stable_sort(sums.begin(), sums.end(), [&](size_t one, size_t other) {
    return From(sums_[one], node).Width() < From(sums_[other], node).Width();
  });
  return sums;
}

bool Counts::HideFor(Node node) {
  for (const size_t sum : SumsOf(node)) {
    if (HideIn(sums_[sum], node, counts_[node].rank)) return true;
    // Its own parts, small ones that add up to nearly all of it.
    if (sums_[sum].line && sums_[sum].whole == node && WithholdAll(sums_[sum].parts)) return true;
  }
  return false;
}

bool Counts::WithholdAll(const std::vector<Node>& nodes) {
  bool changed = false;
  for (const Node node : nodes) {
    Count& count = counts_[node];
    if (count.kind != Kind::kPublished || count.withheld) continue;
    count.status = v1::Cell::STATUS_SUPPRESSED_SECONDARY;
    count.secondary = {0, kUnbounded};
    count.withheld = changed = true;
  }
  return changed;
}

bool Counts::Withhold(Node node) {
  for (const size_t sum : SumsOf(node)) {
    if (sums_[sum].line && sums_[sum].whole != node && WithholdAll(sums_[sum].parts)) return true;
  }
  std::vector<Node> table;
  for (Node other = 0; other < counts_.size(); ++other) {
    if (counts_[other].table == counts_[node].table) table.push_back(other);
  }
  return WithholdAll(table);
}

bool Counts::WithholdNear(Node node) {
  for (const size_t sum : SumsOf(node)) {
    std::vector<Node> near = sums_[sum].parts;
    near.push_back(sums_[sum].whole);
    for (const Node other : near) {
      const Count& count = counts_[other];
      if (count.kind == Kind::kPublished && count.rank >= kRankBetween && Withhold(other)) return true;
    }
  }
  return false;
}

void Counts::Protect() {
  while (true) {
    while (CompleteLines()) {
    }
    Audit();
    Node node = 0;
    while (node < counts_.size() && !Gives(node)) ++node;
    if (node == counts_.size()) return;
    if (HideFor(node)) continue;
    const bool withheld = counts_[node].kind == Kind::kPublished ? Withhold(node) : WithholdNear(node);
    counts_[node].given_up = !withheld;
  }
}

PublishableCell Counts::Show(Node node) const {
  const Count& count = counts_[node];
  if (IsHidden(node)) return {count.status, std::nullopt};
  return {count.status, count.status == v1::Cell::STATUS_EXACT ? 0 : Rounded(count.truth)};
}

}  // namespace equity::statistics

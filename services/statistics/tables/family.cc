#include "services/statistics/tables/family.h"

#include <algorithm>
#include <utility>

namespace equity::statistics {
namespace {

using Axes = Family::Axes;

const Axes kTotal = {};
const Axes kByOrganisation = {Family::Axis::kOrganisation};
const Axes kBySector = {Family::Axis::kSector};
const Axes kByPlace = {Family::Axis::kPlace};
const Axes kByColumn = {Family::Axis::kColumn};
const Axes kBySectorAndPlace = {Family::Axis::kSector, Family::Axis::kPlace};
const Axes kBySectorAndColumn = {Family::Axis::kSector, Family::Axis::kColumn};
const Axes kByPlaceAndColumn = {Family::Axis::kPlace, Family::Axis::kColumn};
const Axes kByAll = {Family::Axis::kSector, Family::Axis::kPlace, Family::Axis::kColumn};

// How fine a table is: the numbers of a share are parts of who attended, and organisations of sectors and places.
int RankOf(Family::Part part, const Axes& axes) {
  const bool of_attended = part == Family::Part::kEligible || part == Family::Part::kNotYetDue;
  const int parts = part == Family::Part::kAll ? 0 : of_attended ? 1 : 2;
  return parts + (axes == kByOrganisation ? 2 : static_cast<int>(axes.size()));
}

}  // namespace

size_t Family::Size(const Axes& axes) const {
  size_t size = 1;
  for (const Axis axis : axes) {
    size *= axis == Axis::kOrganisation ? crowd_.organisations()
            : axis == Axis::kSector     ? crowd_.sectors
            : axis == Axis::kPlace      ? crowd_.places
                                        : crowd_.columns;
  }
  return size;
}

size_t Family::Index(const Axes& axes, size_t organisation, size_t column) const {
  size_t index = 0;
  for (const Axis axis : axes) {
    index *= Size({axis});
    index += axis == Axis::kOrganisation ? organisation
             : axis == Axis::kSector     ? crowd_.sector[organisation]
             : axis == Axis::kPlace      ? crowd_.place[organisation]
                                         : column;
  }
  return index;
}

Family::Nodes Family::Make(Way way, const Axes& axes, const std::vector<int64_t>& values, int rank) {
  const size_t organisations = crowd_.organisations();
  const size_t columns = organisations == 0 ? 0 : values.size() / organisations;
  std::vector<int64_t> truths(Size(axes));
  for (size_t organisation = 0; organisation < organisations; ++organisation) {
    for (size_t column = 0; column < columns; ++column) {
      truths[Index(axes, organisation, column)] += values[organisation * columns + column];
    }
  }
  Nodes nodes;
  nodes.reserve(truths.size());
  const int table = static_cast<int>(tables_.size());
  for (const int64_t truth : truths) {
    nodes.push_back(way == Way::kPublished ? counts_.Published(truth, table, rank)
                    : way == Way::kBetween ? counts_.Between(truth)
                                           : counts_.Known(truth));
  }
  return nodes;
}

Family::Nodes Family::Publish(Part part, const Axes& axes, const std::vector<int64_t>& values) {
  Nodes nodes = Make(Way::kPublished, axes, values, RankOf(part, axes));
  tables_.emplace(std::make_pair(part, axes), nodes);
  return nodes;
}

void Family::Add(const Axes& whole, const Nodes& wholes, const Axes& part, const Nodes& parts, bool line) {
  std::vector<Nodes> sums(wholes.size());
  std::vector<bool> seen(parts.size());
  const auto has_columns = [](const Axes& axes) {
    return std::find(axes.begin(), axes.end(), Axis::kColumn) != axes.end();
  };
  const size_t columns = has_columns(part) || has_columns(whole) ? crowd_.columns : 1;
  for (size_t organisation = 0; organisation < crowd_.organisations(); ++organisation) {
    for (size_t column = 0; column < columns; ++column) {
      const size_t index = Index(part, organisation, column);
      if (seen[index]) continue;
      seen[index] = true;
      sums[Index(whole, organisation, column)].push_back(parts[index]);
    }
  }
  for (size_t i = 0; i < wholes.size(); ++i) {
    if (!sums[i].empty()) counts_.Add(wholes[i], std::move(sums[i]), line);
  }
}

void Family::AddBySectorAndPlace(const Nodes& total, const Nodes& sectors, const Nodes& places, const Nodes& both) {
  Add(kTotal, total, kBySector, sectors, true);
  Add(kTotal, total, kByPlace, places, true);
  Add(kBySector, sectors, kBySectorAndPlace, both, true);
  Add(kByPlace, places, kBySectorAndPlace, both, true);
}

Family Family::OfPeople(const Crowd& crowd, bool total_known) {
  Family family(crowd);
  family.AddPeople(total_known);
  family.counts_.Protect();
  return family;
}

Family Family::OfOutcomes(const Crowd& crowd, const Outcomes& outcomes) {
  Family family(crowd);
  family.AddPeople(false);
  family.AddOutcomes(outcomes);
  family.counts_.Protect();
  return family;
}

void Family::AddPeople(bool total_known) {
  const auto publish = [&](const Axes& axes) { return Publish(Part::kAll, axes, crowd_.counts); };
  Nodes total = publish(kTotal);
  if (total_known) total = Make(Way::kKnown, kTotal, crowd_.counts);
  const Nodes organisations = publish(kByOrganisation);
  const Nodes sectors = publish(kBySector);
  const Nodes places = publish(kByPlace);
  const Nodes columns = publish(kByColumn);
  const Nodes both = publish(kBySectorAndPlace);
  const Nodes sectors_columns = publish(kBySectorAndColumn);
  const Nodes places_columns = publish(kByPlaceAndColumn);
  const Nodes all = Make(Way::kBetween, kByAll, crowd_.counts);
  AddBySectorAndPlace(total, sectors, places, both);
  Add(kTotal, total, kByOrganisation, organisations, true);
  Add(kTotal, total, kByColumn, columns, true);
  Add(kBySectorAndPlace, both, kByOrganisation, organisations, false);
  Add(kBySector, sectors, kBySectorAndColumn, sectors_columns, true);
  Add(kByPlace, places, kByPlaceAndColumn, places_columns, true);
  Add(kByColumn, columns, kBySectorAndColumn, sectors_columns, true);
  Add(kByColumn, columns, kByPlaceAndColumn, places_columns, true);
  Add(kBySectorAndPlace, both, kByAll, all, false);
  Add(kBySectorAndColumn, sectors_columns, kByAll, all, false);
  Add(kByPlaceAndColumn, places_columns, kByAll, all, false);
}

void Family::AddOutcomes(const Outcomes& outcomes) {
  const std::vector<Axes> tables = {kTotal, kBySector, kByPlace};
  // By total, sector, place, and by both of these, which is not published.
  const auto make = [&](std::optional<Part> part, const std::vector<int64_t>& values) {
    std::vector<Nodes> made;
    for (const Axes& axes : tables) {
      made.push_back(part ? Publish(*part, axes, values) : Make(Way::kBetween, axes, values));
    }
    made.push_back(Make(Way::kBetween, kBySectorAndPlace, values));
    AddBySectorAndPlace(made[0], made[1], made[2], made[3]);
    return made;
  };
  const auto split = [&](const Nodes& wholes, const Nodes& first, const Nodes& second) {
    for (size_t i = 0; i < wholes.size(); ++i) counts_.Add(wholes[i], {first[i], second[i]});
  };
  const std::vector<Nodes> eligible = make(Part::kEligible, outcomes.eligible);
  const std::vector<Nodes> not_yet_due = make(Part::kNotYetDue, outcomes.not_yet_due);
  for (size_t i = 0; i < eligible.size(); ++i) {
    split(Find(Part::kAll, i < tables.size() ? tables[i] : kBySectorAndPlace), eligible[i], not_yet_due[i]);
  }
  for (const Part part : {Part::kReachedFirst, Part::kReachedSecond}) {
    const std::vector<int64_t>& reached = outcomes.reached[part == Part::kReachedSecond];
    std::vector<int64_t> rest = outcomes.eligible;
    for (size_t i = 0; i < rest.size(); ++i) rest[i] -= reached[i];
    const std::vector<Nodes> these = make(part, reached);
    const std::vector<Nodes> others = make(std::nullopt, rest);
    for (size_t i = 0; i < eligible.size(); ++i) split(eligible[i], these[i], others[i]);
  }
}

Family Family::OfBookings(const Crowd& crowd, bool columns_known) {
  Family family(crowd);
  Nodes columns = family.Publish(Part::kAll, kByColumn, crowd.counts);
  family.Add(kTotal, family.Make(Way::kBetween, kTotal, crowd.counts), kByColumn, columns, true);
  if (columns_known) columns = family.Make(Way::kKnown, kByColumn, crowd.counts);
  const Nodes sectors = family.Publish(Part::kAll, kBySectorAndColumn, crowd.counts);
  const Nodes places = family.Publish(Part::kAll, kByPlaceAndColumn, crowd.counts);
  const Nodes all = family.Make(Way::kBetween, kByAll, crowd.counts);
  family.Add(kByColumn, columns, kBySectorAndColumn, sectors, true);
  family.Add(kByColumn, columns, kByPlaceAndColumn, places, true);
  family.Add(kBySectorAndColumn, sectors, kByAll, all, false);
  family.Add(kByPlaceAndColumn, places, kByAll, all, false);
  family.counts_.Protect();
  return family;
}

const Family::Nodes& Family::Find(Part part, const Axes& axes) const { return tables_.at({part, axes}); }

template <class Thing, class Of>
std::vector<Thing> Family::Each(Part part, const Axes& axes, const Of& of) const {
  std::vector<Thing> things;
  if (tables_.contains({part, axes})) {
    for (const Node node : Find(part, axes)) things.push_back(of(node));
    return things;
  }
  const Nodes& turned = Find(part, {axes.at(1), axes.at(0)});
  const size_t rows = Size({axes[0]});
  const size_t columns = Size({axes[1]});
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) things.push_back(of(turned[column * rows + row]));
  }
  return things;
}

std::vector<PublishableCell> Family::Table(Part part, const Axes& axes) const {
  return Each<PublishableCell>(part, axes, [&](Node node) { return counts_.Show(node); });
}

std::vector<std::pair<int64_t, int64_t>> Family::Ranges(Part part, const Axes& axes) const {
  return Each<std::pair<int64_t, int64_t>>(part, axes, [&](Node node) { return counts_.Range(node); });
}

}  // namespace equity::statistics

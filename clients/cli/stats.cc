// equityctl stats, equityctl measures, equityctl snapshots
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"
#include "equity/changes/v1/changes.pb.h"
#include "equity/statistics/v1/statistics.pb.h"

namespace equity::cli {
namespace {

using statistics::v1::Dimension;
using statistics::v1::GetSummaryResponse;
using statistics::v1::Measure;
using statistics::v1::Table;

struct StatisticsArguments {
  std::string challenge;
  std::string measure;
  std::string by;
  std::string tier;
  std::string as_of;
  std::string snapshot;
  bool is_public = false;
};

const std::vector<std::string> kStatisticsColumns = {"challenge", "measure",  "dimension",   "category", "dimension2",
                                                     "category2", "tier",     "value",       "status",   "data_as_of",
                                                     "numerator", "eligible", "not_yet_due", "snapshot"};

// A hidden number is an empty cell, never 0.
Cell ValueCell(const statistics::v1::Cell& cell) {
  if (cell.has_number()) return absl::StrCat(cell.number());
  return cell.has_value() ? Cell(int64_t{cell.value()}) : Cell();
}

std::string DimensionName(const Table& table, int index) {
  return index < table.dimensions_size() ? EnumName(static_cast<Dimension>(table.dimensions(index))) : "";
}

Cell OrNothing(bool has, int32_t number) { return has ? Cell(int64_t{number}) : Cell(); }

// What every row ends with: what a share is of, and where the numbers are frozen.
void AddEnd(const statistics::v1::Cell& cell, const std::string& snapshot, std::vector<Cell>& row) {
  row.push_back(OrNothing(cell.has_numerator(), cell.numerator()));
  row.push_back(OrNothing(cell.has_eligible(), cell.eligible()));
  row.push_back(OrNothing(cell.has_not_yet_due(), cell.not_yet_due()));
  row.push_back(snapshot);
}

// Several rows of one message: in JSON the message is printed once, as an object.
class Rows {
 public:
  Rows(Context& context, const google::protobuf::Message& message) : message_(message) {
    is_json_ = context.format() == Format::kJson;
    report_ = context.NewReport(is_json_ ? Shape::kOne : Shape::kList, kStatisticsColumns);
    if (is_json_) report_->Add(message_, {});
  }
  // `cells` without what AddEnd adds of `cell`.
  void Add(std::vector<Cell> cells, const statistics::v1::Cell& cell, const std::string& snapshot) {
    if (is_json_) return;
    AddEnd(cell, snapshot, cells);
    report_->Add(message_, cells);
  }
  void Finish() { report_->Finish(); }

 private:
  const google::protobuf::Message& message_;
  bool is_json_;
  std::unique_ptr<Report> report_;
};

ExitCode Show(Context& context, const Table& table) {
  Rows rows(context, table);
  for (const auto& cell : table.cells()) {
    rows.Add({table.challenge(), table.measure(), DimensionName(table, 0), cell.category(), DimensionName(table, 1),
              cell.category2(), EnumName(table.tier()), ValueCell(cell), EnumName(cell.status()),
              TimeCell(table.data_as_of(), table.has_data_as_of())},
             cell, table.snapshot());
  }
  rows.Finish();
  return kDone;
}

// The funnel, then the places of each session as measures of their own.
ExitCode Show(Context& context, const GetSummaryResponse& summary) {
  const std::string tier = EnumName(summary.tier());
  const Cell as_of = TimeCell(summary.data_as_of(), summary.has_data_as_of());
  Rows rows(context, summary);
  for (const auto& cell : summary.funnel()) {
    rows.Add(
        {summary.challenge(), cell.category(), "", "", "", "", tier, ValueCell(cell), EnumName(cell.status()), as_of},
        cell, summary.snapshot());
  }
  for (const auto& session : summary.sessions()) {
    const auto add = [&](const char* measure, const Cell& value, const std::string& status) {
      rows.Add({summary.challenge(), measure, "SESSION", session.session(), "", "", tier, value, status, as_of}, {},
               summary.snapshot());
    };
    add("session.capacity", int64_t{session.capacity()}, "EXACT");
    add("session.seated", int64_t{session.seated()}, "EXACT");
    add("session.waiting", int64_t{session.waiting()}, "EXACT");
    add("session.attended", ValueCell(session.attended()), EnumName(session.attended().status()));
  }
  rows.Finish();
  return kDone;
}

absl::StatusOr<std::vector<Dimension>> ParseDimensions(const std::string& by) {
  std::vector<Dimension> dimensions;
  for (const auto& name : absl::StrSplit(by, ',', absl::SkipWhitespace())) {
    ASSIGN_OR_RETURN(const auto dimension, ParseEnum<Dimension>("--by", std::string(absl::StripAsciiWhitespace(name))));
    dimensions.push_back(dimension);
  }
  return dimensions;
}

// The position after the newest change: whoever asks sees what they did just before.
absl::StatusOr<std::string> FeedPosition(Context& context) {
  changes::v1::GetFeedPositionRequest request;
  changes::v1::GetFeedPositionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return response.position();
}

absl::StatusOr<ExitCode> ShowSummary(Context& context, const std::string& challenge, statistics::v1::Tier tier) {
  statistics::v1::GetSummaryRequest request;
  request.set_challenge(challenge);
  request.set_tier(tier);
  ASSIGN_OR_RETURN(*request.mutable_min_feed_position(), FeedPosition(context));
  statistics::v1::GetSummaryResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response);
}

// What anyone may see needs no credential, and so does not wait for what the caller did just before.
absl::StatusOr<ExitCode> ShowPublicSummary(Context& context, const std::string& challenge) {
  statistics::v1::GetPublicSummaryRequest request;
  request.set_challenge(challenge);
  statistics::v1::GetPublicSummaryResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.summary());
}

absl::StatusOr<ExitCode> ShowTable(Context& context, statistics::v1::QueryTableRequest request) {
  ASSIGN_OR_RETURN(*request.mutable_min_feed_position(), FeedPosition(context));
  statistics::v1::QueryTableResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.table());
}

// The name of a snapshot; a week alone is that of the only challenge, or of the one that is given.
absl::StatusOr<std::string> SnapshotName(Context& context, const StatisticsArguments& arguments) {
  if (absl::StrContains(arguments.snapshot, '/')) return arguments.snapshot;
  const std::string week = absl::AsciiStrToLower(arguments.snapshot);
  if (!arguments.challenge.empty()) return absl::StrCat(ChallengeName(arguments.challenge), "/snapshots/", week);
  statistics::v1::ListSnapshotsRequest request;
  request.set_parent("challenges/-");
  request.set_page_size(1000);
  statistics::v1::ListSnapshotsResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  std::vector<std::string> names;
  for (const auto& snapshot : response.snapshots()) {
    if (absl::EndsWith(snapshot.name(), "/" + week)) names.push_back(snapshot.name());
  }
  if (names.size() == 1) return names.front();
  if (names.empty()) return absl::NotFoundError("There is no snapshot of that week; `equityctl snapshots` lists them.");
  return absl::InvalidArgumentError("--challenge must say which of: " + absl::StrJoin(names, ", "));
}

absl::StatusOr<ExitCode> ShowSnapshot(Context& context, const std::string& name) {
  statistics::v1::GetSnapshotRequest request;
  request.set_name(name);
  statistics::v1::GetSnapshotResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.summary());
}

absl::StatusOr<ExitCode> Snapshots(Context& context, const StatisticsArguments& arguments) {
  const auto report = context.NewReport(
      Shape::kList, {"snapshot", "week", "end_time", "feed_position", "freeze_time", "sha256", "late_records"});
  statistics::v1::ListSnapshotsRequest request;
  request.set_parent(arguments.challenge.empty() ? "challenges/-" : ChallengeName(arguments.challenge));
  do {
    statistics::v1::ListSnapshotsResponse response;
    RETURN_IF_ERROR(context.Call(request, &response));
    for (const auto& snapshot : response.snapshots()) {
      report->Add(snapshot,
                  {snapshot.name(), snapshot.week(), TimeCell(snapshot.end_time(), true), snapshot.feed_position(),
                   TimeCell(snapshot.freeze_time(), true), snapshot.sha256(), int64_t{snapshot.late_records()}});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> ShowPublicTable(Context& context, const statistics::v1::QueryTableRequest& table) {
  statistics::v1::QueryPublicTableRequest request;
  request.set_challenge(table.challenge());
  request.set_measure(table.measure());
  *request.mutable_dimensions() = table.dimensions();
  request.set_snapshot(table.snapshot());
  statistics::v1::QueryPublicTableResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.table());
}

// What is asked for must not be left out in silence.
absl::Status CheckExactness(const StatisticsArguments& arguments, statistics::v1::Tier tier) {
  const bool frozen = !arguments.snapshot.empty();
  if (frozen || arguments.is_public) {
    const char* what = frozen ? "with --snapshot: a frozen week holds" : "with --public: anyone may see";
    if (tier == statistics::v1::TIER_OPERATIONAL) {
      return absl::InvalidArgumentError(
          absl::StrCat("--tier must be PUBLISHABLE, or left out, ", what, " publishable numbers only."));
    }
    if (!arguments.as_of.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("--as-of must be left out ", what, " publishable numbers only."));
    }
  }
  if (!arguments.as_of.empty() && arguments.measure.empty()) {
    return absl::InvalidArgumentError("--as-of needs --measure; `equityctl measures` lists them.");
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Stats(Context& context, const StatisticsArguments& arguments) {
  auto tier = statistics::v1::TIER_UNSPECIFIED;
  if (!arguments.tier.empty()) {
    ASSIGN_OR_RETURN(tier, ParseEnum<statistics::v1::Tier>("--tier", arguments.tier));
  }
  RETURN_IF_ERROR(CheckExactness(arguments, tier));
  ASSIGN_OR_RETURN(const auto dimensions, ParseDimensions(arguments.by));
  if (arguments.measure.empty()) {
    if (!dimensions.empty()) {
      return absl::InvalidArgumentError("--by needs --measure; `equityctl measures` lists them.");
    }
    if (!arguments.snapshot.empty()) {
      ASSIGN_OR_RETURN(const std::string snapshot, SnapshotName(context, arguments));
      return ShowSnapshot(context, snapshot);
    }
    if (arguments.is_public) return ShowPublicSummary(context, ChallengeName(arguments.challenge));
    return ShowSummary(context, ChallengeName(arguments.challenge), tier);
  }
  statistics::v1::QueryTableRequest request;
  request.set_challenge(ChallengeName(arguments.challenge));
  request.set_measure(arguments.measure);
  request.set_tier(tier);
  request.set_hierarchy_as_of(arguments.as_of);
  for (const Dimension dimension : dimensions) request.add_dimensions(dimension);
  if (!arguments.snapshot.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_snapshot(), SnapshotName(context, arguments));
  }
  // A snapshot is public, and does not change.
  return arguments.is_public || !arguments.snapshot.empty() ? ShowPublicTable(context, request)
                                                            : ShowTable(context, std::move(request));
}

// Such as `;SECTOR;SECTOR,PLACE`: the total is a breakdown by nothing.
std::string Publishable(const Measure& measure) {
  return absl::StrJoin(measure.publishable(), ";", [](std::string* out, const auto& breakdown) {
    out->append(absl::StrJoin(breakdown.dimensions(), ",", [](std::string* name, int dimension) {
      name->append(EnumName(static_cast<Dimension>(dimension)));
    }));
  });
}

absl::StatusOr<ExitCode> Measures(Context& context, const StatisticsArguments&) {
  statistics::v1::ListMeasuresRequest request;
  statistics::v1::ListMeasuresResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(
      Shape::kList, {"measure", "name", "definition", "unit", "cohort_date", "dimensions", "kind", "publishable"});
  for (const Measure& measure : response.measures()) {
    const std::string dimensions = absl::StrJoin(measure.dimensions(), ";", [](std::string* out, int dimension) {
      out->append(EnumName(static_cast<Dimension>(dimension)));
    });
    report->Add(measure, {measure.id(), measure.display_name(), measure.definition(), measure.unit(),
                          measure.cohort_date(), dimensions, EnumName(measure.kind()), Publishable(measure)});
  }
  report->Finish();
  return kDone;
}

}  // namespace

void AddStatistics(CLI::App& app, Context& context) {
  Group<StatisticsArguments> group(app, context);
  StatisticsArguments& arguments = group.arguments();
  auto* stats = group.New("stats", "The numbers of a challenge", Stats);
  stats->add_option("--challenge", arguments.challenge, "The challenge, where there is more than one");
  stats->add_option("--measure", arguments.measure, "One measure, such as people.registered");
  stats->add_option("--by", arguments.by,
                    "ORGANISATION, SECTOR, PLACE, SESSION, ISO_WEEK, DAY_BAND, STATE or PROGRAMME, or two of them");
  stats->add_option("--tier", arguments.tier, "OPERATIONAL or PUBLISHABLE; the most exact you may have unless given");
  stats->add_option("--as-of", arguments.as_of, "Go by the sectors and places of this day, YYYY-MM-DD");
  stats->add_option("--snapshot", arguments.snapshot, "The frozen numbers of a week, such as 2021-W30");
  stats->add_flag("--public", arguments.is_public, "What anyone may see; needs no credential");
  group.New("snapshots", "The frozen numbers of past weeks", Snapshots)
      ->add_option("--challenge", arguments.challenge, "Of this challenge only");
  group.New("measures", "What is counted, and how", Measures);
}

}  // namespace equity::cli

#include "services/statistics/numbers.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/feed/position.h"
#include "common/status/macros.h"
#include "services/statistics/errors.h"
#include "services/statistics/model/progress.h"
#include "services/statistics/snapshots.h"
#include "services/statistics/summary.h"
#include "services/statistics/tables/facts.h"
#include "services/statistics/tables/tables.h"

namespace equity::statistics {
namespace {

constexpr absl::Duration kLongestWait = absl::Seconds(5);
// The answer needs a moment to arrive before the caller gives up.
constexpr absl::Duration kAnswerTime = absl::Milliseconds(100);

// That sectors and places of that day are known.
absl::Status CheckHierarchy(sql::ReadTransaction& transaction, const Question& question) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(question.hierarchy_as_of, &day)) return absl::OkStatus();
  const absl::CivilDay today = absl::ToCivilDay(question.now, London());
  const absl::CivilDay first = FirstHierarchy(transaction, question.generation).value_or(today);
  if (day >= first && day <= today) return absl::OkStatus();
  return status::InvalidField("hierarchy_as_of",
                              absl::StrCat("must be from ", absl::FormatCivilTime(first),
                                           ", the first day of which sectors and places are known, to ",
                                           absl::FormatCivilTime(today), ", today"));
}

template <class Request>
absl::StatusOr<v1::Table> MakeTable(sql::ReadTransaction& transaction, const Request& request,
                                    const Admission& admission, absl::Time now, const std::string& hierarchy_as_of) {
  Question question{.generation = InUse(transaction),
                    .tier = admission.tier,
                    .organisation = admission.organisation,
                    .now = now,
                    .hierarchy_as_of = hierarchy_as_of};
  ASSIGN_OR_RETURN(question.measure, CheckQuestion(request.measure(), request.dimensions()));
  if (!request.snapshot().empty()) {
    if (question.measure->confidential()) return TableNotPublishable();
    return FrozenTable(transaction, request.snapshot(), request.measure(), request.dimensions());
  }
  for (const int dimension : request.dimensions()) question.dimensions.push_back(static_cast<v1::Dimension>(dimension));
  ASSIGN_OR_RETURN(question.challenge, FindChallenge(transaction, question.generation, request.challenge()));
  RETURN_IF_ERROR(CheckHierarchy(transaction, question));
  ASSIGN_OR_RETURN(const auto cells, Tabulate(transaction, question));
  v1::Table table;
  table.set_challenge(question.challenge.name);
  table.set_measure(request.measure());
  *table.mutable_dimensions() = request.dimensions();
  table.set_tier(question.tier);
  table.mutable_cells()->Assign(cells.begin(), cells.end());
  table.set_hierarchy_as_of(hierarchy_as_of.empty() ? absl::FormatTime("%Y-%m-%d", now, London()) : hierarchy_as_of);
  DescribeProgress(ReadProgress(transaction, question.generation), table);
  return table;
}

// What a frozen table, and the publishable tier, have not.
absl::Status CheckTier(const v1::QueryTableRequest& request, const Admission& admission) {
  if (!request.snapshot().empty() && request.tier() == v1::TIER_OPERATIONAL) {
    return status::InvalidField("tier", "must be TIER_PUBLISHABLE, or left out, for a snapshot");
  }
  const bool publishable = admission.tier == v1::TIER_PUBLISHABLE || !request.snapshot().empty();
  if (publishable && !request.hierarchy_as_of().empty()) {
    return status::InvalidField("hierarchy_as_of", "is for the operational tier");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Admission> Admit(const auth::Principal& caller, v1::Tier asked) {
  const bool partner = caller.Has(auth::Scope::SCOPE_PARTNER) && caller.IsBound();
  const bool operational = caller.Has(auth::Scope::SCOPE_CENTRAL_TEAM) || partner;
  if (asked == v1::TIER_OPERATIONAL && !operational) return TierNotAllowed();
  if (!operational || asked == v1::TIER_PUBLISHABLE) return Admission{v1::TIER_PUBLISHABLE, ""};
  return Admission{v1::TIER_OPERATIONAL, caller.IsBound() ? "organisations/" + caller.organisation : ""};
}

absl::StatusOr<Admission> AdmitToTable(const auth::Principal& caller, v1::Tier asked, const Measure& measure) {
  if (!measure.confidential()) return Admit(caller, asked);
  // Whom GetFeedbackSummary answers.
  const bool may_read = caller.Has(auth::Scope::SCOPE_CENTRAL_TEAM) || caller.Has(auth::Scope::SCOPE_FACILITATOR) ||
                        caller.Has(auth::Scope::SCOPE_ANALYST);
  if (!may_read) return MeasureNotAllowed();
  if (asked == v1::TIER_PUBLISHABLE) return TableNotPublishable();
  return Admission{v1::TIER_OPERATIONAL, ""};
}

absl::StatusOr<v1::GetSummaryResponse> Numbers::GetSummary(const rpc::Context& context,
                                                           const v1::GetSummaryRequest& request) {
  ASSIGN_OR_RETURN(const Admission admission, Admit(context.caller(), request.tier()));
  RETURN_IF_ERROR(WaitFor(context, request.min_feed_position()));
  v1::GetSummaryResponse response;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(response,
                     Summarise(transaction, InUse(transaction), request.challenge(), admission, context.now()));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::QueryTableResponse> Numbers::QueryTable(const rpc::Context& context,
                                                           const v1::QueryTableRequest& request) {
  ASSIGN_OR_RETURN(const Measure* measure, CheckQuestion(request.measure(), request.dimensions()));
  ASSIGN_OR_RETURN(const Admission admission, AdmitToTable(context.caller(), request.tier(), *measure));
  RETURN_IF_ERROR(CheckTier(request, admission));
  RETURN_IF_ERROR(WaitFor(context, request.min_feed_position()));
  v1::QueryTableResponse response;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(*response.mutable_table(),
                     MakeTable(transaction, request, admission, context.now(), request.hierarchy_as_of()));
    return absl::OkStatus();
  }));
  return response;
}

absl::Status Numbers::WaitFor(const rpc::Context& context, const std::string& min_feed_position) {
  ASSIGN_OR_RETURN(const feed::Position wanted, feed::Parse(min_feed_position, "min_feed_position"));
  if (wanted.empty()) return absl::OkStatus();
  const absl::Time last = std::min(absl::Now() + kLongestWait, context.deadline() - kAnswerTime);
  exec::CommitSignal signal;
  runtime_.store()->Subscribe(&signal);
  const auto unsubscribe = absl::MakeCleanup([&] { runtime_.store()->Unsubscribe(&signal); });
  while (true) {
    bool counted = false;
    RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
      counted = ReadProgress(transaction, InUse(transaction)).Reaches(wanted);
      return absl::OkStatus();
    }));
    if (counted) return absl::OkStatus();
    const absl::Duration left = last - absl::Now();
    if (left <= absl::ZeroDuration() || runtime_.shared().draining) return StatisticsBehind();
    signal.Wait(std::min(left, absl::Milliseconds(200)));
  }
}

absl::StatusOr<v1::GetPublicSummaryResponse> GetPublicSummary(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::GetPublicSummaryRequest& request) {
  v1::GetPublicSummaryResponse response;
  ASSIGN_OR_RETURN(*response.mutable_summary(), Summarise(transaction, InUse(transaction), request.challenge(),
                                                          {v1::TIER_PUBLISHABLE, ""}, context.now()));
  return response;
}

absl::StatusOr<v1::QueryPublicTableResponse> QueryPublicTable(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::QueryPublicTableRequest& request) {
  v1::QueryPublicTableResponse response;
  ASSIGN_OR_RETURN(*response.mutable_table(),
                   MakeTable(transaction, request, {v1::TIER_PUBLISHABLE, ""}, context.now(), ""));
  return response;
}

absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const rpc::Context&, sql::ReadTransaction&,
                                                      const v1::ListMeasuresRequest&) {
  v1::ListMeasuresResponse response;
  for (const Measure& measure : Measures()) {
    v1::Measure& listed = *response.add_measures();
    listed.set_id(measure.id);
    listed.set_display_name(measure.title);
    listed.set_definition(measure.definition);
    listed.set_unit(measure.unit);
    listed.set_cohort_date(measure.cohort_date);
    for (const v1::Dimension dimension : measure.dimensions) listed.add_dimensions(dimension);
    listed.set_disclosure_controlled(measure.disclosure_controlled());
    listed.set_kind(measure.kind);
    for (const auto& dimensions : measure.Publishable()) {
      listed.add_publishable()->mutable_dimensions()->Assign(dimensions.begin(), dimensions.end());
    }
  }
  return response;
}

}  // namespace equity::statistics

// What of a question who may see.
#include <algorithm>
#include <map>

#include "common/status/macros.h"
#include "common/working_time/waiting.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/group.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

bool IsOwn(const store::Request& request, const Reader& reader) {
  return !reader.organisation.empty() && reader.organisation == request.organisation;
}

v1::Waiting WaitingOf(const rpc::Context& context, const store::Request& request) {
  const Group& group = GroupOf(context);
  const int64_t target = int64_t{group.policy.response_days} * kMinutesPerWorkingDay;
  const absl::Time now = context.now();
  v1::Waiting waiting;
  int64_t minutes = request.waited;
  if (request.waiting_since) {
    minutes += group.calendar.Minutes(*request.waiting_since, now);
    SetTime(*waiting.mutable_due_time(),
            group.calendar.After(*request.waiting_since, std::max<int64_t>(0, target - request.waited)));
  }
  waiting.set_minutes(static_cast<int32_t>(minutes));
  waiting.set_running(request.waiting_since.has_value());
  waiting.set_overdue(minutes > target);
  waiting.set_calendar(group.calendar.version());
  waiting.set_beyond_calendar(!group.calendar.Covers(request.create_time, request.answer_time.value_or(now)));
  return waiting;
}

// Who said it: the same under one question, and nothing beyond it.
void AddContributions(const store::Request& request, const Reader& reader, std::vector<store::Contribution> said,
                      v1::AdviceRequest& view) {
  std::map<std::string, int> contributors;
  for (store::Contribution& each : said) {
    v1::Contribution& message = *view.add_contributions();
    message = std::move(each.message);
    message.set_name(ChildName(request.message.name(), "contributions", message.name()));
    if (each.by_asker) {
      message.set_author("Questioner");
    } else {
      const int number = contributors.try_emplace(message.member(), contributors.size() + 1).first->second;
      message.set_author(absl::StrCat("Contributor ", number));
    }
    if (reader.group) continue;
    message.clear_member();
    if (!message.hidden()) continue;
    message.clear_body();
    message.clear_references();
  }
}

absl::StatusOr<absl::Time> DayOr(const std::string& text, int days_later, absl::Time otherwise) {
  absl::CivilDay day;
  if (text.empty() || !absl::ParseCivilTime(text, &day)) return otherwise;
  return London().At(absl::CivilSecond(day + days_later)).pre;
}

double Days(int64_t minutes) { return static_cast<double>(minutes) / kMinutesPerWorkingDay; }

}  // namespace

bool MayRead(const store::Request& request, const Reader& reader) {
  if (reader.group || IsOwn(request, reader)) return true;
  return request.message.audience() == v1::AUDIENCE_ICS && request.visibility == 0;
}

v1::AdviceRequest ViewOf(const rpc::Context& context, const store::Request& request, const Reader& reader) {
  v1::AdviceRequest view = request.message;
  if (!reader.group) view.clear_assignees();
  if (!reader.group && !IsOwn(request, reader)) {
    view.clear_asker();
    view.clear_plan();
  }
  *view.mutable_waiting() = WaitingOf(context, request);
  if (request.expire_time) SetTime(*view.mutable_expire_time(), *request.expire_time);
  SetTime(*view.mutable_create_time(), request.create_time);
  SetTime(*view.mutable_update_time(), request.update_time);
  return view;
}

v1::AdviceRequest WholeViewOf(const rpc::Context& context, sql::ReadTransaction& transaction,
                              const store::Request& request, const Reader& reader) {
  v1::AdviceRequest view = ViewOf(context, request, reader);
  AddContributions(request, reader, store::Contributions(transaction, request.number), view);
  return view;
}

absl::Status RefillView(const rpc::Context& context, sql::ReadTransaction& transaction, v1::AdviceRequest& request) {
  const auto found = store::FindRequest(transaction, Id(request.name()));
  const Reader reader = ReaderOf(context);
  if (!found || !MayRead(*found, reader)) return status::NotFound();
  request = WholeViewOf(context, transaction, *found, reader);
  return absl::OkStatus();
}

absl::StatusOr<v1::GetRequestResponse> GetRequest(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetRequestRequest& request) {
  v1::GetRequestResponse response;
  response.mutable_request()->set_name(request.name());
  RETURN_IF_ERROR(RefillView(context, transaction, *response.mutable_request()));
  return response;
}

absl::StatusOr<v1::ListRequestsResponse> ListRequests(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListRequestsRequest& request) {
  const store::RequestFilter filter{
      .states = Set(request.states()), .assignee = request.assignee(), .only_waiting = request.only_waiting()};
  const std::string binding =
      absl::StrCat("ListRequests|", filter.states, "|", filter.assignee, "|", filter.only_waiting, "|");
  ASSIGN_OR_RETURN(const int64_t after, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  const Reader reader = ReaderOf(context);
  auto found = store::ListRequests(transaction, reader, filter, after, size + 1);
  v1::ListRequestsResponse response;
  response.set_next_page_token(NextPage(binding, size, found));
  for (const auto& each : found) *response.add_requests() = ViewOf(context, each, reader);
  return response;
}

absl::StatusOr<v1::GetWaitingTimesResponse> GetWaitingTimes(const rpc::Context& context,
                                                            sql::ReadTransaction& transaction,
                                                            const v1::GetWaitingTimesRequest& request) {
  const Group& group = GroupOf(context);
  ASSIGN_OR_RETURN(const absl::Time from, DayOr(request.submitted_from(), 0, absl::FromUnixMicros(0)));
  ASSIGN_OR_RETURN(const absl::Time until, DayOr(request.submitted_until(), 1, context.now() + absl::Hours(24 * 365)));
  const int64_t target = int64_t{group.policy.response_days} * kMinutesPerWorkingDay;
  v1::GetWaitingTimesResponse response;
  std::vector<Wait> waits;
  for (const store::WaitingRequest& each : store::WaitingRequests(transaction, from, until)) {
    int64_t minutes = each.waited;
    if (each.waiting_since) minutes += group.calendar.Minutes(*each.waiting_since, context.now());
    waits.push_back({.minutes = minutes, .answered = each.answered});
    if (each.answered) {
      response.set_answered(response.answered() + 1);
      if (minutes <= target) response.set_answered_in_time(response.answered_in_time() + 1);
    } else if (each.waiting_since) {
      response.set_open(response.open() + 1);
      response.set_longest_open_days(std::max(response.longest_open_days(), Days(minutes)));
    }
  }
  if (const auto median = AnsweredBy(0.5, waits)) response.set_median_days(Days(*median));
  if (const auto p90 = AnsweredBy(0.9, waits)) response.set_p90_days(Days(*p90));
  response.set_target_days(group.policy.response_days);
  response.set_calendar(group.calendar.version());
  return response;
}

}  // namespace equity::referencegroup

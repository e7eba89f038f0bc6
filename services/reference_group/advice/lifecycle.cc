// How a question goes from one state to the next, and its clock.
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/group.h"
#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;

bool RunsIn(RequestState state) {
  return state == R::STATE_SUBMITTED || state == R::STATE_TRIAGED || state == R::STATE_ASSIGNED;
}

void SetClock(const Group& group, store::Request& request, absl::Time now) {
  const bool runs = !request.answer_time && RunsIn(request.message.state());
  if (runs == request.waiting_since.has_value()) return;
  if (runs) {
    request.waiting_since = now;
  } else {
    request.waited += group.calendar.Minutes(*request.waiting_since, now);
    request.waiting_since.reset();
  }
}

void SetExpiry(const Group& group, store::Request& request, absl::Time now) {
  const auto after_days = [&](int days) { return group.calendar.After(now, int64_t{days} * kMinutesPerWorkingDay); };
  request.expire_time.reset();
  if (request.message.state() == R::STATE_NEEDS_INFO) request.expire_time = after_days(group.policy.lapse_days);
  if (request.message.state() == R::STATE_RESPONDED) request.expire_time = after_days(group.policy.close_days);
}

void EmitRequest(rpc::WriteContext& context, const store::Request& request, RequestState previous) {
  changes::v1::Change change;
  change.set_organisation(NameOrEmpty(kOrganisations, request.organisation));
  changes::v1::AdviceEvent& event = *change.mutable_advice_event();
  using State = changes::v1::AdviceEvent::State;
  event.set_request(request.message.name());
  event.set_previous_state(static_cast<State>(previous));
  event.set_state(static_cast<State>(request.message.state()));
  event.set_waiting_minutes(static_cast<int32_t>(request.waited));
  event.set_waiting(request.waiting_since.has_value());
  event.set_answered(request.answer_time.has_value());
  context.Emit(std::move(change));
}

}  // namespace

absl::Time TimeFor(const store::Request& request, absl::Time now) {
  return Stored(request.message.anonymous() ? StartOfDay(now) : now);
}

absl::Status Enter(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                   RequestAction action) {
  const RequestState previous = request.message.state();
  const auto next = NextState(previous, action, !request.message.assignees().empty());
  if (!next) return errors::WrongState(R::State_Name(previous));
  const Group& group = GroupOf(context);
  const absl::Time now = Stored(context.now());
  const bool answers = action == RequestAction::kRespond;
  request.message.set_state(*next);
  if (answers && !request.answer_time) request.answer_time = now;
  // The clock of an anonymous question goes by days until it is answered: minutes would tell when somebody asked.
  SetClock(group, request, answers ? now : TimeFor(request, now));
  if (action != RequestAction::kUpdate) SetExpiry(group, request, now);
  request.update_time = TimeFor(request, context.now());
  store::UpdateRequest(transaction, request);
  if (action != RequestAction::kUpdate) EmitRequest(context, request, previous);
  return absl::OkStatus();
}

void asker::Submit(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                   const v1::AdviceRequest& wanted, std::string id) {
  v1::AdviceRequest& message = request.message;
  request.id = std::move(id);
  message.set_name(Name(kAdvice, request.id));
  message.set_state(R::STATE_SUBMITTED);
  message.set_audience(wanted.audience() == v1::AUDIENCE_UNSPECIFIED ? v1::AUDIENCE_GROUP_ONLY : wanted.audience());
  *message.mutable_topics() = wanted.topics();
  *message.mutable_dimensions() = wanted.dimensions();
  message.set_four_a(wanted.four_a());
  message.set_needed_by(wanted.needed_by());
  request.create_time = request.update_time = TimeFor(request, context.now());
  request.waiting_since = request.create_time;
  message.set_etag("1");
  request.number = store::InsertRequest(transaction, request);
  context.SetResource(message.name());
  EmitRequest(context, request, R::STATE_UNSPECIFIED);
}

}  // namespace equity::referencegroup

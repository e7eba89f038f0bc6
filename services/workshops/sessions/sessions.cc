#include "services/workshops/sessions/sessions.h"

#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/workshops/bookings/seat.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/programme/store.h"
#include "services/workshops/sessions/lists.h"
#include "services/workshops/updates.h"

namespace equity::workshops {
namespace {

constexpr const char* kChangeableOfSession[] = {"capacity", "platform"};

void Emit(rpc::WriteContext& context, const store::Session& session) {
  changes::v1::Change change;
  changes::v1::SessionEvent& event = *change.mutable_session_event();
  event.set_session(session.message.name());
  event.set_challenge(session.challenge);
  event.set_date(session.message.date());
  event.set_capacity(session.message.capacity());
  event.set_cancelled(session.cancelled);
  context.Emit(std::move(change));
}

std::optional<store::Session> FindSession(sql::ReadTransaction& transaction, std::string_view name) {
  return store::FindSession(transaction, Segment(name, 1), ChildId(name));
}

absl::Status InvalidSession(const v1::Session& session, const SessionTimes* times) {
  std::vector<status::FieldFault> faults;
  if (session.date().empty()) faults.push_back({"session.date", "must be set"});
  if (session.start().empty()) faults.push_back({"session.start", "must be set"});
  if (session.capacity() < 1) faults.push_back({"session.capacity", "must be at least 1"});
  if (times != nullptr && !times->fault.empty()) faults.push_back({"session." + times->field, times->fault});
  return faults.empty() ? absl::OkStatus() : status::InvalidFields(faults);
}

std::string FreeSessionId(sql::ReadTransaction& transaction, std::string_view workshop, const v1::Session& session) {
  for (int copy = 1;; ++copy) {
    std::string id = SessionId(session.date(), session.start(), copy);
    if (!store::SessionIdTaken(transaction, workshop, id)) return id;
  }
}

}  // namespace

store::Session AddSession(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view workshop,
                          const v1::Session& session, const SessionTimes& times) {
  const std::string id = FreeSessionId(transaction, workshop, session);
  store::InsertSession(transaction, workshop, id, session, times, context.now());
  store::Session added = *store::FindSession(transaction, workshop, id);
  Emit(context, added);
  return added;
}

absl::StatusOr<std::vector<std::string>> ChangeSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                       const store::Session& session, const SessionChange& change) {
  if (session.cancelled) return errors::SessionCancelled(session.places);
  if (session.start <= context.now()) return errors::SessionInPast(session.places);
  std::vector<std::string> promoted;
  const std::string platform = text::Nfc(change.platform.value_or(session.message.platform()));
  const int capacity = change.capacity.value_or(session.places.capacity);
  if (platform == session.message.platform() && capacity == session.places.capacity) return promoted;
  store::TouchSession(transaction, session.number, platform, false, context.now());
  if (capacity != session.places.capacity) {
    ASSIGN_OR_RETURN(promoted, SetCapacity(context, transaction, session.number, session.places, capacity));
  }
  Emit(context, *store::FindSession(transaction, session.number));
  return promoted;
}

absl::StatusOr<v1::CreateSessionResponse> CreateSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CreateSessionRequest& request) {
  const std::string_view workshop_id = Segment(request.parent(), 1);
  const auto workshop = store::FindWorkshop(transaction, workshop_id);
  if (!workshop) return status::NotFound();
  v1::Session session = request.session();
  if (session.time_zone().empty()) session.set_time_zone(kDefaultTimeZone);
  session.set_platform(text::Nfc(session.platform()));
  std::optional<SessionTimes> times;
  if (!session.date().empty() && !session.start().empty()) {
    times = ResolveTimes(session.date(), session.start(), session.end(), session.time_zone(),
                         absl::Minutes(workshop->duration_minutes()));
  }
  RETURN_IF_ERROR(InvalidSession(session, times ? &*times : nullptr));
  if (std::string fault = DateFault(session.date(), context.now()); !fault.empty()) {
    return status::InvalidField("session.date", std::move(fault));
  }
  if (auto standing = store::FindSessionAt(transaction, workshop_id, session.date(), session.start(), false)) {
    return errors::SessionExists(standing->message.name());
  }
  v1::CreateSessionResponse response;
  *response.mutable_session() = Answer(AddSession(context, transaction, workshop_id, session, *times), context.now());
  context.SetResource(response.session().name());
  return response;
}

absl::StatusOr<v1::UpdateSessionResponse> UpdateSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateSessionRequest& request) {
  const v1::Session& wanted = request.session();
  std::vector<status::FieldFault> faults;
  const auto mask = UpdateMask(request, wanted, kChangeableOfSession, faults);
  if (wanted.name().empty()) faults.push_back({"session.name", "must be set"});
  if (!faults.empty()) return status::InvalidFields(faults);
  auto session = FindSession(transaction, wanted.name());
  if (!session) return status::NotFound();
  if (!wanted.etag().empty() && wanted.etag() != session->message.etag()) return status::EtagMismatch();
  SessionChange change;
  if (Names(mask, "capacity")) change.capacity = wanted.capacity();
  if (Names(mask, "platform")) change.platform = wanted.platform();
  ASSIGN_OR_RETURN(const auto promoted, ChangeSession(context, transaction, *session, change));
  v1::UpdateSessionResponse response;
  for (const std::string& booking : promoted) response.add_promoted_bookings(booking);
  *response.mutable_session() = Answer(*store::FindSession(transaction, session->number), context.now());
  return response;
}

absl::StatusOr<v1::CancelSessionResponse> CancelSession(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CancelSessionRequest& request) {
  auto session = FindSession(transaction, request.name());
  if (!session) return status::NotFound();
  v1::CancelSessionResponse response;
  if (!session->cancelled) {
    if (session->start <= context.now()) return errors::SessionInPast(session->places);
    store::TouchSession(transaction, session->number, session->message.platform(), true, context.now());
    response.set_bookings_cancelled(CancelAll(context, transaction, session->number, session->places));
    session = store::FindSession(transaction, session->number);
    Emit(context, *session);
  }
  *response.mutable_session() = Answer(*std::move(session), context.now());
  return response;
}

}  // namespace equity::workshops

#include "services/workshops/sessions/lists.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/workshops/names.h"
#include "services/workshops/programme/store.h"
#include "services/workshops/sessions/sessions.h"

namespace equity::workshops {
namespace {

std::string TextOf(const store::Session& session) {
  return Joined({std::to_string(absl::ToUnixMicros(session.start)), "/", std::to_string(session.number)});
}

absl::StatusOr<store::SessionKey> KeyOf(const std::string& binding, const std::string& token) {
  ASSIGN_OR_RETURN(const std::string text, page::Key(binding, token));
  store::SessionKey key;
  if (text.empty()) return key;
  int64_t start = 0;
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &start) || !absl::SimpleAtoi(parts[1], &key.number)) {
    return status::InvalidPageToken();
  }
  key.start = absl::FromUnixMicros(start);
  return key;
}

v1::PublicSession PublicAnswer(const store::Session& session, absl::Time now) {
  v1::PublicSession answer;
  answer.set_workshop(session.workshop_display_name);
  answer.set_date(session.message.date());
  answer.set_start(session.message.start());
  answer.set_end(session.message.end());
  answer.set_time_zone(session.message.time_zone());
  answer.set_state(StateAt(session, now));
  if (!session.cancelled) answer.set_places_left(session.places.capacity - session.places.taken);
  return answer;
}

}  // namespace

v1::Session::State StateAt(const store::Session& session, absl::Time now) {
  switch (StateOf(session.cancelled, session.start, session.places, now)) {
    case SessionState::kOpen:
      return v1::Session::STATE_OPEN;
    case SessionState::kSoldOut:
      return v1::Session::STATE_SOLD_OUT;
    case SessionState::kPast:
      return v1::Session::STATE_PAST;
    case SessionState::kCancelled:
      return v1::Session::STATE_CANCELLED;
  }
  return v1::Session::STATE_UNSPECIFIED;
}

v1::Session Answer(store::Session session, absl::Time now) {
  session.message.set_state(StateAt(session, now));
  return std::move(session.message);
}

absl::StatusOr<v1::GetSessionResponse> GetSession(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetSessionRequest& request) {
  auto session = store::FindSession(transaction, Segment(request.name(), 1), ChildId(request.name()));
  if (!session) return status::NotFound();
  v1::GetSessionResponse response;
  *response.mutable_session() = Answer(*std::move(session), context.now());
  return response;
}

absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListSessionsRequest& request) {
  std::string_view workshop = Segment(request.parent(), 1);
  if (workshop == "-") {
    workshop = {};
  } else if (!store::FindWorkshop(transaction, workshop)) {
    return status::NotFound();
  }
  const std::string binding = Joined({"ListSessions|", request.parent()});
  ASSIGN_OR_RETURN(const store::SessionKey after, KeyOf(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto sessions = store::ListSessions(transaction, workshop, after, size + 1);
  v1::ListSessionsResponse response;
  if (static_cast<int>(sessions.size()) > size) {
    sessions.pop_back();
    response.set_next_page_token(page::Token(binding, TextOf(sessions.back())));
  }
  for (auto& session : sessions) *response.add_sessions() = Answer(std::move(session), context.now());
  return response;
}

absl::StatusOr<v1::ListPublicSessionsResponse> ListPublicSessions(const rpc::Context& context,
                                                                  sql::ReadTransaction& transaction,
                                                                  const v1::ListPublicSessionsRequest& request) {
  const std::string binding = "ListPublicSessions|";
  ASSIGN_OR_RETURN(store::SessionKey after, KeyOf(binding, request.page_token()));
  // Sessions that begin at this very moment have begun.
  const store::SessionKey begun{.start = context.now(), .number = std::numeric_limits<int64_t>::max()};
  if (after.start <= begun.start) after = begun;
  const int size = page::Size(request.page_size());
  auto sessions = store::ListSessions(transaction, {}, after, size + 1);
  v1::ListPublicSessionsResponse response;
  if (static_cast<int>(sessions.size()) > size) {
    sessions.pop_back();
    response.set_next_page_token(page::Token(binding, TextOf(sessions.back())));
  }
  for (const auto& session : sessions) *response.add_sessions() = PublicAnswer(session, context.now());
  return response;
}

}  // namespace equity::workshops

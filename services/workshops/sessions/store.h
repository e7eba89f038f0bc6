// The tables `sessions` and `session_places`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "services/workshops/rules.h"

namespace equity::workshops::store {

// A session as it is kept. `message` lacks its state, which depends on the time (see Answer in sessions.h).
struct Session {
  int64_t number = 0;
  v1::Session message;
  std::string workshop;   // id
  std::string challenge;  // name
  std::string workshop_display_name;
  absl::Time start;
  bool cancelled = false;
  Places places;
};

std::optional<Session> FindSession(sql::ReadTransaction& transaction, std::string_view workshop, std::string_view id);
std::optional<Session> FindSession(sql::ReadTransaction& transaction, int64_t number);
// The one of the workshop that starts then and was not cancelled; or with `cancelled`, one that was.
std::optional<Session> FindSessionAt(sql::ReadTransaction& transaction, std::string_view workshop,
                                     std::string_view date, std::string_view start, bool cancelled);
bool SessionIdTaken(sql::ReadTransaction& transaction, std::string_view workshop, std::string_view id);

// Where a list stands: after the session with this start and number.
struct SessionKey {
  absl::Time start = absl::InfinitePast();
  int64_t number = 0;
};
// In the order of their start; an empty workshop means all.
std::vector<Session> ListSessions(sql::ReadTransaction& transaction, std::string_view workshop, const SessionKey& after,
                                  int limit);

// Adds a session with no place taken.
void InsertSession(sql::Transaction& transaction, std::string_view workshop, std::string_view id,
                   const v1::Session& session, const SessionTimes& times, absl::Time now);
// The session was changed: its etag becomes another one.
void TouchSession(sql::Transaction& transaction, int64_t number, std::string_view platform, bool cancelled,
                  absl::Time now);

std::optional<Offer> FindOffer(sql::ReadTransaction& transaction, std::string_view workshop, std::string_view id);
// Of that day; an empty workshop means all.
std::vector<Offer> OffersOnDate(sql::ReadTransaction& transaction, std::string_view date, std::string_view workshop);
// Of the workshop, starting later than that, not cancelled, in the order of their start.
std::vector<Offer> OffersAfter(sql::ReadTransaction& transaction, std::string_view workshop, absl::Time start);

Places FindPlaces(sql::ReadTransaction& transaction, int64_t session);

std::vector<const sql::Sql*> SessionStatements();

}  // namespace equity::workshops::store

// Questions and what was said about them, in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/referencegroup/v1/advice.pb.h"
#include "services/reference_group/reader.h"

namespace equity::referencegroup::store {

// Of the message, what the store holds by itself: what is worked out, or shown to some only, is added for a reader.
struct Request {
  v1::AdviceRequest message;
  int64_t number = 0;
  std::string id;
  std::string organisation;  // id, of the asker
  std::string actor;
  int64_t waited = 0;  // working minutes up to `waiting_since`
  std::optional<absl::Time> waiting_since;
  std::optional<absl::Time> answer_time;
  std::optional<absl::Time> expire_time;
  int visibility = 0;
  int64_t revision = 1;
  absl::Time create_time;
  absl::Time update_time;
};

struct Contribution {
  v1::Contribution message;
  bool by_asker = false;
  std::string actor;
  int visibility = 0;
  absl::Time create_time;
};

struct RequestFilter {
  std::string states;    // as Set makes it; empty means all
  std::string assignee;  // a member's name
  bool only_waiting = false;
};

std::optional<Request> FindRequest(sql::ReadTransaction& transaction, std::string_view id);
// Those that the reader may read.
std::vector<Request> ListRequests(sql::ReadTransaction& transaction, const Reader& reader, const RequestFilter& filter,
                                  int64_t after, int limit);
// Numbered by the store; returns the number.
int64_t InsertRequest(sql::Transaction& transaction, const Request& request);
// Everything that can change; counts the revision up.
void UpdateRequest(sql::Transaction& transaction, Request& request);

std::vector<Contribution> Contributions(sql::ReadTransaction& transaction, int64_t request);
void InsertContribution(sql::Transaction& transaction, int64_t request, const Contribution& contribution);
// Whether it is an answer to this question, which is now accepted.
bool AcceptResponse(sql::Transaction& transaction, int64_t request, std::string_view id);
// The text of what the asker said.
void EraseInformation(sql::Transaction& transaction, int64_t request);

// Those that time alone moves on, by now.
std::vector<std::string> RequestsToMoveOn(sql::ReadTransaction& transaction, absl::Time now, int limit);

struct WaitingRequest {
  int64_t waited;
  std::optional<absl::Time> waiting_since;
  bool answered;
};
std::vector<WaitingRequest> WaitingRequests(sql::ReadTransaction& transaction, absl::Time from, absl::Time until);

}  // namespace equity::referencegroup::store

#include "common/host/changes_service.h"

#include <algorithm>
#include <set>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/feed/feed.h"
#include "common/feed/position.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::host {
namespace {

constexpr int kChangesPerMessage = 500;
// So many changes that are not wanted are passed over before the caller is told of the position after them.
constexpr int64_t kUntold = 1000;
// How long a stream that waits goes on after its end.
constexpr absl::Duration kLook = absl::Milliseconds(200);

absl::StatusOr<int64_t> Newest(exec::Store& store) {
  int64_t sequence = 0;
  RETURN_IF_ERROR(store.Read([&](sql::ReadTransaction& transaction) {
    sequence = feed::LastSequence(transaction);
    return absl::OkStatus();
  }));
  return sequence;
}

// What a caller is to be sent.
struct Filter {
  std::string organisation;
  std::set<int> events;
};

// The next changes of one store, added to `response`; moves `position` on. Whether there may be more.
absl::StatusOr<bool> ReadOn(exec::Store& store, const Filter& filter, feed::Position& position,
                            v1::WatchChangesResponse& response) {
  int64_t& sequence = position[store.name()];
  const int64_t before = sequence;
  RETURN_IF_ERROR(store.Read([&](sql::ReadTransaction& transaction) {
    for (auto& change : feed::ReadAfter(transaction, store.name(), sequence, filter.organisation, filter.events,
                                        kChangesPerMessage, sequence)) {
      *response.add_changes() = std::move(change);
    }
    return absl::OkStatus();
  }));
  return sequence - before >= kChangesPerMessage;
}

// The stores whose changes are wanted: all, or those that are named.
absl::StatusOr<std::vector<exec::Store*>> Wanted(const std::vector<exec::Store*>& stores,
                                                 const v1::WatchChangesRequest& request) {
  if (request.services().empty()) return stores;
  std::vector<exec::Store*> wanted;
  for (const std::string& service : request.services()) {
    const auto found =
        std::find_if(stores.begin(), stores.end(), [&](const exec::Store* store) { return store->name() == service; });
    if (found == stores.end()) {
      std::string names;
      for (const exec::Store* store : stores) absl::StrAppend(&names, names.empty() ? "" : ", ", store->name());
      return status::InvalidField("services", "must be among " + names);
    }
    if (std::find(wanted.begin(), wanted.end(), *found) == wanted.end()) wanted.push_back(*found);
  }
  return wanted;
}

absl::StatusOr<std::set<int>> WantedEvents(const v1::WatchChangesRequest& request) {
  const auto* all = v1::Change::descriptor()->FindOneofByName("event");
  std::set<int> wanted;
  for (const std::string& event : request.events()) {
    const auto* field = v1::Change::descriptor()->FindFieldByName(event);
    if (field == nullptr || field->containing_oneof() != all) {
      std::string names;
      for (int i = 0; i < all->field_count(); ++i) absl::StrAppend(&names, i > 0 ? ", " : "", all->field(i)->name());
      return status::InvalidField("events", "must be among " + names);
    }
    wanted.insert(field->number());
  }
  return wanted;
}

int64_t Total(const feed::Position& position) {
  int64_t total = 0;
  for (const auto& [service, sequence] : position) total += sequence;
  return total;
}

}  // namespace

absl::Status ChangesMounts::Watch(const rpc::Context& context, const v1::WatchChangesRequest& request,
                                  rpc::Sink<v1::WatchChangesResponse>& sink) {
  ASSIGN_OR_RETURN(const std::vector<exec::Store*> stores, Wanted(stores_, request));
  Filter filter;
  ASSIGN_OR_RETURN(filter.events, WantedEvents(request));
  if (context.caller().IsBound()) filter.organisation = "organisations/" + context.caller().organisation;
  ASSIGN_OR_RETURN(feed::Position position, feed::Parse(request.resume_token(), "resume_token"));
  for (exec::Store* store : stores) {
    if (!request.only_new()) break;
    ASSIGN_OR_RETURN(position[store->name()], Newest(*store));
  }
  exec::CommitSignal signal;
  for (exec::Store* store : stores) store->Subscribe(&signal);
  const auto unsubscribe = absl::MakeCleanup([&] {
    for (exec::Store* store : stores) store->Unsubscribe(&signal);
  });
  const absl::Duration interval = absl::Milliseconds(request.min_interval_ms());
  bool caught_up = false;
  int64_t told = 0;  // how far the position was at the last message
  absl::Time last_found = absl::InfinitePast();
  while (!sink.Over()) {
    const int64_t before = Total(position);
    bool more = false;
    bool is_sent = false;
    for (exec::Store* store : stores) {
      v1::WatchChangesResponse response;
      ASSIGN_OR_RETURN(const bool left, ReadOn(*store, filter, position, response));
      more |= left;
      // All of others, it moves the position on and is not told: without changes a message says that there is no more.
      if (response.changes().empty()) continue;
      response.set_resume_token(feed::Format(position));
      if (!sink.Write(response)) break;
      told = std::max(told, Total(position));
      is_sent = true;
    }
    if (more) continue;
    // What happens to other organisations is not told.
    if (!caught_up || (!filter.events.empty() && filter.organisation.empty() && Total(position) - told >= kUntold)) {
      caught_up = true;
      v1::WatchChangesResponse all_sent;
      all_sent.set_resume_token(feed::Format(position));
      if (!sink.Write(all_sent)) break;
      told = Total(position);
    }
    // Nor does it hold up who sees one organisation's changes alone.
    if (is_sent || (filter.organisation.empty() && Total(position) != before)) last_found = absl::Now();
    signal.Wait(kLook);
    for (absl::Duration left; (left = last_found + interval - absl::Now()) > absl::ZeroDuration() && !sink.Over();) {
      absl::SleepFor(std::min(left, kLook));
    }
  }
  return sink.Ending();
}

absl::StatusOr<v1::GetFeedPositionResponse> ChangesMounts::Position(const rpc::Context&,
                                                                    const v1::GetFeedPositionRequest&) {
  feed::Position position;
  for (exec::Store* store : stores_) {
    ASSIGN_OR_RETURN(const int64_t sequence, Newest(*store));
    if (sequence > 0) position[store->name()] = sequence;
  }
  v1::GetFeedPositionResponse response;
  response.set_position(feed::Format(position));
  return response;
}

}  // namespace equity::host

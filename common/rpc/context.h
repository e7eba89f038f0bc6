// What a handler knows beside its request. Time and new ids come from here: a handler reads no clock.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "equity/changes/v1/changes.pb.h"

namespace equity::rpc {

// What the handlers of a service share beside its store, such as a key. A service derives its own.
class Belongings {
 public:
  virtual ~Belongings() = default;
};

class Context {
 public:
  // Who calls; for a public method without a credential, a principal that may nothing.
  const auth::Principal& caller() const { return *caller_; }
  // For whom: the caller, or whom a service acts for.
  const std::string& actor() const { return actor_; }
  // The business clock: decides dates, what is past, and the times that are stored.
  absl::Time now() const { return now_; }
  const std::string& trace_id() const { return trace_id_; }
  // When the caller gives up, by the system clock; bounds the calls that a flow makes to other services.
  absl::Time deadline() const { return deadline_; }

  // The authorization as the caller sent it, to ask another service in the caller's name and with no more rights.
  const std::string& authorization() const { return authorization_; }

  // Whether what belongs to this organisation (its id) is the caller's to see.
  bool MaySee(std::string_view organisation) const {
    return !caller_->IsBound() || caller_->organisation == organisation;
  }

  // What the service gave its runtime.
  template <class T>
  const T& belongings() const {
    return static_cast<const T&>(*belongings_);
  }

  // Filled by the runtime.
  auth::PrincipalPtr caller_;
  std::string actor_;
  absl::Time now_;
  std::string trace_id_;
  std::string authorization_;
  absl::Time deadline_ = absl::InfiniteFuture();
  const Belongings* belongings_ = nullptr;
};

// For a write: what it says to the audit trail and the change feed is stored in its own transaction.
class WriteContext : public Context {
 public:
  // A new id, growing with time (UUIDv7).
  std::string NewId() const;
  // Appends to the change feed, in the order of the calls.
  void Emit(changes::v1::Change change) { changes_.push_back(std::move(change)); }
  // What the audit trail calls the thing that was changed; by default the name in the request.
  void SetResource(std::string name) { resource_ = std::move(name); }

  std::vector<changes::v1::Change> changes_;
  std::string resource_;
};

}  // namespace equity::rpc

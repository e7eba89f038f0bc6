// A unit of work for a store's writer, and for whom it is.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/sql/sql.h"

namespace equity::exec {

enum class Work {
  kCall,  // a caller's request: where too much waits it is refused, and the caller comes back
  kFlow,  // a step of a caller's stream or saga, whose thread waits for it: slowed down, never refused
  kOwn,   // the service's own, such as following a feed: never refused, nor held up by callers
};

class Job {
 public:
  virtual ~Job() = default;
  // Runs inside the transaction; what it wrote is undone unless OK is returned. May throw sql::Error. It may be run
  // again from the start, and keeps no state outside the transaction that a second run would trip over.
  virtual absl::Status Run(sql::Transaction& transaction) = 0;
  // Called once, after the commit, on another thread than the writer's: with what Run returned, or with why the work is
  // not stored.
  virtual void Done(const absl::Status& status) = 0;
  // Whether somebody still waits for it. Asked while the queue is locked.
  virtual bool IsWanted() const { return true; }

  // Work that nobody waits for any more is not begun.
  absl::Time deadline = absl::InfiniteFuture();
  Work work = Work::kOwn;
  // The caller's organisation (its id), by which callers take turns; all who are bound to none share a turn.
  std::string organisation;
};

}  // namespace equity::exec

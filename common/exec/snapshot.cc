#include "common/exec/snapshot.h"

#include <condition_variable>
#include <mutex>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace equity::exec {
namespace {

const sql::Sql kBeginSnapshot{"snapshot.begin", "BEGIN"};
// A transaction sees the state at its first read.
const sql::Sql kFirstRead{"snapshot.read", "SELECT count(*) FROM schema_migrations"};

// Where the writers wait for each other.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  size_t arrived = 0;
  bool refused = false;
  bool open = false;

  void Open() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

// It writes nothing. Nobody sees what its batch wrote until it ends, so that what is committed stands still.
class HoldJob final : public Job {
 public:
  explicit HoldJob(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}

  absl::Status Run(sql::Transaction&) override {
    std::unique_lock lock(gate_->mutex);
    ++gate_->arrived;
    gate_->changed.notify_all();
    gate_->changed.wait(lock, [&] { return gate_->open; });
    return absl::OkStatus();
  }
  void Done(const absl::Status& status) override {
    if (status.ok()) return;
    const std::lock_guard lock(gate_->mutex);
    gate_->refused = true;
    gate_->changed.notify_all();
  }

 private:
  std::shared_ptr<Gate> gate_;
};

void BeginToRead(Snapshot& snapshot) {
  for (Snapshot::Part& part : snapshot.parts) {
    sql::Transaction frame(*part.reader);
    frame.Execute(kBeginSnapshot);
    frame.Each(kFirstRead, {}, [](const sql::Row&) {});
  }
}

absl::Status Unreadable(const sql::Error& error) {
  return absl::InternalError(absl::StrCat("a store cannot be read: ", error.what()));
}

absl::Status Unheld() {
  return status::TryAgain("STORES_BUSY", "The stores are too busy to be read at one moment. Try again.",
                          absl::Seconds(1));
}

}  // namespace

absl::StatusOr<Snapshot> TakeSnapshot(const std::vector<Store*>& stores, absl::Duration patience) {
  // Two at a time would each hold a writer that the other waits for.
  static std::mutex one_at_a_time;
  const std::lock_guard alone(one_at_a_time);
  Snapshot snapshot;
  try {
    for (Store* store : stores) snapshot.parts.push_back({store, store->OpenReader()});
    const auto gate = std::make_shared<Gate>();
    const auto open = absl::MakeCleanup([&] { gate->Open(); });
    for (Store* store : stores) store->Submit(std::make_unique<HoldJob>(gate));
    {
      std::unique_lock lock(gate->mutex);
      const bool held = gate->changed.wait_for(lock, absl::ToChronoMilliseconds(patience),
                                               [&] { return gate->refused || gate->arrived == stores.size(); });
      if (!held || gate->refused) return Unheld();
    }
    BeginToRead(snapshot);
  } catch (const sql::Error& error) {
    return Unreadable(error);
  }
  return snapshot;
}

absl::StatusOr<Snapshot> ReadEach(const std::vector<Store*>& stores) {
  Snapshot snapshot;
  try {
    for (Store* store : stores) snapshot.parts.push_back({store, store->OpenReader()});
    BeginToRead(snapshot);
  } catch (const sql::Error& error) {
    return Unreadable(error);
  }
  return snapshot;
}

}  // namespace equity::exec

#include "services/participants/registrations/sweeper.h"

#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "common/strings.h"
#include "services/participants/registrations/completion.h"

namespace equity::participants::registrations {
namespace {

constexpr char kMethod[] = "equity.participants.v1.RegistrationService.Sweeper";
constexpr int kSegmentsAtOnce = 100;
constexpr int kRowsForgottenAtOnce = 1000;

}  // namespace

void Sweeper::Start() {
  if (thread_.joinable()) return;
  thread_ = std::thread(&Sweeper::Loop, this, absl::Now());
}

void Sweeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Sweeper::Stopping() {
  std::lock_guard lock(mutex_);
  return stopping_ || runtime_.shared().draining;
}

void Sweeper::Loop(absl::Time started) {
  Sweep(started);
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, absl::ToChronoMilliseconds(options_.every), [this] { return stopping_; });
    }
    if (Stopping()) return;
    Sweep(absl::Now() - options_.age);
    Forget();
  }
}

void Sweeper::Sweep(absl::Time begun_before) {
  std::vector<Segment> segments;
  absl::Status status = runtime_.Read([&](sql::ReadTransaction& transaction) {
    segments = ledger::OpenSegments(transaction, begun_before, kSegmentsAtOnce);
    return absl::OkStatus();
  });
  for (const Segment& segment : segments) {
    if (Stopping()) return;
    status = CompleteOne(segment);
    if (status.ok()) continue;
    runtime_.shared().log->Event(obs::Severity::kWarning, "registration rows wait for their places",
                                 {{"operation", segment.operation}, {"cause", ToStd(status.message())}});
    // The rest would fare no better now.
    if (status.code() == absl::StatusCode::kUnavailable) return;
  }
}

absl::Status Sweeper::CompleteOne(const Segment& segment) {
  std::optional<Operation> operation;
  std::vector<Entry> entries;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
    operation = ledger::FindOperation(transaction, segment.operation);
    for (auto& [row, entry] : ledger::Entries(transaction, segment)) entries.push_back(std::move(entry));
    return absl::OkStatus();
  }));
  if (!operation) return absl::InternalError("rows without an operation");
  const Doing doing{.actor = {.name = operation->subject,
                              .organisation = operation->tenant,
                              .trace_id = "",
                              .request_id = operation->id},
                    .method = kMethod};
  return Complete(runtime_, seats_, doing, *operation, segment, entries);
}

void Sweeper::Forget() {
  bool more = true;
  while (more && !Stopping()) {
    const absl::Status status = runtime_.WriteAs({}, kMethod, [&](rpc::WriteContext&, sql::Transaction& transaction) {
      more = ledger::Forget(transaction, absl::Now() - options_.kept, kRowsForgottenAtOnce);
      return absl::OkStatus();
    });
    if (!status.ok()) return;
  }
}

}  // namespace equity::participants::registrations

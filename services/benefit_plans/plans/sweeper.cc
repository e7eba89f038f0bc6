#include "services/benefit_plans/plans/sweeper.h"

#include "common/rpc/shared.h"
#include "common/status/macros.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/store/plans.h"

namespace equity::benefit_plans {
namespace {

constexpr int kPlansPerCommit = 100;

}  // namespace

void Sweeper::Start() { thread_ = std::thread(&Sweeper::Loop, this); }

void Sweeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sweeper::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    // What fails is there at the next look.
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) more = Sweep();
    lock.lock();
    wake_.wait_for(lock, absl::ToChronoMilliseconds(every_), [this] { return stopping_; });
  }
}

absl::StatusOr<bool> Sweeper::Sweep() {
  std::vector<std::string> due;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
    due = store::PlansDue(transaction, FormatDay(DayOf(runtime_.shared().clock.Now())), kPlansPerCommit);
    return absl::OkStatus();
  }));
  if (due.empty()) return false;
  RETURN_IF_ERROR(runtime_.WriteAs({.name = "benefit_plans"}, "days over",
                                   [&](rpc::WriteContext& context, sql::Transaction& transaction) {
                                     for (const std::string& name : due) {
                                       RETURN_IF_ERROR(Take(context, transaction, name).status());
                                     }
                                     return absl::OkStatus();
                                   }));
  return static_cast<int>(due.size()) == kPlansPerCommit;
}

}  // namespace equity::benefit_plans

#include "services/reference_group/sweeper.h"

#include <chrono>

#include "common/status/macros.h"
#include "common/strings.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/consents/store.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

constexpr char kMethod[] = "equity.referencegroup.v1.Sweeper";
constexpr int kAtOnce = 100;

// Looked at again inside the transaction: somebody may have been faster.
void MoveOn(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& id) {
  auto request = store::FindRequest(transaction, id);
  if (!request || !request->expire_time || *request->expire_time > context.now()) return;
  if (Enter(context, transaction, *request, RequestAction::kTimePasses).ok()) {
    context.SetResource(request->message.name());
  }
}

void End(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& id) {
  const auto consent = store::FindConsent(transaction, id, DayText(context.now()));
  if (!consent || consent->message.live() || consent->message.has_withdraw_time()) return;
  store::WithdrawConsent(transaction, consent->number, context.now());
  WithdrawItemsOf(context, transaction, id);
  context.SetResource(consent->message.name());
}

}  // namespace

absl::Status SweepDue(rpc::Runtime& runtime) {
  while (true) {
    const absl::Time now = runtime.shared().clock.Now();
    std::vector<std::string> requests;
    std::vector<std::string> consents;
    RETURN_IF_ERROR(runtime.Read([&](sql::ReadTransaction& transaction) {
      requests = store::RequestsToMoveOn(transaction, now, kAtOnce);
      consents = store::EndedConsents(transaction, DayText(now), kAtOnce);
      return absl::OkStatus();
    }));
    if (requests.empty() && consents.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(runtime.WriteAs({.name = "reference_group"}, kMethod,
                                    [&](rpc::WriteContext& context, sql::Transaction& transaction) {
                                      for (const auto& id : requests) MoveOn(context, transaction, id);
                                      for (const auto& id : consents) End(context, transaction, id);
                                      return absl::OkStatus();
                                    }));
  }
}

void Sweeper::Start() {
  if (!thread_.joinable()) thread_ = std::thread(&Sweeper::Loop, this);
}

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
    const absl::Status status = SweepDue(runtime_);
    if (!status.ok()) {
      runtime_.shared().log->Event(obs::Severity::kWarning, "what is due was not done",
                                   {{"cause", ToStd(status.message())}});
    }
    lock.lock();
    wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; });
  }
}

}  // namespace equity::referencegroup

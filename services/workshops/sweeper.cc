#include "services/workshops/sweeper.h"

#include <chrono>

#include "common/status/macros.h"
#include "common/strings.h"
#include "services/workshops/exercises/exercises.h"
#include "services/workshops/exercises/store.h"
#include "services/workshops/facilitators/facilitators.h"
#include "services/workshops/facilitators/store.h"
#include "services/workshops/feedback/feedback.h"
#include "services/workshops/feedback/store.h"
#include "services/workshops/rules.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops {
namespace {

constexpr char kSweeper[] = "equity.workshops.v1.Sweeper";
constexpr int kAtOnce = 100;

}  // namespace

absl::Status SweepDue(rpc::Runtime& runtime) {
  while (true) {
    const absl::Time now = runtime.shared().clock.Now();
    std::vector<std::string> consents;
    std::vector<int64_t> sessions;
    std::vector<store::QuestionKey> questions;
    RETURN_IF_ERROR(runtime.Read([&](sql::ReadTransaction& transaction) {
      consents = store::EndedFacilitatorConsents(transaction, DayText(now), kAtOnce);
      sessions = store::FeedbackToTell(transaction, FeedbackTakenFrom(now, London()), kAtOnce);
      questions = store::QuestionsToClose(transaction, now, kAtOnce);
      return absl::OkStatus();
    }));
    if (consents.empty() && sessions.empty() && questions.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(runtime.WriteAs({.name = "workshops"}, kSweeper,
                                    [&](rpc::WriteContext& context, sql::Transaction& transaction) {
                                      for (const auto& id : consents) EndConsent(context, transaction, id);
                                      for (const int64_t session : sessions)
                                        TellFeedback(context, transaction, session);
                                      for (const auto& each : questions)
                                        EndQuestion(context, transaction, each.quiz, each.question);
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

}  // namespace equity::workshops

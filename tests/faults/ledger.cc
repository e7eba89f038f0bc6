#include "tests/faults/ledger.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/strings.h"

namespace equity::faults {
namespace {

// Whether nothing can be said of the effect. What our server calls INTERNAL is a mistake of its own; without its mark
// it is gRPC's name for a connection that broke.
bool LeavesUnknown(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

bool IsScandal(const absl::Status& status) {
  return (absl::IsInternal(status) && !status::Reason(status).empty()) || absl::IsUnimplemented(status) ||
         absl::IsDataLoss(status) || absl::IsInvalidArgument(status) || absl::IsUnauthenticated(status);
}

}  // namespace

Request& Ledger::Add(places_v1::BookPlaceRequest message) {
  std::lock_guard lock(mutex_);
  return requests_.emplace_back(Request{.message = std::move(message)});
}

Request& Ledger::Add(places_v1::CancelBookingRequest message) {
  std::lock_guard lock(mutex_);
  return requests_.emplace_back(Request{.message = std::move(message)});
}

Operation& Ledger::Add(Operation operation) {
  std::lock_guard lock(mutex_);
  return operations_.emplace_back(std::move(operation));
}

void Ledger::AddOther(const std::string& request_id) {
  std::lock_guard lock(mutex_);
  others_.insert(request_id);
}

bool Ledger::Settle(Request& request, const absl::Status& status, const std::string& answer) {
  const int64_t now = clock_();
  std::lock_guard lock(mutex_);
  if (IsScandal(status)) scandals_.push_back(absl::StrCat(request.id(), ": ", status.ToString()));
  if (LeavesUnknown(status)) {
    ++request.unknown;
    return false;
  }
  ++served_;
  if (!status.ok()) {
    ++request.refused;
    return true;
  }
  if (request.acknowledged++ == 0) {
    request.answer = answer;
    request.answered = now;
    ++acknowledged_;
  } else if (request.answer != answer) {
    request.contradicted = true;
  }
  return true;
}

void Ledger::Settle(Operation& operation, const people_v1::RegistrationOutcome& outcome) {
  // Said of a row that nothing was decided about.
  if (outcome.code() == "TRY_AGAIN") return;
  const int64_t now = clock_();
  std::lock_guard lock(mutex_);
  ++served_;
  const auto [found, added] = operation.outcomes.try_emplace(outcome.row(), outcome);
  if (added) {
    operation.answered[outcome.row()] = now;
    if (outcome.kind() != people_v1::RegistrationOutcome::KIND_REJECTED) ++acknowledged_;
  } else if (found->second.SerializeAsString() != outcome.SerializeAsString()) {
    operation.contradicted = true;
  }
}

Request* Ledger::Any(Random& random) {
  std::lock_guard lock(mutex_);
  return requests_.empty() ? nullptr : &requests_[Below(random, requests_.size())];
}

std::vector<Request*> Ledger::Requests() {
  std::lock_guard lock(mutex_);
  std::vector<Request*> all;
  for (Request& request : requests_) all.push_back(&request);
  return all;
}

std::vector<Operation*> Ledger::Operations() {
  std::lock_guard lock(mutex_);
  std::vector<Operation*> all;
  for (Operation& operation : operations_) all.push_back(&operation);
  return all;
}

void Ledger::Restore(const Snapshot& snapshot) {
  requests_.assign(snapshot.requests.begin(), snapshot.requests.end());
  operations_.assign(snapshot.operations.begin(), snapshot.operations.end());
  others_ = snapshot.others;
}

int64_t Ledger::served() const {
  std::lock_guard lock(mutex_);
  return served_;
}

int64_t Ledger::acknowledged() const {
  std::lock_guard lock(mutex_);
  return acknowledged_;
}

std::vector<std::string> Ledger::scandals() const {
  std::lock_guard lock(mutex_);
  return scandals_;
}

Ledger::Snapshot Ledger::Take() const {
  std::lock_guard lock(mutex_);
  return {.requests = {requests_.begin(), requests_.end()},
          .operations = {operations_.begin(), operations_.end()},
          .others = others_};
}

Ledger::Snapshot AsOf(Ledger::Snapshot snapshot, int64_t moment) {
  for (Request& request : snapshot.requests) {
    if (request.acknowledged == 0 || request.answered <= moment) continue;
    request.acknowledged = 0;
    request.contradicted = false;
    request.unknown = 1;
    request.answer.clear();
  }
  for (Operation& operation : snapshot.operations) {
    std::erase_if(operation.outcomes, [&](const auto& each) { return operation.answered.at(each.first) > moment; });
    operation.contradicted = false;
  }
  return snapshot;
}

}  // namespace equity::faults

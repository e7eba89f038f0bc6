#include "clients/cli/outcomes.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace equity::cli {

std::vector<std::string> Outcomes::Columns() {
  return {"line", "external_ref", "outcome", "code", "column", "message", "fix", "session_date", "waiting_position"};
}

void Outcomes::Add(const Outcome& outcome) {
  while (!refused_.empty() && refused_.front().row() < outcome.row()) {
    Print(refused_.front());
    refused_.pop_front();
  }
  last_added_ = outcome.row();
  Print(outcome);
}

void Outcomes::AddRefused(Outcome outcome) {
  if (refused_.empty() && last_added_ == last_expected_) {
    Print(outcome);
  } else {
    refused_.push_back(std::move(outcome));
  }
}

void Outcomes::Finish() {
  for (const Outcome& outcome : refused_) Print(outcome);
  refused_.clear();
  report_->Finish();
}

std::string Outcomes::Summary() const {
  constexpr std::pair<Outcome::Kind, const char*> kNames[] = {
      {Outcome::KIND_SEATED, "seated"},         {Outcome::KIND_WAITLISTED, "waiting"},
      {Outcome::KIND_REGISTERED, "registered"}, {Outcome::KIND_UPDATED, "updated"},
      {Outcome::KIND_UNCHANGED, "unchanged"},   {Outcome::KIND_REJECTED, "refused"},
  };
  std::string summary;
  for (const auto& [kind, name] : kNames) {
    if (Count(kind) > 0) absl::StrAppend(&summary, summary.empty() ? "" : ", ", Count(kind), " ", name);
  }
  return summary.empty() ? "no rows" : summary;
}

int Outcomes::Count(Outcome::Kind kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

void Outcomes::Print(const Outcome& outcome) {
  ++rows_;
  ++counts_[outcome.kind()];
  has_unsettled_ = has_unsettled_ || outcome.code() == "TRY_AGAIN";
  report_->Add(outcome, {int64_t{outcome.row()}, outcome.external_ref(), EnumName(outcome.kind()), outcome.code(),
                         outcome.field(), outcome.message(), outcome.fix(), outcome.session_date(),
                         PositiveCell(outcome.waiting_position())});
}

}  // namespace equity::cli

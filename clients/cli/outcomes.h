// Puts the outcomes of a registration in the order of the file: those that the server gives, and those of rows that
// the reader refused and the server never saw.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/output.h"
#include "equity/participants/v1/registrations.pb.h"

namespace equity::cli {

class Outcomes {
 public:
  using Outcome = participants::v1::RegistrationOutcome;

  explicit Outcomes(std::unique_ptr<Report> report) : report_(std::move(report)) {}
  // The columns of the report.
  static std::vector<std::string> Columns();

  // A row that goes to the server, whose outcome is to come.
  void Expect(int row) { last_expected_ = row; }
  // The outcome of an expected row. They come in order.
  void Add(const Outcome& outcome);
  // The outcome of a row that does not go to the server; higher than any row before.
  void AddRefused(Outcome outcome);
  // How many refused rows wait for the outcome of an earlier one.
  size_t waiting() const { return refused_.size(); }
  // No further outcome is to come.
  void Finish();

  int rows() const { return rows_; }
  int refused() const { return Count(Outcome::KIND_REJECTED); }
  // Whether a row could not be settled for now.
  bool has_unsettled() const { return has_unsettled_; }
  // Such as "225 seated, 10 waiting, 5 refused".
  std::string Summary() const;

 private:
  int Count(Outcome::Kind kind) const;
  void Print(const Outcome& outcome);

  std::unique_ptr<Report> report_;
  std::deque<Outcome> refused_;
  int last_expected_ = 0;
  int last_added_ = 0;
  int rows_ = 0;
  bool has_unsettled_ = false;
  std::map<Outcome::Kind, int> counts_;
};

}  // namespace equity::cli

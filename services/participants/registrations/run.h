// A run over rows: the real one and the dry one, to who sends the rows.
#pragma once

#include "absl/status/status.h"
#include "services/participants/registrations/rules.h"

namespace equity::participants::registrations {

class Run {
 public:
  virtual ~Run() = default;
  // Appends an outcome for each row, in order. In a real run they are on disk by then. With an error, rows before may
  // have their outcomes on disk; the same rows can be sent again.
  virtual absl::Status Register(const RepeatedPtrField<v1::RegistrationRow>& rows,
                                RepeatedPtrField<v1::RegistrationOutcome>& outcomes) = 0;
};

}  // namespace equity::participants::registrations

// The handlers of RegistrationService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/stream.h"
#include "services/participants/registrations/run.h"
#include "services/participants/registrations/seats.h"

namespace equity::participants::registrations {

class Registrar {
 public:
  using RowStream = rpc::Stream<v1::StreamRegistrationsRequest, v1::StreamRegistrationsResponse>;

  Registrar(rpc::Runtime& runtime, Seats& seats) : runtime_(runtime), seats_(seats) {}

  absl::StatusOr<v1::ValidateRegistrationsResponse> Validate(const rpc::Context& context,
                                                             const v1::ValidateRegistrationsRequest& request);
  absl::StatusOr<v1::SubmitRegistrationsResponse> Submit(const rpc::Context& context,
                                                         const v1::SubmitRegistrationsRequest& request);
  absl::Status Stream(const rpc::Context& context, RowStream& stream);

 private:
  std::unique_ptr<Run> Begin(const rpc::Context& context, const v1::StreamRegistrationsRequest& first);

  rpc::Runtime& runtime_;
  Seats& seats_;
};

}  // namespace equity::participants::registrations

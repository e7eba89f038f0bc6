#include "services/participants/registrations/registrar.h"

#include "absl/strings/ascii.h"
#include "common/status/macros.h"
#include "services/participants/errors.h"
#include "services/participants/registrations/dry_run.h"
#include "services/participants/registrations/real_run.h"

namespace equity::participants::registrations {
namespace {

constexpr char kSubmit[] = "equity.participants.v1.RegistrationService.SubmitRegistrations";
constexpr char kStream[] = "equity.participants.v1.RegistrationService.StreamRegistrations";
// What is left of a unary call's time for the work after the places are there.
constexpr absl::Duration kReserve = absl::Milliseconds(300);

// That the rows rise from `after` on.
absl::Status CheckRising(const RepeatedPtrField<v1::RegistrationRow>& rows, int after) {
  for (int i = 0; i < rows.size(); ++i) {
    if (rows.Get(i).row() <= after) return errors::RowsNotRising(i);
    after = rows.Get(i).row();
  }
  return absl::OkStatus();
}

Doing DoingOf(const rpc::Context& context, const char* method, const std::string& operation) {
  return {.actor = {.name = context.actor(),
                    .organisation = context.caller().organisation,
                    .trace_id = context.trace_id(),
                    .request_id = operation,
                    .work = exec::Work::kFlow,
                    .deadline = context.deadline()},
          .method = method,
          .give_up = context.deadline() - kReserve};
}

Operation OperationOf(const rpc::Context& context, const std::string& request_id, const std::string& workshop,
                      bool atomic) {
  return {.id = absl::AsciiStrToLower(request_id),
          .tenant = context.caller().organisation,
          .subject = context.actor(),
          .workshop = workshop,
          .atomic = atomic};
}

}  // namespace

absl::StatusOr<v1::ValidateRegistrationsResponse> Registrar::Validate(const rpc::Context& context,
                                                                      const v1::ValidateRegistrationsRequest& request) {
  RETURN_IF_ERROR(CheckRising(request.rows(), 0));
  const bool atomic = request.mode() == v1::SUBMISSION_MODE_ATOMIC;
  DryRun run(runtime_, seats_, DoingOf(context, "", ""), OperationOf(context, "", request.workshop(), atomic));
  v1::ValidateRegistrationsResponse response;
  RETURN_IF_ERROR(run.Register(request.rows(), *response.mutable_outcomes()));
  return response;
}

absl::StatusOr<v1::SubmitRegistrationsResponse> Registrar::Submit(const rpc::Context& context,
                                                                  const v1::SubmitRegistrationsRequest& request) {
  RETURN_IF_ERROR(CheckRising(request.rows(), 0));
  const bool atomic = request.mode() == v1::SUBMISSION_MODE_ATOMIC;
  const Operation operation = OperationOf(context, request.request_id(), request.workshop(), atomic);
  RealRun run(runtime_, seats_, DoingOf(context, kSubmit, operation.id), operation);
  v1::SubmitRegistrationsResponse response;
  RETURN_IF_ERROR(run.Register(request.rows(), *response.mutable_outcomes()));
  return response;
}

std::unique_ptr<Run> Registrar::Begin(const rpc::Context& context, const v1::StreamRegistrationsRequest& first) {
  Operation operation = OperationOf(context, first.request_id(), first.workshop(), /*atomic=*/false);
  Doing doing = DoingOf(context, kStream, operation.id);
  if (first.validate_only()) {
    return std::make_unique<DryRun>(runtime_, seats_, std::move(doing), std::move(operation));
  }
  return std::make_unique<RealRun>(runtime_, seats_, std::move(doing), std::move(operation));
}

absl::Status Registrar::Stream(const rpc::Context& context, RowStream& stream) {
  v1::StreamRegistrationsRequest request;
  v1::StreamRegistrationsResponse response;
  std::unique_ptr<Run> run;
  while (stream.Read(request)) {
    RETURN_IF_ERROR(stream.Check(request));
    if (run == nullptr) {
      if (request.request_id().empty()) return errors::OperationMissing();
      run = Begin(context, request);
    }
    RETURN_IF_ERROR(CheckRising(request.rows(), response.last_durable_row()));
    response.clear_outcomes();
    RETURN_IF_ERROR(run->Register(request.rows(), *response.mutable_outcomes()));
    if (!request.rows().empty()) response.set_last_durable_row(request.rows().rbegin()->row());
    if (!stream.Write(response)) break;
  }
  return stream.Ending();
}

}  // namespace equity::participants::registrations

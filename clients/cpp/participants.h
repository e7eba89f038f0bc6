// Clients of the participants service. Methods are the contract's RPCs; see protos/equity/participants/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/participants/v1/organisations.grpc.pb.h"
#include "equity/participants/v1/participants.grpc.pb.h"
#include "equity/participants/v1/registrations.grpc.pb.h"

namespace equity::client {

class OrganisationsClient : public ServiceClient<participants::v1::OrganisationService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<participants::v1::ImportOrganisationsResponse> ImportOrganisations(
      participants::v1::ImportOrganisationsRequest request, const Options& options = {}) {
    return Call(&Stub::ImportOrganisations, std::move(request), options);
  }

  absl::StatusOr<participants::v1::GetOrganisationResponse> GetOrganisation(
      participants::v1::GetOrganisationRequest request, const Options& options = {}) {
    return Call(&Stub::GetOrganisation, std::move(request), options);
  }

  absl::StatusOr<participants::v1::ListOrganisationsResponse> ListOrganisations(
      participants::v1::ListOrganisationsRequest request, const Options& options = {}) {
    return Call(&Stub::ListOrganisations, std::move(request), options);
  }

  absl::StatusOr<participants::v1::UpdateOrganisationResponse> UpdateOrganisation(
      participants::v1::UpdateOrganisationRequest request, const Options& options = {}) {
    return Call(&Stub::UpdateOrganisation, std::move(request), options);
  }

  absl::Status ForEachOrganisation(participants::v1::ListOrganisationsRequest request,
                                   Visit<participants::v1::Organisation> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListOrganisations, std::move(request),
                       &participants::v1::ListOrganisationsResponse::organisations, visit, options);
  }
};

class ParticipantsClient : public ServiceClient<participants::v1::ParticipantService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<participants::v1::RegisterParticipantResponse> RegisterParticipant(
      participants::v1::RegisterParticipantRequest request, const Options& options = {}) {
    return Call(&Stub::RegisterParticipant, std::move(request), options);
  }

  absl::StatusOr<participants::v1::GetParticipantResponse> GetParticipant(
      participants::v1::GetParticipantRequest request, const Options& options = {}) {
    return Call(&Stub::GetParticipant, std::move(request), options);
  }

  absl::StatusOr<participants::v1::ListParticipantsResponse> ListParticipants(
      participants::v1::ListParticipantsRequest request, const Options& options = {}) {
    return Call(&Stub::ListParticipants, std::move(request), options);
  }

  absl::StatusOr<participants::v1::UpdateParticipantResponse> UpdateParticipant(
      participants::v1::UpdateParticipantRequest request, const Options& options = {}) {
    return Call(&Stub::UpdateParticipant, std::move(request), options);
  }

  absl::StatusOr<participants::v1::DeactivateParticipantResponse> DeactivateParticipant(
      participants::v1::DeactivateParticipantRequest request, const Options& options = {}) {
    return Call(&Stub::DeactivateParticipant, std::move(request), options);
  }

  absl::StatusOr<participants::v1::EraseParticipantResponse> EraseParticipant(
      participants::v1::EraseParticipantRequest request, const Options& options = {}) {
    return Call(&Stub::EraseParticipant, std::move(request), options);
  }

  absl::StatusOr<participants::v1::MoveParticipantResponse> MoveParticipant(
      participants::v1::MoveParticipantRequest request, const Options& options = {}) {
    return Call(&Stub::MoveParticipant, std::move(request), options);
  }

  absl::StatusOr<participants::v1::GiveConsentResponse> GiveConsent(participants::v1::GiveConsentRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::GiveConsent, std::move(request), options);
  }

  absl::StatusOr<participants::v1::WithdrawConsentResponse> WithdrawConsent(
      participants::v1::WithdrawConsentRequest request, const Options& options = {}) {
    return Call(&Stub::WithdrawConsent, std::move(request), options);
  }

  absl::StatusOr<participants::v1::ListConsentsResponse> ListConsents(participants::v1::ListConsentsRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListConsents, std::move(request), options);
  }

  absl::Status ForEachParticipant(participants::v1::ListParticipantsRequest request,
                                  Visit<participants::v1::Participant> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListParticipants, std::move(request),
                       &participants::v1::ListParticipantsResponse::participants, visit, options);
  }
};

// Whole files go through RegistrationStream.
class RegistrationsClient : public ServiceClient<participants::v1::RegistrationService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<participants::v1::ValidateRegistrationsResponse> ValidateRegistrations(
      participants::v1::ValidateRegistrationsRequest request, const Options& options = {}) {
    return Call(&Stub::ValidateRegistrations, std::move(request), options);
  }

  absl::StatusOr<participants::v1::SubmitRegistrationsResponse> SubmitRegistrations(
      participants::v1::SubmitRegistrationsRequest request, const Options& options = {}) {
    return Call(&Stub::SubmitRegistrations, std::move(request), options);
  }
};

}  // namespace equity::client

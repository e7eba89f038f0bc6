#include "services/participants/service.h"

#include "common/rpc/service.h"
#include "common/status/macros.h"
#include "equity/participants/v1/organisations.grpc.pb.h"
#include "equity/participants/v1/participants.grpc.pb.h"
#include "equity/participants/v1/registrations.grpc.pb.h"
#include "services/participants/consents.h"
#include "services/participants/erasures.h"
#include "services/participants/organisations.h"
#include "services/participants/participants.h"
#include "services/participants/registrations/registrar.h"
#include "services/participants/store.h"

namespace equity::participants {
namespace {

class OrganisationMounts final : public rpc::Service<v1::OrganisationService> {
 public:
  using Service::Service;
  EQUITY_WRITE(ImportOrganisations, organisations::Import)
  EQUITY_READ(GetOrganisation, organisations::Get)
  EQUITY_READ(ListOrganisations, organisations::List)
  EQUITY_WRITE(UpdateOrganisation, organisations::Update)
};

class ParticipantMounts final : public rpc::Service<v1::ParticipantService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(RegisterParticipant, people::Register, people::Refill)
  EQUITY_READ(GetParticipant, people::Get)
  EQUITY_READ(ListParticipants, people::List)
  EQUITY_WRITE_PERSONAL(UpdateParticipant, people::Update, people::Refill)
  EQUITY_WRITE_PERSONAL(DeactivateParticipant, people::Deactivate, people::Refill)
  EQUITY_WRITE_PERSONAL(EraseParticipant, people::Erase, people::Refill)
  EQUITY_WRITE_PERSONAL(MoveParticipant, people::Move, people::Refill)
  EQUITY_WRITE(GiveConsent, consents::Give)
  EQUITY_WRITE(WithdrawConsent, consents::Withdraw)
  EQUITY_READ(ListConsents, consents::List)
};

class RegistrationMounts final : public rpc::Service<v1::RegistrationService> {
 public:
  RegistrationMounts(rpc::Runtime& runtime, registrations::Seats& seats)
      : Service(runtime), registrar_(runtime, seats) {}
  EQUITY_FLOW(ValidateRegistrations, registrar_.Validate)
  EQUITY_FLOW(SubmitRegistrations, registrar_.Submit)
  EQUITY_STREAM(StreamRegistrations, registrar_.Stream)

 private:
  registrations::Registrar registrar_;
};

class ParticipantsService final : public host::HostedService {
 public:
  ParticipantsService(rpc::Shared& shared, std::unique_ptr<exec::Store> store,
                      std::unique_ptr<backup::ErasureLedger> erasures, registrations::SweeperOptions sweeper)
      : store_(std::move(store)),
        runtime_(shared, store_.get(), &belongings_),
        seats_(shared.draining),
        organisations_(runtime_),
        participants_(runtime_),
        registrations_(runtime_, seats_),
        sweeper_(runtime_, seats_, sweeper) {
    belongings_.erasures = std::move(erasures);
  }

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override { return {&organisations_, &participants_, &registrations_}; }
  void Start(const host::Peers& peers) override {
    seats_.Start(peers);
    sweeper_.Start();
  }
  void Stop() override { sweeper_.Stop(); }
  absl::Status Settle(const std::string& data_folder) {
    return SettleErasures(runtime_, *belongings_.erasures, data_folder);
  }

 private:
  Belongings belongings_;
  std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
  registrations::Seats seats_;
  OrganisationMounts organisations_;
  ParticipantMounts participants_;
  RegistrationMounts registrations_;
  registrations::Sweeper sweeper_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              registrations::SweeperOptions sweeper) {
  options.migrations = Schema();
  const std::string data_folder = options.folder;
  ASSIGN_OR_RETURN(auto erasures, backup::ErasureLedger::Open(shared.backup_folder));
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  auto service = std::make_unique<ParticipantsService>(shared, std::move(store), std::move(erasures), sweeper);
  RETURN_IF_ERROR(service->Settle(data_folder));
  return service;
}

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  return OpenWith(shared, std::move(options), {});
}

}  // namespace equity::participants

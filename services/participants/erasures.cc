#include "services/participants/erasures.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/backup/backup.h"
#include "common/status/macros.h"
#include "services/participants/errors.h"
#include "services/participants/events.h"
#include "services/participants/names.h"
#include "services/participants/participants.h"
#include "services/participants/registrations/ledger.h"
#include "services/participants/store.h"

namespace equity::participants {
namespace {

constexpr int kAllOrganisations = 1'000'000;
constexpr int kErasuresAtOnce = 1000;

void EndConsents(rpc::WriteContext& context, sql::Transaction& transaction, const store::Registered& registered) {
  bool ended = false;
  for (const v1::Consent& consent : store::ListConsents(transaction, registered.id)) {
    if (consent.has_withdraw_time()) continue;
    store::EndConsent(transaction, registered.id, consent.purpose(), context.now());
    ended = true;
  }
  if (ended) Emit(context, ParticipantEvent::KIND_CONSENT_CHANGED, registered);
}

// One registration. That with a former organisation goes on saying where the person went.
void EraseRegistration(rpc::WriteContext& context, sql::Transaction& transaction, store::Registered registered) {
  const store::State before = registered.state;
  if (before == store::State::kErased) return;
  registered.person = {.external_ref = store::ErasedRef(registered.id)};
  if (before != store::State::kMoved) registered.state = store::State::kErased;
  ++registered.version;
  registered.update_time = context.now();
  store::DropEmailsOf(transaction, registered.organisation, registered.id);
  store::Put(transaction, registered);
  if (before == store::State::kMoved) return;
  // Also for who left before: whoever restores a backup may have one in which others do not know that yet.
  if (before != store::State::kPending) Emit(context, ParticipantEvent::KIND_DEACTIVATED, registered);
  EndConsents(context, transaction, registered);
  Emit(context, ParticipantEvent::KIND_ERASED, registered);
}

// The person wherever known: here, and where the person was before.
void EraseEverywhere(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& name) {
  const std::string id = ParticipantIdOf(name);
  registrations::ledger::DropDetailsOf(transaction, id);
  for (const v1::Organisation& each : store::ListOrganisations(transaction, "", kAllOrganisations)) {
    auto registered = store::FindParticipant(transaction, OrganisationOf(each.name()), id);
    if (registered) EraseRegistration(context, transaction, *std::move(registered));
  }
  store::InsertErasure(transaction, id, OrganisationOf(name), context.now());
  transaction.ForgetTrace();
}

}  // namespace

absl::StatusOr<v1::EraseParticipantResponse> people::Erase(rpc::WriteContext& context, sql::Transaction& transaction,
                                                           const v1::EraseParticipantRequest& request) {
  const auto registered = FindVisible(transaction, request.name());
  if (!registered) return status::NotFound();
  if (registered->state == store::State::kMoved) return errors::ParticipantNotActive();
  if (registered->state != store::State::kErased) {
    if (registrations::ledger::IsPending(transaction, registered->id)) return errors::RegistrationInProgress();
    // Before the commit: a name too many is of somebody who is to be erased, one too few would come back.
    RETURN_IF_ERROR(context.belongings<Belongings>().erasures->Add(request.name()));
    EraseEverywhere(context, transaction, request.name());
  }
  v1::EraseParticipantResponse response;
  ASSIGN_OR_RETURN(*response.mutable_participant(), Current(transaction, request.name()));
  return response;
}

absl::Status SettleErasures(rpc::Runtime& runtime, backup::ErasureLedger& ledger, const std::string& data_folder) {
  const std::string due = absl::StrCat(data_folder, "/", backup::kDueFile);
  if (std::filesystem::exists(due)) {
    ASSIGN_OR_RETURN(const auto names, backup::ReadErasures(due));
    for (const std::string& name : names) {
      RETURN_IF_ERROR(runtime.WriteAs({.name = "participants", .organisation = OrganisationOf(name)}, "restore",
                                      [&](rpc::WriteContext& context, sql::Transaction& transaction) {
                                        EraseEverywhere(context, transaction, name);
                                        context.SetResource(name);
                                        return absl::OkStatus();
                                      }));
    }
  }
  std::string after;
  for (bool more = true; more;) {
    std::vector<std::string> names;
    RETURN_IF_ERROR(runtime.Read([&](sql::ReadTransaction& transaction) {
      names = store::ListErasures(transaction, after, kErasuresAtOnce);
      return absl::OkStatus();
    }));
    for (const std::string& name : names) RETURN_IF_ERROR(ledger.Add(name));
    more = names.size() == kErasuresAtOnce;
    if (more) after = ParticipantIdOf(names.back());
  }
  // Last: until then the next start does it again.
  std::error_code error;
  if (std::filesystem::remove(due, error)) backup::SyncFolder(data_folder);
  return error ? absl::UnavailableError(absl::StrCat("cannot remove ", due)) : absl::OkStatus();
}

}  // namespace equity::participants

#include "services/participants/registrations/settle.h"

#include "common/text/text.h"
#include "services/participants/events.h"
#include "services/participants/names.h"

namespace equity::participants::registrations {
namespace {

using store::Registered;
using store::State;
using v1::RegistrationOutcome;
using workshops::v1::SeatOutcome;

// Gives a known person the details that waited.
Kind ChangeDetails(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
                   const Entry& entry) {
  auto details = ledger::TakeDetails(transaction, operation.id, entry.row);
  auto registered = store::FindParticipant(transaction, entry.organisation, entry.participant);
  if (!details || !registered) return RegistrationOutcome::KIND_UNCHANGED;
  details->external_ref = registered->person.external_ref;
  const bool rejoins = registered->state == State::kInactive;
  if (!rejoins && *details == registered->person) return RegistrationOutcome::KIND_UNCHANGED;
  const std::string former = registered->EmailKey();
  registered->person = *std::move(details);
  registered->state = State::kActive;
  ++registered->version;
  registered->update_time = context.now();
  store::Put(transaction, *registered);
  transaction.ForgetTrace();
  ledger::ReleaseEmail(transaction, entry.organisation, entry.participant, former);
  return rejoins ? RegistrationOutcome::KIND_REGISTERED : RegistrationOutcome::KIND_UPDATED;
}

// Makes the person what the row says, and tells the change feed.
Kind ChangePerson(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
                  const Entry& entry) {
  const bool joins = store::Activate(transaction, entry.organisation, entry.participant, context.now());
  Kind kind = RegistrationOutcome::KIND_UNCHANGED;
  if (entry.has_details) kind = ChangeDetails(context, transaction, operation, entry);
  if (joins) kind = RegistrationOutcome::KIND_REGISTERED;
  if (kind == RegistrationOutcome::KIND_UNCHANGED) return kind;
  Emit(
      context,
      kind == RegistrationOutcome::KIND_REGISTERED ? ParticipantEvent::KIND_REGISTERED : ParticipantEvent::KIND_UPDATED,
      entry.organisation, ParticipantName(entry.organisation, entry.participant));
  context.SetResource("registrations/" + operation.id);
  return kind;
}

}  // namespace

void Record(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
            const Reading& reading, const Classified& row, Entry& entry) {
  entry.organisation = row.organisation;
  entry.participant = row.participant;
  entry.session_date = reading.session_date;
  entry.on_full = reading.on_full;
  entry.has_details = row.known && (row.changed || row.known->state == State::kInactive);
  if (!row.known) {
    store::Put(transaction, {.organisation = row.organisation,
                             .id = row.participant,
                             .state = State::kPending,
                             .person = row.person,
                             .create_time = context.now(),
                             .update_time = context.now()});
  }
  if (entry.has_details) ledger::KeepDetails(transaction, operation.id, entry.row, row.person);
  if (!row.known || entry.has_details) {
    store::TakeEmail(transaction, row.organisation, text::Fold(row.person.email), row.participant);
  }
  ledger::Insert(transaction, operation.id, entry);
}

void Stand(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
           const SeatOutcome* seat, Entry& entry) {
  Accept(ChangePerson(context, transaction, operation, entry), seat, entry);
  ledger::Decide(transaction, operation.id, entry);
}

void Fall(sql::Transaction& transaction, const Operation& operation, const Fault& fault, const SeatOutcome* seat,
          Entry& entry) {
  const std::string participant = entry.participant;
  Refuse({fault}, entry);
  if (seat != nullptr) NoteSession(*seat, entry);
  // First, so that this row holds neither person nor address any more.
  ledger::Decide(transaction, operation.id, entry);
  if (entry.has_details) {
    const auto details = ledger::TakeDetails(transaction, operation.id, entry.row);
    if (details) ledger::ReleaseEmail(transaction, entry.organisation, participant, text::Fold(details->email));
  }
  ledger::DropPending(transaction, entry.organisation, participant);
  transaction.ForgetTrace();
}

}  // namespace equity::participants::registrations

#include "services/participants/participants.h"

#include "absl/strings/str_cat.h"
#include "common/page/page.h"
#include "google/protobuf/util/time_util.h"
#include "services/participants/errors.h"
#include "services/participants/events.h"
#include "services/participants/names.h"
#include "services/participants/registrations/ledger.h"
#include "services/participants/store.h"

namespace equity::participants::people {
namespace {

using google::protobuf::util::TimeUtil;
using store::Registered;
using store::State;

v1::Participant ToProto(const Registered& registered) {
  v1::Participant participant;
  participant.set_name(registered.Name());
  Describe(registered.person, participant);
  // What stands in its place is nobody's number.
  if (registered.person.external_ref == store::ErasedRef(registered.id)) participant.clear_external_ref();
  participant.set_state(static_cast<v1::Participant::State>(registered.state));
  if (registered.state == State::kMoved) {
    participant.set_moved_to(ParticipantName(registered.moved_to, registered.id));
  }
  participant.set_etag(absl::StrCat(registered.version));
  *participant.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(registered.create_time));
  *participant.mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(registered.update_time));
  return participant;
}

template <class Response>
Response Answer(const Registered& registered) {
  Response response;
  *response.mutable_participant() = ToProto(registered);
  return response;
}

// That nobody else of the organisation has the person's external_ref.
absl::Status CheckExternalRef(sql::ReadTransaction& transaction, const Registered& registered) {
  const auto other = store::FindByExternalRef(transaction, registered.organisation, registered.person.external_ref);
  if (!other || other->id == registered.id) return absl::OkStatus();
  return other->state == State::kPending ? errors::RegistrationInProgress() : errors::ExternalRefInUse();
}

// That nobody else of the organisation has the person's address; takes it.
absl::Status TakeEmail(sql::Transaction& transaction, const Registered& registered) {
  const std::string key = registered.EmailKey();
  const auto holder = store::EmailHolder(transaction, registered.organisation, key);
  if (holder && *holder != registered.id) {
    const auto other = store::FindParticipant(transaction, registered.organisation, *holder);
    const bool settled = other && other->state == State::kActive && other->EmailKey() == key;
    return settled ? errors::EmailInUse() : errors::RegistrationInProgress();
  }
  store::TakeEmail(transaction, registered.organisation, key, registered.id);
  return absl::OkStatus();
}

// Stores a changed registration as its next version; what it said before is kept nowhere.
void Save(rpc::WriteContext& context, sql::Transaction& transaction, Registered& registered) {
  transaction.ForgetTrace();
  ++registered.version;
  registered.update_time = context.now();
  store::Put(transaction, registered);
}

// What the person leaves behind at the former organisation.
Registered Tombstone(Registered registered, const std::string& moved_to) {
  registered.person = {.external_ref = registered.person.external_ref};
  registered.state = State::kMoved;
  registered.moved_to = moved_to;
  return registered;
}

Registered AtNewOrganisation(Registered registered, const v1::MoveParticipantRequest& request) {
  registered.organisation = OrganisationOf(request.organisation());
  if (std::string ref = Clean(request.external_ref()); !ref.empty()) registered.person.external_ref = std::move(ref);
  if (std::string email = Clean(request.email()); !email.empty()) registered.person.email = std::move(email);
  return registered;
}

}  // namespace

absl::StatusOr<v1::Participant> Current(sql::ReadTransaction& transaction, const std::string& name) {
  const auto registered = FindVisible(transaction, name);
  if (!registered) return status::NotFound();
  return ToProto(*registered);
}

absl::StatusOr<v1::RegisterParticipantResponse> Register(rpc::WriteContext& context, sql::Transaction& transaction,
                                                         const v1::RegisterParticipantRequest& request) {
  Registered registered{.organisation = OrganisationOf(request.parent()),
                        .id = context.NewId(),
                        .person = PersonFrom(request.participant()),
                        .create_time = context.now(),
                        .update_time = context.now()};
  if (!store::OrganisationExists(transaction, registered.organisation)) return status::NotFound();
  if (const auto faults = PersonFaults(registered.person); !faults.empty()) return errors::WrongPerson(faults);
  RETURN_IF_ERROR(CheckExternalRef(transaction, registered));
  RETURN_IF_ERROR(TakeEmail(transaction, registered));
  store::Put(transaction, registered);
  Emit(context, ParticipantEvent::KIND_REGISTERED, registered);
  context.SetResource(registered.Name());
  return Answer<v1::RegisterParticipantResponse>(registered);
}

absl::StatusOr<v1::GetParticipantResponse> Get(const rpc::Context&, sql::ReadTransaction& transaction,
                                               const v1::GetParticipantRequest& request) {
  v1::GetParticipantResponse response;
  ASSIGN_OR_RETURN(*response.mutable_participant(), Current(transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListParticipantsResponse> List(const rpc::Context&, sql::ReadTransaction& transaction,
                                                  const v1::ListParticipantsRequest& request) {
  const std::string organisation = OrganisationOf(request.parent());
  const std::string binding =
      absl::StrCat("ListParticipants|", organisation, "|", request.show_inactive(), "|", request.external_ref());
  ASSIGN_OR_RETURN(const std::string after, page::Key(binding, request.page_token()));
  if (!store::OrganisationExists(transaction, organisation)) return status::NotFound();
  v1::ListParticipantsResponse response;
  if (!request.external_ref().empty()) {
    const auto found = store::FindByExternalRef(transaction, organisation, Clean(request.external_ref()));
    const bool shown = found && found->state != State::kPending &&
                       (request.show_inactive() || found->state == State::kActive) && after.empty();
    if (shown) *response.add_participants() = ToProto(*found);
    return response;
  }
  const int size = page::Size(request.page_size());
  auto people = store::ListParticipants(transaction, organisation, after, request.show_inactive(), size + 1);
  if (people.size() > static_cast<size_t>(size)) {
    people.pop_back();
    response.set_next_page_token(page::Token(binding, people.back().id));
  }
  for (const Registered& registered : people) *response.add_participants() = ToProto(registered);
  return response;
}

absl::StatusOr<v1::UpdateParticipantResponse> Update(rpc::WriteContext& context, sql::Transaction& transaction,
                                                     const v1::UpdateParticipantRequest& request) {
  const v1::Participant& wanted = request.participant();
  if (wanted.name().empty()) return status::InvalidField("participant.name", "is required");
  const auto before = FindVisible(transaction, wanted.name());
  if (!before) return status::NotFound();
  if (before->state != State::kActive) return errors::ParticipantNotActive();
  if (!wanted.etag().empty() && wanted.etag() != absl::StrCat(before->version)) return status::EtagMismatch();
  auto [person, unknown_paths] = Apply(before->person, wanted, request.update_mask());
  if (!unknown_paths.empty()) return errors::WrongMask(unknown_paths);
  if (const auto faults = PersonFaults(person); !faults.empty()) return errors::WrongPerson(faults);
  Registered after = *before;
  after.person = std::move(person);
  if (after.person == before->person) return Answer<v1::UpdateParticipantResponse>(after);
  RETURN_IF_ERROR(CheckExternalRef(transaction, after));
  RETURN_IF_ERROR(TakeEmail(transaction, after));
  Save(context, transaction, after);
  registrations::ledger::ReleaseEmail(transaction, after.organisation, after.id, before->EmailKey());
  Emit(context, ParticipantEvent::KIND_UPDATED, after);
  return Answer<v1::UpdateParticipantResponse>(after);
}

absl::StatusOr<v1::DeactivateParticipantResponse> Deactivate(rpc::WriteContext& context, sql::Transaction& transaction,
                                                             const v1::DeactivateParticipantRequest& request) {
  auto registered = FindVisible(transaction, request.name());
  if (!registered) return status::NotFound();
  if (registered->state == State::kMoved) return errors::ParticipantNotActive();
  if (registered->state == State::kActive) {
    if (registrations::ledger::IsPending(transaction, registered->id)) return errors::RegistrationInProgress();
    registered->state = State::kInactive;
    Save(context, transaction, *registered);
    registrations::ledger::ReleaseEmail(transaction, registered->organisation, registered->id, registered->EmailKey());
    Emit(context, ParticipantEvent::KIND_DEACTIVATED, *registered);
  }
  return Answer<v1::DeactivateParticipantResponse>(*registered);
}

absl::StatusOr<v1::MoveParticipantResponse> Move(rpc::WriteContext& context, sql::Transaction& transaction,
                                                 const v1::MoveParticipantRequest& request) {
  const auto before = FindVisible(transaction, request.name());
  if (!before || !store::OrganisationExists(transaction, OrganisationOf(request.organisation()))) {
    return status::NotFound();
  }
  if (before->state != State::kActive) return errors::ParticipantNotActive();
  if (before->organisation == OrganisationOf(request.organisation())) return errors::SameOrganisation();
  if (registrations::ledger::IsPending(transaction, before->id)) return errors::RegistrationInProgress();
  Registered after = AtNewOrganisation(*before, request);
  RETURN_IF_ERROR(CheckExternalRef(transaction, after));
  RETURN_IF_ERROR(TakeEmail(transaction, after));
  Registered tombstone = Tombstone(*before, after.organisation);
  Save(context, transaction, tombstone);
  // Only then is the former address nobody's.
  registrations::ledger::ReleaseEmail(transaction, before->organisation, before->id, before->EmailKey());
  Save(context, transaction, after);
  Emit(context, ParticipantEvent::KIND_MOVED_AWAY, tombstone);
  Emit(context, ParticipantEvent::KIND_MOVED, after, before->Name());
  return Answer<v1::MoveParticipantResponse>(after);
}

}  // namespace equity::participants::people

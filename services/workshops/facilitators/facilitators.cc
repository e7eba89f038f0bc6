#include "services/workshops/facilitators/facilitators.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/workshops/bookings/store.h"
#include "services/workshops/errors.h"
#include "services/workshops/facilitators/consent.h"
#include "services/workshops/facilitators/store.h"
#include "services/workshops/names.h"
#include "services/workshops/pages.h"
#include "services/workshops/sessions/store.h"
#include "services/workshops/timestamps.h"
#include "services/workshops/updates.h"

namespace equity::workshops {
namespace {

using FacilitatorEvent = changes::v1::FacilitatorEvent;

constexpr const char* kChangeableOfFacilitator[] = {"sessions", "public_name", "biography", "lived_experience",
                                                    "retired"};

void EmitFacilitator(rpc::WriteContext& context, const std::string& facilitator, FacilitatorEvent::Kind kind) {
  changes::v1::Change change;
  change.mutable_facilitator_event()->set_facilitator(facilitator);
  change.mutable_facilitator_event()->set_kind(kind);
  context.Emit(std::move(change));
  context.SetResource(facilitator);
}

absl::StatusOr<std::vector<int64_t>> NumbersOf(sql::ReadTransaction& transaction,
                                               const google::protobuf::RepeatedPtrField<std::string>& sessions) {
  std::vector<int64_t> numbers;
  for (const std::string& name : sessions) {
    const auto session = store::FindOffer(transaction, Segment(name, 1), ChildId(name));
    if (!session) return status::NotFound();
    numbers.push_back(session->session);
  }
  return numbers;
}

absl::Status MayFacilitate(sql::ReadTransaction& transaction, const std::string& participant) {
  switch (store::FindPerson(transaction, OrganisationId(participant), ChildId(participant)).state) {
    case PersonState::kUnknown:
      return errors::ParticipantNotKnownYet();
    case PersonState::kActive:
      return absl::OkStatus();
    default:
      return errors::ParticipantNotActive();
  }
}

void NormaliseTexts(v1::Facilitator& facilitator) {
  facilitator.set_public_name(text::Nfc(facilitator.public_name()));
  facilitator.set_biography(text::Nfc(facilitator.biography()));
  facilitator.set_lived_experience(text::Nfc(facilitator.lived_experience()));
}

// As it is stored, for whoever writes.
template <class Response>
Response FacilitatorAnswer(const rpc::Context& context, sql::ReadTransaction& transaction, std::string_view id) {
  Response response;
  *response.mutable_facilitator() = store::FindFacilitator(transaction, id, DayText(context.now()))->message;
  return response;
}

// Takes a consent back and erases what it covered. Whether there was one.
bool Withdraw(rpc::WriteContext& context, sql::Transaction& transaction, store::Facilitator& facilitator) {
  const bool withdrawn = store::WithdrawFacilitatorConsent(transaction, facilitator.number, context.now());
  if (withdrawn) {
    facilitator.message.clear_consent();
    EraseUncovered(facilitator.message);
    store::UpdateFacilitator(transaction, facilitator.number, facilitator.message, context.now());
    EmitFacilitator(context, facilitator.message.name(), FacilitatorEvent::KIND_CONSENT_WITHDRAWN);
  }
  return withdrawn;
}

void Retire(rpc::WriteContext& context, sql::Transaction& transaction, store::Facilitator& facilitator) {
  facilitator.message.set_retired(true);
  if (!Withdraw(context, transaction, facilitator)) {
    store::UpdateFacilitator(transaction, facilitator.number, facilitator.message, context.now());
  }
  EmitFacilitator(context, facilitator.message.name(), FacilitatorEvent::KIND_RETIRED);
}

}  // namespace

absl::StatusOr<v1::CreateFacilitatorResponse> CreateFacilitator(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::CreateFacilitatorRequest& request) {
  v1::Facilitator facilitator = request.facilitator();
  std::vector<status::FieldFault> faults;
  if (facilitator.participant().empty()) faults.push_back({"facilitator.participant", "must be set"});
  if (facilitator.retired()) faults.push_back({"facilitator.retired", "must not be set for somebody who is added"});
  if (facilitator.has_consent()) {
    AddFaults(facilitator.consent(), "facilitator.consent.", DayText(context.now()), faults);
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  ASSIGN_OR_RETURN(const auto sessions, NumbersOf(transaction, facilitator.sessions()));
  RETURN_IF_ERROR(MayFacilitate(transaction, facilitator.participant()));
  if (store::FacilitatorOfPerson(transaction, ChildId(facilitator.participant()))) return errors::FacilitatorExists();
  if (!CoversTexts(facilitator)) return errors::ConsentMissing();
  NormaliseTexts(facilitator);
  const std::string id = context.NewId();
  const int64_t number = store::InsertFacilitator(transaction, id, facilitator, context.now());
  store::SetFacilitatorSessions(transaction, number, sessions);
  if (facilitator.has_consent()) {
    store::InsertFacilitatorConsent(transaction, number, facilitator.consent(), context.now());
  }
  EmitFacilitator(context, FacilitatorName(id), FacilitatorEvent::KIND_ADDED);
  return FacilitatorAnswer<v1::CreateFacilitatorResponse>(context, transaction, id);
}

absl::StatusOr<v1::GetFacilitatorResponse> GetFacilitator(const rpc::Context& context,
                                                          sql::ReadTransaction& transaction,
                                                          const v1::GetFacilitatorRequest& request) {
  auto facilitator = store::FindFacilitator(transaction, Segment(request.name(), 1), DayText(context.now()));
  if (!facilitator || !Narrow(AudienceOf(context), facilitator->message)) return status::NotFound();
  v1::GetFacilitatorResponse response;
  *response.mutable_facilitator() = std::move(facilitator->message);
  return response;
}

absl::StatusOr<v1::ListFacilitatorsResponse> ListFacilitators(const rpc::Context& context,
                                                              sql::ReadTransaction& transaction,
                                                              const v1::ListFacilitatorsRequest& request) {
  const auto audience = AudienceOf(context);
  const bool team = audience == v1::FacilitatorConsent::AUDIENCE_TEAM;
  const std::string today = DayText(context.now());
  store::FacilitatorFilter filter{
      .today = today, .show_retired = team && request.show_retired(), .audience = team ? 0 : audience};
  const std::string binding =
      absl::StrCat("ListFacilitators|", request.session(), "|", filter.show_retired, "|", filter.audience, "|");
  ASSIGN_OR_RETURN(const int64_t after, NumberAfter(binding, request.page_token()));
  if (!request.session().empty()) {
    const auto session = store::FindOffer(transaction, Segment(request.session(), 1), ChildId(request.session()));
    if (!session) return status::NotFound();
    filter.session = session->session;
  }
  const int size = page::Size(request.page_size());
  auto facilitators = store::ListFacilitators(transaction, filter, after, size + 1);
  v1::ListFacilitatorsResponse response;
  response.set_next_page_token(NextPage(binding, size, facilitators));
  for (auto& each : facilitators) {
    if (Narrow(audience, each.message)) *response.add_facilitators() = std::move(each.message);
  }
  return response;
}

absl::StatusOr<v1::ListPublicFacilitatorsResponse> ListPublicFacilitators(
    const rpc::Context& context, sql::ReadTransaction& transaction, const v1::ListPublicFacilitatorsRequest& request) {
  const std::string binding = "ListPublicFacilitators|";
  ASSIGN_OR_RETURN(const int64_t after, NumberAfter(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  const std::string today = DayText(context.now());
  const store::FacilitatorFilter filter{.today = today, .audience = v1::FacilitatorConsent::AUDIENCE_PUBLIC};
  auto facilitators = store::ListFacilitators(transaction, filter, after, size + 1);
  v1::ListPublicFacilitatorsResponse response;
  response.set_next_page_token(NextPage(binding, size, facilitators));
  for (const auto& each : facilitators) {
    v1::PublicFacilitator& shown = *response.add_facilitators();
    shown.set_public_name(each.message.public_name());
    shown.set_biography(each.message.biography());
    shown.set_lived_experience(each.message.lived_experience());
  }
  return response;
}

absl::StatusOr<v1::UpdateFacilitatorResponse> UpdateFacilitator(rpc::WriteContext& context,
                                                                sql::Transaction& transaction,
                                                                const v1::UpdateFacilitatorRequest& request) {
  std::vector<status::FieldFault> faults;
  const auto mask = UpdateMask(request, request.facilitator(), kChangeableOfFacilitator, faults);
  if (request.facilitator().name().empty()) faults.push_back({"facilitator.name", "must be set"});
  if (!faults.empty()) return status::InvalidFields(faults);
  const std::string id(Segment(request.facilitator().name(), 1));
  auto facilitator = store::FindFacilitator(transaction, id, DayText(context.now()));
  if (!facilitator) return status::NotFound();
  v1::Facilitator& message = facilitator->message;
  const std::string& etag = request.facilitator().etag();
  if (!etag.empty() && etag != message.etag()) return status::EtagMismatch();
  const std::string before = message.SerializeAsString();
  const bool was_retired = message.retired();
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.facilitator(), mask, replace, &message);
  NormaliseTexts(message);
  if (message.SerializeAsString() != before) {
    ASSIGN_OR_RETURN(const auto sessions, NumbersOf(transaction, message.sessions()));
    // Who retires takes the texts along, so they need no consent.
    const bool retires = message.retired() && !was_retired;
    if (!retires && !CoversTexts(message)) return errors::ConsentMissing();
    store::SetFacilitatorSessions(transaction, facilitator->number, sessions);
    if (retires) {
      message.clear_consent();
      EraseUncovered(message);
      Retire(context, transaction, *facilitator);
    } else {
      store::UpdateFacilitator(transaction, facilitator->number, message, context.now());
      EmitFacilitator(context, message.name(), FacilitatorEvent::KIND_CHANGED);
    }
  }
  return FacilitatorAnswer<v1::UpdateFacilitatorResponse>(context, transaction, id);
}

absl::StatusOr<v1::GiveConsentResponse> GiveConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::GiveConsentRequest& request) {
  const std::string today = DayText(context.now());
  std::vector<status::FieldFault> faults;
  AddFaults(request.consent(), "consent.", today, faults);
  if (!faults.empty()) return status::InvalidFields(faults);
  const std::string id(Segment(request.name(), 1));
  auto facilitator = store::FindFacilitator(transaction, id, today);
  if (!facilitator) return status::NotFound();
  v1::Facilitator& message = facilitator->message;
  if (!SameConsent(message.consent(), request.consent())) {
    *message.mutable_consent() = request.consent();
    EraseUncovered(message);
    store::InsertFacilitatorConsent(transaction, facilitator->number, request.consent(), context.now());
    store::UpdateFacilitator(transaction, facilitator->number, message, context.now());
    EmitFacilitator(context, message.name(), FacilitatorEvent::KIND_CONSENT_GIVEN);
  }
  return FacilitatorAnswer<v1::GiveConsentResponse>(context, transaction, id);
}

absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::WithdrawConsentRequest& request) {
  const std::string id(Segment(request.name(), 1));
  auto facilitator = store::FindFacilitator(transaction, id, DayText(context.now()));
  if (!facilitator) return status::NotFound();
  Withdraw(context, transaction, *facilitator);
  return FacilitatorAnswer<v1::WithdrawConsentResponse>(context, transaction, id);
}

absl::Status RefillTexts(const rpc::Context& context, sql::ReadTransaction& transaction, v1::Facilitator& facilitator) {
  const auto now = store::FindFacilitator(transaction, Segment(facilitator.name(), 1), DayText(context.now()));
  if (!now) return absl::OkStatus();
  facilitator.set_public_name(now->message.public_name());
  facilitator.set_biography(now->message.biography());
  facilitator.set_lived_experience(now->message.lived_experience());
  return absl::OkStatus();
}

void FacilitatorLeft(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& participant) {
  const auto id = store::FacilitatorOfPerson(transaction, ChildId(participant));
  if (!id) return;
  auto facilitator = store::FindFacilitator(transaction, *id, DayText(context.now()));
  // News of an organisation that the person left before is old.
  if (facilitator->message.participant() != participant || facilitator->message.retired()) return;
  Retire(context, transaction, *facilitator);
}

void EndConsent(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& id) {
  auto facilitator = store::FindFacilitator(transaction, id, DayText(context.now()));
  // Somebody may have been faster.
  if (facilitator && !facilitator->message.has_consent()) Withdraw(context, transaction, *facilitator);
}

}  // namespace equity::workshops

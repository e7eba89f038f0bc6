#include "services/participants/consents.h"

#include "common/status/macros.h"
#include "google/protobuf/util/time_util.h"
#include "services/participants/errors.h"
#include "services/participants/events.h"
#include "services/participants/names.h"
#include "services/participants/store.h"

namespace equity::participants::consents {
namespace {

using google::protobuf::util::TimeUtil;
using store::State;

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

}  // namespace

absl::StatusOr<v1::GiveConsentResponse> Give(rpc::WriteContext& context, sql::Transaction& transaction,
                                             const v1::GiveConsentRequest& request) {
  const auto registered = FindVisible(transaction, request.name());
  if (!registered) return status::NotFound();
  if (registered->state != State::kActive) return errors::ParticipantNotActive();
  const std::string wording = Clean(request.wording_version());
  if (wording.empty()) return status::InvalidField("wording_version", "is required");
  v1::GiveConsentResponse response;
  const auto standing = store::StandingConsent(transaction, registered->id, request.purpose());
  if (standing && standing->wording_version() == wording) {
    *response.mutable_consent() = *standing;
    return response;
  }
  // Consent to a new wording takes the place of the one before.
  if (standing) store::EndConsent(transaction, registered->id, request.purpose(), context.now());
  v1::Consent& consent = *response.mutable_consent();
  consent.set_purpose(request.purpose());
  consent.set_wording_version(wording);
  *consent.mutable_give_time() = Stamp(context.now());
  store::InsertConsent(transaction, registered->id, context.NewId(), consent);
  Emit(context, ParticipantEvent::KIND_CONSENT_CHANGED, *registered);
  return response;
}

absl::StatusOr<v1::WithdrawConsentResponse> Withdraw(rpc::WriteContext& context, sql::Transaction& transaction,
                                                     const v1::WithdrawConsentRequest& request) {
  const auto registered = FindVisible(transaction, request.name());
  if (!registered) return status::NotFound();
  // The consents of who moved are found, and withdrawn, under the new name.
  if (registered->state == State::kMoved) return errors::ConsentNotGiven();
  auto standing = store::StandingConsent(transaction, registered->id, request.purpose());
  if (!standing) return errors::ConsentNotGiven();
  store::EndConsent(transaction, registered->id, request.purpose(), context.now());
  Emit(context, ParticipantEvent::KIND_CONSENT_CHANGED, *registered);
  v1::WithdrawConsentResponse response;
  *response.mutable_consent() = *std::move(standing);
  *response.mutable_consent()->mutable_withdraw_time() = Stamp(context.now());
  return response;
}

absl::StatusOr<v1::ListConsentsResponse> List(const rpc::Context&, sql::ReadTransaction& transaction,
                                              const v1::ListConsentsRequest& request) {
  const auto registered = FindVisible(transaction, request.name());
  if (!registered) return status::NotFound();
  v1::ListConsentsResponse response;
  if (registered->state == State::kMoved) return response;
  for (auto& consent : store::ListConsents(transaction, registered->id)) {
    *response.add_consents() = std::move(consent);
  }
  return response;
}

}  // namespace equity::participants::consents

#include "services/reference_group/consents/consents.h"

#include "common/status/macros.h"
#include "services/reference_group/consents/store.h"
#include "services/reference_group/group.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/sealed/store.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

constexpr char kListConsents[] = "ListConsents|";

}  // namespace

absl::StatusOr<v1::GiveConsentResponse> GiveConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::GiveConsentRequest& request) {
  v1::Consent consent = request.consent();
  const std::string today = DayText(context.now());
  std::vector<status::FieldFault> faults;
  if (consent.scope() == v1::Consent::SCOPE_UNSPECIFIED) faults.push_back({"consent.scope", "must be set"});
  if (consent.audience() == v1::AUDIENCE_UNSPECIFIED) faults.push_back({"consent.audience", "must be set"});
  if (!consent.expire_date().empty() && consent.expire_date() < today) {
    faults.push_back({"consent.expire_date", "must not be in the past"});
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  const std::string id = context.NewId();
  consent.set_name(Name(kConsents, id));
  store::InsertConsent(transaction, consent, context.now());
  store::InsertSeal(transaction, consent.name(), GroupOf(context).vault.Seal(consent.name(), request.subject()));
  context.SetResource(consent.name());
  v1::GiveConsentResponse response;
  *response.mutable_consent() = store::FindConsent(transaction, id, today)->message;
  return response;
}

absl::StatusOr<v1::GetConsentResponse> GetConsent(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetConsentRequest& request) {
  auto consent = store::FindConsent(transaction, Id(request.name()), DayText(context.now()));
  if (!consent) return status::NotFound();
  v1::GetConsentResponse response;
  *response.mutable_consent() = std::move(consent->message);
  return response;
}

absl::StatusOr<v1::ListConsentsResponse> ListConsents(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListConsentsRequest& request) {
  ASSIGN_OR_RETURN(const int64_t after, After(kListConsents, request.page_token()));
  const int size = page::Size(request.page_size());
  auto consents = store::ListConsents(transaction, DayText(context.now()), after, size + 1);
  v1::ListConsentsResponse response;
  response.set_next_page_token(NextPage(kListConsents, size, consents));
  for (auto& consent : consents) *response.add_consents() = std::move(consent.message);
  return response;
}

absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::WithdrawConsentRequest& request) {
  const std::string today = DayText(context.now());
  const auto consent = store::FindConsent(transaction, Id(request.name()), today);
  if (!consent) return status::NotFound();
  v1::WithdrawConsentResponse response;
  if (!consent->message.has_withdraw_time()) {
    store::WithdrawConsent(transaction, consent->number, context.now());
    Withdrawn gone = WithdrawItemsOf(context, transaction, Id(request.name()));
    for (std::string& item : gone.items) response.add_withdrawn_items(std::move(item));
    for (std::string& plan : gone.plans) response.add_adopting_plans(std::move(plan));
  }
  *response.mutable_consent() = store::FindConsent(transaction, Id(request.name()), today)->message;
  return response;
}

}  // namespace equity::referencegroup

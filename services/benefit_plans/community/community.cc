#include "services/benefit_plans/community/community.h"

#include <algorithm>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/updates.h"

namespace equity::benefit_plans {
namespace {

constexpr const char* kChangeableOfPartner[] = {"display_name", "kind", "identifier", "first_contact",
                                                "consent_to_name"};

std::vector<status::FieldFault> FaultsOfPartner(const v1::Partner& partner) {
  std::vector<status::FieldFault> faults;
  CheckSet(partner.display_name(), "partner.display_name", faults);
  if (partner.kind() == v1::Partner::KIND_UNSPECIFIED) faults.push_back({"partner.kind", "must be set"});
  return faults;
}

std::vector<status::FieldFault> FaultsOfPartner(const v1::Engagement& engagement, absl::CivilDay today) {
  std::vector<status::FieldFault> faults;
  if (engagement.rung() == v1::RUNG_UNSPECIFIED) faults.push_back({"engagement.rung", "must be set"});
  if (engagement.rung() >= v1::RUNG_CONSULTATION && engagement.what_changed().empty()) {
    faults.push_back({"engagement.what_changed", "must be set from CONSULTATION on: what was said, and what was done"});
  }
  if (ParseDay(engagement.date()) > today) faults.push_back({"engagement.date", "must not lie in the future"});
  return faults;
}

// What engagements say of a plan as a whole.
void Derive(sql::Transaction& transaction, v1::Plan& plan) {
  bool choice = false;
  bool design = false;
  for (const auto& engagement : store::ListParts<v1::Engagement>(transaction, plan.name())) {
    plan.set_highest_rung(std::max(plan.highest_rung(), engagement.rung()));
    if (engagement.rung() != v1::RUNG_CO_PRODUCTION) continue;
    for (const int touch : engagement.touches()) {
      choice |= touch == v1::Engagement::TOUCH_BENEFIT_CHOICE;
      design |= touch == v1::Engagement::TOUCH_ACTIVITY_DESIGN;
    }
  }
  plan.set_co_produced(choice && design);
  StoreDerived(transaction, plan);
}

}  // namespace

absl::StatusOr<v1::AddPartnerResponse> AddPartner(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::AddPartnerRequest& request) {
  if (const auto faults = FaultsOfPartner(request.partner()); !faults.empty()) return status::InvalidFields(faults);
  ASSIGN_OR_RETURN(const v1::Plan plan, Take(context, transaction, request.parent(), kOpen));
  v1::Partner partner = request.partner();
  partner.set_display_name(text::Nfc(partner.display_name()));
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), partner, context.now()));
  context.SetResource(partner.name());
  v1::AddPartnerResponse response;
  *response.mutable_partner() = std::move(partner);
  return response;
}

absl::StatusOr<v1::GetPartnerResponse> GetPartner(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetPartnerRequest& request) {
  v1::GetPartnerResponse response;
  ASSIGN_OR_RETURN(*response.mutable_partner(), FindOne<v1::Partner>(context, transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListPartnersResponse> ListPartners(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListPartnersRequest& request) {
  return ListPage<v1::Partner, v1::ListPartnersRequest, v1::ListPartnersResponse>(
      context, transaction, request, [](v1::ListPartnersResponse& response) { return response.add_partners(); });
}

absl::StatusOr<v1::UpdatePartnerResponse> UpdatePartner(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdatePartnerRequest& request) {
  ASSIGN_OR_RETURN(const auto mask, UpdateMask(request, request.partner(), "partner", kChangeableOfPartner));
  // In every state: a consent can be taken back whenever its giver wants.
  RETURN_IF_ERROR(Take(context, transaction, request.partner().name()).status());
  auto partner = store::FindPart<v1::Partner>(transaction, request.partner().name());
  if (!partner) return status::NotFound();
  RETURN_IF_ERROR(Merge(mask, request.partner(), *partner));
  if (const auto faults = FaultsOfPartner(*partner); !faults.empty()) return status::InvalidFields(faults);
  partner->set_display_name(text::Nfc(partner->display_name()));
  store::UpdatePart(transaction, *partner, context.now());
  v1::UpdatePartnerResponse response;
  *response.mutable_partner() = *std::move(partner);
  return response;
}

absl::StatusOr<v1::RecordEngagementResponse> RecordEngagement(rpc::WriteContext& context, sql::Transaction& transaction,
                                                              const v1::RecordEngagementRequest& request) {
  v1::Engagement engagement = request.engagement();
  const absl::CivilDay today = DayOf(context.now());
  if (engagement.date().empty()) engagement.set_date(FormatDay(today));
  if (const auto faults = FaultsOfPartner(engagement, today); !faults.empty()) return status::InvalidFields(faults);
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.parent(), kOpen));
  RETURN_IF_ERROR(CheckParts<v1::Partner>(transaction, plan.name(), engagement.partners()));
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), engagement, context.now()));
  Derive(transaction, plan);
  context.SetResource(engagement.name());
  v1::RecordEngagementResponse response;
  *response.mutable_engagement() = std::move(engagement);
  return response;
}

absl::StatusOr<v1::GetEngagementResponse> GetEngagement(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                        const v1::GetEngagementRequest& request) {
  v1::GetEngagementResponse response;
  ASSIGN_OR_RETURN(*response.mutable_engagement(), FindOne<v1::Engagement>(context, transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListEngagementsResponse> ListEngagements(const rpc::Context& context,
                                                            sql::ReadTransaction& transaction,
                                                            const v1::ListEngagementsRequest& request) {
  return ListPage<v1::Engagement, v1::ListEngagementsRequest, v1::ListEngagementsResponse>(
      context, transaction, request, [](v1::ListEngagementsResponse& response) { return response.add_engagements(); });
}

}  // namespace equity::benefit_plans

#include "services/benefit_plans/benefits/benefits.h"

#include <algorithm>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/benefit_plans/benefits/agreement.h"
#include "services/benefit_plans/benefits/move.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/measures/values.h"
#include "services/benefit_plans/rules/guards.h"

namespace equity::benefit_plans {
namespace {

constexpr const char* kChangeableOfBenefit[] = {"title",       "description",   "who_gains",
                                                "aspect",      "four_as",       "determinants",
                                                "qualitative", "is_disbenefit", "planned_date"};

constexpr int kMostEvidence = 200;  // of one benefit

struct TakenBenefit {
  v1::Plan plan;
  v1::Benefit benefit;
};
absl::StatusOr<TakenBenefit> TakeBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                         const std::string& name, std::initializer_list<v1::Plan::State> states) {
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, name, states));
  auto benefit = store::FindPart<v1::Benefit>(transaction, name);
  if (!benefit) return status::NotFound();
  return TakenBenefit{std::move(plan), *std::move(benefit)};
}

absl::Status CheckBenefit(sql::ReadTransaction& transaction, const v1::Benefit& benefit, absl::Time now) {
  std::vector<status::FieldFault> faults;
  const std::string today = FormatDay(DayOf(now));
  CheckSet(benefit.title(), "benefit.title", faults);
  CheckCodes(transaction, "FOUR_AS", benefit.four_as(), "benefit.four_as", today, faults);
  CheckCodes(transaction, "DETERMINANTS", benefit.determinants(), "benefit.determinants", today, faults);
  return faults.empty() ? absl::OkStatus() : status::InvalidFields(faults);
}

RealiseFacts FactsOf(sql::Transaction& transaction, const v1::Plan& plan, const v1::Benefit& benefit, bool whole) {
  RealiseFacts facts{.whole = whole, .is_disbenefit = benefit.is_disbenefit()};
  for (const auto& measure : store::ListParts<v1::Measure>(transaction, plan.name())) {
    const auto& shows = measure.benefits();
    if (std::find(shows.begin(), shows.end(), benefit.name()) == shows.end()) continue;
    const Shown shown = ShownBy(transaction, plan, measure);
    facts.measured |= shown.measured;
    facts.target_met |= shown.target_met;
  }
  for (const auto& evidence : benefit.evidence()) facts.community_says |= evidence.confirmed_by_community();
  return facts;
}

}  // namespace

absl::StatusOr<v1::CreateBenefitResponse> CreateBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::CreateBenefitRequest& request) {
  RETURN_IF_ERROR(CheckBenefit(transaction, request.benefit(), context.now()));
  ASSIGN_OR_RETURN(const v1::Plan plan, Take(context, transaction, request.parent(), kOpen));
  v1::Benefit benefit;
  google::protobuf::FieldMask mask;
  for (const char* path : kChangeableOfBenefit) mask.add_paths(path);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.benefit(), mask, {}, &benefit);
  benefit.set_title(text::Nfc(benefit.title()));
  benefit.set_state(v1::Benefit::STATE_IDENTIFIED);
  benefit.set_emergent(plan.state() != v1::Plan::STATE_DRAFT);
  RETURN_IF_ERROR(store::AddPart(transaction, plan.name(), benefit, context.now()));
  Emit(context, benefit, v1::Benefit::STATE_UNSPECIFIED);
  context.SetResource(benefit.name());
  v1::CreateBenefitResponse response;
  *response.mutable_benefit() = std::move(benefit);
  return response;
}

absl::StatusOr<v1::GetBenefitResponse> GetBenefit(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                  const v1::GetBenefitRequest& request) {
  v1::GetBenefitResponse response;
  ASSIGN_OR_RETURN(*response.mutable_benefit(), FindOne<v1::Benefit>(context, transaction, request.name()));
  return response;
}

absl::StatusOr<v1::ListBenefitsResponse> ListBenefits(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListBenefitsRequest& request) {
  return ListPage<v1::Benefit, v1::ListBenefitsRequest, v1::ListBenefitsResponse>(
      context, transaction, request, [](v1::ListBenefitsResponse& response) { return response.add_benefits(); });
}

absl::StatusOr<v1::UpdateBenefitResponse> UpdateBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateBenefitRequest& request) {
  ASSIGN_OR_RETURN(const auto mask, UpdateMask(request, request.benefit(), "benefit", kChangeableOfBenefit));
  ASSIGN_OR_RETURN(TakenBenefit taken, TakeBenefit(context, transaction, request.benefit().name(), kOpen));
  if (IsEnded(taken.benefit.state())) return errors::BenefitEnded();
  RETURN_IF_ERROR(Merge(mask, request.benefit(), taken.benefit));
  RETURN_IF_ERROR(CheckBenefit(transaction, taken.benefit, context.now()));
  taken.benefit.set_title(text::Nfc(taken.benefit.title()));
  store::UpdatePart(transaction, taken.benefit, context.now());
  v1::UpdateBenefitResponse response;
  *response.mutable_benefit() = std::move(taken.benefit);
  return response;
}

absl::StatusOr<v1::AgreeBenefitResponse> AgreeBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::AgreeBenefitRequest& request) {
  ASSIGN_OR_RETURN(TakenBenefit taken, TakeBenefit(context, transaction, request.name(), kOpen));
  RETURN_IF_ERROR(CheckAgreedBy(transaction, taken.plan.name(), request.agreed_by()));
  taken.benefit.set_agreed_by(request.agreed_by());
  RETURN_IF_ERROR(Move(context, transaction, taken.benefit, "AgreeBenefit"));
  v1::AgreeBenefitResponse response;
  *response.mutable_benefit() = std::move(taken.benefit);
  return response;
}

absl::StatusOr<v1::AddEvidenceResponse> AddEvidence(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::AddEvidenceRequest& request) {
  ASSIGN_OR_RETURN(TakenBenefit taken, TakeBenefit(context, transaction, request.name(), kOpen));
  v1::Evidence evidence = request.evidence();
  const absl::CivilDay today = DayOf(context.now());
  if (evidence.date().empty()) evidence.set_date(FormatDay(today));
  if (ParseDay(evidence.date()) > today) return status::InvalidField("evidence.date", "must not lie in the future");
  if (taken.benefit.evidence_size() >= kMostEvidence) return errors::PlanFull(kMostEvidence);
  *taken.benefit.add_evidence() = std::move(evidence);
  store::UpdatePart(transaction, taken.benefit, context.now());
  v1::AddEvidenceResponse response;
  *response.mutable_benefit() = std::move(taken.benefit);
  return response;
}

absl::StatusOr<v1::RealiseBenefitResponse> RealiseBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::RealiseBenefitRequest& request) {
  const bool whole = request.outcome() == v1::Benefit::STATE_REALISED;
  const bool in_part = request.outcome() == v1::Benefit::STATE_PARTLY_REALISED;
  if (!whole && !in_part && request.outcome() != v1::Benefit::STATE_NOT_REALISED) {
    return status::InvalidField("outcome", "must be REALISED, PARTLY_REALISED or NOT_REALISED");
  }
  ASSIGN_OR_RETURN(TakenBenefit taken, TakeBenefit(context, transaction, request.name(), kRunning));
  const std::string verb = "RealiseBenefit " + ShortName(request.outcome());
  if (!Next(verb, taken.benefit.state())) return errors::TransitionForbidden(verb, ShortName(taken.benefit.state()));
  if (whole || in_part) {
    const auto unmet = RealiseGuards(FactsOf(transaction, taken.plan, taken.benefit, whole));
    if (!unmet.empty()) return status::UnmetGuards("BENEFIT_NOT_SHOWN", unmet);
  }
  taken.benefit.set_note(request.note());
  RETURN_IF_ERROR(Move(context, transaction, taken.benefit, verb));
  v1::RealiseBenefitResponse response;
  *response.mutable_benefit() = std::move(taken.benefit);
  return response;
}

absl::StatusOr<v1::DropBenefitResponse> DropBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::DropBenefitRequest& request) {
  ASSIGN_OR_RETURN(TakenBenefit taken, TakeBenefit(context, transaction, request.name(), kOpen));
  taken.benefit.set_note(request.reason());
  RETURN_IF_ERROR(Move(context, transaction, taken.benefit, "DropBenefit"));
  v1::DropBenefitResponse response;
  *response.mutable_benefit() = std::move(taken.benefit);
  return response;
}

absl::StatusOr<v1::ReopenBenefitResponse> ReopenBenefit(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ReopenBenefitRequest& request) {
  ASSIGN_OR_RETURN(TakenBenefit taken, TakeBenefit(context, transaction, request.name(), kOpen));
  taken.benefit.set_note(request.reason());
  if (taken.benefit.state() == v1::Benefit::STATE_DROPPED) taken.benefit.clear_agreed_by();
  RETURN_IF_ERROR(Move(context, transaction, taken.benefit, "ReopenBenefit"));
  v1::ReopenBenefitResponse response;
  *response.mutable_benefit() = std::move(taken.benefit);
  return response;
}

}  // namespace equity::benefit_plans

// Clients of the benefit_plans service. Methods are the contract's RPCs; see protos/equity/benefitplans/v1.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call.h"
#include "equity/benefitplans/v1/benefits.grpc.pb.h"
#include "equity/benefitplans/v1/community.grpc.pb.h"
#include "equity/benefitplans/v1/measures.grpc.pb.h"
#include "equity/benefitplans/v1/plans.grpc.pb.h"
#include "equity/benefitplans/v1/reviews.grpc.pb.h"

namespace equity::client {

class PlansClient : public ServiceClient<benefitplans::v1::PlanService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::CreatePlanResponse> CreatePlan(benefitplans::v1::CreatePlanRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::CreatePlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetPlanResponse> GetPlan(benefitplans::v1::GetPlanRequest request,
                                                            const Options& options = {}) {
    return Call(&Stub::GetPlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListPlansResponse> ListPlans(benefitplans::v1::ListPlansRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::ListPlans, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::UpdatePlanResponse> UpdatePlan(benefitplans::v1::UpdatePlanRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::UpdatePlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::AddMemberResponse> AddMember(benefitplans::v1::AddMemberRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::AddMember, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::RemoveMemberResponse> RemoveMember(benefitplans::v1::RemoveMemberRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::RemoveMember, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::StartPlanResponse> StartPlan(benefitplans::v1::StartPlanRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::StartPlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::PausePlanResponse> PausePlan(benefitplans::v1::PausePlanRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::PausePlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ResumePlanResponse> ResumePlan(benefitplans::v1::ResumePlanRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::ResumePlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::BeginClosingResponse> BeginClosing(benefitplans::v1::BeginClosingRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::BeginClosing, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ClosePlanResponse> ClosePlan(benefitplans::v1::ClosePlanRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::ClosePlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::WithdrawPlanResponse> WithdrawPlan(benefitplans::v1::WithdrawPlanRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::WithdrawPlan, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListDueResponse> ListDue(benefitplans::v1::ListDueRequest request,
                                                            const Options& options = {}) {
    return Call(&Stub::ListDue, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListCodesResponse> ListCodes(benefitplans::v1::ListCodesRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::ListCodes, std::move(request), options);
  }

  absl::Status ForEachPlan(benefitplans::v1::ListPlansRequest request, Visit<benefitplans::v1::Plan> visit,
                           const Options& options = {}) {
    return ForEachItem(&Stub::ListPlans, std::move(request), &benefitplans::v1::ListPlansResponse::plans, visit,
                       options);
  }

  absl::Status ForEachDueItem(benefitplans::v1::ListDueRequest request, Visit<benefitplans::v1::DueItem> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListDue, std::move(request), &benefitplans::v1::ListDueResponse::items, visit, options);
  }
};

class CardsClient : public ServiceClient<benefitplans::v1::CardService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::PublishCardResponse> PublishCard(benefitplans::v1::PublishCardRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::PublishCard, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::WithdrawCardResponse> WithdrawCard(benefitplans::v1::WithdrawCardRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::WithdrawCard, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetCardResponse> GetCard(benefitplans::v1::GetCardRequest request,
                                                            const Options& options = {}) {
    return Call(&Stub::GetCard, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListCardsResponse> ListCards(benefitplans::v1::ListCardsRequest request,
                                                                const Options& options = {}) {
    return Call(&Stub::ListCards, std::move(request), options);
  }

  absl::Status ForEachCard(benefitplans::v1::ListCardsRequest request, Visit<benefitplans::v1::Card> visit,
                           const Options& options = {}) {
    return ForEachItem(&Stub::ListCards, std::move(request), &benefitplans::v1::ListCardsResponse::cards, visit,
                       options);
  }
};

class BenefitsClient : public ServiceClient<benefitplans::v1::BenefitService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::CreateBenefitResponse> CreateBenefit(benefitplans::v1::CreateBenefitRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::CreateBenefit, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetBenefitResponse> GetBenefit(benefitplans::v1::GetBenefitRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::GetBenefit, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListBenefitsResponse> ListBenefits(benefitplans::v1::ListBenefitsRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListBenefits, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::UpdateBenefitResponse> UpdateBenefit(benefitplans::v1::UpdateBenefitRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::UpdateBenefit, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::AgreeBenefitResponse> AgreeBenefit(benefitplans::v1::AgreeBenefitRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::AgreeBenefit, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::AddEvidenceResponse> AddEvidence(benefitplans::v1::AddEvidenceRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::AddEvidence, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::RealiseBenefitResponse> RealiseBenefit(
      benefitplans::v1::RealiseBenefitRequest request, const Options& options = {}) {
    return Call(&Stub::RealiseBenefit, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::DropBenefitResponse> DropBenefit(benefitplans::v1::DropBenefitRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::DropBenefit, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ReopenBenefitResponse> ReopenBenefit(benefitplans::v1::ReopenBenefitRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::ReopenBenefit, std::move(request), options);
  }

  absl::Status ForEachBenefit(benefitplans::v1::ListBenefitsRequest request, Visit<benefitplans::v1::Benefit> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListBenefits, std::move(request), &benefitplans::v1::ListBenefitsResponse::benefits,
                       visit, options);
  }
};

class ActivitiesClient : public ServiceClient<benefitplans::v1::ActivityService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::CreateActivityResponse> CreateActivity(
      benefitplans::v1::CreateActivityRequest request, const Options& options = {}) {
    return Call(&Stub::CreateActivity, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetActivityResponse> GetActivity(benefitplans::v1::GetActivityRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::GetActivity, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListActivitiesResponse> ListActivities(
      benefitplans::v1::ListActivitiesRequest request, const Options& options = {}) {
    return Call(&Stub::ListActivities, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::UpdateActivityResponse> UpdateActivity(
      benefitplans::v1::UpdateActivityRequest request, const Options& options = {}) {
    return Call(&Stub::UpdateActivity, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::AgreeActivityResponse> AgreeActivity(benefitplans::v1::AgreeActivityRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::AgreeActivity, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::StartActivityResponse> StartActivity(benefitplans::v1::StartActivityRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::StartActivity, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::DeliverActivityResponse> DeliverActivity(
      benefitplans::v1::DeliverActivityRequest request, const Options& options = {}) {
    return Call(&Stub::DeliverActivity, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::CancelActivityResponse> CancelActivity(
      benefitplans::v1::CancelActivityRequest request, const Options& options = {}) {
    return Call(&Stub::CancelActivity, std::move(request), options);
  }

  absl::Status ForEachActivity(benefitplans::v1::ListActivitiesRequest request, Visit<benefitplans::v1::Activity> visit,
                               const Options& options = {}) {
    return ForEachItem(&Stub::ListActivities, std::move(request), &benefitplans::v1::ListActivitiesResponse::activities,
                       visit, options);
  }
};

class MeasuresClient : public ServiceClient<benefitplans::v1::MeasureService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::CreateMeasureResponse> CreateMeasure(benefitplans::v1::CreateMeasureRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::CreateMeasure, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetMeasureResponse> GetMeasure(benefitplans::v1::GetMeasureRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::GetMeasure, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListMeasuresResponse> ListMeasures(benefitplans::v1::ListMeasuresRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListMeasures, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::UpdateMeasureResponse> UpdateMeasure(benefitplans::v1::UpdateMeasureRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::UpdateMeasure, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::RecordMeasurementResponse> RecordMeasurement(
      benefitplans::v1::RecordMeasurementRequest request, const Options& options = {}) {
    return Call(&Stub::RecordMeasurement, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListMeasurementsResponse> ListMeasurements(
      benefitplans::v1::ListMeasurementsRequest request, const Options& options = {}) {
    return Call(&Stub::ListMeasurements, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetCurveResponse> GetCurve(benefitplans::v1::GetCurveRequest request,
                                                              const Options& options = {}) {
    return Call(&Stub::GetCurve, std::move(request), options);
  }

  absl::Status ForEachMeasure(benefitplans::v1::ListMeasuresRequest request, Visit<benefitplans::v1::Measure> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListMeasures, std::move(request), &benefitplans::v1::ListMeasuresResponse::measures,
                       visit, options);
  }

  absl::Status ForEachMeasurement(benefitplans::v1::ListMeasurementsRequest request,
                                  Visit<benefitplans::v1::Measurement> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListMeasurements, std::move(request),
                       &benefitplans::v1::ListMeasurementsResponse::measurements, visit, options);
  }
};

class CommunityClient : public ServiceClient<benefitplans::v1::CommunityService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::AddPartnerResponse> AddPartner(benefitplans::v1::AddPartnerRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::AddPartner, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetPartnerResponse> GetPartner(benefitplans::v1::GetPartnerRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::GetPartner, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListPartnersResponse> ListPartners(benefitplans::v1::ListPartnersRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListPartners, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::UpdatePartnerResponse> UpdatePartner(benefitplans::v1::UpdatePartnerRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::UpdatePartner, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::RecordEngagementResponse> RecordEngagement(
      benefitplans::v1::RecordEngagementRequest request, const Options& options = {}) {
    return Call(&Stub::RecordEngagement, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetEngagementResponse> GetEngagement(benefitplans::v1::GetEngagementRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::GetEngagement, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListEngagementsResponse> ListEngagements(
      benefitplans::v1::ListEngagementsRequest request, const Options& options = {}) {
    return Call(&Stub::ListEngagements, std::move(request), options);
  }

  absl::Status ForEachPartner(benefitplans::v1::ListPartnersRequest request, Visit<benefitplans::v1::Partner> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListPartners, std::move(request), &benefitplans::v1::ListPartnersResponse::partners,
                       visit, options);
  }

  absl::Status ForEachEngagement(benefitplans::v1::ListEngagementsRequest request,
                                 Visit<benefitplans::v1::Engagement> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListEngagements, std::move(request),
                       &benefitplans::v1::ListEngagementsResponse::engagements, visit, options);
  }
};

class ReviewsClient : public ServiceClient<benefitplans::v1::ReviewService> {
 public:
  using ServiceClient::ServiceClient;

  absl::StatusOr<benefitplans::v1::HoldReviewResponse> HoldReview(benefitplans::v1::HoldReviewRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::HoldReview, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListReviewsResponse> ListReviews(benefitplans::v1::ListReviewsRequest request,
                                                                    const Options& options = {}) {
    return Call(&Stub::ListReviews, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::RaiseBarrierResponse> RaiseBarrier(benefitplans::v1::RaiseBarrierRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::RaiseBarrier, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::CommitBarrierResponse> CommitBarrier(benefitplans::v1::CommitBarrierRequest request,
                                                                        const Options& options = {}) {
    return Call(&Stub::CommitBarrier, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ResolveBarrierResponse> ResolveBarrier(
      benefitplans::v1::ResolveBarrierRequest request, const Options& options = {}) {
    return Call(&Stub::ResolveBarrier, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::GetBarrierResponse> GetBarrier(benefitplans::v1::GetBarrierRequest request,
                                                                  const Options& options = {}) {
    return Call(&Stub::GetBarrier, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListBarriersResponse> ListBarriers(benefitplans::v1::ListBarriersRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListBarriers, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::CheckInResponse> CheckIn(benefitplans::v1::CheckInRequest request,
                                                            const Options& options = {}) {
    return Call(&Stub::CheckIn, std::move(request), options);
  }

  absl::StatusOr<benefitplans::v1::ListCheckInsResponse> ListCheckIns(benefitplans::v1::ListCheckInsRequest request,
                                                                      const Options& options = {}) {
    return Call(&Stub::ListCheckIns, std::move(request), options);
  }

  absl::Status ForEachReview(benefitplans::v1::ListReviewsRequest request, Visit<benefitplans::v1::Review> visit,
                             const Options& options = {}) {
    return ForEachItem(&Stub::ListReviews, std::move(request), &benefitplans::v1::ListReviewsResponse::reviews, visit,
                       options);
  }

  absl::Status ForEachBarrier(benefitplans::v1::ListBarriersRequest request, Visit<benefitplans::v1::Barrier> visit,
                              const Options& options = {}) {
    return ForEachItem(&Stub::ListBarriers, std::move(request), &benefitplans::v1::ListBarriersResponse::barriers,
                       visit, options);
  }

  absl::Status ForEachCheckInNote(benefitplans::v1::ListCheckInsRequest request,
                                  Visit<benefitplans::v1::CheckInNote> visit, const Options& options = {}) {
    return ForEachItem(&Stub::ListCheckIns, std::move(request), &benefitplans::v1::ListCheckInsResponse::check_ins,
                       visit, options);
  }
};

}  // namespace equity::client

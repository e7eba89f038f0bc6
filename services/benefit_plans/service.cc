#include "services/benefit_plans/service.h"

#include "common/host/follow.h"
#include "common/rpc/service.h"
#include "common/status/macros.h"
#include "equity/benefitplans/v1/benefits.grpc.pb.h"
#include "equity/benefitplans/v1/community.grpc.pb.h"
#include "equity/benefitplans/v1/measures.grpc.pb.h"
#include "equity/benefitplans/v1/plans.grpc.pb.h"
#include "equity/benefitplans/v1/reviews.grpc.pb.h"
#include "services/benefit_plans/benefits/benefits.h"
#include "services/benefit_plans/community/community.h"
#include "services/benefit_plans/measures/measures.h"
#include "services/benefit_plans/people/people.h"
#include "services/benefit_plans/plans/plans.h"
#include "services/benefit_plans/plans/sweeper.h"
#include "services/benefit_plans/reviews/reviews.h"

namespace equity::benefit_plans {
namespace {

class PlanMounts final : public rpc::Service<v1::PlanService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreatePlan, benefit_plans::CreatePlan)
  EQUITY_READ(GetPlan, benefit_plans::GetPlan)
  EQUITY_READ(ListPlans, benefit_plans::ListPlans)
  EQUITY_WRITE(UpdatePlan, benefit_plans::UpdatePlan)
  EQUITY_WRITE(AddMember, benefit_plans::AddMember)
  EQUITY_WRITE(RemoveMember, benefit_plans::RemoveMember)
  EQUITY_WRITE(StartPlan, benefit_plans::StartPlan)
  EQUITY_WRITE(PausePlan, benefit_plans::PausePlan)
  EQUITY_WRITE(ResumePlan, benefit_plans::ResumePlan)
  EQUITY_WRITE(BeginClosing, benefit_plans::BeginClosing)
  EQUITY_WRITE(ClosePlan, benefit_plans::ClosePlan)
  EQUITY_WRITE(WithdrawPlan, benefit_plans::WithdrawPlan)
  EQUITY_READ(ListDue, benefit_plans::ListDue)
  EQUITY_READ(ListCodes, benefit_plans::ListCodes)
};

class CardMounts final : public rpc::Service<v1::CardService> {
 public:
  using Service::Service;
  EQUITY_WRITE(PublishCard, benefit_plans::PublishCard)
  EQUITY_WRITE(WithdrawCard, benefit_plans::WithdrawCard)
  EQUITY_READ(GetCard, benefit_plans::GetCard)
  EQUITY_READ(ListCards, benefit_plans::ListCards)
};

class BenefitMounts final : public rpc::Service<v1::BenefitService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateBenefit, benefit_plans::CreateBenefit)
  EQUITY_READ(GetBenefit, benefit_plans::GetBenefit)
  EQUITY_READ(ListBenefits, benefit_plans::ListBenefits)
  EQUITY_WRITE(UpdateBenefit, benefit_plans::UpdateBenefit)
  EQUITY_WRITE(AgreeBenefit, benefit_plans::AgreeBenefit)
  EQUITY_WRITE(AddEvidence, benefit_plans::AddEvidence)
  EQUITY_WRITE(RealiseBenefit, benefit_plans::RealiseBenefit)
  EQUITY_WRITE(DropBenefit, benefit_plans::DropBenefit)
  EQUITY_WRITE(ReopenBenefit, benefit_plans::ReopenBenefit)
};

class ActivityMounts final : public rpc::Service<v1::ActivityService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateActivity, benefit_plans::CreateActivity)
  EQUITY_READ(GetActivity, benefit_plans::GetActivity)
  EQUITY_READ(ListActivities, benefit_plans::ListActivities)
  EQUITY_WRITE(UpdateActivity, benefit_plans::UpdateActivity)
  EQUITY_WRITE(AgreeActivity, benefit_plans::AgreeActivity)
  EQUITY_WRITE(StartActivity, benefit_plans::StartActivity)
  EQUITY_WRITE(DeliverActivity, benefit_plans::DeliverActivity)
  EQUITY_WRITE(CancelActivity, benefit_plans::CancelActivity)
};

class MeasureMounts final : public rpc::Service<v1::MeasureService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateMeasure, benefit_plans::CreateMeasure)
  EQUITY_READ(GetMeasure, benefit_plans::GetMeasure)
  EQUITY_READ(ListMeasures, benefit_plans::ListMeasures)
  EQUITY_WRITE(UpdateMeasure, benefit_plans::UpdateMeasure)
  EQUITY_WRITE(RecordMeasurement, benefit_plans::RecordMeasurement)
  EQUITY_READ(ListMeasurements, benefit_plans::ListMeasurements)
  EQUITY_READ(GetCurve, benefit_plans::GetCurve)
};

class CommunityMounts final : public rpc::Service<v1::CommunityService> {
 public:
  using Service::Service;
  EQUITY_WRITE(AddPartner, benefit_plans::AddPartner)
  EQUITY_READ(GetPartner, benefit_plans::GetPartner)
  EQUITY_READ(ListPartners, benefit_plans::ListPartners)
  EQUITY_WRITE(UpdatePartner, benefit_plans::UpdatePartner)
  EQUITY_WRITE(RecordEngagement, benefit_plans::RecordEngagement)
  EQUITY_READ(GetEngagement, benefit_plans::GetEngagement)
  EQUITY_READ(ListEngagements, benefit_plans::ListEngagements)
};

class ReviewMounts final : public rpc::Service<v1::ReviewService> {
 public:
  using Service::Service;
  EQUITY_WRITE(HoldReview, benefit_plans::HoldReview)
  EQUITY_READ(ListReviews, benefit_plans::ListReviews)
  EQUITY_WRITE(RaiseBarrier, benefit_plans::RaiseBarrier)
  EQUITY_WRITE(CommitBarrier, benefit_plans::CommitBarrier)
  EQUITY_WRITE(ResolveBarrier, benefit_plans::ResolveBarrier)
  EQUITY_READ(GetBarrier, benefit_plans::GetBarrier)
  EQUITY_READ(ListBarriers, benefit_plans::ListBarriers)
  EQUITY_WRITE(CheckIn, benefit_plans::CheckIn)
  EQUITY_READ(ListCheckIns, benefit_plans::ListCheckIns)
};

// Each batch costs a commit, and who attended is not asked for within moments.
constexpr int kMinIntervalMs = 100;

constexpr absl::Duration kSweep = absl::Seconds(30);

class HostedBenefitPlans final : public host::HostedService {
 public:
  HostedBenefitPlans(rpc::Shared& shared, std::unique_ptr<exec::Store> store, absl::Duration sweep)
      : store_(std::move(store)), runtime_(shared, store_.get()), sweeper_(runtime_, sweep) {}

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override {
    return {&plans_, &cards_, &benefits_, &activities_, &measures_, &community_, &reviews_};
  }

  void Start(const host::Peers& peers) override {
    participants_ = Follow("participants", peers, {});
    workshops_ = Follow("workshops", peers, {"workshop_event", "session_event", "attendance_event"});
    sweeper_.Start();
  }
  void Stop() override {
    participants_.reset();
    workshops_.reset();
    sweeper_.Stop();
  }

 private:
  std::unique_ptr<feed::Follower> Follow(const std::string& feed, const host::Peers& peers,
                                         std::vector<std::string> events) {
    return host::Follow(runtime_, peers.To(feed),
                        {.own = "benefit_plans",
                         .feed = feed,
                         .events = std::move(events),
                         .min_interval_ms = kMinIntervalMs,
                         .apply = people::ApplyChange});
  }

  const std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
  PlanMounts plans_{runtime_};
  CardMounts cards_{runtime_};
  BenefitMounts benefits_{runtime_};
  ActivityMounts activities_{runtime_};
  MeasureMounts measures_{runtime_};
  CommunityMounts community_{runtime_};
  ReviewMounts reviews_{runtime_};
  Sweeper sweeper_;
  std::unique_ptr<feed::Follower> participants_;
  std::unique_ptr<feed::Follower> workshops_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> OpenWith(rpc::Shared& shared, exec::StoreOptions options,
                                                              absl::Duration sweep) {
  options.migrations = Schema();
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  return std::make_unique<HostedBenefitPlans>(shared, std::move(store), sweep);
}

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  return OpenWith(shared, std::move(options), kSweep);
}

}  // namespace equity::benefit_plans

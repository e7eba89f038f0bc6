// A server in this process with participants, workshops and benefit_plans, spoken to through the client.
//
// It is 12 August 2021, noon; the owner attended the workshop that morning, the helper did not.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/benefit_plans.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/workshops.h"
#include "common/host/host.h"
#include "common/status/errors.h"
#include "equity/changes/v1/changes.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

inline constexpr char kChallenge[] = "challenges/health-equity";

absl::Time London(const std::string& local);  // such as 2021-07-20 09:00

// OK, or the ErrorInfo reason.
std::string ReasonOf(const absl::Status& status);
template <class T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}
// The codes of a PreconditionFailure.
std::vector<std::string> CodesOf(const absl::Status& status);
// The wrong fields.
std::vector<std::string> FieldsOf(const absl::Status& status);

// The value, where there has to be one.
template <class T>
T Must(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : T();
}

class ServerTest : public testing::Test {
 protected:
  // A plan with what it needs to start.
  struct Ready {
    std::string plan;
    std::string partner;
    std::string benefit;  // agreed
    std::string measure;  // of the benefit: people better off; 10 before, at least 20 wanted
  };

  ServerTest();
  ~ServerTest() override;

  client::CallOptions As(const std::string& role, const std::string& organisation = "");
  // The business clock from now on.
  void SetNow(absl::Time now);
  void SetDay(const std::string& day) { SetNow(London(day + " 12:00")); }
  absl::Time now() { return host_->shared().clock.Now(); }
  // The day so many days from today, YYYY-MM-DD.
  std::string Day(int days_from_today);

  std::string Register(const std::string& organisation, const std::string& external_ref);
  void RecordAttendance(const std::string& person, bool attended);
  // Returns when the feeds of the others have been followed to their end.
  void CatchUp();

  absl::StatusOr<v1::CreatePlanResponse> Create(const v1::Plan& plan, const std::string& owner);
  // A draft with a title and the owner; its name.
  std::string NewPlan();
  Ready NewReady();
  // Ready, and started on this date; today unless given.
  Ready NewStarted(const std::string& start_date = "");
  absl::StatusOr<v1::StartPlanResponse> Start(const std::string& plan);
  v1::Plan Get(const std::string& plan);
  v1::Benefit GetBenefit(const std::string& benefit);
  void SetStartDate(const std::string& plan, const std::string& date);

  std::string AddPartner(const std::string& plan, bool consent = false);
  std::string AddBenefit(const std::string& plan);
  absl::StatusOr<v1::AgreeBenefitResponse> Agree(const std::string& benefit, const std::string& by);
  std::string AddActivity(const std::string& plan, const std::string& benefit, const std::string& agreed_by = "");
  absl::StatusOr<v1::StartActivityResponse> StartActivity(const std::string& activity);
  std::string AddMeasure(const std::string& plan, const std::string& benefit);
  absl::StatusOr<v1::RecordMeasurementResponse> Measure(const std::string& measure, const std::string& date,
                                                        double value);
  absl::StatusOr<v1::AddEvidenceResponse> AddEvidence(const std::string& benefit, bool confirmed);
  absl::StatusOr<v1::RealiseBenefitResponse> Realise(const std::string& benefit, v1::Benefit::State outcome);
  absl::StatusOr<v1::DropBenefitResponse> Drop(const std::string& benefit);
  absl::StatusOr<v1::HoldReviewResponse> Hold(const std::string& plan, v1::ReviewKind kind);
  absl::StatusOr<v1::BeginClosingResponse> BeginClosing(const std::string& plan);
  absl::StatusOr<v1::ClosePlanResponse> Close(const std::string& plan);
  absl::StatusOr<v1::WithdrawPlanResponse> Withdraw(const std::string& plan);
  absl::StatusOr<v1::PausePlanResponse> Pause(const std::string& plan);

  // Every change of benefit_plans that was committed so far.
  std::vector<changes::v1::Change> Changes();

  std::string folder_;
  std::unique_ptr<host::Host> host_;
  rpc::Runtime* runtime_ = nullptr;
  std::shared_ptr<grpc::Channel> channel_;
  client::CallOptions central_;
  client::CallOptions partner_;  // of rde
  std::unique_ptr<client::PlansClient> plans_;
  std::unique_ptr<client::CardsClient> cards_;
  std::unique_ptr<client::BenefitsClient> benefits_;
  std::unique_ptr<client::ActivitiesClient> activities_;
  std::unique_ptr<client::MeasuresClient> measures_;
  std::unique_ptr<client::CommunityClient> community_;
  std::unique_ptr<client::ReviewsClient> reviews_;
  std::string session_;
  std::string owner_;
  std::string helper_;
};

}  // namespace equity::benefit_plans

#include "services/benefit_plans/testing/fixture.h"

#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "clients/cpp/channel.h"
#include "common/auth/dev_issuer.h"
#include "common/clock/clock.h"
#include "common/feed/feed.h"
#include "common/host/follow.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "services/benefit_plans/rules/days.h"
#include "services/benefit_plans/service.h"
#include "services/participants/service.h"
#include "services/workshops/service.h"

namespace equity::benefit_plans {
namespace {

std::string TemporaryFolder() {
  std::string folder = std::filesystem::temp_directory_path() / "benefit_plans_test.XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

}  // namespace

absl::Time London(const std::string& local) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", local, equity::London(), &time, &error)) << error;
  return time;
}

std::string ReasonOf(const absl::Status& status) { return status.ok() ? "OK" : status::Reason(status); }

std::vector<std::string> CodesOf(const absl::Status& status) {
  std::vector<std::string> codes;
  for (const auto& violation : status::Violations(status)) codes.push_back(violation.code);
  return codes;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& fault : status::FieldFaults(status)) fields.push_back(fault.field);
  return fields;
}

ServerTest::ServerTest() : folder_(TemporaryFolder()) {
  host::HostOptions options;
  options.data_folder = folder_;
  options.dev_issuer = true;
  options.log_fd = -1;
  host_ = Must(host::Host::Create(options));
  SetNow(London("2021-07-20 09:00"));
  EXPECT_TRUE(host_->Add("participants", participants::Open).ok());
  EXPECT_TRUE(host_->Add("workshops", workshops::Open).ok());
  const auto open = [this](rpc::Shared& shared, exec::StoreOptions store) {
    auto service = OpenWith(shared, std::move(store), absl::Milliseconds(20));
    if (service.ok()) runtime_ = &(*service)->runtime();
    return service;
  };
  EXPECT_TRUE(host_->Add("benefit_plans", open).ok());
  const absl::Status started = host_->Start();
  EXPECT_TRUE(started.ok()) << started;
  channel_ = client::Connect({.address = host_->server().target()});
  central_ = As("central_team");
  partner_ = As("partner", "rde");
  plans_ = std::make_unique<client::PlansClient>(channel_, central_);
  cards_ = std::make_unique<client::CardsClient>(channel_, central_);
  benefits_ = std::make_unique<client::BenefitsClient>(channel_, central_);
  activities_ = std::make_unique<client::ActivitiesClient>(channel_, central_);
  measures_ = std::make_unique<client::MeasuresClient>(channel_, central_);
  community_ = std::make_unique<client::CommunityClient>(channel_, central_);
  reviews_ = std::make_unique<client::ReviewsClient>(channel_, central_);

  participants::v1::ImportOrganisationsRequest organisations;
  for (const char* id : {"rde", "rgr"}) {
    auto* row = organisations.add_organisations();
    row->mutable_code()->set_scheme("LOCAL");
    row->mutable_code()->set_value(id);
    row->set_display_name(id);
    row->set_sector(participants::v1::SECTOR_VCSE);
    row->set_id(id);
  }
  Must(client::OrganisationsClient(channel_, central_).ImportOrganisations(organisations));
  workshops::v1::ImportSessionsRequest sessions;
  auto* session = sessions.add_sessions();
  session->set_workshop("health-equity-challenge");
  session->set_date("2021-08-12");
  session->set_start("09:00");
  session->set_end("11:30");
  session->set_capacity("50");
  session_ = Must(client::SessionsClient(channel_, central_).ImportSessions(sessions)).results(0).session();
  owner_ = Register("rde", "owner");
  helper_ = Register("rde", "helper");
  for (const std::string& person : {owner_, helper_}) {
    workshops::v1::BookPlaceRequest book;
    book.set_participant(person);
    book.set_session(session_);
    Must(client::BookingsClient(channel_, central_).BookPlace(book));
  }
  SetDay("2021-08-12");
  RecordAttendance(owner_, true);
  CatchUp();
}

ServerTest::~ServerTest() {
  host_->Stop(absl::Seconds(5));
  host_.reset();
  std::filesystem::remove_all(folder_);
}

client::CallOptions ServerTest::As(const std::string& role, const std::string& organisation) {
  const auto issuer = auth::DevIssuer::Open(host_->dev_issuer_folder());
  EXPECT_TRUE(issuer.ok()) << issuer.status();
  client::CallOptions options;
  options.bearer_token =
      Must(issuer->Mint({.subject = role, .roles = {role}, .organisation = organisation}, absl::Now()));
  return options;
}

void ServerTest::SetNow(absl::Time now) { host_->shared().clock.Set(now); }

std::string ServerTest::Day(int days_from_today) { return FormatDay(DayOf(now()) + days_from_today); }

std::string ServerTest::Register(const std::string& organisation, const std::string& external_ref) {
  participants::v1::RegisterParticipantRequest request;
  request.set_parent("organisations/" + organisation);
  request.mutable_participant()->set_external_ref(external_ref);
  request.mutable_participant()->set_given_name("Amara");
  request.mutable_participant()->set_email(external_ref + "@example.org");
  return Must(client::ParticipantsClient(channel_, central_).RegisterParticipant(request)).participant().name();
}

void ServerTest::RecordAttendance(const std::string& person, bool attended) {
  workshops::v1::RecordAttendanceRequest request;
  request.set_session(session_);
  auto* row = request.add_rows();
  row->set_participant(person);
  row->set_attended(attended);
  Must(client::BookingsClient(channel_, central_).RecordAttendance(request));
}

void ServerTest::CatchUp() {
  // A position names a sequence for each service, and a token that was followed to there does too.
  const auto stub = changes::v1::ChangesService::NewStub(channel_);
  const auto followed = [&](const char* service) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + central_.bearer_token);
    changes::v1::WatchChangesRequest request;
    request.add_services(service);
    EXPECT_TRUE(runtime_
                    ->Read([&](sql::ReadTransaction& transaction) {
                      request.set_resume_token(host::FeedToken(transaction, service));
                      return absl::OkStatus();
                    })
                    .ok());
    const auto stream = stub->WatchChanges(&context, request);
    changes::v1::WatchChangesResponse response;
    const bool nothing_left = stream->Read(&response) && response.changes().empty();
    context.TryCancel();
    return nothing_left;
  };
  for (const char* service : {"participants", "workshops"}) {
    while (!followed(service)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

absl::StatusOr<v1::CreatePlanResponse> ServerTest::Create(const v1::Plan& plan, const std::string& owner) {
  v1::CreatePlanRequest request;
  request.set_parent("organisations/rde");
  *request.mutable_plan() = plan;
  request.set_owner(owner);
  return plans_->CreatePlan(request);
}

std::string ServerTest::NewPlan() {
  v1::Plan plan;
  plan.set_challenge(kChallenge);
  plan.set_title("Warm homes");
  return Must(Create(plan, owner_)).plan().name();
}

ServerTest::Ready ServerTest::NewReady() {
  Ready ready{.plan = NewPlan()};
  v1::UpdatePlanRequest update;
  update.mutable_plan()->set_name(ready.plan);
  update.mutable_plan()->mutable_goal()->set_statement("Nobody in the street is cold this winter");
  Must(plans_->UpdatePlan(update));
  ready.partner = AddPartner(ready.plan);
  ready.benefit = AddBenefit(ready.plan);
  Must(Agree(ready.benefit, ready.partner));
  ready.measure = AddMeasure(ready.plan, ready.benefit);
  return ready;
}

ServerTest::Ready ServerTest::NewStarted(const std::string& start_date) {
  Ready ready = NewReady();
  SetStartDate(ready.plan, start_date.empty() ? Day(0) : start_date);
  Must(Start(ready.plan));
  return ready;
}

absl::StatusOr<v1::StartPlanResponse> ServerTest::Start(const std::string& plan) {
  v1::StartPlanRequest request;
  request.set_name(plan);
  return plans_->StartPlan(request);
}

v1::Plan ServerTest::Get(const std::string& plan) {
  v1::GetPlanRequest request;
  request.set_name(plan);
  return Must(plans_->GetPlan(request)).plan();
}

v1::Benefit ServerTest::GetBenefit(const std::string& benefit) {
  v1::GetBenefitRequest request;
  request.set_name(benefit);
  return Must(benefits_->GetBenefit(request)).benefit();
}

void ServerTest::SetStartDate(const std::string& plan, const std::string& date) {
  v1::UpdatePlanRequest update;
  update.mutable_plan()->set_name(plan);
  update.mutable_plan()->set_start_date(date);
  Must(plans_->UpdatePlan(update));
}

std::string ServerTest::AddPartner(const std::string& plan, bool consent) {
  v1::AddPartnerRequest request;
  request.set_parent(plan);
  request.mutable_partner()->set_display_name("Friends of the Estate");
  request.mutable_partner()->set_kind(v1::Partner::KIND_RESIDENT_GROUP);
  request.mutable_partner()->set_consent_to_name(consent);
  return Must(community_->AddPartner(request)).partner().name();
}

std::string ServerTest::AddBenefit(const std::string& plan) {
  v1::CreateBenefitRequest request;
  request.set_parent(plan);
  request.mutable_benefit()->set_title("Warmer homes");
  return Must(benefits_->CreateBenefit(request)).benefit().name();
}

absl::StatusOr<v1::AgreeBenefitResponse> ServerTest::Agree(const std::string& benefit, const std::string& by) {
  v1::AgreeBenefitRequest request;
  request.set_name(benefit);
  request.set_agreed_by(by);
  return benefits_->AgreeBenefit(request);
}

std::string ServerTest::AddActivity(const std::string& plan, const std::string& benefit, const std::string& agreed_by) {
  v1::CreateActivityRequest request;
  request.set_parent(plan);
  request.mutable_activity()->set_title("Draught proofing together");
  request.mutable_activity()->add_benefits(benefit);
  const std::string name = Must(activities_->CreateActivity(request)).activity().name();
  if (!agreed_by.empty()) {
    v1::AgreeActivityRequest agree;
    agree.set_name(name);
    agree.set_agreed_by(agreed_by);
    Must(activities_->AgreeActivity(agree));
  }
  return name;
}

absl::StatusOr<v1::StartActivityResponse> ServerTest::StartActivity(const std::string& activity) {
  v1::StartActivityRequest request;
  request.set_name(activity);
  return activities_->StartActivity(request);
}

std::string ServerTest::AddMeasure(const std::string& plan, const std::string& benefit) {
  v1::CreateMeasureRequest request;
  request.set_parent(plan);
  v1::Measure& measure = *request.mutable_measure();
  measure.set_title("Homes that are warm");
  measure.set_quadrant(v1::Measure::QUADRANT_BETTER_OFF_NUMBER);
  measure.set_polarity(v1::Measure::POLARITY_HIGHER_BETTER);
  measure.add_benefits(benefit);
  v1::Point& before = *measure.add_baseline();
  before.set_date(Day(-30));
  before.set_value(10);
  measure.mutable_target()->set_value(20);
  return Must(measures_->CreateMeasure(request)).measure().name();
}

absl::StatusOr<v1::RecordMeasurementResponse> ServerTest::Measure(const std::string& measure, const std::string& date,
                                                                  double value) {
  v1::RecordMeasurementRequest request;
  request.set_parent(measure);
  request.mutable_measurement()->set_date(date);
  request.mutable_measurement()->set_value(value);
  return measures_->RecordMeasurement(request);
}

absl::StatusOr<v1::AddEvidenceResponse> ServerTest::AddEvidence(const std::string& benefit, bool confirmed) {
  v1::AddEvidenceRequest request;
  request.set_name(benefit);
  request.mutable_evidence()->set_kind(v1::Evidence::KIND_STORY);
  request.mutable_evidence()->set_text("We sit in the kitchen again.");
  request.mutable_evidence()->set_confirmed_by_community(confirmed);
  return benefits_->AddEvidence(request);
}

absl::StatusOr<v1::RealiseBenefitResponse> ServerTest::Realise(const std::string& benefit, v1::Benefit::State outcome) {
  v1::RealiseBenefitRequest request;
  request.set_name(benefit);
  request.set_outcome(outcome);
  return benefits_->RealiseBenefit(request);
}

absl::StatusOr<v1::DropBenefitResponse> ServerTest::Drop(const std::string& benefit) {
  v1::DropBenefitRequest request;
  request.set_name(benefit);
  request.set_reason("Something else matters more");
  return benefits_->DropBenefit(request);
}

absl::StatusOr<v1::HoldReviewResponse> ServerTest::Hold(const std::string& plan, v1::ReviewKind kind) {
  v1::HoldReviewRequest request;
  request.set_parent(plan);
  request.mutable_review()->set_kind(kind);
  request.mutable_review()->add_learning("Ask first");
  return reviews_->HoldReview(request);
}

absl::StatusOr<v1::BeginClosingResponse> ServerTest::BeginClosing(const std::string& plan) {
  v1::BeginClosingRequest request;
  request.set_name(plan);
  return plans_->BeginClosing(request);
}

absl::StatusOr<v1::ClosePlanResponse> ServerTest::Close(const std::string& plan) {
  v1::ClosePlanRequest request;
  request.set_name(plan);
  request.set_next_path(v1::NEXT_PATH_BUILD);
  return plans_->ClosePlan(request);
}

absl::StatusOr<v1::WithdrawPlanResponse> ServerTest::Withdraw(const std::string& plan) {
  v1::WithdrawPlanRequest request;
  request.set_name(plan);
  request.set_reason(v1::Plan::WITHDRAWAL_REASON_CAPACITY);
  return plans_->WithdrawPlan(request);
}

absl::StatusOr<v1::PausePlanResponse> ServerTest::Pause(const std::string& plan) {
  v1::PausePlanRequest request;
  request.set_name(plan);
  request.set_reason("Half term");
  return plans_->PausePlan(request);
}

std::vector<changes::v1::Change> ServerTest::Changes() {
  std::vector<changes::v1::Change> changes;
  const absl::Status status = runtime_->Read([&](sql::ReadTransaction& transaction) {
    int64_t last = 0;
    changes = feed::ReadAfter(transaction, "benefit_plans", 0, "", {}, 100000, last);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return changes;
}

}  // namespace equity::benefit_plans

#include "services/workshops/service.h"

#include "common/host/follow.h"
#include "common/rpc/service.h"
#include "common/status/macros.h"
#include "equity/workshops/v1/bookings.grpc.pb.h"
#include "equity/workshops/v1/exercises.grpc.pb.h"
#include "equity/workshops/v1/facilitators.grpc.pb.h"
#include "equity/workshops/v1/feedback.grpc.pb.h"
#include "equity/workshops/v1/sessions.grpc.pb.h"
#include "equity/workshops/v1/workshops.grpc.pb.h"
#include "services/workshops/bookings/bookings.h"
#include "services/workshops/exercises/exercises.h"
#include "services/workshops/facilitators/facilitators.h"
#include "services/workshops/feedback/feedback.h"
#include "services/workshops/people/people.h"
#include "services/workshops/programme/programme.h"
#include "services/workshops/sessions/sessions.h"
#include "services/workshops/sweeper.h"

namespace equity::workshops {
namespace {

class WorkshopMounts final : public rpc::Service<v1::WorkshopService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateChallenge, workshops::CreateChallenge)
  EQUITY_READ(GetChallenge, workshops::GetChallenge)
  EQUITY_READ(ListChallenges, workshops::ListChallenges)
  EQUITY_WRITE(CreateWorkshop, workshops::CreateWorkshop)
  EQUITY_READ(GetWorkshop, workshops::GetWorkshop)
  EQUITY_READ(ListWorkshops, workshops::ListWorkshops)
  EQUITY_WRITE(UpdateWorkshop, workshops::UpdateWorkshop)
};

class SessionMounts final : public rpc::Service<v1::SessionService> {
 public:
  using Service::Service;
  EQUITY_WRITE(ImportSessions, workshops::ImportSessions)
  EQUITY_WRITE(CreateSession, workshops::CreateSession)
  EQUITY_READ(GetSession, workshops::GetSession)
  EQUITY_READ(ListSessions, workshops::ListSessions)
  EQUITY_READ(ListPublicSessions, workshops::ListPublicSessions)
  EQUITY_WRITE(UpdateSession, workshops::UpdateSession)
  EQUITY_WRITE(CancelSession, workshops::CancelSession)
};

class BookingMounts final : public rpc::Service<v1::BookingService> {
 public:
  using Service::Service;
  EQUITY_WRITE(BookPlace, workshops::BookPlace)
  EQUITY_WRITE(SeatPeople, workshops::SeatPeople)
  EQUITY_READ(PreviewSeats, workshops::PreviewSeats)
  EQUITY_READ(GetBooking, workshops::GetBooking)
  EQUITY_READ(ExplainDecision, workshops::ExplainDecision)
  EQUITY_READ(ListBookings, workshops::ListBookings)
  EQUITY_WRITE(CancelBooking, workshops::CancelBooking)
  EQUITY_WRITE(SubstituteBooking, workshops::SubstituteBooking)
  EQUITY_WRITE(RecordAttendance, workshops::RecordAttendance)
};

class FacilitatorMounts final : public rpc::Service<v1::FacilitatorService> {
 public:
  using Service::Service;
  EQUITY_WRITE_PERSONAL(CreateFacilitator, workshops::CreateFacilitator, RefillFacilitator)
  EQUITY_READ(GetFacilitator, workshops::GetFacilitator)
  EQUITY_READ(ListFacilitators, workshops::ListFacilitators)
  EQUITY_READ(ListPublicFacilitators, workshops::ListPublicFacilitators)
  EQUITY_WRITE_PERSONAL(UpdateFacilitator, workshops::UpdateFacilitator, RefillFacilitator)
  EQUITY_WRITE_PERSONAL(GiveConsent, workshops::GiveConsent, RefillFacilitator)
  EQUITY_WRITE_PERSONAL(WithdrawConsent, workshops::WithdrawConsent, RefillFacilitator)
};

class FeedbackMounts final : public rpc::Service<v1::FeedbackService> {
 public:
  using Service::Service;
  EQUITY_WRITE(GiveFeedback, workshops::GiveFeedback)
  EQUITY_WRITE(WithdrawQuote, workshops::WithdrawQuote)
  EQUITY_READ(GetFeedbackSummary, workshops::GetFeedbackSummary)
  EQUITY_READ(ListFeedbackComments, workshops::ListFeedbackComments)
};

class ExerciseMounts final : public rpc::Service<v1::ExerciseService> {
 public:
  using Service::Service;
  EQUITY_WRITE(CreateQuiz, workshops::CreateQuiz)
  EQUITY_READ(GetQuiz, workshops::GetQuiz)
  EQUITY_READ(ListQuizzes, workshops::ListQuizzes)
  EQUITY_WRITE(UpdateQuiz, workshops::UpdateQuiz)
  EQUITY_WRITE(OpenQuestion, workshops::OpenQuestion)
  EQUITY_WRITE(CloseQuestion, workshops::CloseQuestion)
  EQUITY_WRITE(AnswerQuestion, workshops::AnswerQuestion)
  EQUITY_READ(GetQuizResults, workshops::GetQuizResults)
  EQUITY_SERVER_STREAM(WatchQuizResults, Watch)

 private:
  absl::Status Watch(const rpc::Context& context, const v1::WatchQuizResultsRequest& request,
                     rpc::Sink<v1::WatchQuizResultsResponse>& sink) {
    return workshops::WatchQuizResults(context, runtime_, request, sink);
  }
};

class HostedWorkshops final : public host::HostedService {
 public:
  HostedWorkshops(rpc::Shared& shared, std::unique_ptr<exec::Store> store)
      : store_(std::move(store)),
        runtime_(shared, store_.get()),
        workshops_(runtime_),
        sessions_(runtime_),
        bookings_(runtime_) {}
  ~HostedWorkshops() override { Stop(); }

  rpc::Runtime& runtime() override { return runtime_; }
  std::vector<grpc::Service*> mounts() override {
    return {&workshops_, &sessions_, &bookings_, &facilitators_, &feedback_, &exercises_};
  }

  void Start(const host::Peers& peers) override {
    follower_ = host::Follow(runtime_, peers.To("participants"),
                             {.own = "workshops", .feed = "participants", .apply = ApplyChange});
    sweeper_.Start();
  }
  void Stop() override {
    sweeper_.Stop();
    follower_.reset();
  }

 private:
  const std::unique_ptr<exec::Store> store_;
  rpc::Runtime runtime_;
  WorkshopMounts workshops_;
  SessionMounts sessions_;
  BookingMounts bookings_;
  FacilitatorMounts facilitators_{runtime_};
  FeedbackMounts feedback_{runtime_};
  ExerciseMounts exercises_{runtime_};
  Sweeper sweeper_{runtime_};
  std::unique_ptr<feed::Follower> follower_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::HostedService>> Open(rpc::Shared& shared, exec::StoreOptions options) {
  options.migrations = Schema();
  ASSIGN_OR_RETURN(auto store, exec::Store::Open(std::move(options)));
  return std::make_unique<HostedWorkshops>(shared, std::move(store));
}

}  // namespace equity::workshops

#include "common/host/relay.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/feed/position.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "grpcpp/support/client_callback.h"

namespace equity::host {
namespace {

using changes::v1::ChangesService;
using changes::v1::WatchChangesRequest;
using changes::v1::WatchChangesResponse;
using operations::v1::OperationsService;

// How long a stream without news goes on after its caller has gone.
constexpr auto kCallerLook = std::chrono::milliseconds(200);

void Prepare(grpc::ClientContext& client, const rpc::Context& context) {
  if (!context.authorization().empty()) client.AddMetadata("authorization", context.authorization());
  if (context.deadline() != absl::InfiniteFuture()) client.set_deadline(absl::ToChronoTime(context.deadline()));
}

// What a service said stays; what gRPC says of a service that it cannot reach, which names addresses, does not.
absl::Status Relayed(const std::string& service, const grpc::Status& status) {
  absl::Status result = status::FromGrpc(status);
  if (result.ok() || !status::Reason(result).empty() || !absl::IsUnavailable(result)) return result;
  return status::TryAgain("SERVICE_UNREACHABLE", absl::StrCat("The service ", service, " does not answer."),
                          absl::Seconds(1));
}

template <class Service, class Request, class Response>
absl::StatusOr<Response> Ask(const std::string& service, const Peer& peer, const rpc::Context& context,
                             grpc::Status (Service::Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                             const Request& request) {
  grpc::ClientContext client;
  Prepare(client, context);
  Response response;
  const auto stub = Service::NewStub(peer.channel);
  RETURN_IF_ERROR(Relayed(service, (*stub.*rpc)(&client, request, &response)));
  return response;
}

// What all streams of one caller share.
struct Meeting {
  std::mutex mutex;
  std::condition_variable changed;
};

// The stream of one service. It is read on when a message was dealt with, so that a slow caller holds it up.
class PeerStream final : public grpc::ClientReadReactor<WatchChangesResponse> {
 public:
  PeerStream(Meeting& meeting, std::string service, const Peer& peer, const rpc::Context& context,
             WatchChangesRequest request)
      : meeting_(meeting),
        service_(std::move(service)),
        request_(std::move(request)),
        stub_(ChangesService::NewStub(peer.channel)) {
    Prepare(client_, context);
    stub_->StartWatchChanges(&client_, &request_, this);
    AddHold();  // until the last read: without one on its way the call could end unseen
    ReadOn();
    StartCall();
  }
  // Ends it, and waits for that.
  ~PeerStream() override {
    client_.TryCancel();
    bool waits;
    {
      const std::lock_guard lock(meeting_.mutex);
      waits = !reading_ && !ended_;
    }
    if (waits) ReadOn();
    std::unique_lock lock(meeting_.mutex);
    meeting_.changed.wait(lock, [this] { return done_; });
  }

  const std::string& service() const { return service_; }
  // With the meeting's mutex held, as the next three.
  bool HasNews() const { return has_message_ || done_; }
  bool done() const { return done_; }
  absl::Status status() const { return Relayed(service_, status_); }
  std::optional<WatchChangesResponse> Take() {
    if (!std::exchange(has_message_, false)) return std::nullopt;
    return std::move(in_);
  }
  // After what was taken; without the mutex.
  void ReadOn() {
    {
      const std::lock_guard lock(meeting_.mutex);
      reading_ = true;
    }
    StartRead(&in_);
  }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock(meeting_.mutex);
      reading_ = false;
      has_message_ = ok;
      ended_ = !ok;
      meeting_.changed.notify_all();
    }
    if (!ok) RemoveHold();
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(meeting_.mutex);
    status_ = status;
    done_ = true;
    meeting_.changed.notify_all();
  }

 private:
  Meeting& meeting_;
  const std::string service_;
  const WatchChangesRequest request_;
  const std::unique_ptr<ChangesService::Stub> stub_;
  grpc::ClientContext client_;
  WatchChangesResponse in_;
  grpc::Status status_;
  bool reading_ = false;
  bool has_message_ = false;
  bool ended_ = false;  // nothing more comes; its status does
  bool done_ = false;
};

// The services whose changes are wanted: all, or those that are named.
absl::StatusOr<std::vector<std::string>> Wanted(const Peers& peers, const WatchChangesRequest& request) {
  std::vector<std::string> wanted;
  std::string names;
  for (const auto& [name, peer] : peers.by_service) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", name);
    const auto& asked = request.services();
    if (asked.empty() || std::find(asked.begin(), asked.end(), name) != asked.end()) wanted.push_back(name);
  }
  for (const std::string& name : request.services()) {
    if (!peers.by_service.contains(name)) return status::InvalidField("services", "must be among " + names);
  }
  return wanted;
}

}  // namespace

absl::Status ChangesRelay::Watch(const rpc::Context& context, const WatchChangesRequest& request,
                                 rpc::Sink<WatchChangesResponse>& sink) {
  ASSIGN_OR_RETURN(const std::vector<std::string> services, Wanted(peers_, request));
  ASSIGN_OR_RETURN(feed::Position position, feed::Parse(request.resume_token(), "resume_token"));
  if (request.only_new()) {  // said as a position, so that a token holds for all services from the first message on
    ASSIGN_OR_RETURN(const auto newest, Position(context, {}));
    ASSIGN_OR_RETURN(position, feed::Parse(newest.position(), "resume_token"));
  }
  Meeting meeting;
  std::vector<std::unique_ptr<PeerStream>> streams;
  for (const std::string& service : services) {
    WatchChangesRequest of_service;
    of_service.add_services(service);
    of_service.set_resume_token(feed::Format(position));
    of_service.set_min_interval_ms(request.min_interval_ms());
    *of_service.mutable_events() = request.events();
    streams.push_back(std::make_unique<PeerStream>(meeting, service, peers_.To(service), context, of_service));
  }
  std::set<std::string> behind(services.begin(), services.end());
  while (!sink.Over()) {
    std::vector<std::pair<PeerStream*, WatchChangesResponse>> messages;
    {
      std::unique_lock lock(meeting.mutex);
      meeting.changed.wait_for(lock, kCallerLook, [&] {
        return std::any_of(streams.begin(), streams.end(), [](const auto& stream) { return stream->HasNews(); });
      });
      for (const auto& stream : streams) {
        if (stream->done()) return stream->status().ok() ? rpc::ServerGoing() : stream->status();
        if (auto message = stream->Take()) messages.emplace_back(stream.get(), *std::move(message));
      }
    }
    for (auto& [stream, message] : messages) {
      const std::string& service = stream->service();
      ASSIGN_OR_RETURN(const feed::Position reached, feed::Parse(message.resume_token(), "resume_token"));
      if (const auto found = reached.find(service); found != reached.end()) position[service] = found->second;
      // Without changes a message says that there is no more: it goes on once, when that is so for all.
      const bool goes_on = !message.changes().empty() || (behind.erase(service) > 0 && behind.empty());
      message.set_resume_token(feed::Format(position));
      if (goes_on && !sink.Write(message)) return sink.Ending();
      stream->ReadOn();
    }
  }
  return sink.Ending();
}

absl::StatusOr<changes::v1::GetFeedPositionResponse> ChangesRelay::Position(const rpc::Context& context,
                                                                            const v1::GetFeedPositionRequest& request) {
  feed::Position position;
  for (const auto& [service, peer] : peers_.by_service) {
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<ChangesService>(service, peer, context, &ChangesService::Stub::GetFeedPosition, request));
    ASSIGN_OR_RETURN(const feed::Position own, feed::Parse(answer.position(), "position"));
    position.insert(own.begin(), own.end());
  }
  v1::GetFeedPositionResponse response;
  response.set_position(feed::Format(position));
  return response;
}

absl::StatusOr<operations::v1::GetStateHashResponse> OperationsRelay::Hash(const rpc::Context& context,
                                                                           const v1::GetStateHashRequest& request) {
  v1::GetStateHashResponse response;
  for (const auto& [service, peer] : peers_.by_service) {
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<OperationsService>(service, peer, context, &OperationsService::Stub::GetStateHash, request));
    response.MergeFrom(answer);
  }
  return response;
}

// Each process has a clock of its own; in a demonstration they begin alike and are moved together.
absl::StatusOr<operations::v1::GetBusinessTimeResponse> OperationsRelay::Time(
    const rpc::Context& context, const v1::GetBusinessTimeRequest& request) {
  const auto& [service, peer] = *peers_.by_service.begin();
  return Ask<OperationsService>(service, peer, context, &OperationsService::Stub::GetBusinessTime, request);
}

absl::StatusOr<operations::v1::AdvanceBusinessTimeResponse> OperationsRelay::Advance(
    const rpc::Context& context, const v1::AdvanceBusinessTimeRequest& request) {
  v1::AdvanceBusinessTimeResponse response;
  for (const auto& [service, peer] : peers_.by_service) {
    ASSIGN_OR_RETURN(response, Ask<OperationsService>(service, peer, context,
                                                      &OperationsService::Stub::AdvanceBusinessTime, request));
  }
  return response;
}

// Each process has backups of its own, of its own stores and of its own moment.
absl::StatusOr<operations::v1::CreateBackupResponse> OperationsRelay::Backup(const rpc::Context& context,
                                                                             const v1::CreateBackupRequest& request) {
  v1::CreateBackupResponse response;
  for (const auto& [service, peer] : peers_.by_service) {
    ASSIGN_OR_RETURN(const auto answer,
                     Ask<OperationsService>(service, peer, context, &OperationsService::Stub::CreateBackup, request));
    response.MergeFrom(answer);
  }
  return response;
}

// What is between processes stands at no one moment: totals are compared where one process has both sides.
absl::StatusOr<operations::v1::CheckInvariantsResponse> OperationsRelay::Check(
    const rpc::Context& context, const v1::CheckInvariantsRequest& request) {
  v1::CheckInvariantsResponse response;
  feed::Position position;
  for (const auto& [service, peer] : peers_.by_service) {
    ASSIGN_OR_RETURN(const auto answer, Ask<OperationsService>(service, peer, context,
                                                               &OperationsService::Stub::CheckInvariants, request));
    ASSIGN_OR_RETURN(const feed::Position own, feed::Parse(answer.feed_position(), "feed_position"));
    position.insert(own.begin(), own.end());
    response.mutable_violations()->MergeFrom(answer.violations());
    *response.mutable_check_time() = answer.check_time();
  }
  response.set_feed_position(feed::Format(position));
  return response;
}

}  // namespace equity::host

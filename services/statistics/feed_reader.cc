#include "services/statistics/feed_reader.h"

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "equity/changes/v1/changes.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "services/statistics/errors.h"

namespace equity::statistics {

absl::Status ReadFeed(const Consumer::Source& source, const std::string& resume_token,
                      const std::function<absl::StatusOr<bool>(const changes::v1::WatchChangesResponse&)>& read,
                      absl::Duration limit) {
  changes::v1::WatchChangesRequest request;
  request.set_resume_token(resume_token);
  request.add_services(source.service);
  grpc::ClientContext context;
  if (limit != absl::InfiniteDuration()) context.set_deadline(absl::ToChronoTime(absl::Now() + limit));
  context.AddMetadata("authorization", "Bearer " + source.peer.bearer());
  const auto stub = changes::v1::ChangesService::NewStub(source.peer.channel);
  const auto stream = stub->WatchChanges(&context, request);
  const auto end = absl::MakeCleanup([&] {
    context.TryCancel();
    stream->Finish();
  });
  changes::v1::WatchChangesResponse batch;
  while (stream->Read(&batch)) {
    // An empty batch says that there is no more.
    if (batch.changes().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool on, read(batch));
    if (!on) return absl::OkStatus();
  }
  return RebuildInterrupted();
}

}  // namespace equity::statistics

#include "services/statistics/rebuild.h"

#include "absl/cleanup/cleanup.h"
#include "common/status/macros.h"
#include "services/statistics/errors.h"
#include "services/statistics/feed_reader.h"
#include "services/statistics/model/digest.h"
#include "services/statistics/model/model.h"
#include "services/statistics/model/progress.h"

namespace equity::statistics {
namespace {

const sql::Sql kUse{"model.use", "UPDATE local_model SET generation = $1"};
constexpr char kMethod[] = "equity.statistics.v1.StatisticsService.RebuildReadModel";

}  // namespace

absl::StatusOr<v1::RebuildReadModelResponse> Rebuild::Run(const rpc::Context& context,
                                                          const v1::RebuildReadModelRequest& request) {
  const std::unique_lock lock(running_, std::try_to_lock);
  if (!lock) return RebuildRunning();
  const once::Key key{context.caller().organisation, request.request_id(),
                      once::Hash(kMethod, request.SerializeAsString())};
  std::optional<std::string> answer;
  RETURN_IF_ERROR(runtime_.store()->Write([&](sql::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(answer, runtime_.requests().Find(transaction, key));
    return absl::OkStatus();
  }));
  if (!answer) return Build(context, key);
  v1::RebuildReadModelResponse response;
  response.ParseFromString(*answer);
  return response;
}

absl::StatusOr<v1::RebuildReadModelResponse> Rebuild::Build(const rpc::Context& context, const once::Key& key) {
  int64_t old = 0;
  std::vector<std::string> services;
  for (const auto& source : consumer_.sources()) services.push_back(source.service);
  RETURN_IF_ERROR(runtime_.store()->Write([&](sql::Transaction& transaction) {
    old = InUse(transaction);
    Clear(transaction, Beside(old));
    AddServices(transaction, Beside(old), services);
    return absl::OkStatus();
  }));
  const int64_t generation = Beside(old);
  int32_t read = 0;
  RETURN_IF_ERROR(CatchUp(generation, read));
  // What came in meanwhile is little: the model in use stands still only for that and the comparison.
  consumer_.Pause();
  const auto resume = absl::MakeCleanup([&] { consumer_.Resume(); });
  RETURN_IF_ERROR(CatchUp(generation, read));
  v1::RebuildReadModelResponse response;
  ASSIGN_OR_RETURN(const bool equal, IsEqual(generation));
  response.set_equal(equal);
  response.set_changes_read(read);
  RETURN_IF_ERROR(Use(generation, context, key, response));
  RETURN_IF_ERROR(runtime_.store()->Write([&](sql::Transaction& transaction) {
    Clear(transaction, old);
    return absl::OkStatus();
  }));
  return response;
}

absl::Status Rebuild::CatchUp(int64_t generation, int32_t& read) {
  Progress goal;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
    goal = ReadProgress(transaction, InUse(transaction));
    return absl::OkStatus();
  }));
  for (const auto& source : consumer_.sources()) {
    RETURN_IF_ERROR(ReadTo(source, goal.position[source.service], generation, read));
    goal.position.erase(source.service);
  }
  // Without its sources the service is ending.
  return goal.position.empty() ? absl::OkStatus() : RebuildInterrupted();
}

absl::Status Rebuild::ReadTo(const Consumer::Source& source, int64_t until, int64_t generation, int32_t& read) {
  Place place;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
    place = ReadPlace(transaction, generation, source.service);
    return absl::OkStatus();
  }));
  if (place.sequence >= until) return absl::OkStatus();
  RETURN_IF_ERROR(ReadFeed(source, place.resume_token, [&](const auto& batch) -> absl::StatusOr<bool> {
    int applied = 0;
    RETURN_IF_ERROR(runtime_.store()->Write([&](sql::Transaction& transaction) {
      applied = ApplyBatch(transaction, key_, generation, source.service, batch, until);
      place = ReadPlace(transaction, generation, source.service);
      return absl::OkStatus();
    }));
    read += applied;
    return place.sequence < until;
  }));
  return place.sequence >= until ? absl::OkStatus() : RebuildInterrupted();
}

absl::StatusOr<bool> Rebuild::IsEqual(int64_t generation) {
  bool equal = false;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
    equal = Digest(transaction, generation) == Digest(transaction, Beside(generation));
    return absl::OkStatus();
  }));
  return equal;
}

absl::Status Rebuild::Use(int64_t generation, const rpc::Context& context, const once::Key& key,
                          const v1::RebuildReadModelResponse& response) {
  const rpc::Runtime::Actor actor{context.actor(), context.caller().organisation, context.trace_id(), key.request_id};
  return runtime_.WriteAs(actor, kMethod, [&](rpc::WriteContext& write, sql::Transaction& transaction) {
    transaction.Execute(kUse, {generation});
    runtime_.requests().Remember(transaction, key, response.SerializeAsString());
    write.SetResource("statistics");
    return absl::OkStatus();
  });
}

}  // namespace equity::statistics

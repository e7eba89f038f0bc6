#include "common/host/follow.h"

#include "common/status/macros.h"

namespace equity::host {
namespace {

const sql::Sql kFindToken{"local_feed_positions.find", "SELECT token FROM local_feed_positions WHERE feed = $1"};
const sql::Sql kStoreToken{"local_feed_positions.store",
                           "INSERT INTO local_feed_positions (feed, token) VALUES ($1, $2) "
                           "ON CONFLICT (feed) DO UPDATE SET token = excluded.token"};

absl::StatusOr<std::string> LoadToken(rpc::Runtime& runtime, const std::string& feed) {
  std::string token;
  RETURN_IF_ERROR(runtime.Read([&](sql::ReadTransaction& transaction) {
    token = FeedToken(transaction, feed);
    return absl::OkStatus();
  }));
  return token;
}

absl::Status Apply(rpc::Runtime& runtime, const Following& following, const changes::v1::WatchChangesResponse& batch) {
  return runtime.WriteAs({.name = following.own}, following.feed + " feed",
                         [&](rpc::WriteContext& context, sql::Transaction& transaction) {
                           for (const auto& change : batch.changes()) following.apply(context, transaction, change);
                           transaction.Execute(kStoreToken, {following.feed, batch.resume_token()});
                           return absl::OkStatus();
                         });
}

}  // namespace

std::unique_ptr<feed::Follower> Follow(rpc::Runtime& runtime, const Peer& peer, Following following) {
  feed::Follower::Options options{.channel = peer.channel,
                                  .bearer = peer.bearer,
                                  .services = {following.feed},
                                  .events = following.events,
                                  .min_interval_ms = following.min_interval_ms};
  options.load_token = [&runtime, feed = following.feed] { return LoadToken(runtime, feed); };
  options.apply = [&runtime, following = std::move(following)](const changes::v1::WatchChangesResponse& batch) {
    return Apply(runtime, following, batch);
  };
  return std::make_unique<feed::Follower>(std::move(options));
}

std::string FeedToken(sql::ReadTransaction& transaction, std::string_view feed) {
  return transaction.One(kFindToken, {feed}, [](const sql::Row& row) { return row.Text(0); }).value_or("");
}

std::vector<const sql::Sql*> FollowStatements() { return {&kFindToken, &kStoreToken}; }

}  // namespace equity::host

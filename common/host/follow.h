// Following another service's feed into a store of one's own: each batch and the place after it in one transaction.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/feed/follower.h"
#include "common/host/peers.h"
#include "common/rpc/runtime.h"

namespace equity::host {

struct Following {
  std::string own;                    // who follows, as the audit trail calls it
  std::string feed;                   // whose changes, such as `participants`
  std::vector<std::string> events{};  // only these, by the names of Change's fields; empty means all
  int min_interval_ms = 0;            // between two batches, each of which costs a commit
  // Applies one change. It may come again with its batch after a failure.
  void (*apply)(rpc::WriteContext& context, sql::Transaction& transaction, const changes::v1::Change& change);
};

// From now until the follower goes. The store keeps its place in a table local_feed_positions (feed, token).
std::unique_ptr<feed::Follower> Follow(rpc::Runtime& runtime, const Peer& peer, Following following);

// How far a feed was followed; empty where it was not yet.
std::string FeedToken(sql::ReadTransaction& transaction, std::string_view feed);

std::vector<const sql::Sql*> FollowStatements();

}  // namespace equity::host

#include "common/auth/token_cache.h"

#include <utility>

#include "common/strings.h"

namespace equity::auth {

// A token ends in its signature, whose characters are as good as random; the very last one holds fewer bits.
size_t TokenCache::ShardOf(std::string_view token) {
  size_t mixed = 0;
  const std::string_view tail = token.substr(token.size() < 4 ? 0 : token.size() - 4);
  for (const char c : tail) mixed = mixed * 31 + static_cast<unsigned char>(c);
  return mixed % kShards;
}

PrincipalPtr TokenCache::Find(std::string_view token, absl::Time now) const {
  const Shard& shard = shards_[ShardOf(token)];
  const absl::ReaderMutexLock lock(&shard.mutex);
  const auto found = shard.tokens.find(ToAbsl(token));
  if (found == shard.tokens.end() || now >= found->second->expires) return nullptr;
  return found->second;
}

void TokenCache::Insert(std::string_view token, PrincipalPtr principal, absl::Time now) {
  Shard& shard = shards_[ShardOf(token)];
  const absl::MutexLock lock(&shard.mutex);
  if (shard.tokens.size() >= kCapacity / kShards) {
    absl::erase_if(shard.tokens, [now](const auto& entry) { return now >= entry.second->expires; });
  }
  if (shard.tokens.size() >= kCapacity / kShards) shard.tokens.erase(shard.tokens.begin());
  shard.tokens.insert_or_assign(std::string(token), std::move(principal));
}

void TokenCache::Clear() {
  for (Shard& shard : shards_) {
    const absl::MutexLock lock(&shard.mutex);
    shard.tokens.clear();
  }
}

size_t TokenCache::size() const {
  size_t total = 0;
  for (const Shard& shard : shards_) {
    const absl::ReaderMutexLock lock(&shard.mutex);
    total += shard.tokens.size();
  }
  return total;
}

}  // namespace equity::auth

// Remembers verified tokens, so that a signature is checked once and not for every call.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"

namespace equity::auth {

// Thread-safe. Only verified tokens go in, so that nobody can fill it without credentials.
class TokenCache {
 public:
  static constexpr size_t kCapacity = 8192;

  // Null when the token is not known or has expired at `now`.
  PrincipalPtr Find(std::string_view token, absl::Time now) const;
  // Makes room by dropping what has expired, or else any one token, which will simply be verified again.
  void Insert(std::string_view token, PrincipalPtr principal, absl::Time now);
  void Clear();
  size_t size() const;

 private:
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<std::string, PrincipalPtr> tokens ABSL_GUARDED_BY(mutex);
  };
  static size_t ShardOf(std::string_view token);

  std::array<Shard, kShards> shards_;
};

}  // namespace equity::auth

// The limits of every server, each with its reason.
#pragma once

#include "absl/time/time.h"

namespace equity::rpc {

// A unary call gets at most this long, whatever the caller asked for: nobody holds the store's queue longer.
inline constexpr absl::Duration kLongestCall = absl::Seconds(10);
// One connection may have this many calls open; a partner's system opens a second connection for more.
inline constexpr int kStreamsPerConnection = 64;
// A batch of 500 rows of staff needs about 200 KiB.
inline constexpr int kLargestMessageBytes = 1 << 20;
// A token needs 1 to 2 KiB.
inline constexpr int kLargestMetadataBytes = 8 << 10;
// Text without a max_length of its own.
inline constexpr int kDefaultTextLength = 1000;
// Raw text, which a handler judges by itself.
inline constexpr int kRawTextLength = 65536;
// Streams and other calls that keep a thread each.
inline constexpr int kWorkers = 256;

}  // namespace equity::rpc

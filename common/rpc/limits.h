// The limits of every server, each with its reason.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace equity::rpc {

// A unary call gets at most this long, whatever the caller asked for: nobody holds the store's queue longer.
inline constexpr absl::Duration kLongestCall = absl::Seconds(10);
// One connection may have this many calls open; a partner's system opens a second connection for more.
inline constexpr int kStreamsPerConnection = 64;
// Connections from outside, in all and from one address: enough for the systems of every partner behind one proxy.
inline constexpr int kConnections = 2048;
inline constexpr int kConnectionsPerClient = 256;
// A server needs half of this under full load. From here on, who makes it grow further is sent away.
inline constexpr int64_t kMemoryAlarmBytes = 512 << 20;
// A connection on which what was sent is not acknowledged for so long is given up.
inline constexpr int kKeepaliveTimeoutMilliseconds = 20 * 1000;
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

// What stands between SQLite and its files:
//   - pages are scrubbed (scrub.h) on their way into the database; the log is emptied by other means;
//   - what is written to the log is gathered and written at once, before the sync: SQLite writes each page and each
//     page's header by a call of its own, some 220 of them for a batch of 64 bookings.
#pragma once

#include <string>

namespace equity::sql {

// The name of a virtual file system over `base` (empty for the default) that does this.
std::string FilesOver(const std::string& base);

}  // namespace equity::sql

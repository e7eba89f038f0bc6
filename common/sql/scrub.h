// Keeps bytes that no row has any more out of the database file. SQLite's own secure_delete overwrites what it frees,
// but when it spreads rows over pages anew it leaves copies of those that went to another page; once such a row is
// erased, its copy would still be there.
#pragma once

#include <cstddef>

namespace equity::sql {

// Zeroes what a page of a b-tree holds between and before its cells. Other pages are left as they are. `first` is for
// page 1, which begins with the header of the file.
void ScrubPage(unsigned char* page, size_t size, bool first);

}  // namespace equity::sql

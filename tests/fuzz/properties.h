// What must hold for any input at all. Each of these takes an input apart in its own way and returns what is wrong, or
// nothing; that no sanitizer complains goes without saying. Called by the fuzz targets and, briefly, by tests of the
// folders that they are about (short_test.cc).
#pragma once

#include <string>
#include <string_view>

namespace equity::fuzz {

// A CSV file.
std::string CheckCsv(std::string_view input);

// A CSV file, also as equityctl reads a list of staff; of the fuzz target alone.
std::string CheckStaffFile(std::string_view input);

// The binding of a list, a line end, another list's binding, a line end; the rest is a key, and a token by itself.
std::string CheckPage(std::string_view input);

// By its first letter: `r` and a token as it comes; `s` and the header of a token, a line end, and its payload, to be
// signed by the issuer; `o` and the same, to be signed by somebody else; `c` and what to change in a good token (two
// bytes where, one byte what); `k` and a key set.
std::string CheckToken(std::string_view input);

}  // namespace equity::fuzz

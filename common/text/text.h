// Unicode text as people write it: kept as it is but for normalisation, never re-cased.
#pragma once

#include <string>
#include <string_view>

namespace equity::text {

bool IsUtf8(std::string_view text);
// How many code points; the text must be UTF-8.
int CodePoints(std::string_view text);
// Whether there is a control character (Unicode Cc). Joiners and the like (Cf) are none.
bool HasControl(std::string_view text);
// Without the white space around it (ASCII, no-break space).
std::string_view Trim(std::string_view text);
// Whether nothing of it can be seen: there is white space of any kind, or what has no glyph of its own, such as a
// zero-width space or a byte order mark. The text must be UTF-8.
bool IsBlank(std::string_view text);
// Whether a mark in it turns the direction of writing until another ends that (Unicode's embeddings, overrides and
// isolates). Marks that only say how their neighbour is written, such as U+200F, are none.
bool TurnsDirection(std::string_view text);
// In Unicode normalisation form C (UAX #15).
std::string Nfc(std::string_view text);
// Whether the text is an e-mail address: one @, something before it, a domain with a dot behind it (a subset of RFC
// 5321 that refuses quoted local parts and address literals).
bool IsEmail(std::string_view text);
// For comparing without case: full case folding of the normalised text.
std::string Fold(std::string_view text);

}  // namespace equity::text

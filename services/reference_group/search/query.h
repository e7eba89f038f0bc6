// From what somebody types to what the index is asked. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace equity::referencegroup {

using Phrase = std::vector<std::string>;

// The words of a text, folded: letters and digits, whatever stands between.
Phrase Words(std::string_view text);
// A title as it is compared: its words, with one space between.
std::string TitleKey(std::string_view title);

// Groups of phrases that mean the same, as in data/synonyms.txt.
class Synonyms {
 public:
  explicit Synonyms(const std::string& text);
  const std::string& version() const { return version_; }
  // The other phrases of every group of which one occurs in the words.
  std::vector<Phrase> For(const Phrase& words) const;

 private:
  std::string version_;
  std::vector<std::vector<Phrase>> groups_;
};

// The FTS5 expression for a query: any of its words, without those that say nothing unless there are no others, or of
// their synonyms. With `prefix`, the last word may be the beginning of one. Empty where the query has no words.
std::string MatchExpression(std::string_view query, const Synonyms& synonyms, bool prefix);
// That last word alone; empty where the query ends otherwise or the word is too short to begin one.
std::string LastWord(std::string_view query);

}  // namespace equity::referencegroup

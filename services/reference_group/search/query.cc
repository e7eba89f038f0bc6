#include "services/reference_group/search/query.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/text.h"

namespace equity::referencegroup {
namespace {

constexpr size_t kMostWords = 64;
constexpr size_t kShortestBeginning = 3;

// Words that are in nearly every text, or ask without saying what for.
const std::set<std::string>& EmptyWords() {
  static const std::set<std::string> words = {
      "a",     "about",  "an",   "and",   "any",  "are",   "as",   "at",   "be",   "been",  "but",  "by",
      "can",   "did",    "do",   "does",  "for",  "from",  "had",  "has",  "have", "how",   "i",    "if",
      "in",    "into",   "is",   "it",    "its",  "me",    "my",   "not",  "of",   "on",    "or",   "our",
      "s",     "should", "so",   "some",  "such", "t",     "than", "that", "the",  "their", "them", "there",
      "these", "they",   "this", "those", "to",   "us",    "was",  "we",   "were", "what",  "when", "where",
      "which", "who",    "why",  "will",  "with", "would", "you",  "your"};
  return words;
}

// Bytes beyond ASCII belong to letters of other scripts, or with accents; the index takes them apart by itself.
bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
}

std::string Quoted(const Phrase& phrase) { return absl::StrCat("\"", absl::StrJoin(phrase, " "), "\""); }

// As far as synonyms need it; the index does better.
std::string Singular(std::string word) {
  if (word.size() > 4 && word.ends_with("ies")) return word.replace(word.size() - 3, 3, "y");
  if (word.size() > 3 && word.ends_with("s") && !word.ends_with("ss")) word.pop_back();
  return word;
}

bool Contains(const Phrase& words, const Phrase& phrase) {
  return std::search(words.begin(), words.end(), phrase.begin(), phrase.end(),
                     [](const auto& a, const auto& b) { return Singular(a) == Singular(b); }) != words.end();
}

Phrase Telling(const Phrase& words) {
  Phrase telling;
  for (const std::string& word : words) {
    if (!EmptyWords().contains(word)) telling.push_back(word);
  }
  return telling.empty() ? words : telling;
}

}  // namespace

Phrase Words(std::string_view text) {
  Phrase words;
  std::string word;
  const std::string folded = text::Fold(text) + " ";
  for (const char c : folded) {
    if (IsWordByte(c)) {
      word.push_back(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::string TitleKey(std::string_view title) { return absl::StrJoin(Words(title), " "); }

Synonyms::Synonyms(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("version ")) {
      version_ = line.substr(8);
      continue;
    }
    std::vector<Phrase>& group = groups_.emplace_back();
    std::istringstream members(line);
    for (std::string member; std::getline(members, member, '=');) group.push_back(Words(member));
  }
}

std::vector<Phrase> Synonyms::For(const Phrase& words) const {
  std::vector<Phrase> others;
  for (const auto& group : groups_) {
    if (std::none_of(group.begin(), group.end(), [&](const Phrase& each) { return Contains(words, each); })) continue;
    for (const Phrase& each : group) {
      if (!Contains(words, each)) others.push_back(each);
    }
  }
  return others;
}

std::string LastWord(std::string_view query) {
  const Phrase words = Words(query);
  const bool ends_in_word = !query.empty() && !Words(query.substr(query.size() - 1)).empty();
  if (words.empty() || !ends_in_word || words.back().size() < kShortestBeginning) return "";
  return words.back();
}

std::string MatchExpression(std::string_view query, const Synonyms& synonyms, bool prefix) {
  Phrase words = Words(query);
  if (words.size() > kMostWords) words.resize(kMostWords);
  if (words.empty()) return "";
  std::vector<std::string> terms;
  for (const std::string& word : Telling(words)) terms.push_back(Quoted({word}));
  if (prefix) terms.push_back(Quoted({words.back()}) + "*");
  for (const Phrase& other : synonyms.For(words)) terms.push_back(Quoted(other));
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return absl::StrJoin(terms, " OR ");
}

}  // namespace equity::referencegroup

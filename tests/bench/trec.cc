#include "tests/bench/trec.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace equity::bench {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Tags in lower case, so that <DOC> and <doc> are the same; the rest is left as it is.
std::string WithLowerTags(std::string text) {
  bool in_tag = false;
  for (char& c : text) {
    if (c == '<') in_tag = true;
    if (in_tag) c = absl::ascii_tolower(c);
    if (c == '>') in_tag = false;
  }
  return text;
}

// What stands between `<tag>` and the next of `ends`, from `from` on; moves `from` behind it.
std::optional<std::string> Between(const std::string& text, const std::string& tag,
                                   const std::vector<std::string>& ends, size_t& from) {
  const std::string opening = "<" + tag + ">";
  const size_t begin = text.find(opening, from);
  if (begin == std::string::npos) return std::nullopt;
  size_t end = text.size();
  for (const std::string& each : ends) end = std::min(end, text.find(each, begin + opening.size()));
  from = end;
  return text.substr(begin + opening.size(), end - begin - opening.size());
}

std::string WithoutTags(const std::string& text) {
  std::string plain;
  bool in_tag = false;
  for (const char c : text) {
    if (c == '<') in_tag = true;
    plain.push_back(in_tag || c == '\n' || c == '\r' ? ' ' : c);
    if (c == '>') in_tag = false;
  }
  return std::string(absl::StripAsciiWhitespace(plain));
}

std::string Element(const std::string& text, const std::string& tag) {
  size_t from = 0;
  return WithoutTags(Between(text, tag, {"</" + tag + ">"}, from).value_or(""));
}

// Without the elements with these tags.
std::string Without(std::string text, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    const std::string closing = "</" + tag + ">";
    for (size_t begin; (begin = text.find("<" + tag + ">")) != std::string::npos;) {
      const size_t end = text.find(closing, begin);
      text.erase(begin, end == std::string::npos ? std::string::npos : end + closing.size() - begin);
    }
  }
  return text;
}

std::vector<TrecDocument> Documents(const std::string& raw) {
  const std::string text = WithLowerTags(raw);
  std::vector<TrecDocument> documents;
  size_t from = 0;
  while (const auto document = Between(text, "doc", {"</doc>"}, from)) {
    std::string title = Element(*document, "title");
    if (title.empty()) title = Element(*document, "headline");
    documents.push_back(
        {Element(*document, "docno"), title, WithoutTags(Without(*document, {"docno", "docid", "title", "headline"}))});
  }
  return documents;
}

// `<num> Number: 301` and `<title> Topic: ...`, with or without closing tags.
std::string Field(const std::string& topic, const std::string& tag, const std::string& label) {
  size_t from = 0;
  std::string value = WithoutTags(Between(topic, tag, {"<"}, from).value_or(""));
  if (value.starts_with(label)) value.erase(0, label.size());
  return std::string(absl::StripAsciiWhitespace(value));
}

std::vector<TrecQuery> Queries(const std::string& raw) {
  const std::string text = WithLowerTags(raw);
  std::vector<TrecQuery> queries;
  size_t from = 0;
  while (const auto topic = Between(text, "top", {"</top>"}, from)) {
    std::string query = Field(*topic, "title", "Topic:");
    if (query.empty()) query = Field(*topic, "desc", "Description:");
    queries.push_back({Field(*topic, "num", "Number:"), query});
  }
  return queries;
}

absl::Status Judgements(const std::string& text, TrecCollection& collection) {
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line);
    std::string query, iteration, document, relevance;
    if (!(words >> query)) continue;
    int value = 0;
    if (!(words >> iteration >> document >> relevance) || !absl::SimpleAtoi(relevance, &value)) {
      return absl::InvalidArgumentError(absl::StrCat("qrels.txt, line ", number, ": not `query 0 document relevance`"));
    }
    collection.judgements[query][document] = value;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrecCollection> ReadTrec(const std::string& folder) {
  TrecCollection collection;
  ASSIGN_OR_RETURN(const std::string documents, ReadFile(folder + "/documents.trec"));
  ASSIGN_OR_RETURN(const std::string queries, ReadFile(folder + "/queries.trec"));
  ASSIGN_OR_RETURN(const std::string judgements, ReadFile(folder + "/qrels.txt"));
  collection.documents = Documents(documents);
  collection.queries = Queries(queries);
  RETURN_IF_ERROR(Judgements(judgements, collection));
  if (collection.documents.empty()) return absl::InvalidArgumentError("documents.trec has no <DOC>");
  if (collection.queries.empty()) return absl::InvalidArgumentError("queries.trec has no <top>");
  return collection;
}

double NdcgAt10(const std::vector<std::string>& ranked, const std::map<std::string, int>& judged) {
  constexpr size_t kDepth = 10;
  const auto discounted = [](int gain, size_t rank) { return gain / std::log2(static_cast<double>(rank) + 2); };
  std::vector<int> gains;
  for (const auto& [document, gain] : judged) gains.push_back(std::max(gain, 0));
  std::sort(gains.rbegin(), gains.rend());
  double ideal = 0;
  for (size_t i = 0; i < std::min(kDepth, gains.size()); ++i) ideal += discounted(gains[i], i);
  double reached = 0;
  for (size_t i = 0; i < std::min(kDepth, ranked.size()); ++i) {
    const auto found = judged.find(ranked[i]);
    if (found != judged.end()) reached += discounted(std::max(found->second, 0), i);
  }
  return ideal > 0 ? reached / ideal : 0;
}

}  // namespace equity::bench

#include "tests/bench/search.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/sql/sqlite.h"
#include "services/reference_group/data.h"
#include "services/reference_group/knowledge/store.h"
#include "services/reference_group/search/index.h"
#include "services/reference_group/service.h"

namespace equity::bench {
namespace {

namespace group = referencegroup;

constexpr int kDepth = 10;

const sql::Sql kAddPlain{"plain.add", "INSERT INTO plain (rowid, text) VALUES ($1, $2)"};
const sql::Sql kFindPlain{"plain.find",
                          "SELECT rowid FROM plain WHERE plain MATCH $1 ORDER BY bm25(plain), rowid LIMIT $2"};

// What the items table has of an item has no bearing on the ranking but its title.
void AddItem(sql::Transaction& transaction, const TrecDocument& document) {
  group::store::Item item;
  item.id = document.id;
  item.message.set_title(document.title);
  item.message.set_type(group::v1::Item::TYPE_CASE_STUDY);
  item.message.set_state(group::v1::Item::STATE_PUBLISHED);
  item.message.set_audience(group::v1::AUDIENCE_ICS);
  group::store::InsertItem(transaction, item);
  group::search::Add(transaction,
                     {.number = item.number, .title = document.title, .summary = "", .body = document.text});
  transaction.Execute(kAddPlain, {item.number, absl::StrCat(document.title, "\n", document.text)});
}

std::vector<std::string> NamesOf(const TrecCollection& collection, const std::vector<int64_t>& numbers) {
  std::vector<std::string> names;
  for (const int64_t number : numbers) names.push_back(collection.documents[number - 1].id);
  return names;
}

std::vector<int64_t> Ours(sql::ReadTransaction& transaction, const group::Synonyms& synonyms,
                          const std::string& query) {
  std::vector<int64_t> numbers;
  const group::search::Question question{.query = query, .today = "2021-07-20", .limit = kDepth};
  for (const auto& hit : group::search::Find(transaction, {.group = true}, synonyms, question).hits) {
    numbers.push_back(hit.number);
  }
  return numbers;
}

// Every word of the query, as it is, in the text as it is.
std::vector<int64_t> Plain(sql::ReadTransaction& transaction, const std::string& query) {
  std::set<std::string> words;
  for (const std::string& word : group::Words(query)) words.insert(absl::StrCat("\"", word, "\""));
  if (words.empty()) return {};
  return transaction.All(kFindPlain, {absl::StrJoin(words, " OR "), kDepth},
                         [](const sql::Row& row) { return row.Int64(0); });
}

}  // namespace

absl::StatusOr<SearchFigures> MeasureSearch(const TrecCollection& collection, const std::string& scratch) {
  std::set<std::string> ids;
  for (const TrecDocument& document : collection.documents) {
    if (!ids.insert(document.id).second) return absl::InvalidArgumentError("two documents are " + document.id);
  }
  sql::SqliteOptions options;
  options.file = scratch + "/search.db";
  sql::SqliteConnection connection(options);
  for (const exec::Migration& migration : group::Schema()) connection.RunScript(migration.script);
  connection.RunScript("CREATE VIRTUAL TABLE plain USING fts5 (text, tokenize = 'unicode61'); BEGIN");
  sql::Transaction transaction(connection);
  for (const TrecDocument& document : collection.documents) AddItem(transaction, document);
  connection.RunScript("COMMIT");

  const group::Synonyms synonyms(group::data::Synonyms());
  SearchFigures figures{.documents = static_cast<int>(collection.documents.size())};
  for (const TrecQuery& query : collection.queries) {
    const auto judged = collection.judgements.find(query.id);
    if (judged == collection.judgements.end()) continue;
    bool any = false;
    for (const auto& [document, relevance] : judged->second) any |= relevance > 0;
    if (!any) continue;
    ++figures.queries;
    figures.ndcg_at_10 += NdcgAt10(NamesOf(collection, Ours(transaction, synonyms, query.text)), judged->second);
    figures.bm25_ndcg_at_10 += NdcgAt10(NamesOf(collection, Plain(transaction, query.text)), judged->second);
  }
  if (figures.queries == 0) return absl::InvalidArgumentError("nothing was judged relevant for any of the queries");
  figures.ndcg_at_10 /= figures.queries;
  figures.bm25_ndcg_at_10 /= figures.queries;
  return figures;
}

}  // namespace equity::bench

#include "services/reference_group/search/index.h"

#include "services/reference_group/knowledge/readable.h"

namespace equity::referencegroup::search {
namespace {

const sql::Sql kAdd{"local_search.add",
                    "INSERT INTO local_search (rowid, title, summary, body) VALUES ($1, $2, $3, $4)"};
const sql::Sql kRemove{"local_search.remove", "DELETE FROM local_search WHERE rowid = $1"};
const sql::Sql kPurge{"local_search.purge", "INSERT INTO local_search (local_search) VALUES ('optimize')"};

// The index is asked first, then each item that matches is looked at; only what may be read is ranked.
#define MATCHING                                                                                                      \
  " FROM local_search CROSS JOIN items i ON i.number = local_search.rowid WHERE local_search MATCH $4 AND i.state = " \
  "3 AND ($5 = 0 OR i.type = $5) AND " EQUITY_READABLE_ITEM

const sql::Sql kFindIndexed{
    "local_search.find",
    "SELECT i.number, i.title_key = $6" MATCHING
    " ORDER BY i.title_key = $6 DESC, bm25(local_search, 4.0, 2.0, 1.0), i.number LIMIT $7 OFFSET $8"};
const sql::Sql kAny{"local_search.any", "SELECT 1" MATCHING " LIMIT 1"};
const sql::Sql kCount{"local_search.count", "SELECT count(*)" MATCHING};
const sql::Sql kSnippet{"local_search.snippet",
                        "SELECT snippet(local_search, -1, '[', ']', '…', 24) FROM local_search WHERE local_search "
                        "MATCH $1 AND rowid = $2"};

}  // namespace

void Add(sql::Transaction& transaction, const Document& document) {
  transaction.Execute(kAdd, {document.number, document.title, document.summary, document.body});
}

void Remove(sql::Transaction& transaction, int64_t number) { transaction.Execute(kRemove, {number}); }

void Purge(sql::Transaction& transaction) { transaction.Execute(kPurge); }

Result Find(sql::ReadTransaction& transaction, const Reader& reader, const Synonyms& synonyms,
            const Question& question) {
  Result result;
  // A last word that no readable item has is taken for the beginning of one.
  bool prefix = false;
  if (const std::string last = LastWord(question.query); !last.empty()) {
    const std::string word = "\"" + last + "\"";
    prefix = !transaction.Exists(kAny, {reader.group, reader.organisation, question.today, word, question.type});
  }
  result.expression = MatchExpression(question.query, synonyms, prefix);
  if (result.expression.empty()) return result;
  const std::string title = TitleKey(question.query);
  result.hits = transaction.All(kFindIndexed,
                                {reader.group, reader.organisation, question.today, result.expression, question.type,
                                 title, question.limit, question.offset},
                                [](const sql::Row& row) {
                                  return Hit{row.Int64(0), row.Bool(1)};
                                });
  return result;
}

int64_t Count(sql::ReadTransaction& transaction, const Reader& reader, const std::string& expression,
              const Question& question) {
  if (expression.empty()) return 0;
  return *transaction.One(kCount, {reader.group, reader.organisation, question.today, expression, question.type},
                          [](const sql::Row& row) { return row.Int64(0); });
}

std::string Snippet(sql::ReadTransaction& transaction, const std::string& expression, int64_t number) {
  return transaction.One(kSnippet, {expression, number}, [](const sql::Row& row) { return row.Text(0); }).value_or("");
}

}  // namespace equity::referencegroup::search

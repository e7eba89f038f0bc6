// The full-text index of published items: the one place that knows the engine's way of searching (SQLite FTS5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "services/reference_group/reader.h"
#include "services/reference_group/search/query.h"

namespace equity::referencegroup::search {

// What is indexed of an item.
struct Document {
  int64_t number = 0;
  std::string title;
  std::string summary;
  std::string body;
};

void Add(sql::Transaction& transaction, const Document& document);
void Remove(sql::Transaction& transaction, int64_t number);
// Leaves nothing of what was removed in the index: otherwise its words stay there until the engine tidies up.
void Purge(sql::Transaction& transaction);

struct Question {
  std::string query;
  int type = 0;       // only items of this type; 0 means all
  std::string today;  // for consents that end
  int64_t offset = 0;
  int limit = 0;
};

struct Hit {
  int64_t number = 0;
  bool exact_title = false;
};

struct Result {
  std::string expression;
  std::vector<Hit> hits;
};

// Items that the reader may read, best first: exact title, then BM25 with the title counting most. What the reader may
// not read is left out before anything is ranked.
Result Find(sql::ReadTransaction& transaction, const Reader& reader, const Synonyms& synonyms,
            const Question& question);
// How many there are in all.
int64_t Count(sql::ReadTransaction& transaction, const Reader& reader, const std::string& expression,
              const Question& question);
// Where an item matches.
std::string Snippet(sql::ReadTransaction& transaction, const std::string& expression, int64_t number);

}  // namespace equity::referencegroup::search

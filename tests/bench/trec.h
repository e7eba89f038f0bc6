// A test collection for searching, in the form of TREC: documents, queries, and judgements of people about both.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace equity::bench {

struct TrecDocument {
  std::string id;
  std::string title;
  std::string text;
};

struct TrecQuery {
  std::string id;
  std::string text;
};

struct TrecCollection {
  std::vector<TrecDocument> documents;
  std::vector<TrecQuery> queries;
  // Query -> document -> how relevant; above 0 is relevant.
  std::map<std::string, std::map<std::string, int>> judgements;
};

// Reads documents.trec, queries.trec and qrels.txt of a folder; README.md says what is in them.
absl::StatusOr<TrecCollection> ReadTrec(const std::string& folder);

// nDCG at 10 as trec_eval has it (ndcg_cut_10): gain is the judgement, the discount log2(rank + 1).
double NdcgAt10(const std::vector<std::string>& ranked, const std::map<std::string, int>& judged);

}  // namespace equity::bench

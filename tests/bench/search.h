// equity-bench search: how well the search of the reference group finds what people judged relevant, beside plain BM25.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/trec.h"

namespace equity::bench {

struct SearchFigures {
  int documents = 0;
  int queries = 0;  // those for which something was judged relevant
  double ndcg_at_10 = 0;
  double bm25_ndcg_at_10 = 0;
};

// Indexes the collection in a new store in `scratch` with the service's own code, and asks every query.
absl::StatusOr<SearchFigures> MeasureSearch(const TrecCollection& collection, const std::string& scratch);

}  // namespace equity::bench

// The handler of SearchItems, and what a question finds when it is asked.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "equity/referencegroup/v1/knowledge.pb.h"
#include "services/reference_group/reader.h"

namespace equity::referencegroup {

absl::StatusOr<v1::SearchItemsResponse> SearchItems(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::SearchItemsRequest& request);

// At most five items by name, best first.
std::vector<std::string> SimilarItems(const rpc::Context& context, sql::ReadTransaction& transaction,
                                      const Reader& reader, const std::string& title);

}  // namespace equity::referencegroup

// What a flag can be about, as far as moderation is concerned.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/context.h"
#include "common/sql/sql.h"
#include "services/reference_group/moderation/store.h"

namespace equity::referencegroup {

// The account that wrote it. NOT_FOUND for what is not there or not for the caller to read.
absl::StatusOr<std::string> AuthorOf(const rpc::Context& context, sql::ReadTransaction& transaction,
                                     const std::string& target);

void SetVisibility(sql::Transaction& transaction, const std::string& target, store::Visibility visibility);

}  // namespace equity::referencegroup

// Erasing what is known of a person, and erasing it again where a backup of before was restored.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/backup/erasures.h"
#include "common/rpc/runtime.h"
#include "equity/participants/v1/participants.pb.h"

namespace equity::participants {

struct Belongings final : rpc::Belongings {
  std::unique_ptr<backup::ErasureLedger> erasures;
};

namespace people {

absl::StatusOr<v1::EraseParticipantResponse> Erase(rpc::WriteContext& context, sql::Transaction& transaction,
                                                   const v1::EraseParticipantRequest& request);

}  // namespace people

// Before anybody is served: erases who is due after a restore, and makes sure that the ledger knows of all who are
// erased here.
absl::Status SettleErasures(rpc::Runtime& runtime, backup::ErasureLedger& ledger, const std::string& data_folder);

}  // namespace equity::participants

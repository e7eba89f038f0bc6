// What the outcome of a row does to the person that it is about: the row stands, or it leaves nothing behind.
#pragma once

#include "common/rpc/context.h"
#include "services/participants/registrations/outcomes.h"
#include "services/participants/registrations/roster.h"

namespace equity::participants::registrations {

// Records a row whose classification found no fault: somebody new is registered as pending, details that change wait.
// `entry` has its row and hash and gets the rest.
void Record(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
            const Reading& reading, const Classified& row, Entry& entry);

// Decides a row that was recorded: the person becomes active, or has the new details.
void Stand(rpc::WriteContext& context, sql::Transaction& transaction, const Operation& operation,
           const workshops::v1::SeatOutcome* seat, Entry& entry);

// Decides a row that was recorded: what it alone brought goes.
void Fall(sql::Transaction& transaction, const Operation& operation, const Fault& fault,
          const workshops::v1::SeatOutcome* seat, Entry& entry);

}  // namespace equity::participants::registrations

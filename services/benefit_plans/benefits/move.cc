#include "services/benefit_plans/benefits/move.h"

#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/store/parts.h"

namespace equity::benefit_plans {

absl::Status Move(rpc::WriteContext& context, sql::Transaction& transaction, v1::Benefit& benefit,
                  std::string_view verb) {
  const v1::Benefit::State previous = benefit.state();
  const auto next = Next(verb, previous);
  if (!next) return errors::TransitionForbidden(verb, ShortName(previous));
  if (*next == previous) return absl::OkStatus();
  benefit.set_state(*next);
  store::UpdatePart(transaction, benefit, context.now());
  Emit(context, benefit, previous);
  return absl::OkStatus();
}

}  // namespace equity::benefit_plans

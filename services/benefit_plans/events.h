// What this service says to the change feed.
#pragma once

#include <string>
#include <string_view>

#include "common/rpc/context.h"
#include "equity/benefitplans/v1/benefits.pb.h"
#include "equity/benefitplans/v1/plans.pb.h"

namespace equity::benefit_plans {

namespace v1 = ::equity::benefitplans::v1;

void Emit(rpc::WriteContext& context, const v1::Plan& plan, v1::Plan::State previous, bool owner_left = false);
void Emit(rpc::WriteContext& context, const v1::Benefit& benefit, v1::Benefit::State previous);
// An unspecified role for who was removed.
void Emit(rpc::WriteContext& context, const std::string& plan, const std::string& participant, v1::Role role);

// The value's name without the enumeration's prefix: CLOSED for STATE_CLOSED.
std::string ShortName(v1::Plan::State state);
std::string ShortName(v1::Benefit::State state);
std::string ShortName(v1::Activity::State state);

}  // namespace equity::benefit_plans

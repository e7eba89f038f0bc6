// What can be done with a question in which state: the table of README.md. Pure.
#pragma once

#include <optional>

#include "equity/referencegroup/v1/advice.pb.h"

namespace equity::referencegroup {

using RequestState = v1::AdviceRequest::State;

enum class RequestAction {
  kUpdate,
  kTriage,
  kAssign,
  kAskForInfo,
  kProvideInfo,
  kRespond,
  kAccept,
  kReopen,
  kWithdraw,
  kRedirect,
  kMerge,
  kTimePasses,
};

// A row may hold only while somebody is, or nobody is, assigned.
enum class When { kAlways, kAssigned, kUnassigned };

struct RequestTransition {
  RequestState from;
  RequestAction action;
  RequestState to;
  When when = When::kAlways;
};

// The state that the action leads to; nothing where it is forbidden.
std::optional<RequestState> NextState(RequestState from, RequestAction action, bool assigned);

}  // namespace equity::referencegroup

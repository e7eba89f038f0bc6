// What the group does with a question.
#include <algorithm>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/members/members.h"
#include "services/reference_group/members/store.h"
#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;

// The question, for the group; an account of the group that is bound to an organisation works on what it may read.
absl::StatusOr<store::Request> OfGroup(const rpc::Context& context, sql::ReadTransaction& transaction,
                                       const std::string& name) {
  auto request = store::FindRequest(transaction, Id(name));
  if (!request || !MayRead(*request, ReaderOf(context))) return status::NotFound();
  return *std::move(request);
}

template <class Response>
Response AnswerGroup(const rpc::Context& context, sql::ReadTransaction& transaction, const store::Request& request) {
  Response response;
  *response.mutable_request() = WholeViewOf(context, transaction, request, ReaderOf(context));
  return response;
}

bool OnlyLooksOn(const v1::Member& member) {
  return std::all_of(member.roles().begin(), member.roles().end(),
                     [](int role) { return role == v1::Member::ROLE_OBSERVER; });
}

// Of an anonymous question nobody knows who asks, and a refusal would tell.
bool HasConflict(const v1::Member& member, const store::Request& request) {
  if (request.message.anonymous()) return false;
  const auto& conflicts = member.conflict_organisations();
  return member.participant() == request.message.asker() ||
         std::find(conflicts.begin(), conflicts.end(), Name(kOrganisations, request.organisation)) != conflicts.end();
}

absl::Status CheckMember(const rpc::Context& context, sql::ReadTransaction& transaction, const store::Request& request,
                         const std::string& name) {
  const auto member = store::FindMember(transaction, Id(name), WeekOf(context.now()));
  if (!member) return status::NotFound();
  const v1::Member& message = member->message;
  if (message.retired() || OnlyLooksOn(message)) return errors::MemberNotAvailable(name);
  if (HasConflict(message, request)) return errors::ConflictOfInterest(name);
  if (message.away_until() >= DayText(context.now())) return errors::MemberAway(name);
  const auto& assigned = request.message.assignees();
  const bool has_it = std::find(assigned.begin(), assigned.end(), name) != assigned.end();
  if (!has_it && message.assigned_this_week() >= message.capacity_per_week()) return errors::MemberBusy(name);
  return absl::OkStatus();
}

bool IsAnswerKind(v1::Contribution::Kind kind) {
  return kind == v1::Contribution::KIND_ADVICE || kind == v1::Contribution::KIND_EXPERIENCE ||
         kind == v1::Contribution::KIND_SIGNPOST;
}

store::Contribution Said(rpc::WriteContext& context, const store::Request& request, v1::Contribution::Kind kind,
                         const std::string& member, const std::string& body) {
  store::Contribution said{.actor = ActorKey(context), .create_time = TimeFor(request, context.now())};
  said.message.set_name(context.NewId());
  said.message.set_kind(kind);
  said.message.set_member(member);
  said.message.set_body(text::Nfc(body));
  return said;
}

}  // namespace

absl::StatusOr<v1::TriageRequestResponse> TriageRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::TriageRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfGroup(context, transaction, request.name()));
  if (!request.topics().empty()) *found.message.mutable_topics() = request.topics();
  if (!request.dimensions().empty()) *found.message.mutable_dimensions() = request.dimensions();
  RETURN_IF_ERROR(Enter(context, transaction, found, RequestAction::kTriage));
  return AnswerGroup<v1::TriageRequestResponse>(context, transaction, found);
}

absl::StatusOr<v1::AssignRequestResponse> AssignRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::AssignRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfGroup(context, transaction, request.name()));
  const auto next = NextState(found.message.state(), RequestAction::kAssign, true);
  if (!next) return errors::WrongState(R::State_Name(found.message.state()));
  for (const std::string& member : request.members()) {
    RETURN_IF_ERROR(CheckMember(context, transaction, found, member));
  }
  *found.message.mutable_assignees() = request.members();
  RETURN_IF_ERROR(Enter(context, transaction, found, RequestAction::kAssign));
  for (const std::string& member : request.members()) {
    store::InsertAssignment(transaction, Id(member), WeekOf(context.now()), found.number);
  }
  return AnswerGroup<v1::AssignRequestResponse>(context, transaction, found);
}

absl::StatusOr<v1::AskForInfoResponse> AskForInfo(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::AskForInfoRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfGroup(context, transaction, request.name()));
  RETURN_IF_ERROR(Enter(context, transaction, found, RequestAction::kAskForInfo));
  store::InsertContribution(
      transaction, found.number,
      Said(context, found, v1::Contribution::KIND_CLARIFYING_QUESTION, request.member(), request.body()));
  return AnswerGroup<v1::AskForInfoResponse>(context, transaction, found);
}

absl::StatusOr<v1::RespondResponse> Respond(rpc::WriteContext& context, sql::Transaction& transaction,
                                            const v1::RespondRequest& request) {
  if (!IsAnswerKind(request.kind())) return status::InvalidField("kind", "must be ADVICE, EXPERIENCE or SIGNPOST");
  ASSIGN_OR_RETURN(store::Request found, OfGroup(context, transaction, request.name()));
  RETURN_IF_ERROR(Enter(context, transaction, found, RequestAction::kRespond));
  const auto& assigned = found.message.assignees();
  if (std::find(assigned.begin(), assigned.end(), request.member()) == assigned.end()) return errors::NotAssigned();
  store::Contribution said = Said(context, found, request.kind(), request.member(), request.body());
  said.message.set_on_behalf_of_group(request.on_behalf_of_group());
  *said.message.mutable_references() = request.references();
  store::InsertContribution(transaction, found.number, said);
  return AnswerGroup<v1::RespondResponse>(context, transaction, found);
}

absl::StatusOr<v1::RedirectRequestResponse> RedirectRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::RedirectRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfGroup(context, transaction, request.name()));
  found.message.set_redirected_to(text::Nfc(request.redirected_to()));
  RETURN_IF_ERROR(Enter(context, transaction, found, RequestAction::kRedirect));
  return AnswerGroup<v1::RedirectRequestResponse>(context, transaction, found);
}

absl::StatusOr<v1::MergeRequestResponse> MergeRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::MergeRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfGroup(context, transaction, request.name()));
  ASSIGN_OR_RETURN(const store::Request into, OfGroup(context, transaction, request.duplicate_of()));
  if (!NextState(found.message.state(), RequestAction::kMerge, false)) {
    return errors::WrongState(R::State_Name(found.message.state()));
  }
  const RequestState target = into.message.state();
  if (into.number == found.number || target == R::STATE_MERGED || target == R::STATE_WITHDRAWN) {
    return errors::CannotMerge();
  }
  found.message.set_duplicate_of(request.duplicate_of());
  RETURN_IF_ERROR(Enter(context, transaction, found, RequestAction::kMerge));
  return AnswerGroup<v1::MergeRequestResponse>(context, transaction, found);
}

}  // namespace equity::referencegroup

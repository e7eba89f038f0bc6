#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/moderation/moderation.h"
#include "services/reference_group/moderation/store.h"
#include "services/reference_group/moderation/target.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/reader.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

using F = v1::Flag;

void EmitFlag(rpc::WriteContext& context, const store::Flag& flag) {
  changes::v1::Change change;
  // The organisation of whoever flagged learns what became of it.
  const size_t at = flag.flagger.rfind('@');
  change.set_organisation(NameOrEmpty(kOrganisations, std::string_view(flag.flagger).substr(at + 1)));
  change.mutable_flag_event()->set_flag(flag.message.name());
  change.mutable_flag_event()->set_state(static_cast<changes::v1::FlagEvent::State>(flag.message.state()));
  context.Emit(std::move(change));
}

bool HidesAtOnce(F::Reason reason) { return reason == F::REASON_SAFEGUARDING || reason == F::REASON_PRIVACY; }

// What all flags on a thing make of it together.
store::Visibility VisibilityBy(const store::Flag& flag) {
  const F& message = flag.message;
  // A decision that was appealed against holds until that is decided.
  const bool upheld = message.action() != F::ACTION_UNSPECIFIED && message.state() != F::STATE_OVERTURNED;
  if (upheld && message.action() == F::ACTION_REMOVE) return store::kRemoved;
  if (upheld && message.action() == F::ACTION_HIDE) return store::kHidden;
  // A dismissal that was overturned leaves the flag in the right.
  if (message.action() == F::ACTION_UNSPECIFIED && message.state() == F::STATE_OVERTURNED) return store::kHidden;
  const bool undecided = message.state() == F::STATE_OPEN;
  return undecided && message.hidden_by_rule() ? store::kHiddenUntilDecided : store::kVisible;
}

void ApplyFlags(sql::Transaction& transaction, const std::string& target) {
  auto visibility = store::kVisible;
  for (const store::Flag& flag : store::FlagsOf(transaction, target)) {
    visibility = std::max(visibility, VisibilityBy(flag));
  }
  SetVisibility(transaction, target, visibility);
}

absl::Status WrongState(const store::Flag& flag) { return errors::WrongState(F::State_Name(flag.message.state())); }

template <class Response>
Response Store(rpc::WriteContext& context, sql::Transaction& transaction, const store::Flag& flag) {
  store::UpdateFlag(transaction, flag, context.now());
  ApplyFlags(transaction, flag.message.target());
  EmitFlag(context, flag);
  Response response;
  *response.mutable_flag() = store::FindFlag(transaction, Id(flag.message.name()))->message;
  return response;
}

}  // namespace

absl::StatusOr<v1::FlagContentResponse> FlagContent(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::FlagContentRequest& request) {
  store::Flag flag;
  ASSIGN_OR_RETURN(flag.author, AuthorOf(context, transaction, request.target()));
  flag.flagger = ActorKey(context);
  const std::string id = context.NewId();
  flag.message.set_name(Name(kFlags, id));
  flag.message.set_target(request.target());
  flag.message.set_reason(request.reason());
  flag.message.set_note(text::Nfc(request.note()));
  flag.message.set_state(F::STATE_OPEN);
  flag.message.set_hidden_by_rule(HidesAtOnce(request.reason()));
  store::InsertFlag(transaction, flag, context.now());
  ApplyFlags(transaction, request.target());
  EmitFlag(context, flag);
  context.SetResource(flag.message.name());
  v1::FlagContentResponse response;
  *response.mutable_flag() = store::FindFlag(transaction, id)->message;
  return response;
}

absl::StatusOr<v1::ListFlagsResponse> ListFlags(const rpc::Context&, sql::ReadTransaction& transaction,
                                                const v1::ListFlagsRequest& request) {
  const std::string states = Set(request.states());
  const std::string binding = absl::StrCat("ListFlags|", states, "|");
  ASSIGN_OR_RETURN(const int64_t after, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto flags = store::ListFlags(transaction, states, after, size + 1);
  v1::ListFlagsResponse response;
  response.set_next_page_token(NextPage(binding, size, flags));
  for (auto& flag : flags) *response.add_flags() = std::move(flag.message);
  return response;
}

absl::StatusOr<v1::DecideFlagResponse> DecideFlag(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::DecideFlagRequest& request) {
  auto flag = store::FindFlag(transaction, Id(request.name()));
  if (!flag) return status::NotFound();
  if (flag->message.state() != F::STATE_OPEN) return WrongState(*flag);
  const std::string actor = ActorKey(context);
  if (actor == flag->author || actor == flag->flagger) return errors::SamePerson();
  flag->message.set_state(request.action() == F::ACTION_UNSPECIFIED ? F::STATE_DISMISSED : F::STATE_UPHELD);
  flag->message.set_action(request.action());
  flag->message.set_decision_note(text::Nfc(request.note()));
  flag->decider = actor;
  return Store<v1::DecideFlagResponse>(context, transaction, *flag);
}

absl::StatusOr<v1::AppealFlagResponse> AppealFlag(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::AppealFlagRequest& request) {
  auto flag = store::FindFlag(transaction, Id(request.name()));
  const std::string actor = ActorKey(context);
  if (!flag || (actor != flag->author && actor != flag->flagger)) return status::NotFound();
  const auto state = flag->message.state();
  if (state != F::STATE_UPHELD && state != F::STATE_DISMISSED) return WrongState(*flag);
  flag->message.set_state(F::STATE_APPEALED);
  flag->message.set_appeal_note(text::Nfc(request.note()));
  flag->appellant = actor;
  return Store<v1::AppealFlagResponse>(context, transaction, *flag);
}

absl::StatusOr<v1::DecideAppealResponse> DecideAppeal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::DecideAppealRequest& request) {
  auto flag = store::FindFlag(transaction, Id(request.name()));
  if (!flag) return status::NotFound();
  if (flag->message.state() != F::STATE_APPEALED) return WrongState(*flag);
  const std::string actor = ActorKey(context);
  if (actor == flag->author || actor == flag->flagger || actor == flag->decider) return errors::SamePerson();
  flag->message.set_state(request.overturn() ? F::STATE_OVERTURNED : F::STATE_CONFIRMED);
  flag->message.set_appeal_decision_note(text::Nfc(request.note()));
  return Store<v1::DecideAppealResponse>(context, transaction, *flag);
}

// A flag is shown again to whoever could send its request.
absl::Status RefillText(const rpc::Context&, sql::ReadTransaction& transaction, v1::Flag& flag) {
  const auto found = store::FindFlag(transaction, Id(flag.name()));
  if (!found) return status::NotFound();
  flag = found->message;
  return absl::OkStatus();
}

}  // namespace equity::referencegroup

#include "services/reference_group/sealed/safeguarding.h"

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/group.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/reader.h"
#include "services/reference_group/sealed/store.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

constexpr char kListReveals[] = "ListReveals|";

absl::StatusOr<std::string> PersonBehind(const rpc::Context& context, sql::ReadTransaction& transaction,
                                         const std::string& target) {
  const auto box = store::FindSeal(transaction, target);
  if (!box) return errors::NotSealed();
  const auto person = GroupOf(context).vault.Open(target, *box);
  // The cause goes to the log; nothing of the person is in it.
  if (!person.ok()) return absl::InternalError(person.status().message());
  return *person;
}

// Whether the account is one of the two.
bool IsParty(const rpc::Context& context, const v1::Reveal& reveal) {
  return context.actor() == reveal.proposed_by() || context.actor() == reveal.confirmed_by();
}

template <class Response>
absl::Status Refill(const rpc::Context&, sql::ReadTransaction& transaction, Response& response) {
  const auto reveal = store::FindReveal(transaction, Id(response.reveal().name()));
  if (!reveal) return status::NotFound();
  *response.mutable_reveal() = reveal->message;
  return absl::OkStatus();
}

template <class Response>
absl::Status RefillPerson(const rpc::Context& context, sql::ReadTransaction& transaction, Response& response) {
  RETURN_IF_ERROR(Refill(context, transaction, response));
  if (!IsParty(context, response.reveal())) return status::NotFound();
  ASSIGN_OR_RETURN(*response.mutable_person(), PersonBehind(context, transaction, response.reveal().target()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ProposeRevealResponse> ProposeReveal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ProposeRevealRequest& request) {
  if (!store::FindSeal(transaction, request.target())) return errors::NotSealed();
  v1::ProposeRevealResponse response;
  v1::Reveal& reveal = *response.mutable_reveal();
  reveal.set_name(Name(kReveals, context.NewId()));
  reveal.set_target(request.target());
  reveal.set_reason(text::Nfc(request.reason()));
  reveal.set_state(v1::Reveal::STATE_PROPOSED);
  reveal.set_proposed_by(context.actor());
  SetTime(*reveal.mutable_create_time(), Stored(context.now()));
  store::InsertReveal(transaction, reveal, context.now());
  context.SetResource(absl::StrCat(reveal.name(), " of ", reveal.target()));
  return response;
}

absl::StatusOr<v1::ConfirmRevealResponse> ConfirmReveal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ConfirmRevealRequest& request) {
  auto reveal = store::FindReveal(transaction, Id(request.name()));
  if (!reveal) return status::NotFound();
  const absl::Duration open = absl::Hours(24 * GroupOf(context).policy.reveal_open_days);
  if (reveal->message.state() != v1::Reveal::STATE_PROPOSED || context.now() > reveal->create_time + open) {
    return errors::RevealNotOpen();
  }
  if (reveal->message.proposed_by() == context.actor()) return errors::SamePerson();
  v1::ConfirmRevealResponse response;
  ASSIGN_OR_RETURN(*response.mutable_person(), PersonBehind(context, transaction, reveal->message.target()));
  store::ConfirmReveal(transaction, reveal->number, context.actor(), context.now());
  context.SetResource(absl::StrCat(request.name(), " of ", reveal->message.target()));
  *response.mutable_reveal() = store::FindReveal(transaction, Id(request.name()))->message;
  return response;
}

absl::StatusOr<v1::ReadRevealResponse> ReadReveal(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::ReadRevealRequest& request) {
  const auto reveal = store::FindReveal(transaction, Id(request.name()));
  if (!reveal) return status::NotFound();
  if (reveal->message.proposed_by() != context.actor()) return errors::NotProposer();
  if (reveal->message.state() != v1::Reveal::STATE_CONFIRMED) return errors::NotConfirmed();
  v1::ReadRevealResponse response;
  *response.mutable_reveal() = reveal->message;
  ASSIGN_OR_RETURN(*response.mutable_person(), PersonBehind(context, transaction, reveal->message.target()));
  context.SetResource(absl::StrCat(request.name(), " of ", reveal->message.target()));
  return response;
}

absl::StatusOr<v1::ListRevealsResponse> ListReveals(const rpc::Context&, sql::ReadTransaction& transaction,
                                                    const v1::ListRevealsRequest& request) {
  ASSIGN_OR_RETURN(const int64_t after, After(kListReveals, request.page_token()));
  const int size = page::Size(request.page_size());
  auto reveals = store::ListReveals(transaction, after, size + 1);
  v1::ListRevealsResponse response;
  response.set_next_page_token(NextPage(kListReveals, size, reveals));
  for (auto& reveal : reveals) *response.add_reveals() = std::move(reveal.message);
  return response;
}

absl::Status RefillReveal(const rpc::Context& context, sql::ReadTransaction& transaction,
                          v1::ProposeRevealResponse& response) {
  return Refill(context, transaction, response);
}
absl::Status RefillReveal(const rpc::Context& context, sql::ReadTransaction& transaction,
                          v1::ConfirmRevealResponse& response) {
  return RefillPerson(context, transaction, response);
}
absl::Status RefillReveal(const rpc::Context& context, sql::ReadTransaction& transaction,
                          v1::ReadRevealResponse& response) {
  return RefillPerson(context, transaction, response);
}

}  // namespace equity::referencegroup

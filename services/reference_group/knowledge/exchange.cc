// Between items and the rest: from a question to an item, and from an item to plans.
#include <algorithm>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/advice/store.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

using R = v1::AdviceRequest;

bool WasAnswered(R::State state) {
  return state == R::STATE_RESPONDED || state == R::STATE_ACCEPTED || state == R::STATE_CLOSED;
}

bool IsAnswer(const v1::Contribution& said) {
  return said.kind() == v1::Contribution::KIND_ADVICE || said.kind() == v1::Contribution::KIND_EXPERIENCE ||
         said.kind() == v1::Contribution::KIND_SIGNPOST;
}

// The accepted answers, or all where none was accepted, as far as the item has room.
std::string AnswersOf(sql::ReadTransaction& transaction, int64_t request) {
  constexpr int kRoom = 5000;
  const auto said = store::Contributions(transaction, request);
  const bool chosen = std::any_of(said.begin(), said.end(), [](const auto& each) { return each.message.accepted(); });
  std::string text;
  for (const auto& each : said) {
    if (!IsAnswer(each.message) || each.message.accepted() != chosen || each.visibility > 0) continue;
    const std::string more = absl::StrCat(text, text.empty() ? "" : "\n\n", each.message.body());
    if (text::CodePoints(more) <= kRoom) text = more;
  }
  return text;
}

// Whose plan it is, is for the group and for its own organisation.
v1::Adoption ShownTo(const Reader& reader, v1::Adoption adoption) {
  if (!reader.group && adoption.organisation() != NameOrEmpty(kOrganisations, reader.organisation)) {
    adoption.clear_organisation();
  }
  return adoption;
}

}  // namespace

absl::StatusOr<v1::PromoteToKnowledgeResponse> PromoteToKnowledge(rpc::WriteContext& context,
                                                                  sql::Transaction& transaction,
                                                                  const v1::PromoteToKnowledgeRequest& request) {
  const auto found = store::FindRequest(transaction, Id(request.request()));
  if (!found || !ReaderOf(context).group) return status::NotFound();
  if (!WasAnswered(found->message.state())) return errors::WrongState(R::State_Name(found->message.state()));
  store::Item item;
  item.message.set_type(v1::Item::TYPE_FAQ);
  item.message.set_title(found->message.title());
  item.message.set_context(found->message.body());
  item.message.set_what_was_done(AnswersOf(transaction, found->number));
  *item.message.mutable_topics() = found->message.topics();
  *item.message.mutable_dimensions() = found->message.dimensions();
  item.message.set_request(request.request());
  Begin(context, transaction, item);
  v1::PromoteToKnowledgeResponse response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

absl::StatusOr<v1::RecordAdoptionResponse> RecordAdoption(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::RecordAdoptionRequest& request) {
  if (request.adoption().plan().empty()) return status::InvalidField("adoption.plan", "must be set");
  ASSIGN_OR_RETURN(const store::Item item, ReadableItem(context, transaction, request.parent()));
  v1::Adoption adoption = request.adoption();
  adoption.set_note(text::Nfc(adoption.note()));
  adoption.set_organisation(request.organisation());
  const auto known = store::FindAdoption(transaction, item, adoption.plan());
  if (known && known->message.organisation() != request.organisation()) return status::NotFound();
  if (known) {
    store::UpdateAdoption(transaction, known->number, adoption, context.now());
  } else {
    if (item.message.state() != v1::Item::STATE_PUBLISHED) return errors::NotPublished();
    adoption.set_name(ChildName(item.message.name(), "adoptions", context.NewId()));
    store::InsertAdoption(transaction, item, adoption, context.now());
  }
  changes::v1::Change change;
  change.set_organisation(request.organisation());
  change.mutable_adoption_event()->set_item(item.message.name());
  change.mutable_adoption_event()->set_plan(adoption.plan());
  change.mutable_adoption_event()->set_adapted(adoption.adapted());
  context.Emit(std::move(change));
  v1::RecordAdoptionResponse response;
  *response.mutable_adoption() = store::FindAdoption(transaction, item, adoption.plan())->message;
  return response;
}

absl::StatusOr<v1::ListAdoptionsResponse> ListAdoptions(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                        const v1::ListAdoptionsRequest& request) {
  const Reader reader = ReaderOf(context);
  // The group also follows up what took up an item that is gone.
  auto item = reader.group ? store::FindItem(transaction, Id(request.parent()))
                           : store::FindReadableItem(transaction, reader, DayText(context.now()), Id(request.parent()));
  if (!item) return status::NotFound();
  const std::string binding = absl::StrCat("ListAdoptions|", request.parent(), "|");
  ASSIGN_OR_RETURN(const int64_t after, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto adoptions = store::ListAdoptions(transaction, *item, after, size + 1);
  v1::ListAdoptionsResponse response;
  response.set_next_page_token(NextPage(binding, size, adoptions));
  for (auto& adoption : adoptions) *response.add_adoptions() = ShownTo(reader, std::move(adoption.message));
  return response;
}

absl::Status RefillAdoption(const rpc::Context& context, sql::ReadTransaction& transaction,
                            v1::RecordAdoptionResponse& response) {
  const std::string item_name = Name(kKnowledge, Id(response.adoption().name()));
  ASSIGN_OR_RETURN(const store::Item item, ReadableItem(context, transaction, item_name));
  const auto adoption = store::FindAdoption(transaction, item, response.adoption().plan());
  if (!adoption) return status::NotFound();
  *response.mutable_adoption() = adoption->message;
  return absl::OkStatus();
}

}  // namespace equity::referencegroup

// Items: reading, writing, reviewing.
#include "absl/time/civil_time.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/consents/store.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/group.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/updates.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

using I = v1::Item;

constexpr const char* kChangeableOfItem[] = {"type",           "title",        "summary",           "context",
                                             "what_was_done",  "what_changed", "what_did_not_work", "transferability",
                                             "evidence_level", "topics",       "dimensions",        "audience",
                                             "consent"};

void Normalise(v1::Item& item) {
  for (std::string* text :
       {item.mutable_title(), item.mutable_summary(), item.mutable_context(), item.mutable_what_was_done(),
        item.mutable_what_changed(), item.mutable_what_did_not_work(), item.mutable_transferability()}) {
    *text = text::Nfc(*text);
  }
}

std::vector<status::FieldFault> FaultsOfItem(const v1::Item& item) {
  std::vector<status::FieldFault> faults;
  if (item.type() == I::TYPE_UNSPECIFIED) faults.push_back({"item.type", "must be set"});
  if (item.title().empty()) faults.push_back({"item.title", "must be set"});
  return faults;
}

// Lived experience needs a consent that holds and goes as far as the item; so does whatever names one.
absl::Status CheckConsent(const rpc::Context& context, sql::ReadTransaction& transaction, const v1::Item& item) {
  if (item.consent().empty()) {
    return item.type() == I::TYPE_LIVED_EXPERIENCE ? errors::ConsentMissing() : absl::OkStatus();
  }
  const auto consent = store::FindConsent(transaction, Id(item.consent()), DayText(context.now()));
  if (!consent || !consent->message.live() || consent->message.audience() < item.audience()) {
    return errors::ConsentMissing();
  }
  return absl::OkStatus();
}

// A draft that names a consent which does not hold would be there for nobody, not even for who wants to name another.
absl::Status CheckNamedConsent(const rpc::Context& context, sql::ReadTransaction& transaction, const v1::Item& item) {
  if (item.consent().empty()) return absl::OkStatus();
  const auto consent = store::FindConsent(transaction, Id(item.consent()), DayText(context.now()));
  return consent && consent->message.live() ? absl::OkStatus() : errors::ConsentMissing();
}

// Empty means in a year, as the policy says.
absl::StatusOr<std::string> ReviewBy(const rpc::Context& context, const std::string& wanted) {
  if (!wanted.empty()) {
    if (wanted < DayText(context.now())) return status::InvalidField("review_by", "must not be in the past");
    return wanted;
  }
  const absl::CivilDay today = absl::ToCivilDay(context.now(), London());
  const absl::CivilMonth month = absl::CivilMonth(today) + GroupOf(context).policy.review_months;
  // 29 February is the first of March in another year, as civil days normalise.
  return absl::FormatCivilTime(absl::CivilDay(month.year(), month.month(), today.day()));
}

// The item, where the caller may change it: one of the group, or of the caller's own organisation.
absl::StatusOr<store::Item> WritableItem(const rpc::Context& context, sql::ReadTransaction& transaction,
                                         const std::string& name) {
  ASSIGN_OR_RETURN(store::Item item, ReadableItem(context, transaction, name));
  const Reader reader = ReaderOf(context);
  const bool own =
      !reader.organisation.empty() && item.message.organisation() == Name(kOrganisations, reader.organisation);
  if (!reader.group && !own) return status::NotFound();
  return item;
}

template <class Response>
absl::StatusOr<Response> Act(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& name,
                             ItemAction action) {
  ASSIGN_OR_RETURN(store::Item item, WritableItem(context, transaction, name));
  RETURN_IF_ERROR(Enter(context, transaction, item, action));
  Response response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

}  // namespace

v1::Item ViewOf(const rpc::Context& context, const store::Item& item) {
  v1::Item view = item.message;
  view.set_review_overdue(!view.review_by().empty() && view.review_by() < DayText(context.now()));
  if (item.publish_time) SetTime(*view.mutable_publish_time(), *item.publish_time);
  SetTime(*view.mutable_create_time(), item.create_time);
  SetTime(*view.mutable_update_time(), item.update_time);
  // Which question it was made from is of no use to others, and could be read there.
  if (!ReaderOf(context).group) {
    view.clear_request();
    view.clear_consent();
  }
  return view;
}

absl::StatusOr<store::Item> ReadableItem(const rpc::Context& context, sql::ReadTransaction& transaction,
                                         std::string_view name) {
  auto item = store::FindReadableItem(transaction, ReaderOf(context), DayText(context.now()), Id(name));
  if (!item) return status::NotFound();
  return *std::move(item);
}

absl::StatusOr<v1::CreateItemResponse> CreateItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::CreateItemRequest& request) {
  auto faults = FaultsOfItem(request.item());
  const std::string own = NameOrEmpty(kOrganisations, context.caller().organisation);
  store::Item item;
  for (const char* path : kChangeableOfItem) {
    google::protobuf::FieldMask mask;
    mask.add_paths(path);
    google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.item(), mask, {}, &item.message);
  }
  item.message.set_organisation(own.empty() ? request.item().organisation() : own);
  if (item.message.audience() == v1::AUDIENCE_OWN_ORGANISATION && item.message.organisation().empty()) {
    faults.push_back({"item.organisation", "must be set for an item of one organisation"});
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  RETURN_IF_ERROR(CheckNamedConsent(context, transaction, item.message));
  Normalise(item.message);
  Begin(context, transaction, item);
  v1::CreateItemResponse response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

absl::StatusOr<v1::GetItemResponse> GetItem(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::GetItemRequest& request) {
  ASSIGN_OR_RETURN(const store::Item item, ReadableItem(context, transaction, request.name()));
  v1::GetItemResponse response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

absl::StatusOr<v1::ListItemsResponse> ListItems(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListItemsRequest& request) {
  store::ItemFilter filter{.states = Set(request.states()),
                           .type = static_cast<int>(request.type()),
                           .topic = request.topic(),
                           .only_review_overdue = request.only_review_overdue()};
  if (filter.states.empty()) filter.states = absl::StrCat(",", static_cast<int>(I::STATE_PUBLISHED), ",");
  const std::string binding = absl::StrCat("ListItems|", filter.states, "|", filter.type, "|", filter.topic, "|",
                                           filter.only_review_overdue, "|");
  ASSIGN_OR_RETURN(const int64_t after, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto items = store::ListItems(transaction, ReaderOf(context), DayText(context.now()), filter, after, size + 1);
  v1::ListItemsResponse response;
  response.set_next_page_token(NextPage(binding, size, items));
  for (const auto& item : items) *response.add_items() = ViewOf(context, item);
  return response;
}

absl::StatusOr<v1::UpdateItemResponse> UpdateItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::UpdateItemRequest& request) {
  if (request.item().name().empty()) return status::InvalidField("item.name", "must be set");
  ASSIGN_OR_RETURN(store::Item item, WritableItem(context, transaction, request.item().name()));
  if (!request.item().etag().empty() && request.item().etag() != item.message.etag()) return status::EtagMismatch();
  auto faults = ApplyMask(request, request.item(), kChangeableOfItem, item.message);
  for (auto& fault : FaultsOfItem(item.message)) faults.push_back(std::move(fault));
  if (!faults.empty()) return status::InvalidFields(faults);
  RETURN_IF_ERROR(CheckNamedConsent(context, transaction, item.message));
  Normalise(item.message);
  RETURN_IF_ERROR(Enter(context, transaction, item, ItemAction::kUpdate));
  v1::UpdateItemResponse response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

absl::StatusOr<v1::SubmitItemResponse> SubmitItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::SubmitItemRequest& request) {
  ASSIGN_OR_RETURN(const auto response,
                   Act<v1::SubmitItemResponse>(context, transaction, request.name(), ItemAction::kSubmit));
  RETURN_IF_ERROR(CheckConsent(context, transaction, store::FindItem(transaction, Id(request.name()))->message));
  return response;
}

absl::StatusOr<v1::ReturnItemResponse> ReturnItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::ReturnItemRequest& request) {
  return Act<v1::ReturnItemResponse>(context, transaction, request.name(), ItemAction::kReturn);
}

absl::StatusOr<v1::RejectItemResponse> RejectItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::RejectItemRequest& request) {
  return Act<v1::RejectItemResponse>(context, transaction, request.name(), ItemAction::kReject);
}

absl::StatusOr<v1::ReviseItemResponse> ReviseItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::ReviseItemRequest& request) {
  return Act<v1::ReviseItemResponse>(context, transaction, request.name(), ItemAction::kRevise);
}

absl::StatusOr<v1::ArchiveItemResponse> ArchiveItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::ArchiveItemRequest& request) {
  return Act<v1::ArchiveItemResponse>(context, transaction, request.name(), ItemAction::kArchive);
}

absl::StatusOr<v1::WithdrawItemResponse> WithdrawItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::WithdrawItemRequest& request) {
  ASSIGN_OR_RETURN(const auto whole,
                   Act<v1::WithdrawItemResponse>(context, transaction, request.name(), ItemAction::kWithdraw));
  v1::WithdrawItemResponse response;
  response.mutable_item()->set_name(whole.item().name());
  response.mutable_item()->set_state(whole.item().state());
  return response;
}

absl::StatusOr<v1::PublishItemResponse> PublishItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::PublishItemRequest& request) {
  ASSIGN_OR_RETURN(store::Item item, WritableItem(context, transaction, request.name()));
  if (!NextState(item.message.state(), ItemAction::kPublish)) {
    return errors::WrongState(I::State_Name(item.message.state()));
  }
  if (item.author == ActorKey(context)) return errors::SamePerson();
  RETURN_IF_ERROR(CheckConsent(context, transaction, item.message));
  ASSIGN_OR_RETURN(*item.message.mutable_review_by(), ReviewBy(context, request.review_by()));
  item.message.set_version(item.message.version() + 1);
  item.publish_time = Stored(context.now());
  RETURN_IF_ERROR(Enter(context, transaction, item, ItemAction::kPublish));
  v1::PublishItemResponse response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

absl::StatusOr<v1::RenewItemResponse> RenewItem(rpc::WriteContext& context, sql::Transaction& transaction,
                                                const v1::RenewItemRequest& request) {
  ASSIGN_OR_RETURN(store::Item item, WritableItem(context, transaction, request.name()));
  if (!NextState(item.message.state(), ItemAction::kRenew)) {
    return errors::WrongState(I::State_Name(item.message.state()));
  }
  ASSIGN_OR_RETURN(*item.message.mutable_review_by(), ReviewBy(context, request.review_by()));
  RETURN_IF_ERROR(Enter(context, transaction, item, ItemAction::kRenew));
  v1::RenewItemResponse response;
  *response.mutable_item() = ViewOf(context, item);
  return response;
}

}  // namespace equity::referencegroup

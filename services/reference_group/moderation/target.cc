#include "services/reference_group/moderation/target.h"

#include "common/rpc/method.h"
#include "common/status/macros.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/names.h"

namespace equity::referencegroup {
namespace {

enum class Kind { kNone, kItem, kComment, kRequest, kContribution };

Kind KindOf(const std::string& target) {
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {{"knowledge/*", Kind::kItem},
                                                                 {"knowledge/*/comments/*", Kind::kComment},
                                                                 {"advice/*", Kind::kRequest},
                                                                 {"advice/*/contributions/*", Kind::kContribution}};
  for (const auto& [pattern, kind] : kKinds) {
    if (rpc::MatchesPattern(pattern, target)) return kind;
  }
  return Kind::kNone;
}

absl::StatusOr<std::string> CommentAuthor(sql::ReadTransaction& transaction, const store::Item& item,
                                          const std::string& target) {
  const auto comment = store::FindComment(transaction, ChildId(target));
  if (!comment || comment->item != item.number) return status::NotFound();
  return comment->author;
}

absl::StatusOr<std::string> ContributionActor(sql::ReadTransaction& transaction, const store::Request& request,
                                              const std::string& target) {
  for (const auto& each : store::Contributions(transaction, request.number)) {
    if (each.message.name() == ChildId(target)) return each.actor;
  }
  return status::NotFound();
}

}  // namespace

absl::StatusOr<std::string> AuthorOf(const rpc::Context& context, sql::ReadTransaction& transaction,
                                     const std::string& target) {
  const Kind kind = KindOf(target);
  if (kind == Kind::kItem || kind == Kind::kComment) {
    ASSIGN_OR_RETURN(const store::Item item, ReadableItem(context, transaction, Name(kKnowledge, Id(target))));
    return kind == Kind::kItem ? item.author : CommentAuthor(transaction, item, target);
  }
  if (kind == Kind::kNone) return status::NotFound();
  const auto request = store::FindRequest(transaction, Id(target));
  if (!request || !MayRead(*request, ReaderOf(context))) return status::NotFound();
  return kind == Kind::kRequest ? request->actor : ContributionActor(transaction, *request, target);
}

void SetVisibility(sql::Transaction& transaction, const std::string& target, store::Visibility visibility) {
  switch (KindOf(target)) {
    case Kind::kItem:
      if (auto item = store::FindItem(transaction, Id(target))) {
        item->visibility = visibility;
        store::UpdateItem(transaction, *item);
      }
      return;
    case Kind::kRequest:
      if (auto request = store::FindRequest(transaction, Id(target))) {
        request->visibility = visibility;
        store::UpdateRequest(transaction, *request);
      }
      return;
    case Kind::kComment:
      return store::SetCommentVisibility(transaction, ChildId(target), visibility);
    case Kind::kContribution:
      return store::SetContributionVisibility(transaction, ChildId(target), visibility);
    case Kind::kNone:
      return;
  }
}

}  // namespace equity::referencegroup

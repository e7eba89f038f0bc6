#include <algorithm>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/moderation/moderation.h"
#include "services/reference_group/moderation/store.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"

namespace equity::referencegroup {
namespace {

// The comment as the reader may see it. Authors are told apart under one item, and not beyond it.
v1::Comment ViewOf(const Reader& reader, const std::string& item, const std::vector<std::string>& authors,
                   const store::Comment& comment) {
  v1::Comment view = comment.message;
  view.set_name(ChildName(item, "comments", comment.id));
  const auto author = std::find(authors.begin(), authors.end(), comment.author);
  view.set_author(absl::StrCat("Contributor ", author - authors.begin() + 1));
  if (view.hidden() && !reader.group) view.clear_body();
  return view;
}

struct Found {
  store::Item item;
  store::Comment comment;
};

// The comment, where the caller may read its item.
absl::StatusOr<Found> Find(const rpc::Context& context, sql::ReadTransaction& transaction, const std::string& name) {
  ASSIGN_OR_RETURN(store::Item item, ReadableItem(context, transaction, Name(kKnowledge, Id(name))));
  auto comment = store::FindComment(transaction, ChildId(name));
  if (!comment || comment->item != item.number) return status::NotFound();
  return Found{std::move(item), *std::move(comment)};
}

v1::Comment Shown(const rpc::Context& context, sql::ReadTransaction& transaction, const store::Item& item,
                  std::string_view id) {
  return ViewOf(ReaderOf(context), item.message.name(), store::CommentAuthors(transaction, item.number),
                *store::FindComment(transaction, id));
}

}  // namespace

absl::StatusOr<v1::AddCommentResponse> AddComment(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::AddCommentRequest& request) {
  ASSIGN_OR_RETURN(const store::Item item, ReadableItem(context, transaction, request.parent()));
  if (item.message.state() != v1::Item::STATE_PUBLISHED) return status::NotFound();
  store::Comment comment{.id = context.NewId(), .item = item.number, .author = ActorKey(context)};
  comment.message.set_body(text::Nfc(request.body()));
  store::InsertComment(transaction, comment, context.now());
  v1::AddCommentResponse response;
  *response.mutable_comment() = Shown(context, transaction, item, comment.id);
  context.SetResource(response.comment().name());
  return response;
}

absl::StatusOr<v1::ListCommentsResponse> ListComments(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                      const v1::ListCommentsRequest& request) {
  ASSIGN_OR_RETURN(const store::Item item, ReadableItem(context, transaction, request.parent()));
  const std::string binding = absl::StrCat("ListComments|", request.parent(), "|");
  ASSIGN_OR_RETURN(const int64_t after, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto comments = store::ListComments(transaction, item.number, after, size + 1);
  v1::ListCommentsResponse response;
  response.set_next_page_token(NextPage(binding, size, comments));
  const auto authors = store::CommentAuthors(transaction, item.number);
  for (const auto& comment : comments) {
    *response.add_comments() = ViewOf(ReaderOf(context), item.message.name(), authors, comment);
  }
  return response;
}

absl::StatusOr<v1::UpdateCommentResponse> UpdateComment(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateCommentRequest& request) {
  std::vector<status::FieldFault> faults;
  if (request.comment().name().empty()) faults.push_back({"comment.name", "must be set"});
  if (request.comment().body().empty()) faults.push_back({"comment.body", "must be set"});
  for (const std::string& path : request.update_mask().paths()) {
    if (path != "body") faults.push_back({"update_mask", "must not name " + path + ", which cannot be changed"});
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  ASSIGN_OR_RETURN(const Found found, Find(context, transaction, request.comment().name()));
  if (found.comment.author != ActorKey(context)) return errors::NotAuthor();
  const std::string& etag = request.comment().etag();
  if (!etag.empty() && etag != found.comment.message.etag()) return status::EtagMismatch();
  store::UpdateComment(transaction, found.comment.number, text::Nfc(request.comment().body()), context.now());
  v1::UpdateCommentResponse response;
  *response.mutable_comment() = Shown(context, transaction, found.item, found.comment.id);
  return response;
}

absl::StatusOr<v1::DeleteCommentResponse> DeleteComment(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::DeleteCommentRequest& request) {
  ASSIGN_OR_RETURN(const Found found, Find(context, transaction, request.name()));
  if (found.comment.author != ActorKey(context)) return errors::NotAuthor();
  store::DeleteComment(transaction, found.comment.number, context.now());
  return v1::DeleteCommentResponse();
}

absl::Status RefillText(const rpc::Context& context, sql::ReadTransaction& transaction, v1::Comment& comment) {
  ASSIGN_OR_RETURN(const Found found, Find(context, transaction, comment.name()));
  comment = Shown(context, transaction, found.item, found.comment.id);
  return absl::OkStatus();
}

}  // namespace equity::referencegroup

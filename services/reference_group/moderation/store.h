// Comments and flags in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/referencegroup/v1/moderation.pb.h"

namespace equity::referencegroup::store {

struct Comment {
  v1::Comment message;  // without name and author, which follow from its place
  int64_t number = 0;
  std::string id;
  int64_t item = 0;
  std::string author;
  int visibility = 0;
};

struct Flag {
  v1::Flag message;
  int64_t number = 0;
  std::string author;
  std::string flagger;
  std::string decider;
  std::string appellant;
};

// How far something is hidden.
enum Visibility { kVisible = 0, kHiddenUntilDecided = 1, kHidden = 2, kRemoved = 3 };

std::optional<Comment> FindComment(sql::ReadTransaction& transaction, std::string_view id);
std::vector<Comment> ListComments(sql::ReadTransaction& transaction, int64_t item, int64_t after, int limit);
// The authors of an item's comments in the order in which each wrote first, deleted comments included.
std::vector<std::string> CommentAuthors(sql::ReadTransaction& transaction, int64_t item);
void InsertComment(sql::Transaction& transaction, const Comment& comment, absl::Time now);
void UpdateComment(sql::Transaction& transaction, int64_t number, std::string_view body, absl::Time now);
void DeleteComment(sql::Transaction& transaction, int64_t number, absl::Time now);

std::optional<Flag> FindFlag(sql::ReadTransaction& transaction, std::string_view id);
std::vector<Flag> ListFlags(sql::ReadTransaction& transaction, std::string_view states, int64_t after, int limit);
// All flags on one thing.
std::vector<Flag> FlagsOf(sql::ReadTransaction& transaction, std::string_view target);
void InsertFlag(sql::Transaction& transaction, const Flag& flag, absl::Time now);
void UpdateFlag(sql::Transaction& transaction, const Flag& flag, absl::Time now);

// Of a comment, or of something said about a question, by id.
void SetCommentVisibility(sql::Transaction& transaction, std::string_view id, Visibility visibility);
void SetContributionVisibility(sql::Transaction& transaction, std::string_view id, Visibility visibility);

}  // namespace equity::referencegroup::store

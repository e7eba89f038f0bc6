// Knowledge items and their adoptions in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/referencegroup/v1/knowledge.pb.h"
#include "services/reference_group/reader.h"

namespace equity::referencegroup::store {

struct Item {
  v1::Item message;
  int64_t number = 0;
  std::string id;
  std::string author;
  int visibility = 0;
  int64_t revision = 1;
  std::optional<absl::Time> publish_time;
  absl::Time create_time;
  absl::Time update_time;
};

struct Adoption {
  v1::Adoption message;
  int64_t number = 0;
};

struct ItemFilter {
  std::string states;  // as Set makes it
  int type = 0;        // 0 means all
  std::string topic;
  bool only_review_overdue = false;
};

// Whatever its state; for whom it is readable, see knowledge/readable.h.
std::optional<Item> FindItem(sql::ReadTransaction& transaction, std::string_view id);
std::optional<Item> FindItem(sql::ReadTransaction& transaction, int64_t number);
std::optional<Item> FindReadableItem(sql::ReadTransaction& transaction, const Reader& reader, std::string_view today,
                                     std::string_view id);
std::vector<Item> ListItems(sql::ReadTransaction& transaction, const Reader& reader, std::string_view today,
                            const ItemFilter& filter, int64_t after, int limit);
// Those that rest on a consent and are not withdrawn.
std::vector<Item> ItemsOfConsent(sql::ReadTransaction& transaction, std::string_view consent);
// Numbered by the store.
void InsertItem(sql::Transaction& transaction, Item& item);
// Everything that can change; counts the revision up.
void UpdateItem(sql::Transaction& transaction, Item& item);

std::optional<Adoption> FindAdoption(sql::ReadTransaction& transaction, const Item& item, std::string_view plan);
std::vector<Adoption> ListAdoptions(sql::ReadTransaction& transaction, const Item& item, int64_t after, int limit);
void InsertAdoption(sql::Transaction& transaction, const Item& item, const v1::Adoption& adoption, absl::Time now);
void UpdateAdoption(sql::Transaction& transaction, int64_t number, const v1::Adoption& adoption, absl::Time now);
std::vector<std::string> AdoptingPlans(sql::ReadTransaction& transaction, int64_t item);
// The words that people wrote about an item: notes of adoptions, comments.
void EraseWordsAbout(sql::Transaction& transaction, int64_t item);

}  // namespace equity::referencegroup::store

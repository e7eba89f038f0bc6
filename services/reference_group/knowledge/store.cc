#include "services/reference_group/knowledge/store.h"

#include "services/reference_group/knowledge/readable.h"
#include "services/reference_group/names.h"
#include "services/reference_group/search/query.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup::store {
namespace {

#define ITEM_COLUMNS                                                                                              \
  "i.number, i.id, i.type, i.title, i.summary, i.context, i.what_was_done, i.what_changed, i.what_did_not_work, " \
  "i.transferability, i.evidence_level, i.topics, i.dimensions, i.audience, i.organisation, i.consent, i.state, " \
  "i.version, i.review_by, i.request, i.author, i.visibility, i.revision, i.publish_time, i.create_time, "        \
  "i.update_time"
#define ADOPTION_COLUMNS "number, id, plan, organisation, adapted, outcome, note, create_time, update_time"

const sql::Sql kFindItem{"items.find", "SELECT " ITEM_COLUMNS " FROM items i WHERE i.id = $1"};
const sql::Sql kFindNumber{"items.find_number", "SELECT " ITEM_COLUMNS " FROM items i WHERE i.number = $1"};
const sql::Sql kFindReadable{"items.find_readable",
                             "SELECT " ITEM_COLUMNS " FROM items i WHERE i.id = $4 AND " EQUITY_READABLE_ITEM};
const sql::Sql kListItems{
    "items.list", "SELECT " ITEM_COLUMNS
                  " FROM items i WHERE i.number > $4 AND instr($5, ',' || i.state || ',') > 0 AND ($6 = 0 OR i.type "
                  "= $6) AND ($7 = '' OR instr(',' || i.topics || ',', ',' || $7 || ',') > 0) AND ($8 = 0 OR "
                  "(i.review_by <> '' AND i.review_by < $3)) AND " EQUITY_READABLE_ITEM " ORDER BY i.number LIMIT $9"};
const sql::Sql kOfConsent{"items.of_consent", "SELECT " ITEM_COLUMNS
                                              " FROM items i WHERE i.consent = $1 AND i.consent <> '' AND i.state "
                                              "<> 6 ORDER BY i.number"};
const sql::Sql kInsertItem{
    "items.insert",
    "INSERT INTO items (id, type, title, title_key, summary, context, what_was_done, what_changed, what_did_not_work, "
    "transferability, evidence_level, topics, dimensions, audience, organisation, consent, state, version, review_by, "
    "request, author, visibility, revision, publish_time, create_time, update_time) VALUES ($1, $2, $3, $4, $5, $6, "
    "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 0, 1, $22, $23, $23) RETURNING number"};
const sql::Sql kUpdateItem{
    "items.update",
    "UPDATE items SET type = $2, title = $3, title_key = $4, summary = $5, context = $6, what_was_done = $7, "
    "what_changed = $8, what_did_not_work = $9, transferability = $10, evidence_level = $11, topics = $12, dimensions "
    "= $13, audience = $14, consent = $15, state = $16, version = $17, review_by = $18, visibility = $19, publish_time "
    "= $20, update_time = $21, revision = revision + 1 WHERE number = $1"};
const sql::Sql kFindAdoption{"adoptions.find",
                             "SELECT " ADOPTION_COLUMNS " FROM adoptions WHERE item = $1 AND plan = $2"};
const sql::Sql kListAdoptions{"adoptions.list", "SELECT " ADOPTION_COLUMNS
                                                " FROM adoptions WHERE item = $1 AND number > $2 ORDER BY number LIMIT "
                                                "$3"};
const sql::Sql kInsertAdoption{"adoptions.insert",
                               "INSERT INTO adoptions (id, item, plan, organisation, adapted, outcome, note, "
                               "create_time, update_time) VALUES ($1, "
                               "$2, $3, $4, $5, $6, $7, $8, $8)"};
const sql::Sql kUpdateAdoption{
    "adoptions.update",
    "UPDATE adoptions SET adapted = $2, outcome = $3, note = $4, update_time = $5 WHERE number = $1"};
const sql::Sql kPlans{"adoptions.plans", "SELECT plan FROM adoptions WHERE item = $1 ORDER BY number"};
const sql::Sql kEraseNotes{"adoptions.erase", "UPDATE adoptions SET note = '' WHERE item = $1"};
const sql::Sql kEraseComments{"comments.erase", "UPDATE comments SET body = '' WHERE item = $1"};

Item ReadItem(const sql::Row& row) {
  Item item;
  v1::Item& message = item.message;
  item.number = row.Int64(0);
  item.id = row.Text(1);
  message.set_name(Name(kKnowledge, item.id));
  message.set_type(static_cast<v1::Item::Type>(row.Int(2)));
  message.set_title(row.Text(3));
  message.set_summary(row.Text(4));
  message.set_context(row.Text(5));
  message.set_what_was_done(row.Text(6));
  message.set_what_changed(row.Text(7));
  message.set_what_did_not_work(row.Text(8));
  message.set_transferability(row.Text(9));
  message.set_evidence_level(static_cast<v1::Item::EvidenceLevel>(row.Int(10)));
  ReadList(row.Bytes(11), *message.mutable_topics());
  ReadNumbers(row.Bytes(12), *message.mutable_dimensions());
  message.set_audience(static_cast<v1::Audience>(row.Int(13)));
  message.set_organisation(NameOrEmpty(kOrganisations, row.Bytes(14)));
  message.set_consent(NameOrEmpty(kConsents, row.Bytes(15)));
  message.set_state(static_cast<v1::Item::State>(row.Int(16)));
  message.set_version(row.Int(17));
  message.set_review_by(row.Text(18));
  message.set_request(NameOrEmpty(kAdvice, row.Bytes(19)));
  item.author = row.Text(20);
  item.visibility = row.Int(21);
  message.set_hidden(item.visibility > 0);
  item.revision = row.Int64(22);
  message.set_etag(std::to_string(item.revision));
  item.publish_time = TimeOrNone(row, 23);
  item.create_time = row.Time(24);
  item.update_time = row.Time(25);
  return item;
}

Adoption ReadAdoption(const sql::Row& row) {
  Adoption adoption{.number = row.Int64(0)};
  v1::Adoption& message = adoption.message;
  message.set_name(row.Text(1));  // the id; whoever knows the item makes it a name
  message.set_plan(row.Text(2));
  message.set_organisation(NameOrEmpty(kOrganisations, row.Bytes(3)));
  message.set_adapted(row.Bool(4));
  message.set_outcome(static_cast<v1::Adoption::Outcome>(row.Int(5)));
  message.set_note(row.Text(6));
  SetTime(*message.mutable_create_time(), row.Time(7));
  SetTime(*message.mutable_update_time(), row.Time(8));
  return adoption;
}

// The id of a name that may be empty.
std::string_view IdOrEmpty(std::string_view name) { return name.empty() ? name : Id(name); }

void NameAdoption(const Item& item, Adoption& adoption) {
  adoption.message.set_name(ChildName(item.message.name(), "adoptions", adoption.message.name()));
}

}  // namespace

std::optional<Item> FindItem(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindItem, {id}, ReadItem);
}

std::optional<Item> FindItem(sql::ReadTransaction& transaction, int64_t number) {
  return transaction.One(kFindNumber, {number}, ReadItem);
}

std::optional<Item> FindReadableItem(sql::ReadTransaction& transaction, const Reader& reader, std::string_view today,
                                     std::string_view id) {
  return transaction.One(kFindReadable, {reader.group, reader.organisation, today, id}, ReadItem);
}

std::vector<Item> ListItems(sql::ReadTransaction& transaction, const Reader& reader, std::string_view today,
                            const ItemFilter& filter, int64_t after, int limit) {
  return transaction.All(kListItems,
                         {reader.group, reader.organisation, today, after, filter.states, filter.type, filter.topic,
                          filter.only_review_overdue, limit},
                         ReadItem);
}

std::vector<Item> ItemsOfConsent(sql::ReadTransaction& transaction, std::string_view consent) {
  return transaction.All(kOfConsent, {consent}, ReadItem);
}

void InsertItem(sql::Transaction& transaction, Item& item) {
  const v1::Item& m = item.message;
  item.number = *transaction.One(kInsertItem,
                                 {item.id,
                                  static_cast<int>(m.type()),
                                  m.title(),
                                  TitleKey(m.title()),
                                  m.summary(),
                                  m.context(),
                                  m.what_was_done(),
                                  m.what_changed(),
                                  m.what_did_not_work(),
                                  m.transferability(),
                                  static_cast<int>(m.evidence_level()),
                                  List(m.topics()),
                                  List(m.dimensions()),
                                  static_cast<int>(m.audience()),
                                  IdOrEmpty(m.organisation()),
                                  IdOrEmpty(m.consent()),
                                  static_cast<int>(m.state()),
                                  m.version(),
                                  m.review_by(),
                                  IdOrEmpty(m.request()),
                                  item.author,
                                  OrNull(item.publish_time),
                                  item.create_time},
                                 [](const sql::Row& row) { return row.Int64(0); });
}

void UpdateItem(sql::Transaction& transaction, Item& item) {
  v1::Item& m = item.message;
  transaction.Execute(kUpdateItem, {item.number,
                                    static_cast<int>(m.type()),
                                    m.title(),
                                    TitleKey(m.title()),
                                    m.summary(),
                                    m.context(),
                                    m.what_was_done(),
                                    m.what_changed(),
                                    m.what_did_not_work(),
                                    m.transferability(),
                                    static_cast<int>(m.evidence_level()),
                                    List(m.topics()),
                                    List(m.dimensions()),
                                    static_cast<int>(m.audience()),
                                    IdOrEmpty(m.consent()),
                                    static_cast<int>(m.state()),
                                    m.version(),
                                    m.review_by(),
                                    item.visibility,
                                    OrNull(item.publish_time),
                                    item.update_time});
  m.set_etag(std::to_string(++item.revision));
}

std::optional<Adoption> FindAdoption(sql::ReadTransaction& transaction, const Item& item, std::string_view plan) {
  auto adoption = transaction.One(kFindAdoption, {item.number, plan}, ReadAdoption);
  if (adoption) NameAdoption(item, *adoption);
  return adoption;
}

std::vector<Adoption> ListAdoptions(sql::ReadTransaction& transaction, const Item& item, int64_t after, int limit) {
  auto adoptions = transaction.All(kListAdoptions, {item.number, after, limit}, ReadAdoption);
  for (Adoption& adoption : adoptions) NameAdoption(item, adoption);
  return adoptions;
}

void InsertAdoption(sql::Transaction& transaction, const Item& item, const v1::Adoption& adoption, absl::Time now) {
  transaction.Execute(kInsertAdoption,
                      {ChildId(adoption.name()), item.number, adoption.plan(), IdOrEmpty(adoption.organisation()),
                       adoption.adapted(), static_cast<int>(adoption.outcome()), adoption.note(), now});
}

void UpdateAdoption(sql::Transaction& transaction, int64_t number, const v1::Adoption& adoption, absl::Time now) {
  transaction.Execute(kUpdateAdoption,
                      {number, adoption.adapted(), static_cast<int>(adoption.outcome()), adoption.note(), now});
}

std::vector<std::string> AdoptingPlans(sql::ReadTransaction& transaction, int64_t item) {
  return transaction.All(kPlans, {item}, [](const sql::Row& row) { return row.Text(0); });
}

void EraseWordsAbout(sql::Transaction& transaction, int64_t item) {
  transaction.Execute(kEraseNotes, {item});
  transaction.Execute(kEraseComments, {item});
}

}  // namespace equity::referencegroup::store

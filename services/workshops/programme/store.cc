#include "services/workshops/programme/store.h"

#include "absl/strings/str_split.h"
#include "services/workshops/names.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops::store {
namespace {

#define CHALLENGE_COLUMNS "id, display_name, launch_date, length_days, enquiry_contact, cost_statement, create_time"
#define WORKSHOP_COLUMNS                                                                                     \
  "id, challenge, display_name, summary, themes, duration_minutes, enquiry_contact, revision, create_time, " \
  "update_time"

const sql::Sql kFindChallenge{"challenges.find", "SELECT " CHALLENGE_COLUMNS " FROM challenges WHERE id = $1"};
const sql::Sql kListChallenges{"challenges.list",
                               "SELECT " CHALLENGE_COLUMNS " FROM challenges WHERE id > $1 ORDER BY id LIMIT $2"};
const sql::Sql kNewestChallenge{"challenges.newest", "SELECT id FROM challenges ORDER BY create_time DESC, id LIMIT 1"};
const sql::Sql kInsertChallenge{"challenges.insert",
                                "INSERT INTO challenges (" CHALLENGE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)"};

const sql::Sql kFindWorkshop{"workshops.find", "SELECT " WORKSHOP_COLUMNS " FROM workshops WHERE id = $1"};
const sql::Sql kListWorkshops{"workshops.list",
                              "SELECT " WORKSHOP_COLUMNS " FROM workshops WHERE id > $1 ORDER BY id LIMIT $2"};
const sql::Sql kInsertWorkshop{"workshops.insert", "INSERT INTO workshops (" WORKSHOP_COLUMNS
                                                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
const sql::Sql kUpdateWorkshop{"workshops.update",
                               "UPDATE workshops SET display_name = $2, summary = $3, themes = $4, duration_minutes = "
                               "$5, enquiry_contact = $6, revision = revision + 1, update_time = $7 WHERE id = $1"};

// Challenges do not change, so their etag does not either.
constexpr char kChallengeEtag[] = "1";

v1::Challenge ReadChallenge(const sql::Row& row) {
  v1::Challenge challenge;
  challenge.set_name(ChallengeName(row.Bytes(0)));
  challenge.set_display_name(row.Text(1));
  challenge.set_launch_date(row.Text(2));
  challenge.set_length_days(row.Int(3));
  challenge.set_enquiry_contact(row.Text(4));
  challenge.set_cost_statement(row.Text(5));
  challenge.set_etag(kChallengeEtag);
  SetTime(*challenge.mutable_create_time(), row.Time(6));
  return challenge;
}

std::string ThemesText(const v1::Workshop& workshop) {
  std::string text;
  for (const int theme : workshop.themes()) {
    text.append(text.empty() ? "" : ",").append(v1::Theme_Name(static_cast<v1::Theme>(theme)));
  }
  return text;
}

v1::Workshop ReadWorkshop(const sql::Row& row) {
  v1::Workshop workshop;
  workshop.set_name(WorkshopName(row.Bytes(0)));
  workshop.set_challenge(ChallengeName(row.Bytes(1)));
  workshop.set_display_name(row.Text(2));
  workshop.set_summary(row.Text(3));
  for (const auto& name : absl::StrSplit(row.Text(4), ',', absl::SkipEmpty())) {
    v1::Theme theme;
    if (v1::Theme_Parse(std::string(name), &theme)) workshop.add_themes(theme);
  }
  workshop.set_duration_minutes(row.Int(5));
  workshop.set_enquiry_contact(row.Text(6));
  workshop.set_etag(std::to_string(row.Int64(7)));
  SetTime(*workshop.mutable_create_time(), row.Time(8));
  SetTime(*workshop.mutable_update_time(), row.Time(9));
  return workshop;
}

}  // namespace

std::optional<v1::Challenge> FindChallenge(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindChallenge, {id}, ReadChallenge);
}

std::vector<v1::Challenge> ListChallenges(sql::ReadTransaction& transaction, std::string_view after, int limit) {
  return transaction.All(kListChallenges, {after, limit}, ReadChallenge);
}

std::optional<std::string> NewestChallenge(sql::ReadTransaction& transaction) {
  return transaction.One(kNewestChallenge, {}, [](const sql::Row& row) { return row.Text(0); });
}

void InsertChallenge(sql::Transaction& transaction, std::string_view id, const v1::Challenge& challenge,
                     absl::Time now) {
  transaction.Execute(kInsertChallenge, {id, challenge.display_name(), challenge.launch_date(), challenge.length_days(),
                                         challenge.enquiry_contact(), challenge.cost_statement(), now});
}

std::optional<v1::Workshop> FindWorkshop(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindWorkshop, {id}, ReadWorkshop);
}

std::vector<v1::Workshop> ListWorkshops(sql::ReadTransaction& transaction, std::string_view after, int limit) {
  return transaction.All(kListWorkshops, {after, limit}, ReadWorkshop);
}

void InsertWorkshop(sql::Transaction& transaction, std::string_view id, const v1::Workshop& workshop, absl::Time now) {
  transaction.Execute(kInsertWorkshop,
                      {id, Segment(workshop.challenge(), 1), workshop.display_name(), workshop.summary(),
                       ThemesText(workshop), workshop.duration_minutes(), workshop.enquiry_contact(), 1, now, now});
}

void UpdateWorkshop(sql::Transaction& transaction, std::string_view id, const v1::Workshop& workshop, absl::Time now) {
  transaction.Execute(kUpdateWorkshop, {id, workshop.display_name(), workshop.summary(), ThemesText(workshop),
                                        workshop.duration_minutes(), workshop.enquiry_contact(), now});
}

std::vector<const sql::Sql*> ProgrammeStatements() {
  return {&kFindChallenge, &kListChallenges, &kInsertChallenge, &kFindWorkshop,
          &kListWorkshops, &kInsertWorkshop, &kUpdateWorkshop};
}

}  // namespace equity::workshops::store

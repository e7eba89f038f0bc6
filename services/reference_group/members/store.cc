#include "services/reference_group/members/store.h"

#include "services/reference_group/names.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup::store {
namespace {

#define MEMBER_COLUMNS                                                                                     \
  "m.number, m.id, m.participant, m.roles, m.expertise, m.dimensions, m.capacity_per_week, m.away_until, " \
  "m.conflict_organisations, m.retired, m.revision, m.create_time, m.update_time, (SELECT count(*) FROM "  \
  "assignments a WHERE a.member = m.id AND a.week = $1)"

const sql::Sql kFindMember{"members.find", "SELECT " MEMBER_COLUMNS " FROM members m WHERE m.id = $2"};
const sql::Sql kListMembers{
    "members.list", "SELECT " MEMBER_COLUMNS
                    " FROM members m WHERE m.number > $2 AND (m.retired = 0 OR $3 = 1) AND ($4 = '' OR instr(',' || "
                    "m.expertise || ',', ',' || $4 || ',') > 0) ORDER BY m.number LIMIT $5"};
const sql::Sql kIsMember{"members.find_person", "SELECT 1 FROM members WHERE participant = $1"};
const sql::Sql kInsertMember{
    "members.insert",
    "INSERT INTO members (id, participant, roles, expertise, dimensions, capacity_per_week, away_until, "
    "conflict_organisations, retired, revision, create_time, update_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
    "1, $10, $10)"};
const sql::Sql kUpdateMember{"members.update",
                             "UPDATE members SET roles = $2, expertise = $3, dimensions = $4, capacity_per_week = $5, "
                             "away_until = $6, conflict_organisations = $7, retired = $8, revision = revision + 1, "
                             "update_time = $9 WHERE number = $1"};
const sql::Sql kAssign{"assignments.insert",
                       "INSERT INTO assignments (member, week, request) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};

Member ReadMember(const sql::Row& row) {
  Member member{.number = row.Int64(0)};
  v1::Member& message = member.message;
  message.set_name(Name(kMembers, row.Bytes(1)));
  message.set_participant(row.Text(2));
  ReadNumbers(row.Bytes(3), *message.mutable_roles());
  ReadList(row.Bytes(4), *message.mutable_expertise());
  ReadNumbers(row.Bytes(5), *message.mutable_dimensions());
  message.set_capacity_per_week(row.Int(6));
  message.set_away_until(row.Text(7));
  ReadList(row.Bytes(8), *message.mutable_conflict_organisations());
  message.set_retired(row.Bool(9));
  message.set_etag(row.Text(10));
  SetTime(*message.mutable_create_time(), row.Time(11));
  SetTime(*message.mutable_update_time(), row.Time(12));
  message.set_assigned_this_week(row.Int(13));
  return member;
}

}  // namespace

std::optional<Member> FindMember(sql::ReadTransaction& transaction, std::string_view id, std::string_view week) {
  return transaction.One(kFindMember, {week, id}, ReadMember);
}

std::vector<Member> ListMembers(sql::ReadTransaction& transaction, std::string_view expertise, bool retired,
                                std::string_view week, int64_t after, int limit) {
  return transaction.All(kListMembers, {week, after, retired, expertise, limit}, ReadMember);
}

bool IsMember(sql::ReadTransaction& transaction, std::string_view participant) {
  return transaction.Exists(kIsMember, {participant});
}

void InsertMember(sql::Transaction& transaction, const v1::Member& member, absl::Time now) {
  transaction.Execute(kInsertMember,
                      {Id(member.name()), member.participant(), List(member.roles()), List(member.expertise()),
                       List(member.dimensions()), member.capacity_per_week(), member.away_until(),
                       List(member.conflict_organisations()), member.retired(), now});
}

void UpdateMember(sql::Transaction& transaction, int64_t number, const v1::Member& member, absl::Time now) {
  transaction.Execute(kUpdateMember, {number, List(member.roles()), List(member.expertise()), List(member.dimensions()),
                                      member.capacity_per_week(), member.away_until(),
                                      List(member.conflict_organisations()), member.retired(), now});
}

void InsertAssignment(sql::Transaction& transaction, std::string_view member, std::string_view week, int64_t request) {
  transaction.Execute(kAssign, {member, week, request});
}

}  // namespace equity::referencegroup::store

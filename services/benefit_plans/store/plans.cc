#include "services/benefit_plans/store/plans.h"

#include "services/benefit_plans/names.h"

namespace equity::benefit_plans::store {
namespace {

const sql::Sql kFindPlan{"plans.find", "SELECT plan FROM plans WHERE id = $1 AND organisation = $2"};
const sql::Sql kFindById{"plans.find_by_id", "SELECT plan FROM plans WHERE id = $1"};
const sql::Sql kListAll{"plans.list_all", "SELECT plan FROM plans WHERE id > $1 ORDER BY id LIMIT $2"};
const sql::Sql kListOf{"plans.list_of",
                       "SELECT plan FROM plans WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3"};
const sql::Sql kDue{"plans.due",
                    "SELECT organisation, id FROM plans WHERE next_step <> '' AND next_step <= $1 ORDER BY next_step "
                    "LIMIT $2"};
const sql::Sql kPutPlan{"plans.put",
                        "INSERT INTO plans (id, organisation, next_step, plan) VALUES ($1, $2, $3, $4) "
                        "ON CONFLICT (id) DO UPDATE SET next_step = excluded.next_step, plan = excluded.plan"};

// A person who moved away or left counts as left; whom the feed has not told of yet does not.
const sql::Sql kMembers{
    "members.list",
    "SELECT m.organisation, m.participant, m.role, coalesce(p.state, 1) <> 1 FROM members m LEFT JOIN local_people p "
    "ON p.participant = m.participant AND p.organisation = m.organisation WHERE m.plan = $1 ORDER BY m.participant"};
const sql::Sql kPutMember{"members.put",
                          "INSERT INTO members (plan, participant, organisation, role) VALUES ($1, $2, $3, $4) "
                          "ON CONFLICT (plan, participant) DO UPDATE SET organisation = excluded.organisation, role = "
                          "excluded.role"};
const sql::Sql kDeleteMember{"members.delete", "DELETE FROM members WHERE plan = $1 AND participant = $2"};
const sql::Sql kOwnedBy{"members.owned_by",
                        "SELECT plan FROM members WHERE participant = $1 AND role = 1 ORDER BY plan"};

const sql::Sql kFindCard{"cards.find", "SELECT plan, text FROM cards WHERE plan = $1"};
const sql::Sql kListCards{"cards.list", "SELECT plan, text FROM cards WHERE plan > $1 ORDER BY plan LIMIT $2"};
const sql::Sql kPutCard{"cards.put",
                        "INSERT INTO cards (plan, text, consent_time) VALUES ($1, $2, $3) "
                        "ON CONFLICT (plan) DO UPDATE SET text = excluded.text, consent_time = excluded.consent_time"};
const sql::Sql kDeleteCard{"cards.delete", "DELETE FROM cards WHERE plan = $1"};

v1::Plan ReadPlan(const sql::Row& row) {
  v1::Plan plan;
  const std::string_view bytes = row.Bytes(0);
  plan.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return plan;
}

Card ReadCard(const sql::Row& row) { return {row.Text(0), row.Text(1)}; }

std::string FirstText(const sql::Row& row) { return row.Text(0); }

}  // namespace

std::optional<v1::Plan> FindPlan(sql::ReadTransaction& transaction, std::string_view organisation,
                                 std::string_view id) {
  return transaction.One(kFindPlan, {id, organisation}, ReadPlan);
}

std::optional<v1::Plan> FindPlanById(sql::ReadTransaction& transaction, std::string_view id) {
  return transaction.One(kFindById, {id}, ReadPlan);
}

std::vector<v1::Plan> ListPlans(sql::ReadTransaction& transaction, std::string_view organisation,
                                std::string_view after, int limit) {
  if (organisation.empty()) return transaction.All(kListAll, {after, limit}, ReadPlan);
  return transaction.All(kListOf, {organisation, after, limit}, ReadPlan);
}

std::vector<std::string> PlansDue(sql::ReadTransaction& transaction, const std::string& day, int limit) {
  return transaction.All(kDue, {day, limit}, [](const sql::Row& row) { return PlanName(row.Bytes(0), row.Bytes(1)); });
}

void PutPlan(sql::Transaction& transaction, const v1::Plan& plan, const std::string& next_step) {
  const std::string bytes = plan.SerializeAsString();
  transaction.Execute(kPutPlan, {ChildId(plan.name()), OrganisationId(plan.name()), next_step, sql::Blob{bytes}});
}

std::vector<v1::Member> ListMembers(sql::ReadTransaction& transaction, std::string_view plan) {
  return transaction.All(kMembers, {plan}, [](const sql::Row& row) {
    v1::Member member;
    member.set_participant(ParticipantName(row.Bytes(0), row.Bytes(1)));
    member.set_role(static_cast<v1::Role>(row.Int(2)));
    member.set_left(row.Bool(3));
    return member;
  });
}

void PutMember(sql::Transaction& transaction, std::string_view plan, const std::string& participant, v1::Role role) {
  transaction.Execute(kPutMember, {plan, ChildId(participant), OrganisationId(participant), static_cast<int>(role)});
}

bool DeleteMember(sql::Transaction& transaction, std::string_view plan, std::string_view participant) {
  transaction.ForgetTrace();
  return transaction.Execute(kDeleteMember, {plan, participant}) > 0;
}

std::vector<std::string> PlansOwnedBy(sql::ReadTransaction& transaction, std::string_view participant) {
  return transaction.All(kOwnedBy, {participant}, FirstText);
}

std::optional<Card> FindCard(sql::ReadTransaction& transaction, std::string_view plan) {
  return transaction.One(kFindCard, {plan}, ReadCard);
}

std::vector<Card> ListCards(sql::ReadTransaction& transaction, std::string_view after, int limit) {
  return transaction.All(kListCards, {after, limit}, ReadCard);
}

void PutCard(sql::Transaction& transaction, std::string_view plan, const std::string& text, absl::Time now) {
  transaction.Execute(kPutCard, {plan, text, now});
}

// With the consent to it.
void DeleteCard(sql::Transaction& transaction, std::string_view plan) {
  transaction.Execute(kDeleteCard, {plan});
  transaction.ForgetTrace();
}

std::vector<const sql::Sql*> PlanStatements() {
  return {&kFindPlan,  &kFindById,     &kListAll, &kListOf,   &kDue,       &kPutPlan, &kMembers,
          &kPutMember, &kDeleteMember, &kOwnedBy, &kFindCard, &kListCards, &kPutCard, &kDeleteCard};
}

}  // namespace equity::benefit_plans::store

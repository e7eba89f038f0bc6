// The tables of plans, their members and cards.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/sql.h"
#include "equity/benefitplans/v1/plans.pb.h"

namespace equity::benefit_plans::store {

namespace v1 = ::equity::benefitplans::v1;

// The stored message of a plan is without what is derived: members, progress, last_date, owner_left, card_published.
// `id` is of the plan; a name with another organisation finds nothing.
std::optional<v1::Plan> FindPlan(sql::ReadTransaction& transaction, std::string_view organisation, std::string_view id);
std::optional<v1::Plan> FindPlanById(sql::ReadTransaction& transaction, std::string_view id);
// By id, after the one given; of all organisations where that is empty.
std::vector<v1::Plan> ListPlans(sql::ReadTransaction& transaction, std::string_view organisation,
                                std::string_view after, int limit);
// The names of plans whose state the clock changes on this day or earlier.
std::vector<std::string> PlansDue(sql::ReadTransaction& transaction, const std::string& day, int limit);
// Stores a plan, new or not, with the day of its next step (empty for never).
void PutPlan(sql::Transaction& transaction, const v1::Plan& plan, const std::string& next_step);

std::vector<v1::Member> ListMembers(sql::ReadTransaction& transaction, std::string_view plan);
void PutMember(sql::Transaction& transaction, std::string_view plan, const std::string& participant, v1::Role role);
bool DeleteMember(sql::Transaction& transaction, std::string_view plan, std::string_view participant);
// The plans (their ids) of a person, known by the last part of the name.
std::vector<std::string> PlansOwnedBy(sql::ReadTransaction& transaction, std::string_view participant);

struct Card {
  std::string plan;  // its id
  std::string text;
};
std::optional<Card> FindCard(sql::ReadTransaction& transaction, std::string_view plan);
std::vector<Card> ListCards(sql::ReadTransaction& transaction, std::string_view after, int limit);
void PutCard(sql::Transaction& transaction, std::string_view plan, const std::string& text, absl::Time now);
void DeleteCard(sql::Transaction& transaction, std::string_view plan);

std::vector<const sql::Sql*> PlanStatements();

}  // namespace equity::benefit_plans::store

// What the reference group says: questions and how long they wait, knowledge items, adoptions, flags.
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/model.h"

namespace equity::statistics {
namespace {

using changes::v1::AdoptionEvent;
using changes::v1::AdviceEvent;
using changes::v1::FlagEvent;
using changes::v1::KnowledgeEvent;

const sql::Sql kWriteQuestion{
    "questions.write",
    "INSERT INTO local_questions (generation, name, week, state, answered, waited, waiting_since)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (generation, name) DO UPDATE SET state = excluded.state,"
    " answered = excluded.answered, waited = excluded.waited, waiting_since = excluded.waiting_since"};
const sql::Sql kWriteItem{"items.write",
                          "INSERT INTO local_items (generation, name, state, review_by) VALUES ($1, $2, $3, $4)"
                          " ON CONFLICT (generation, name) DO UPDATE SET state = excluded.state,"
                          " review_by = excluded.review_by"};
const sql::Sql kWriteAdoption{"adoptions.write",
                              "INSERT INTO local_adoptions (generation, item, plan, adapted) VALUES ($1, $2, $3, $4)"
                              " ON CONFLICT (generation, item, plan) DO UPDATE SET adapted = excluded.adapted"};
const sql::Sql kWriteFlag{"flags.write",
                          "INSERT INTO local_flags (generation, name, state) VALUES ($1, $2, $3)"
                          " ON CONFLICT (generation, name) DO UPDATE SET state = excluded.state"};

}  // namespace

void Model::ApplyQuestion(const AdviceEvent& event, absl::Time time) {
  const sql::Value since = event.waiting() ? sql::Value(time) : sql::Value(nullptr);
  transaction_.Execute(kWriteQuestion, {generation_, event.request(), IsoWeek(time), static_cast<int>(event.state()),
                                        event.answered(), event.waiting_minutes(), since});
}

void Model::ApplyItem(const KnowledgeEvent& event) {
  transaction_.Execute(kWriteItem, {generation_, event.item(), static_cast<int>(event.state()), event.review_by()});
}

void Model::ApplyAdoption(const AdoptionEvent& event) {
  transaction_.Execute(kWriteAdoption, {generation_, event.item(), event.plan(), event.adapted()});
}

void Model::ApplyFlag(const FlagEvent& event) {
  transaction_.Execute(kWriteFlag, {generation_, event.flag(), static_cast<int>(event.state())});
}

}  // namespace equity::statistics

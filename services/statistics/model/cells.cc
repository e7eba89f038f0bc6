#include "services/statistics/model/cells.h"

namespace equity::statistics {
namespace {

const sql::Sql kAdd{"cells.add",
                    "INSERT INTO local_cells (generation, measure, challenge, grid, organisation, session, week, value)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                    " ON CONFLICT (generation, measure, challenge, grid, organisation, session, week)"
                    " DO UPDATE SET value = value + excluded.value"};

}  // namespace

void Cells::AddPeople(Counter counter, int64_t challenge, int64_t organisation, const std::string& week,
                      int64_t number) {
  changes_[{counter, challenge, Grid::kTotal, 0, 0, ""}] += number;
  changes_[{counter, challenge, Grid::kOrganisation, organisation, 0, ""}] += number;
  changes_[{counter, challenge, Grid::kWeek, 0, 0, week}] += number;
  changes_[{counter, challenge, Grid::kOrganisationWeek, organisation, 0, week}] += number;
}

void Cells::AddBookings(Counter counter, int64_t challenge, int64_t organisation, int64_t session, int64_t number) {
  changes_[{counter, challenge, Grid::kSession, 0, session, ""}] += number;
  changes_[{counter, challenge, Grid::kSessionOrganisation, organisation, session, ""}] += number;
}

void Cells::AddJourneys(Counter counter, int64_t challenge, int64_t organisation, const std::string& date,
                        int64_t number) {
  changes_[{counter, challenge, Grid::kDate, 0, 0, date}] += number;
  changes_[{counter, challenge, Grid::kOrganisationDate, organisation, 0, date}] += number;
}

void Cells::Flush(sql::Transaction& transaction, int64_t generation) {
  for (const auto& [key, number] : changes_) {
    if (number == 0) continue;
    const auto& [counter, challenge, grid, organisation, session, week] = key;
    transaction.Execute(kAdd, {generation, static_cast<int64_t>(counter), challenge, static_cast<int64_t>(grid),
                               organisation, session, week, number});
  }
  changes_.clear();
}

}  // namespace equity::statistics

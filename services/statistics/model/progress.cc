#include "services/statistics/model/progress.h"

#include <algorithm>

namespace equity::statistics {
namespace {

const sql::Sql kInUse{"model.in_use", "SELECT generation FROM local_model"};
const sql::Sql kAll{"progress.all", "SELECT service, sequence, newest FROM local_progress WHERE generation = $1"};
const sql::Sql kOne{"progress.one",
                    "SELECT sequence, resume_token, newest FROM local_progress WHERE generation = $1 AND service = $2"};
const sql::Sql kWrite{"progress.write",
                      "INSERT INTO local_progress (generation, service, sequence, resume_token, newest)"
                      " VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (generation, service) DO UPDATE SET sequence = excluded.sequence,"
                      " resume_token = excluded.resume_token, newest = excluded.newest"};

const sql::Sql kAddService{"progress.add",
                           "INSERT INTO local_progress (generation, service, sequence, resume_token, newest)"
                           " VALUES ($1, $2, 0, '', 0) ON CONFLICT (generation, service) DO NOTHING"};

}  // namespace

void AddServices(sql::Transaction& transaction, int64_t generation, const std::vector<std::string>& services) {
  for (const std::string& service : services) transaction.Execute(kAddService, {generation, service});
}

int64_t InUse(sql::ReadTransaction& transaction) {
  return *transaction.One(kInUse, {}, [](const sql::Row& row) { return row.Int64(0); });
}

bool Progress::Reaches(const feed::Position& wanted) const {
  return std::all_of(position.begin(), position.end(), [&](const auto& counted) {
    const auto found = wanted.find(counted.first);
    return found == wanted.end() || counted.second >= found->second;
  });
}

Progress ReadProgress(sql::ReadTransaction& transaction, int64_t generation) {
  // These are in it from the start, so that a position of a service that has said nothing yet is waited for.
  Progress progress{.position = {{"participants", 0}, {"workshops", 0}}};
  transaction.Each(kAll, {generation}, [&](const sql::Row& row) {
    progress.position[row.Text(0)] = row.Int64(1);
    if (row.Int64(1) > 0) progress.newest = std::max(progress.newest, row.Time(2));
  });
  return progress;
}

Place ReadPlace(sql::ReadTransaction& transaction, int64_t generation, const std::string& service) {
  const auto place = transaction.One(kOne, {generation, service}, [](const sql::Row& row) {
    return Place{row.Int64(0), row.Text(1), row.Time(2)};
  });
  return place.value_or(Place());
}

void WritePlace(sql::Transaction& transaction, int64_t generation, const std::string& service, const Place& place) {
  transaction.Execute(kWrite, {generation, service, place.sequence, place.resume_token, place.newest});
}

}  // namespace equity::statistics

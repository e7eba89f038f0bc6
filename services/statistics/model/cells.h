// The counters of a model. Changes are gathered in memory and written once for a batch: many touch the same counter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "common/sql/sql.h"
#include "services/statistics/tables/measures.h"

namespace equity::statistics {

// Which dimensions a counter is for: a query reads the rows of one grid and adds nothing up that it need not. The
// numbers are stored, and a date stands where others have a week.
enum class Grid {
  kTotal = 0,
  kOrganisation = 1,
  kWeek = 2,
  kOrganisationWeek = 3,
  kSession = 4,
  kSessionOrganisation = 5,
  kDate = 6,
  kOrganisationDate = 7,
};

class Cells {
 public:
  // A number of people of an organisation who registered in a week.
  void AddPeople(Counter counter, int64_t challenge, int64_t organisation, const std::string& week, int64_t number);
  // A number of bookings of an organisation in a session.
  void AddBookings(Counter counter, int64_t challenge, int64_t organisation, int64_t session, int64_t number);
  // A number of people of an organisation whose first session was on a date.
  void AddJourneys(Counter counter, int64_t challenge, int64_t organisation, const std::string& date, int64_t number);
  // Adds what was gathered to the stored counters.
  void Flush(sql::Transaction& transaction, int64_t generation);

 private:
  using Key = std::tuple<Counter, int64_t, Grid, int64_t, int64_t, std::string>;
  std::map<Key, int64_t> changes_;
};

}  // namespace equity::statistics

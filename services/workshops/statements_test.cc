// Every statement, explained by the engine: none reads a whole table, and no list is sorted by hand.
#include "common/host/follow.h"
#include "services/workshops/bookings/seat.h"
#include "services/workshops/exercises/store.h"
#include "services/workshops/facilitators/store.h"
#include "services/workshops/feedback/store.h"
#include "services/workshops/people/people.h"
#include "services/workshops/programme/store.h"
#include "services/workshops/sessions/store.h"
#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class StatementsTest : public ServerTest {
 protected:
  std::vector<std::string> Explain(const sql::Sql& sql) {
    const sql::Sql explain{"explain", "EXPLAIN QUERY PLAN " + sql.text};
    const size_t parameters = CountParameters(sql.text);
    const std::vector<sql::Value> values(parameters, sql::Value(nullptr));
    std::vector<std::string> lines;
    const absl::Status status = workshops_runtime_->store()->Write([&](sql::Transaction& transaction) {
      transaction.connection().Run(explain, values, [&](const sql::Row& row) { lines.push_back(row.Text(3)); });
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << sql.name << ": " << status;
    return lines;
  }

 private:
  static size_t CountParameters(const std::string& text) {
    size_t count = 0;
    while (text.find("$" + std::to_string(count + 1)) != std::string::npos) ++count;
    return count;
  }
};

TEST_F(StatementsTest, NoneReadsAWholeTable) {
  std::vector<const sql::Sql*> statements;
  for (const auto& some : {store::ProgrammeStatements(), store::SessionStatements(), store::BookingStatements(),
                           SeatStatements(), PeopleStatements(), host::FollowStatements(),
                           store::FacilitatorStatements(), store::FeedbackStatements(), store::QuizStatements()}) {
    statements.insert(statements.end(), some.begin(), some.end());
  }
  EXPECT_GT(statements.size(), 30u);
  for (const sql::Sql* sql : statements) {
    for (const std::string& line : Explain(*sql)) {
      if (line == "SCAN CONSTANT ROW" || line == "SCAN q") continue;  // q is one row of parameters
      EXPECT_FALSE(line.starts_with("SCAN")) << sql->name << ": " << line;
      if (sql->name == "bookings.list_of_person") continue;  // a person has few
      EXPECT_THAT(line, Not(HasSubstr("TEMP B-TREE"))) << sql->name << ": " << line;
    }
  }
}

}  // namespace
}  // namespace equity::workshops

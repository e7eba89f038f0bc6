// Every statement, explained by the engine: none reads a whole table, and no list is sorted by hand.
#include "common/host/follow.h"
#include "services/benefit_plans/people/people.h"
#include "services/benefit_plans/store/lists.h"
#include "services/benefit_plans/store/parts.h"
#include "services/benefit_plans/store/plans.h"
#include "services/benefit_plans/testing/fixture.h"

namespace equity::benefit_plans {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StatementsTest : public ServerTest {
 protected:
  std::vector<std::string> Explain(const sql::Sql& sql) {
    const sql::Sql explain{"explain", "EXPLAIN QUERY PLAN " + sql.text};
    size_t parameters = 0;
    while (sql.text.find("$" + std::to_string(parameters + 1)) != std::string::npos) ++parameters;
    const std::vector<sql::Value> values(parameters, sql::Value(nullptr));
    std::vector<std::string> lines;
    const absl::Status status = runtime_->store()->Write([&](sql::Transaction& transaction) {
      transaction.connection().Run(explain, values, [&](const sql::Row& row) { lines.push_back(row.Text(3)); });
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << sql.name << ": " << status;
    return lines;
  }
};

TEST_F(StatementsTest, NoneReadsAWholeTable) {
  std::vector<const sql::Sql*> statements;
  for (const auto& some : {store::PlanStatements(), store::PartStatements(), store::ListStatements(),
                           people::PeopleStatements(), host::FollowStatements()}) {
    statements.insert(statements.end(), some.begin(), some.end());
  }
  EXPECT_GT(statements.size(), 25u);
  for (const sql::Sql* sql : statements) {
    for (const std::string& line : Explain(*sql)) {
      if (line == "SCAN CONSTANT ROW") continue;
      if (sql->name == "codes.list") continue;  // which is a whole table, of some dozens of codes
      EXPECT_FALSE(line.starts_with("SCAN")) << sql->name << ": " << line;
      EXPECT_THAT(line, Not(HasSubstr("TEMP B-TREE FOR ORDER"))) << sql->name << ": " << line;
    }
  }
}

}  // namespace
}  // namespace equity::benefit_plans

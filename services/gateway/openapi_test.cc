// The table of routes and its description.
#include "services/gateway/openapi.h"

#include <regex>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "services/gateway/testing/fixture.h"

namespace equity::gateway::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class OpenApiTest : public FakeTest {
 protected:
  OpenApiTest() {
    Start();
    document_ = Ask(port(), "GET", "/openapi.json").Json();
  }
  const json& Operation(const std::string& path, const std::string& method) { return document_["paths"][path][method]; }
  // Every $ref below.
  static void References(const json& value, std::vector<std::string>& found) {
    if (value.is_object() && value.contains("$ref")) found.push_back(value["$ref"].get<std::string>());
    for (const auto& below : value) {
      if (below.is_structured()) References(below, found);
    }
  }

  json document_;
};

TEST_F(OpenApiTest, EveryRuleOfTheContractIsThere) {
  ASSERT_EQ(document_["openapi"], "3.1.0");
  const auto contract = Contract::Load();
  ASSERT_TRUE(contract.ok()) << contract.status();
  std::set<std::string> ids;
  for (const auto& [path, item] : document_["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << operation["operationId"];
      EXPECT_FALSE(operation["summary"].get<std::string>().empty()) << path;
    }
  }
  int rules = 0;
  for (const auto* method : (*contract)->methods()) {
    if (!method->options().HasExtension(google::api::http)) continue;
    ++rules;
    EXPECT_TRUE(ids.contains(absl::StrCat(method->service()->name(), "_", method->name()))) << method->full_name();
  }
  EXPECT_GE(rules, 40);
}

TEST_F(OpenApiTest, PathsNameTheirParameters) {
  for (const auto& [path, item] : document_["paths"].items()) {
    std::set<std::string> in_path;
    const std::regex braces(R"(\{([^}]+)\})");
    for (auto it = std::sregex_iterator(path.begin(), path.end(), braces); it != std::sregex_iterator(); ++it) {
      EXPECT_TRUE(in_path.insert((*it)[1]).second) << path;
    }
    for (const auto& [method, operation] : item.items()) {
      std::set<std::string> declared;
      for (const auto& parameter : operation.value("parameters", json::array())) {
        if (parameter["in"] == "path") declared.insert(parameter["name"].get<std::string>());
      }
      EXPECT_EQ(declared, in_path) << method << " " << path;
    }
  }
  EXPECT_TRUE(document_["paths"].contains("/v1/workshops/{workshop}/sessions/{session}:cancel"));
}

TEST_F(OpenApiTest, ReferencesLeadSomewhere) {
  std::vector<std::string> references;
  References(document_, references);
  ASSERT_GT(references.size(), 50u);
  for (const std::string& reference : references) {
    EXPECT_TRUE(document_.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST_F(OpenApiTest, SaysWhatTheContractSays) {
  const json& sessions = Operation("/v1/public/sessions", "get");
  EXPECT_THAT(sessions["description"].get<std::string>(), HasSubstr("What anyone may know"));
  EXPECT_EQ(sessions["security"], json::array());
  EXPECT_TRUE(sessions["responses"]["200"]["content"].contains("text/csv"));
  EXPECT_TRUE(sessions["responses"].contains("default"));
  EXPECT_TRUE(Operation("/v1/changes:watch", "get")["responses"]["200"]["content"].contains("text/event-stream"));
  EXPECT_FALSE(Operation("/v1/organisations", "get").contains("security"));
  EXPECT_EQ(Operation("/v1/organisations:import", "post")["x-scopes"], json::array({"central_team"}));
  EXPECT_EQ(document_["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
  const json& session = document_["components"]["schemas"]["equity.workshops.v1.Session"]["properties"];
  EXPECT_EQ(session["capacity"]["maximum"], 100000);
  EXPECT_EQ(session["date"]["format"], "date");
  EXPECT_EQ(session["createTime"]["format"], "date-time");
  EXPECT_THAT(session["platform"]["description"].get<std::string>(), HasSubstr("Where it is held"));
  // What the path gives is not asked for again.
  const json& cancel = Operation("/v1/workshops/{workshop}/sessions/{session}:cancel", "post")["requestBody"];
  EXPECT_EQ(cancel["content"]["application/json"]["schema"]["required"], json::array({"requestId"}));
  // What is about a person is in no address.
  EXPECT_THAT(Operation("/v1/organisations/{organisation}/participants", "get").dump(), Not(HasSubstr("externalRef")));
}

}  // namespace
}  // namespace equity::gateway::testing

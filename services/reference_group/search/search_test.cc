#include "absl/strings/str_split.h"
#include "common/csv/reader.h"
#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// Records of a file of tests/data by the names of their columns.
std::vector<std::map<std::string, std::string>> ReadCsv(const std::string& name) {
  std::ifstream file(std::string(SOURCE_FOLDER) + "/tests/data/" + name);
  EXPECT_TRUE(file.good()) << name;
  csv::Reader reader = *csv::Reader::Open(file);
  std::vector<std::map<std::string, std::string>> records;
  for (csv::Record record; reader.Next(record);) {
    EXPECT_FALSE(record.fault) << name << " line " << record.line;
    std::map<std::string, std::string>& values = records.emplace_back();
    for (size_t i = 0; i < reader.columns().size(); ++i) values[reader.columns()[i]] = record.fields[i];
  }
  return records;
}

class SearchTest : public GroupTest {
 protected:
  v1::SearchItemsResponse Search(const client::CallOptions& options, const std::string& query) {
    v1::SearchItemsRequest request;
    request.set_query(query);
    return Must(Knowledge(options).SearchItems(request));
  }
  std::vector<std::string> Titles(const client::CallOptions& options, const std::string& query) {
    std::vector<std::string> titles;
    const auto found = Search(options, query);
    for (const auto& hit : found.hits()) titles.push_back(hit.item().title());
    return titles;
  }
  void PublishSamples() {
    for (const auto& record : ReadCsv("knowledge.csv")) {
      v1::Item item = NewItem(record.at("title"), record.at("summary"));
      item.set_context(record.at("context"));
      item.set_what_was_done(record.at("what_was_done"));
      item.set_what_changed(record.at("what_changed"));
      for (const auto& topic : absl::StrSplit(record.at("topics"), ';')) item.add_topics(std::string(topic));
      Publish(item);
    }
  }
};

// Must-line 9: twenty queries over the shipped sample items find what they should, in order.
TEST_F(SearchTest, TwentyQueriesOverTheSampleItemsFindWhatTheyShouldInOrder) {
  PublishSamples();
  const auto queries = ReadCsv("knowledge-queries.csv");
  EXPECT_EQ(queries.size(), 20u);
  for (const auto& query : queries) {
    const std::vector<std::string> expected = absl::StrSplit(query.at("expected"), '|');
    std::vector<std::string> found = Titles(Partner("rde"), query.at("query"));
    if (found.size() > expected.size()) found.resize(expected.size());
    EXPECT_THAT(found, ElementsAreArray(expected)) << query.at("query");
  }
}

TEST_F(SearchTest, AnExactTitleComesFirstWhateverRepeatsTheWords) {
  Publish(NewItem("Housing", "Housing housing housing housing."));
  Publish(NewItem("Warm homes", "Housing and health. Housing officers visit. Housing. Housing. Housing."));
  Publish(NewItem("Health and housing", "Notes."));
  EXPECT_EQ(Titles(Group(), "health AND housing!")[0], "Health and housing");
  EXPECT_TRUE(Search(Group(), "Health and Housing").hits(0).exact_title());
  EXPECT_FALSE(Search(Group(), "housing health").hits(0).exact_title());
}

TEST_F(SearchTest, WhatMayNotBeReadIsNeitherFoundNorCounted) {
  v1::Item group = NewItem("Trust in translators");
  group.set_audience(v1::AUDIENCE_GROUP_ONLY);
  Publish(group);
  v1::Item own = NewItem("Translators on our wards");
  own.set_audience(v1::AUDIENCE_OWN_ORGANISATION);
  own.set_organisation("organisations/rde");
  Publish(own);
  Publish(NewItem("Finding translators"));
  v1::CreateItemRequest draft;
  *draft.mutable_item() = NewItem("Translators, a draft");
  Must(Knowledge(Group()).CreateItem(draft));
  EXPECT_THAT(Titles(Partner("rgr"), "translators"), ElementsAre("Finding translators"));
  EXPECT_EQ(Search(Partner("rgr"), "translators").total_size(), 1);
  EXPECT_EQ(Search(Partner("rde"), "translators").total_size(), 2);
  EXPECT_EQ(Search(Group(), "translators").total_size(), 3);
  EXPECT_EQ(Search(As("analyst"), "translators").total_size(), 1);
}

TEST_F(SearchTest, BeginningsSynonymsSnippetsAndPages) {
  Publish(NewItem("Gypsy, Roma and Traveller sites", "Nurses visit sites on the edge of Ipswich."));
  Publish(NewItem("Annual health checks", "For people with a learning disability, in their own GP surgery."));
  EXPECT_THAT(Titles(Group(), "GRT"), ElementsAre("Gypsy, Roma and Traveller sites"));
  EXPECT_THAT(Titles(Group(), "LD checks"), ElementsAre("Annual health checks"));
  EXPECT_THAT(Titles(Group(), "ipsw"), ElementsAre("Gypsy, Roma and Traveller sites"));
  EXPECT_THAT(Titles(Group(), "ipsw "), ElementsAre());
  EXPECT_THAT(Search(Group(), "nurse").hits(0).snippet(), HasSubstr("[Nurses]"));
  EXPECT_THAT(Titles(Group(), "\" OR * NEAR("), ElementsAre());
  v1::SearchItemsRequest request;
  request.set_query("people visit");
  request.set_page_size(1);
  const auto first = Must(Knowledge(Group()).SearchItems(request));
  EXPECT_EQ(first.total_size(), 2);
  request.set_page_token(first.next_page_token());
  const auto second = Must(Knowledge(Group()).SearchItems(request));
  EXPECT_NE(second.hits(0).item().name(), first.hits(0).item().name());
  EXPECT_EQ(second.next_page_token(), "");
  request.set_query("visit");
  EXPECT_EQ(ReasonOf(Knowledge(Group()).SearchItems(request)), "page_token");
  request.Clear();
  EXPECT_EQ(ReasonOf(Knowledge(Group()).SearchItems(request)), "query");
  request.set_query("people");
  request.set_type(v1::Item::TYPE_TOOL);
  EXPECT_EQ(Must(Knowledge(Group()).SearchItems(request)).total_size(), 0);
}

}  // namespace
}  // namespace equity::referencegroup

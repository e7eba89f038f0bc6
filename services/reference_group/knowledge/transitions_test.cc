// Every action in every state of an item, by the table in README.md.
#include <map>

#include "services/reference_group/testing/fixture.h"
#include "services/reference_group/testing/readme_table.h"

namespace equity::referencegroup {
namespace {

using I = v1::Item;

class ItemTransitionsTest : public GroupTest {
 protected:
  template <class Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  template <class Response>
  void Take(const absl::StatusOr<Response>& result) {
    done_ = result.status();
    if (result.ok()) state_ = I::State_Name(result->item().state()).substr(sizeof("STATE_") - 1);
  }

  void Do(const std::string& action, const std::string& name) {
    client::KnowledgeClient author = Knowledge(Group("author"));
    client::KnowledgeClient reviewer = Knowledge(Group("reviewer"));
    if (action == "UpdateItem") {
      v1::UpdateItemRequest request;
      request.mutable_item()->set_name(name);
      request.mutable_item()->set_summary("Changed");
      Take(author.UpdateItem(request));
    } else if (action == "SubmitItem") {
      Take(author.SubmitItem(Named<v1::SubmitItemRequest>(name)));
    } else if (action == "ReturnItem") {
      Take(reviewer.ReturnItem(Named<v1::ReturnItemRequest>(name)));
    } else if (action == "RejectItem") {
      Take(reviewer.RejectItem(Named<v1::RejectItemRequest>(name)));
    } else if (action == "PublishItem") {
      Take(reviewer.PublishItem(Named<v1::PublishItemRequest>(name)));
    } else if (action == "RenewItem") {
      Take(reviewer.RenewItem(Named<v1::RenewItemRequest>(name)));
    } else if (action == "ReviseItem") {
      Take(author.ReviseItem(Named<v1::ReviseItemRequest>(name)));
    } else if (action == "ArchiveItem") {
      Take(reviewer.ArchiveItem(Named<v1::ArchiveItemRequest>(name)));
    } else if (action == "WithdrawItem") {
      auto request = Named<v1::WithdrawItemRequest>(name);
      request.set_reason(v1::WithdrawItemRequest::REASON_ERROR);
      Take(reviewer.WithdrawItem(request));
    } else {
      ADD_FAILURE() << action;
    }
  }

  std::string In(const std::string& state) {
    static const std::map<std::string, std::vector<std::string>> kWays = {
        {"DRAFT", {}},
        {"IN_REVIEW", {"SubmitItem"}},
        {"PUBLISHED", {"SubmitItem", "PublishItem"}},
        {"ARCHIVED", {"SubmitItem", "PublishItem", "ArchiveItem"}},
        {"REJECTED", {"SubmitItem", "RejectItem"}},
        {"WITHDRAWN", {"WithdrawItem"}}};
    v1::CreateItemRequest request;
    *request.mutable_item() = NewItem("Easy read letters");
    const std::string name = Must(Knowledge(Group("author")).CreateItem(request)).item().name();
    for (const std::string& action : kWays.at(state)) {
      Do(action, name);
      EXPECT_TRUE(done_.ok()) << action << " on the way to " << state << ": " << done_;
    }
    return name;
  }

  absl::Status done_;
  std::string state_;
};

TEST_F(ItemTransitionsTest, EveryAllowedAndEveryForbiddenTransition) {
  std::map<std::pair<std::string, std::string>, std::string> allowed;
  std::set<std::string> states;
  std::set<std::string> actions;
  for (const TableRow& row : ReadTable("## Items")) {
    allowed[{row.state, row.action}] = row.next;
    states.insert({row.state, row.next});
    actions.insert(row.action);
  }
  ASSERT_EQ(states.size(), static_cast<size_t>(I::State_descriptor()->value_count() - 1));
  ASSERT_EQ(actions.size(), 9u);
  for (const std::string& state : states) {
    for (const std::string& action : actions) {
      SCOPED_TRACE(state + " " + action);
      const std::string name = In(state);
      Do(action, name);
      const std::string next = allowed[{state, action}];
      if (!next.empty()) {
        EXPECT_TRUE(done_.ok()) << done_;
        EXPECT_EQ(state_, next);
        continue;
      }
      EXPECT_EQ(ReasonOf(done_), state == "WITHDRAWN" ? "NOT_FOUND" : "WRONG_STATE");
      v1::GetItemRequest get;
      get.set_name(name);
      const auto read = Knowledge(Group()).GetItem(get);
      if (state == "WITHDRAWN") {
        EXPECT_EQ(ReasonOf(read), "NOT_FOUND");
      } else {
        EXPECT_EQ(I::State_Name(Must(read).item().state()), "STATE_" + state);
      }
    }
  }
  std::printf("TRANSITIONS knowledge: %zu tried, %zu allowed\n", states.size() * actions.size(),
              ReadTable("## Items").size());
}

}  // namespace
}  // namespace equity::referencegroup

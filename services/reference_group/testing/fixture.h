// A server in this process with the reference group alone, spoken to through the C++ client over its port.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/reference_group.h"
#include "common/host/host.h"
#include "common/status/errors.h"
#include "equity/changes/v1/changes.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::referencegroup {

// A participant's name, always the same for the same two.
std::string Person(const std::string& organisation, int number);
absl::Time LondonTime(const std::string& local);  // such as 2021-07-20 09:00

// OK, or the ErrorInfo reason, or for wrong fields their paths.
std::string ReasonOf(const absl::Status& status);
template <class T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}
// The value; a failure of the test where there is none.
template <class T>
T Must(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : T();
}

class GroupTest : public testing::Test {
 protected:
  GroupTest();
  ~GroupTest() override;

  // The credential of a role; several people may have it.
  client::CallOptions As(const std::string& role, const std::string& organisation = "",
                         const std::string& subject = "") const;
  client::CallOptions Central() const { return As("central_team"); }
  client::CallOptions Group(const std::string& subject = "member") const { return As("reference_group", "", subject); }
  client::CallOptions Partner(const std::string& organisation) const { return As("partner", organisation); }
  template <class Client>
  Client To(const client::CallOptions& options) const {
    return Client(channel_, options);
  }
  client::AdviceClient Advice(const client::CallOptions& options) const {
    return client::AdviceClient(channel_, options);
  }
  client::KnowledgeClient Knowledge(const client::CallOptions& options) const {
    return client::KnowledgeClient(channel_, options);
  }
  client::ModerationClient Moderation(const client::CallOptions& options) const {
    return client::ModerationClient(channel_, options);
  }
  client::AnonymousAdviceClient Anonymous(const client::CallOptions& options = {}) const {
    return client::AnonymousAdviceClient(channel_, options);
  }

  // The business clock from now on.
  void SetNow(absl::Time now);
  void Pass(absl::Duration time) { SetNow(now() + time); }
  absl::Time now() const { return host_->shared().clock.Now(); }
  // What time alone does, done now.
  void Sweep();

  // Returns its name.
  std::string AddMember(int number, int capacity = 100, const std::vector<std::string>& conflicts = {});
  // A question of the first person of an organisation.
  v1::AdviceRequest Submit(const std::string& organisation, const std::string& title = "How do we reach carers?",
                           v1::Audience audience = v1::AUDIENCE_GROUP_ONLY);
  v1::SubmitAnonymousRequestResponse SubmitAnonymously(const client::CallOptions& options, const std::string& asker,
                                                       const std::string& title = "Is this fair?");
  // Triaged, assigned to the member and answered; returns the names of the answers.
  std::vector<std::string> Answer(const std::string& request, const std::string& member, int answers = 1);
  v1::AdviceRequest Get(const std::string& request);

  // An item written by one person of the group and published by another.
  v1::Item Publish(v1::Item item);
  // A good practice for everybody.
  static v1::Item NewItem(const std::string& title, const std::string& summary = "");
  std::string Consent(v1::Audience audience = v1::AUDIENCE_ICS, const std::string& expire_date = "");

  // Every change that was committed so far.
  std::vector<changes::v1::Change> Changes();
  // The files that hold this, once the store was idle: what was erased leaves the disk then.
  std::vector<std::string> FilesWith(const std::string& text, absl::Duration patience = absl::Seconds(3)) const;
  std::string log_file() const { return folder_ + "/log"; }

  std::string folder_;
  std::unique_ptr<host::Host> host_;
  rpc::Runtime* runtime_ = nullptr;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace equity::referencegroup

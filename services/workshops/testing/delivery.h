// What the tests of facilitators, feedback and exercises share: the server of the fixture, spoken to through the C++
// client over its port.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/channel.h"
#include "clients/cpp/delivery.h"
#include "services/workshops/testing/fixture.h"

namespace equity::workshops {

// The value; a failure of the test where there is none.
template <class T>
T Must(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : T();
}

// OK, or the ErrorInfo reason, or for wrong fields their paths.
std::string WhyOf(const absl::Status& status);
template <class T>
std::string WhyOf(const absl::StatusOr<T>& result) {
  return WhyOf(result.status());
}

// A random UUID, always the same for the same number.
std::string Secret(int number);

class DeliveryTest : public ServerTest {
 protected:
  // With a session on 12 August 2021, 09:00 to 11:30, with 40 places.
  DeliveryTest();
  ~DeliveryTest() override { channel_.reset(); }

  client::CallOptions As(const std::string& role, const std::string& organisation = "");
  client::FacilitatorsClient Facilitators(const client::CallOptions& options) {
    return client::FacilitatorsClient(channel_, options);
  }
  client::FeedbackClient Feedback(const client::CallOptions& options) {
    return client::FeedbackClient(channel_, options);
  }
  client::ExercisesClient Exercises(const client::CallOptions& options) {
    return client::ExercisesClient(channel_, options);
  }

  // Records whether somebody with a place came; the session must have begun.
  void Record(const std::string& participant, bool attended);
  // What time alone does, done now.
  void Sweep();
  // A column of the store, through SQL.
  std::vector<std::string> Column(const std::string& sql);
  // All that the server wrote so far, but for the keys of its issuer.
  std::string AllFiles();
  // The same, once it no longer holds this: what was erased leaves the disk when the store is idle.
  std::string AllFilesWithout(const std::string& text);
  // The log, once it holds this.
  std::string LogWith(const std::string& text);

  std::shared_ptr<grpc::Channel> channel_;
  std::string session_;
  client::CallOptions team_;  // the central team
  client::CallOptions rde_;   // a partner

 private:
  std::deque<sql::Sql> statements_;  // their addresses are what the store knows them by
};

}  // namespace equity::workshops

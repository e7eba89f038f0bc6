// Operations on the services and on a model, one after the other: both must say the same and come to the same.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cpp/options.h"
#include "grpcpp/channel.h"
#include "tests/faults/booking_model.h"

namespace equity::faults {

inline constexpr int kSessionsOfAModel = 3;
inline constexpr int kPersonsOfAModel = 6;

// One operation; which numbers mean what depends on its kind. Any is possible in any state, so that a sequence stays
// one when others are left out.
struct Step {
  enum Kind { kBook, kCancel, kSubstitute, kSetCapacity, kCancelSession, kLeave, kRegister, kValidate, kKinds };
  Kind kind = kBook;
  int a = 0, b = 0, c = 0;
  std::vector<ModelRow> rows;

  std::string Text() const;
};

// The services and the model side by side, from nothing, in a workshop of their own.
class SideBySide {
 public:
  // A server with the organisations T0 and T1, and a session of which nothing matters.
  struct Place {
    std::shared_ptr<grpc::Channel> channel;
    client::CallOptions calls;
    std::string spare_session;
  };
  SideBySide(const Place& place, int number);
  ~SideBySide();

  absl::Status Open();
  // What differs in what is answered, or empty.
  std::string Do(const Step& step);
  // What differs in what there is, or empty.
  std::string Compare();

 private:
  class Both;
  std::unique_ptr<Both> both_;
};

}  // namespace equity::faults

// A gRPC server that answers every RPC as a test tells it.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"

namespace equity::gateway::testing {

struct Received {
  std::string path;
  std::string request;
  std::map<std::string, std::string> metadata;
  std::chrono::milliseconds time_left;
};

// What to answer: messages (a call that is no stream needs one), then a status; or nothing, until the call is
// cancelled.
struct Scripted {
  std::vector<std::string> messages;
  grpc::Status status;
  bool hangs = false;
  bool repeats = false;  // the first message again and again
};

class FakeUpstream final : public grpc::CallbackGenericService {
 public:
  FakeUpstream();
  ~FakeUpstream() override;

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  void Answer(Scripted scripted);
  // One after the other; the last stays.
  void AnswerInTurn(std::deque<Scripted> scripted);
  std::vector<Received> received() const;
  int cancelled() const;
  int messages_sent() const;
  // Until as many calls were cancelled.
  bool WaitForCancelled(int count) const;

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  class Reactor;

  mutable std::mutex mutex_;
  std::deque<Scripted> scripted_ = {{.messages = {""}}};
  std::vector<Received> received_;
  int cancelled_ = 0;
  int messages_sent_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace equity::gateway::testing

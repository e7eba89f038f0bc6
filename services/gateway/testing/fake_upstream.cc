#include "services/gateway/testing/fake_upstream.h"

#include <thread>

namespace equity::gateway::testing {

class FakeUpstream::Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(FakeUpstream& fake, grpc::GenericCallbackServerContext* context) : fake_(fake) {
    received_.path = context->method();
    for (const auto& [key, value] : context->client_metadata()) {
      received_.metadata[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
    received_.time_left =
        std::chrono::duration_cast<std::chrono::milliseconds>(context->deadline() - std::chrono::system_clock::now());
    StartRead(&buffer_);
  }

  void OnReadDone(bool ok) override {
    grpc::Slice slice;
    if (ok && buffer_.DumpToSingleSlice(&slice).ok()) {
      received_.request.assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    bool ended;
    {
      std::lock_guard lock(fake_.mutex_);
      scripted_ = fake_.scripted_.front();
      if (fake_.scripted_.size() > 1) fake_.scripted_.pop_front();
      fake_.received_.push_back(received_);
      hanging_ = scripted_.hangs;
      ended = was_cancelled_;
    }
    if (scripted_.hangs && ended) return Finish(grpc::Status::CANCELLED);
    if (!scripted_.hangs) Continue();
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    {
      std::lock_guard lock(fake_.mutex_);
      ++fake_.messages_sent_;
    }
    Continue();
  }
  void OnCancel() override {
    bool hanging;
    {
      std::lock_guard lock(fake_.mutex_);
      ++fake_.cancelled_;
      was_cancelled_ = true;
      hanging = hanging_;
    }
    if (hanging) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void Continue() {
    if (next_ == scripted_.messages.size() && scripted_.repeats) next_ = 0;
    if (next_ == scripted_.messages.size()) return Finish(scripted_.status);
    const grpc::Slice slice(scripted_.messages[next_++]);
    out_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&out_);
  }

  FakeUpstream& fake_;
  Received received_;
  Scripted scripted_;
  grpc::ByteBuffer buffer_;
  grpc::ByteBuffer out_;
  size_t next_ = 0;
  bool hanging_ = false;
  bool was_cancelled_ = false;
};

FakeUpstream::FakeUpstream() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
  channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
}

FakeUpstream::~FakeUpstream() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

void FakeUpstream::Answer(Scripted scripted) {
  std::lock_guard lock(mutex_);
  scripted_ = {std::move(scripted)};
}

void FakeUpstream::AnswerInTurn(std::deque<Scripted> scripted) {
  std::lock_guard lock(mutex_);
  scripted_ = std::move(scripted);
}

std::vector<Received> FakeUpstream::received() const {
  std::lock_guard lock(mutex_);
  return received_;
}

int FakeUpstream::cancelled() const {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

int FakeUpstream::messages_sent() const {
  std::lock_guard lock(mutex_);
  return messages_sent_;
}

bool FakeUpstream::WaitForCancelled(int count) const {
  for (int i = 0; i < 500 && cancelled() < count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return cancelled() >= count;
}

grpc::ServerGenericBidiReactor* FakeUpstream::CreateReactor(grpc::GenericCallbackServerContext* context) {
  return new Reactor(*this, context);
}

}  // namespace equity::gateway::testing

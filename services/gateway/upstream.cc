#include "services/gateway/upstream.h"

#include <algorithm>
#include <utility>

namespace equity::gateway {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.Valid() || !buffer.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

void Prepare(const Outgoing& outgoing, grpc::ClientContext& context) {
  if (!outgoing.authorization.empty()) context.AddMetadata("authorization", outgoing.authorization);
  if (!outgoing.traceparent.empty()) context.AddMetadata("traceparent", outgoing.traceparent);
  if (outgoing.deadline != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(outgoing.deadline));
}

struct PendingUnary final : UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  void Cancel() override { context.TryCancel(); }
};

// Reads one message at a time, when it is asked for: what a slow client does not take stays with the service.
class PendingStream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public StreamCall {
 public:
  PendingStream(const Outgoing& outgoing, Upstream::OnMessage on_message, Upstream::OnEnd on_end)
      : request_(ToBuffer(outgoing.request)), on_message_(std::move(on_message)), on_end_(std::move(on_end)) {
    Prepare(outgoing, context_);
  }

  void Start(grpc::GenericStub& stub, const std::string& path, std::shared_ptr<PendingStream> self) {
    self_ = std::move(self);
    stub.PrepareBidiStreamingCall(&context_, path, {}, this);
    AddHold();  // until the last read: without one on its way the call could end unseen
    StartWriteLast(&request_, {});
    StartCall();
  }

  void Next() override {
    if (MayRead()) StartRead(&response_);
  }
  void Cancel() override {
    {
      std::lock_guard lock(mutex_);
      cancelled_ = true;
    }
    context_.TryCancel();
    if (MayRead()) StartRead(&response_);
  }

  void OnReadDone(bool ok) override {
    bool cancelled;
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      ended_ = !ok;
      cancelled = cancelled_;
    }
    if (!ok) return RemoveHold();
    if (cancelled) return Next();
    on_message_(ToBytes(response_));
  }
  void OnDone(const grpc::Status& status) override {
    const std::shared_ptr<PendingStream> self = std::move(self_);
    on_end_(status);
  }

 private:
  bool MayRead() {
    std::lock_guard lock(mutex_);
    if (reading_ || ended_) return false;
    return reading_ = true;
  }

  grpc::ClientContext context_;
  const grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  const Upstream::OnMessage on_message_;
  const Upstream::OnEnd on_end_;
  std::shared_ptr<PendingStream> self_;  // until OnDone
  std::mutex mutex_;
  bool reading_ = false;
  bool ended_ = false;
  bool cancelled_ = false;
};

}  // namespace

Upstream::Upstream(const Backends& backends) : others_(backends.others) {
  for (const auto& [package, channel] : backends.by_package) by_package_.try_emplace(package, channel);
}

// /equity.workshops.v1.SessionService/GetSession is of `workshops`.
grpc::GenericStub& Upstream::StubFor(std::string_view path) {
  const size_t begin = std::min(path.find('.'), path.size() - 1) + 1;
  const auto found = by_package_.find(path.substr(begin, path.find('.', begin) - begin));
  return found == by_package_.end() ? others_ : found->second;
}

std::shared_ptr<UnaryCall> Upstream::Unary(const Outgoing& outgoing, Done done) {
  auto call = std::make_shared<PendingUnary>();
  Prepare(outgoing, call->context);
  call->request = ToBuffer(outgoing.request);
  Count(1);
  StubFor(outgoing.path)
      .UnaryCall(&call->context, outgoing.path, {}, &call->request, &call->response,
                 [this, call, done = std::move(done)](grpc::Status status) {
                   done(std::move(status), ToBytes(call->response));
                   Count(-1);
                 });
  return call;
}

std::shared_ptr<StreamCall> Upstream::Stream(const Outgoing& outgoing, OnMessage on_message, OnEnd on_end) {
  Count(1);
  auto call = std::make_shared<PendingStream>(outgoing, std::move(on_message),
                                              [this, on_end = std::move(on_end)](grpc::Status status) {
                                                on_end(std::move(status));
                                                Count(-1);
                                              });
  call->Start(StubFor(outgoing.path), outgoing.path, call);
  return call;
}

void Upstream::Count(int change) {
  std::lock_guard lock(mutex_);
  calls_ += change;
  if (calls_ == 0) idle_.notify_all();
}

void Upstream::WaitUntilIdle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return calls_ == 0; });
}

}  // namespace equity::gateway

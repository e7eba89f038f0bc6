// Streams for handlers that read and write one after the other on a thread of their own.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/call.h"
#include "common/rpc/shared.h"
#include "common/status/errors.h"
#include "grpcpp/support/server_callback.h"
#include "protos/stubs/stubs.h"

namespace equity::rpc {

// A caller that says nothing for so long has gone; its stream ends.
inline constexpr auto kStreamIdle = std::chrono::minutes(5);

// The answers of a stream.
template <class Response>
class Sink {
 public:
  virtual ~Sink() = default;
  // Blocks until the answer is on its way. False when the caller is gone or the server is going: return then.
  virtual bool Write(const Response& response) = 0;
  // The same, asked for in advance.
  virtual bool Over() = 0;
  // What the handler returns then: why it is over.
  virtual absl::Status Ending() = 0;
};

// Requests and answers of a stream both ways.
template <class Request, class Response>
class Stream : public Sink<Response> {
 public:
  // Blocks for the next request. False when the caller has sent its last, is gone or says nothing, when what it sent
  // is no request, or the server is going. Ending() tells which, and is OK after the last request.
  virtual bool Read(Request& request) = 0;
  // The field rules and the tenant rule, for a request that was read.
  virtual absl::Status Check(const Request& request) = 0;
};

template <class Request, class Response>
using BidiReactor = grpc::ServerBidiReactor<stubs::Received<Request>, Response>;

inline absl::Status ServerGoing() {
  return status::TryAgain("SERVER_GOING", "The server is shutting down. Connect again and resume.", absl::Seconds(1));
}

inline absl::Status CallerGone() {
  return status::Error(absl::StatusCode::kCancelled, "CALLER_GONE", "The caller went away.");
}

inline absl::Status CallerIdle() {
  return status::TryAgain("STREAM_IDLE", "Nothing was sent for 5 minutes. Connect again and resume.", absl::Seconds(1));
}

// `number` counts from 1.
inline absl::Status MessageMalformed(int64_t number) {
  return status::Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
                       absl::StrCat("Message ", number, " of the stream is not a message of this call's type; it and ",
                                    "what came after it had no effect. What was answered before it stands. Encode it ",
                                    "as the contract says, text as UTF-8, and go on from there."),
                       {{"message_number", absl::StrCat(number)}});
}

namespace internal {

// What both kinds of reactor share: operations that a thread waits for. `Reactor` is gRPC's class, `Face` ours.
template <class Reactor, class Face>
class BlockingReactor : public Reactor, public Face {
 public:
  BlockingReactor(Shared& shared, const Method& method, grpc::CallbackServerContext* server)
      : shared_(shared), call_(shared, method, *server) {}

  bool Over() override {
    std::lock_guard lock(mutex_);
    return cancelled_ || shared_.draining;
  }
  absl::Status Ending() override {
    std::lock_guard lock(mutex_);
    if (shared_.draining) return ServerGoing();
    return cancelled_ ? CallerGone() : fault_;
  }
  void OnCancel() override {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }
  void OnDone() override {
    // Only now it is known for sure whether the caller got the end or had gone before: reads fail in both cases.
    if (cancelled_ && ended_ok_) (void)call_.Answer(CallerGone());
    call_.Record(nullptr);
    delete this;
  }

  // Begins the handler on a worker; with a status that is not OK, or without a worker, ends the call.
  void Start(absl::Status admitted, std::function<absl::Status()> handler) {
    if (admitted.ok()) {
      admitted = call_.StartOn(shared_.workers, [this, handler = std::move(handler)] {
        absl::Status status;
        try {
          status = handler();
        } catch (const std::exception& error) {
          status = absl::InternalError(error.what());
        }
        End(std::move(status));
      });
      if (admitted.ok()) return;
    }
    End(std::move(admitted));
  }
  Call& call() { return call_; }

 protected:
  // Waits until `ready`, the end of the call, or the drain of the server; whether it became ready.
  template <class Ready>
  bool Await(std::unique_lock<std::mutex>& lock, Ready ready) {
    const auto idle_until = std::chrono::steady_clock::now() + kStreamIdle;
    while (!ready() && !cancelled_ && !shared_.draining && std::chrono::steady_clock::now() < idle_until) {
      changed_.wait_for(lock, std::chrono::milliseconds(100));
    }
    return ready();
  }
  // After this, another thread may delete the object at any moment.
  void End(absl::Status status) {
    ended_ok_ = status.ok();
    this->Finish(call_.Answer(std::move(status)));
  }

  Shared& shared_;
  Call call_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false;
  absl::Status fault_;  // why nothing more can be read or written, but for the caller's and the server's going
  bool ended_ok_ = false;
};

template <class Reactor, class Face, class Response>
class WritingReactor : public BlockingReactor<Reactor, Face> {
 public:
  using BlockingReactor<Reactor, Face>::BlockingReactor;

  bool Write(const Response& response) override {
    std::unique_lock lock(this->mutex_);
    if (this->cancelled_ || writing_) return false;
    out_ = response;
    writing_ = true;
    this->StartWrite(&out_);
    const bool done = this->Await(lock, [&] { return !writing_; });
    if (!done || !written_) this->fault_ = CallerGone();
    return done && written_;
  }
  void OnWriteDone(bool ok) override {
    std::lock_guard lock(this->mutex_);
    writing_ = false;
    written_ = ok;
    this->changed_.notify_all();
  }

 private:
  Response out_;
  bool writing_ = false;
  bool written_ = false;
};

template <class Response>
using SinkReactor = WritingReactor<grpc::ServerWriteReactor<Response>, Sink<Response>, Response>;

template <class Request, class Response>
class StreamReactor final : public WritingReactor<BidiReactor<Request, Response>, Stream<Request, Response>, Response> {
 public:
  using WritingReactor<BidiReactor<Request, Response>, Stream<Request, Response>, Response>::WritingReactor;

  bool Read(Request& request) override {
    std::unique_lock lock(this->mutex_);
    if (this->cancelled_ || reading_) return false;
    reading_ = true;
    this->StartRead(&in_);
    if (!this->Await(lock, [&] { return !reading_; })) {
      this->fault_ = CallerIdle();
      return false;
    }
    if (!got_) return false;
    ++number_;
    if (in_.malformed) {
      this->fault_ = MessageMalformed(number_);
      return false;
    }
    request.Swap(&in_.message);
    return true;
  }
  void OnReadDone(bool ok) override {
    std::lock_guard lock(this->mutex_);
    reading_ = false;
    got_ = ok;
    this->changed_.notify_all();
  }
  absl::Status Check(const Request& request) override { return this->call_.CheckRequest(request); }

 private:
  stubs::Received<Request> in_;
  int64_t number_ = 0;  // of the message in `in_`
  bool reading_ = false;
  bool got_ = false;
};

}  // namespace internal

template <class Request, class Response, class Handler>
grpc::ServerWriteReactor<Response>* StartSink(Shared& shared, const Method& method, grpc::CallbackServerContext* server,
                                              const Request& request, Handler handler) {
  auto* reactor = new internal::SinkReactor<Response>(shared, method, server);
  absl::Status admitted = reactor->call().Admit(request);
  reactor->Start(std::move(admitted), [reactor, handler = std::move(handler), request] {
    return handler(reactor->call().context(), request, *reactor);
  });
  return reactor;
}

template <class Request, class Response, class Handler>
BidiReactor<Request, Response>* StartStream(Shared& shared, const Method& method, grpc::CallbackServerContext* server,
                                            Handler handler) {
  auto* reactor = new internal::StreamReactor<Request, Response>(shared, method, server);
  absl::Status admitted = reactor->call().Authorise();
  reactor->Start(std::move(admitted),
                 [reactor, handler = std::move(handler)] { return handler(reactor->call().context(), *reactor); });
  return reactor;
}

}  // namespace equity::rpc

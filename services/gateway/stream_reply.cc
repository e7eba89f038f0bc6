#include "services/gateway/stream_reply.h"

#include <utility>

#include "common/status/errors.h"
#include "services/gateway/errors.h"

namespace equity::gateway {
namespace {

constexpr absl::Duration kHeartbeat = absl::Seconds(10);
// A stream that has nothing to say yet shows by then that it was let in.
constexpr absl::Duration kPatience = absl::Seconds(1);

class StreamReply : public std::enable_shared_from_this<StreamReply> {
 public:
  StreamReply(ExchangePtr exchange, Framing framing) : exchange_(std::move(exchange)), framing_(std::move(framing)) {}

  void Start(Upstream& upstream, const Outgoing& outgoing) {
    const auto self = shared_from_this();
    call_ = upstream.Stream(
        outgoing,
        [self](std::string message) {
          self->exchange_->Post([self, message = std::move(message)] { self->HasMessage(message); });
        },
        [self](grpc::Status status) {
          self->exchange_->Post([self, status = std::move(status)] { self->HasEnded(FromUpstream(status)); });
        });
    exchange_->OnGone([self] { self->call_->Cancel(); });
    exchange_->OnDrain([self] {
      self->HasEnded(
          status::TryAgain("SERVER_GOING", "The server is shutting down. Connect again and resume.", absl::Seconds(1)));
      self->call_->Cancel();
    });
    exchange_->After(kPatience, [self] { self->Beat(); });
    call_->Next();
  }

 private:
  void HasMessage(const std::string& bytes) {
    if (ended_) return;
    auto part = framing_.message(bytes);
    if (!part.ok()) {
      HasEnded(status::Internal());
      return call_->Cancel();
    }
    wants_next_ = true;
    Push(*std::move(part));
  }

  void HasEnded(const absl::Status& status) {
    if (std::exchange(ended_, true)) return;
    if (!begun_ && !status.ok() && framing_.refusal) return exchange_->Reply(framing_.refusal(status));
    Push(framing_.end(status));
  }

  void Beat() {
    if (!begun_ || !writing_) Push(framing_.heartbeat);
    exchange_->After(kHeartbeat, [self = shared_from_this()] { self->Beat(); });
  }

  void Push(const std::string& part) {
    pending_ += part;
    if (writing_) return;
    if (begun_) return Pump();
    begun_ = writing_ = true;
    exchange_->Begin(std::move(framing_.head), [self = shared_from_this()] { self->Written(); });
  }

  void Written() {
    writing_ = false;
    Pump();
  }

  void Pump() {
    if (!pending_.empty()) {
      writing_ = true;
      return exchange_->Write(std::exchange(pending_, {}), [self = shared_from_this()] { self->Written(); });
    }
    if (ended_) return exchange_->End();
    if (std::exchange(wants_next_, false)) call_->Next();
  }

  const ExchangePtr exchange_;
  Framing framing_;
  std::shared_ptr<StreamCall> call_;
  std::string pending_;
  bool begun_ = false;
  bool writing_ = false;
  bool wants_next_ = false;
  bool ended_ = false;
};

}  // namespace

void ReplyWithStream(const ExchangePtr& exchange, Upstream& upstream, Outgoing outgoing, Framing framing) {
  std::make_shared<StreamReply>(exchange, std::move(framing))->Start(upstream, outgoing);
}

}  // namespace equity::gateway

#include "services/gateway/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/errors.h"
#include "common/strings.h"

namespace equity::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

// A reply to a request that was not read to its end reaches the client only if we go on reading for a while.
constexpr absl::Duration kLinger = absl::Seconds(2);
constexpr size_t kReadBytes = 4096;

std::string ToString(boost::string_view text) { return {text.data(), text.size()}; }

std::string Reason(int status) {
  return status == 499 ? "Client Closed Request" : ToString(http::obsolete_reason(http::int_to_status(status)));
}

// The reply to what could not be read; nothing when the client has gone or was too slow.
std::optional<Problem> ReplyToBadRequest(const boost::system::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Unreadable(431, "The head of the request is too large: 8 KiB are taken.");
  }
  if (error == http::error::body_limit) return Unreadable(413, "The body is too large: 1 MiB is taken.");
  if (error == http::error::bad_version) return Unreadable(505, "HTTP/1.1 is spoken here.");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() != http::make_error_code(http::error::bad_method).category()) return std::nullopt;
  return Unreadable(400, "This is not a request of HTTP/1.1.");
}

// What Beast lets pass and a proxy before us may read otherwise.
template <class Head>
std::optional<Problem> CheckHead(const Head& head) {
  const auto count = [&](http::field field) {
    const auto range = head.equal_range(field);
    return std::distance(range.first, range.second);
  };
  if (count(http::field::host) > 1 || (head.version() == 11 && count(http::field::host) == 0)) {
    return Unreadable(400, "A request has one Host.");
  }
  const std::string length = ToString(head[http::field::content_length]);
  if (count(http::field::content_length) > 1 || length.find_first_not_of("0123456789") != std::string::npos) {
    return Unreadable(400, "A request has at most one Content-Length, which is a number.");
  }
  if (count(http::field::transfer_encoding) > 0) {
    if (count(http::field::content_length) > 0 || head.version() != 11) {
      return Unreadable(400, "The length of the body can be understood in two ways.");
    }
    if (count(http::field::transfer_encoding) > 1 ||
        !absl::EqualsIgnoreCase(ToString(head[http::field::transfer_encoding]), "chunked")) {
      return Unreadable(501, "chunked is the only Transfer-Encoding that is taken.");
    }
  }
  const std::string expect = ToString(head[http::field::expect]);
  if (!expect.empty() && !absl::EqualsIgnoreCase(expect, "100-continue")) {
    return Unreadable(417, "100-continue is the only expectation that is met.");
  }
  return std::nullopt;
}

}  // namespace

Connection::Connection(tcp::socket socket, Connections& shared)
    : shared_(shared), stream_(std::move(socket)), timer_(stream_.get_executor()) {
  Error gone;  // no address any more: those count as one
  const auto peer = stream_.socket().remote_endpoint(gone);
  if (!gone) client_ = peer.address().to_string();
  shared_.open.insert(this);
  ++shared_.of_client[client_];
}

Connection::~Connection() { Uncount(); }

void Connection::Close() {
  Uncount();
  stream_.close();
}

// When it is closed already: the call of a stream may hold it for longer, and the limits are on what is open.
void Connection::Uncount() {
  if (shared_.open.erase(this) == 0) return;
  const auto of_client = shared_.of_client.find(client_);
  if (--of_client->second == 0) shared_.of_client.erase(of_client);
}

void Connection::Refuse(const Problem& problem) {
  if (shared_.on_refused) shared_.on_refused(problem.http_status);
  keep_alive_ = false;
  Send(Head(ErrorResponse(problem)), [self = Self()] { self->Linger(); });
}

void Connection::Drain() {
  if (!active_) return idle_ ? Close() : void();
  if (const auto callback = std::exchange(on_drain_, nullptr)) callback();
}

void Connection::Reply(Response response) {
  if (!active_) return;
  Forget();
  replied_ = true;
  ++watch_;  // who has sent all may have closed that side
  const bool bodiless = request_.IsHead() || response.status == 204 || response.status == 304;
  std::string text = Head(response);
  if (!bodiless) text += response.body;
  Send(std::move(text), [self = Self()] { self->Finished(); });
}

void Connection::Begin(Response head, std::function<void()> next) {
  if (!active_) return;
  replied_ = true;
  const bool of_head = request_.IsHead();
  chunked_ = !of_head && request_version_ == 11;
  if (!of_head && !chunked_) keep_alive_ = false;  // its end is the end of the connection
  std::string text = Head(head, true);
  if (!of_head) return Send(std::move(text), std::move(next));
  Forget();
  Send(std::move(text), [self = Self()] { self->Finished(); });
}

void Connection::Write(std::string part, std::function<void()> next) {
  if (!active_) return;
  if (part.empty()) return Post(std::move(next));  // an empty chunk would be the end
  if (chunked_) part = absl::StrCat(absl::Hex(part.size()), "\r\n", part, "\r\n");
  Send(std::move(part), std::move(next));
}

void Connection::End() {
  if (!active_) return;
  Forget();
  if (!chunked_) return Finished();
  Send("0\r\n\r\n", [self = Self()] { self->Finished(); });
}

void Connection::OnGone(std::function<void()> callback) {
  if (active_) on_gone_ = std::move(callback);
}

void Connection::OnDrain(std::function<void()> callback) {
  if (!active_) return;
  on_drain_ = std::move(callback);
  if (shared_.draining) Drain();
}

void Connection::After(absl::Duration time, std::function<void()> callback) {
  if (!active_) return;
  on_time_ = std::move(callback);
  timer_.expires_after(absl::ToChronoNanoseconds(time));
  timer_.async_wait([self = Self()](Error error) {
    if (error || !self->on_time_) return;
    const auto callback = std::exchange(self->on_time_, nullptr);
    self->Guard(callback);
  });
}

void Connection::Post(std::function<void()> task) {
  asio::post(stream_.get_executor(), [self = Self(), task = std::move(task)] { self->Guard(task); });
}

// Waits for the first byte of a request, which may take long.
void Connection::AwaitRequest() {
  parser_.emplace();
  parser_->header_limit(shared_.limits.header_bytes);
  parser_->body_limit(shared_.limits.body_bytes);
  if (shared_.draining) return Close();
  if (buffer_.size() > 0) return ReadHead();
  idle_ = true;
  Expire(shared_.limits.idle);
  stream_.async_read_some(buffer_.prepare(kReadBytes), [self = Self()](Error error, size_t size) {
    self->idle_ = false;
    if (error) return self->Close();
    self->buffer_.commit(size);
    self->ReadHead();
  });
}

void Connection::ReadHead() {
  Expire(shared_.limits.head);
  http::async_read_header(stream_, buffer_, *parser_, [self = Self()](Error error, size_t) {
    if (error) return self->CannotRead(error);
    if (const auto problem = CheckHead(self->parser_->get())) return self->Refuse(*problem);
    if (self->parser_->get().count(http::field::expect) == 0 || self->parser_->is_done()) return self->ReadBody();
    self->Send("HTTP/1.1 100 Continue\r\n\r\n", [self] { self->ReadBody(); });
  });
}

void Connection::ReadBody() {
  Expire(shared_.limits.body);
  http::async_read(stream_, buffer_, *parser_, [self = Self()](Error error, size_t) {
    if (error) return self->CannotRead(error);
    self->Handle();
  });
}

void Connection::CannotRead(const Error& error) {
  if (const auto problem = ReplyToBadRequest(error)) return Refuse(*problem);
  Close();
}

void Connection::Handle() {
  auto message = parser_->release();
  keep_alive_ = message.keep_alive();
  request_version_ = message.version();
  request_ = {.method = ToString(message.method_string()), .target = ToString(message.target())};
  for (const auto& field : message) {
    request_.headers.emplace_back(absl::AsciiStrToLower(ToString(field.name_string())), ToString(field.value()));
  }
  request_.body = std::move(message.body());
  active_ = true;
  replied_ = false;
  ++shared_.exchanges;
  stream_.expires_never();
  Watch();
  Guard([this] { shared_.handler(Self()); });
}

// Whether the client is still there can be seen by what it sends: nothing, before it has the reply.
void Connection::Watch() {
  stream_.socket().async_wait(tcp::socket::wait_read, [self = Self(), watch = ++watch_](Error error) {
    if (error || watch != self->watch_ || !self->active_) return;
    char byte;
    self->stream_.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    if (error == asio::error::would_block || error == asio::error::try_again) return self->Watch();
    if (error) self->Gone();  // otherwise it is the next request, which waits
  });
}

void Connection::Guard(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception&) {
    if (!active_ || replied_) return Gone();
    Reply(ErrorResponse(status::Internal()));
  }
}

// The head on the wire; headers that hold for every reply are added where it has none of its own.
std::string Connection::Head(const Response& response, bool in_parts) const {
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " ", Reason(response.status), "\r\n");
  const auto add = [&](absl::string_view name, absl::string_view value) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  };
  const auto add_missing = [&](const char* name, absl::string_view value) {
    for (const auto& header : response.headers) {
      if (header.first == name) return;
    }
    add(name, value);
  };
  add("Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()));
  if (!response.content_type.empty()) add("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) add(name, value);
  add_missing("Cache-Control", "no-store");
  add_missing("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "no-referrer");
  add("Cross-Origin-Resource-Policy", "same-origin");
  const bool has_length = !in_parts && response.status != 204 && response.status != 304;
  if (in_parts && chunked_) add("Transfer-Encoding", "chunked");
  if (has_length) add("Content-Length", absl::StrCat(response.body.size()));
  if (!StaysOpen()) add("Connection", "close");
  if (StaysOpen() && request_version_ == 10) add("Connection", "keep-alive");
  return head + "\r\n";
}

void Connection::Send(std::string text, std::function<void()> next) {
  out_ = std::move(text);
  Expire(shared_.limits.write);
  asio::async_write(stream_, asio::buffer(out_), [self = Self(), next = std::move(next)](Error error, size_t) {
    if (error) return self->Gone();
    self->stream_.expires_never();
    self->Guard(next);
  });
}

// The reply has left.
void Connection::Finished() {
  Inactive();
  if (!StaysOpen()) return Linger();
  ++watch_;
  Error ignored;
  stream_.socket().cancel(ignored);  // the watch, which must not see the next request
  AwaitRequest();
}

void Connection::Linger() {
  Error ignored;
  stream_.socket().cancel(ignored);
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  Expire(kLinger);
  Discard();
}

void Connection::Discard() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kReadBytes), [self = Self()](Error error, size_t) {
    if (error) return self->Close();
    self->Discard();
  });
}

void Connection::Gone() {
  const auto callback = std::exchange(on_gone_, nullptr);
  Forget();
  Inactive();
  Close();
  if (callback) callback();
}

// The callbacks hold the exchange's other side, which holds the exchange.
void Connection::Forget() {
  on_gone_ = on_drain_ = on_time_ = nullptr;
  timer_.cancel();
}

void Connection::Inactive() {
  if (std::exchange(active_, false)) --shared_.exchanges;
}

}  // namespace equity::gateway

#include "tests/api/hot_session.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"

namespace equity::api {
namespace {

using workshops::v1::Booking;
using workshops::v1::BookPlaceRequest;
using workshops::v1::CancelBookingRequest;
using Instant = std::chrono::steady_clock::time_point;

// What a client asked and was told.
struct Operation {
  bool cancels = false;
  std::string request_id;
  std::string participant;  // of a booking that was asked for
  Booking booking;          // as answered
  bool existed = false;
  bool promoted = false;
  bool full = false;
  int version = 0;
  std::string bytes;  // the whole answer
  Instant invoked;
  Instant returned;
  // An answer that changed nothing: a booking that stood, one that was cancelled before, a refusal.
  bool changed_nothing = false;
};

class Clients {
 public:
  Clients(Environment& environment, const HotSessionOptions& options) : environment_(environment), options_(options) {
    environment.AddOrganisations({"rde"});
    session_ = environment.AddSession("2021-08-12", "09:00", options.capacity);
    first_version_ = Session().version();
    for (int i = 0; i < options.people; ++i)
      people_.push_back(environment.AddParticipant("rde", absl::StrCat("p-", i)));
  }

  std::vector<Operation> Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < options_.clients; ++i) threads.emplace_back([this, i] { Client(i); });
    for (std::thread& thread : threads) thread.join();
    return std::move(log_);
  }
  workshops::v1::Session Session() {
    workshops::v1::GetSessionRequest request;
    request.set_name(session_);
    return environment_.To<client::SessionsClient>(environment_.CentralTeam()).GetSession(request)->session();
  }
  const std::string& session() const { return session_; }
  int first_version() const { return first_version_; }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  void Client(int number) {
    std::mt19937 random(options_.seed * 1000 + static_cast<unsigned>(number));
    // Two connections, so that a request can be sent twice at once.
    client::BookingsClient first(environment_.NewChannelTo(client::BookingsClient::service_full_name()),
                                 environment_.Partner("rde"));
    client::BookingsClient second = environment_.To<client::BookingsClient>(environment_.Partner("rde"));
    std::vector<std::string> mine;
    while (++begun_ <= options_.operations) {
      const unsigned dice = random() % 100;
      if (dice < 35 && !mine.empty()) {
        const size_t which = random() % mine.size();
        CancelBookingRequest request;
        request.set_name(mine[which]);
        request.set_request_id(NewUuidV7(absl::Now()));
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(which));
        Cancel(first, request);
        if (dice < 5) Cancel(second, request);
        continue;
      }
      BookPlaceRequest request;
      request.set_participant(people_[random() % people_.size()]);
      request.set_session(session_);
      request.set_on_full(dice < 85 ? workshops::v1::ON_FULL_WAITLIST : workshops::v1::ON_FULL_REJECT);
      request.set_request_id(NewUuidV7(absl::Now()));
      if (dice > 94) {
        std::thread twin([&] { Book(second, request); });
        Book(first, request);
        twin.join();
      }
      const std::string booked = Book(first, request);
      if (!booked.empty()) mine.push_back(booked);
      if (dice > 90) Book(second, request);
    }
  }

  // The booking's name where one was made or stood.
  std::string Book(client::BookingsClient& client, const BookPlaceRequest& request) {
    Operation operation;
    operation.request_id = request.request_id();
    operation.participant = request.participant();
    operation.invoked = std::chrono::steady_clock::now();
    const auto response = client.BookPlace(request);
    operation.returned = std::chrono::steady_clock::now();
    if (response.ok()) {
      operation.booking = response->booking();
      operation.existed = operation.changed_nothing = response->existed();
      operation.version = response->booking().version();
      operation.bytes = response->SerializeAsString();
    } else if (status::Reason(response.status()) == "SESSION_FULL") {
      operation.full = operation.changed_nothing = true;
      if (!absl::SimpleAtoi(status::Detail(response.status(), "version"), &operation.version)) {
        Failed("SESSION_FULL without a version");
      }
    } else {
      return Failed(response.status().ToString());
    }
    return Logged(std::move(operation));
  }

  void Cancel(client::BookingsClient& client, const CancelBookingRequest& request) {
    Operation operation;
    operation.cancels = true;
    operation.request_id = request.request_id();
    operation.invoked = std::chrono::steady_clock::now();
    const auto response = client.CancelBooking(request);
    operation.returned = std::chrono::steady_clock::now();
    if (!response.ok()) {
      Failed(response.status().ToString());
      return;
    }
    operation.booking = response->booking();
    operation.promoted = response->promoted();
    operation.version = response->booking().version();
    operation.bytes = response->SerializeAsString();
    Logged(std::move(operation));
  }

  std::string Logged(Operation operation) {
    std::lock_guard lock(mutex_);
    log_.push_back(std::move(operation));
    return log_.back().booking.name();
  }
  std::string Failed(std::string why) {
    std::lock_guard lock(mutex_);
    failures_.push_back(std::move(why));
    return "";
  }

  Environment& environment_;
  const HotSessionOptions options_;
  std::string session_;
  int first_version_ = 0;
  std::vector<std::string> people_;
  std::atomic<int> begun_ = 0;
  std::mutex mutex_;
  std::vector<Operation> log_;
  std::vector<std::string> failures_;
};

// Replays what was told, in the order of the versions.
class Checker {
 public:
  Checker(HotSessionReport& report, int capacity, int first_version)
      : report_(report), capacity_(capacity), version_(first_version) {}

  void Check(std::vector<Operation> log) {
    OneEffectPerRequest(log);
    std::stable_sort(log.begin(), log.end(), [](const Operation& a, const Operation& b) {
      return std::pair(a.version, a.changed_nothing) < std::pair(b.version, b.changed_nothing);
    });
    for (const Operation& operation : log) {
      if (operation.changed_nothing) {
        if (operation.full) Refused(operation);
      } else if (operation.cancels) {
        Cancelled(operation);
      } else {
        Booked(operation);
      }
    }
    RealTimeOrder(log);
  }

  void CheckFinal(const workshops::v1::Session& session, const std::vector<Booking>& bookings) {
    std::set<std::string> seated;
    std::map<int, std::string> waiting;
    for (const Booking& booking : bookings) {
      if (booking.state() == Booking::STATE_SEATED) seated.insert(booking.name());
      if (booking.state() == Booking::STATE_WAITING) waiting[booking.waiting_position()] = booking.name();
    }
    Expect(seated == seated_, "the server's seats are not the model's");
    std::deque<std::string> order;
    for (const auto& [position, name] : waiting) {
      Expect(position == static_cast<int>(order.size()) + 1, "waiting positions have a gap");
      order.push_back(name);
    }
    Expect(order == waiting_, "the server's waiting list is not the model's");
    Expect(session.places_taken() == static_cast<int>(seated_.size()), "places_taken is not the number of seats");
    Expect(session.waiting() == static_cast<int>(waiting_.size()), "waiting is not the number of those who wait");
    Expect(session.version() == version_,
           absl::StrCat("the session's version is ", session.version(), " and the last change was ", version_));
  }

  void Expect(bool holds, const std::string& what) {
    if (holds) return;
    ++report_.violation_count;
    if (report_.violations.size() < 20) report_.violations.push_back(what);
  }

 private:
  // All answers to one request_id are the same; the repetitions are taken out of the log.
  void OneEffectPerRequest(std::vector<Operation>& log) {
    std::map<std::string, Operation> first;
    std::vector<Operation> distinct;
    for (Operation& operation : log) {
      // A refusal is no effect and is not remembered: each stands for itself.
      if (operation.full) {
        ++report_.refusals;
        distinct.push_back(std::move(operation));
        continue;
      }
      const auto [found, is_first] = first.try_emplace(operation.request_id, operation);
      if (is_first) continue;
      ++report_.duplicates;
      Expect(found->second.bytes == operation.bytes, "a request sent again got another answer");
      found->second.invoked = std::min(found->second.invoked, operation.invoked);
      found->second.returned = std::min(found->second.returned, operation.returned);
    }
    for (auto& [id, operation] : first) distinct.push_back(std::move(operation));
    // Cancelling what is cancelled changes nothing and says so with promoted = false and the version of the effect.
    std::map<std::string, Operation*> effect;
    for (Operation& operation : distinct) {
      if (!operation.cancels) continue;
      operation.changed_nothing = true;
      Operation*& chosen = effect[operation.booking.name()];
      if (chosen == nullptr || operation.promoted) chosen = &operation;
    }
    for (auto& [name, operation] : effect) operation->changed_nothing = false;
    log = std::move(distinct);
  }

  void Booked(const Operation& operation) {
    ++report_.effects;
    Advance(operation);
    Expect(live_.insert(operation.participant).second, "somebody has two live bookings");
    owner_[operation.booking.name()] = operation.participant;
    const bool free = static_cast<int>(seated_.size()) < capacity_;
    if (operation.booking.state() == Booking::STATE_SEATED) {
      Expect(free, absl::StrCat("a place was given beyond the capacity at version ", operation.version));
      Expect(waiting_.empty(), "a place was given past those who wait");
      seated_.insert(operation.booking.name());
    } else {
      Expect(!free, "somebody waits while a place is free");
      waiting_.push_back(operation.booking.name());
      Expect(operation.booking.waiting_position() == static_cast<int>(waiting_.size()),
             "the waiting position is wrong");
    }
    report_.most_seated = std::max(report_.most_seated, static_cast<int>(seated_.size()));
  }

  void Cancelled(const Operation& operation) {
    ++report_.effects;
    const std::string& name = operation.booking.name();
    live_.erase(owner_[name]);
    const auto waits = std::find(waiting_.begin(), waiting_.end(), name);
    if (waits != waiting_.end()) {
      waiting_.erase(waits);
      Expect(!operation.promoted, "giving up a wait promoted somebody");
      Advance(operation);
      return;
    }
    Expect(seated_.erase(name) == 1, "what was cancelled was not live");
    const bool promotes = !waiting_.empty() && static_cast<int>(seated_.size()) < capacity_;
    Expect(operation.promoted == promotes, "a freed place did not go to the first who waits");
    if (promotes) {
      ++report_.promotions;
      seated_.insert(waiting_.front());
      waiting_.pop_front();
    }
    Advance(operation);
  }

  void Refused(const Operation& operation) {
    Expect(operation.version == version_, "a refusal names a version that no change made");
    Expect(static_cast<int>(seated_.size()) >= capacity_, "refused as full while a place was free");
  }

  // Versions have no gaps: each change moves the session on by one, a cancellation together with the promotion it
  // causes.
  void Advance(const Operation& operation) {
    ++version_;
    Expect(operation.version == version_,
           absl::StrCat("version ", operation.version, " where ", version_, " was to come"));
    version_ = operation.version;
  }

  // What returned before another was begun comes before it.
  void RealTimeOrder(std::vector<Operation>& log) {
    std::erase_if(log, [](const Operation& operation) { return operation.changed_nothing; });
    std::sort(log.begin(), log.end(), [](const Operation& a, const Operation& b) { return a.version < b.version; });
    Instant latest_begin = Instant::min();
    for (const Operation& operation : log) {
      Expect(operation.returned > latest_begin, "an answer came before one that it follows was asked for");
      latest_begin = std::max(latest_begin, operation.invoked);
    }
  }

  HotSessionReport& report_;
  const int capacity_;
  int version_;
  std::set<std::string> seated_;
  std::deque<std::string> waiting_;
  std::set<std::string> live_;  // participants
  std::map<std::string, std::string> owner_;
};

}  // namespace

HotSessionReport RunHotSession(Environment& environment, const HotSessionOptions& options) {
  HotSessionReport report;
  Clients clients(environment, options);
  std::vector<Operation> log = clients.Run();
  report.operations = static_cast<int>(log.size());
  Checker checker(report, options.capacity, clients.first_version());
  for (const std::string& failure : clients.failures()) checker.Expect(false, "a call failed: " + failure);
  checker.Check(std::move(log));

  workshops::v1::ListBookingsRequest list;
  list.set_parent("organisations/-");
  list.set_session(clients.session());
  std::vector<Booking> bookings;
  const absl::Status listed = environment.To<client::BookingsClient>(environment.CentralTeam())
                                  .ForEachBooking(list, [&](const Booking& booking) {
                                    bookings.push_back(booking);
                                    return absl::OkStatus();
                                  });
  checker.Expect(listed.ok(), "the bookings cannot be listed");
  checker.CheckFinal(clients.Session(), bookings);
  return report;
}

}  // namespace equity::api

// Eight clients, one session, kills and lost answers: whether what they were told can be.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/linearizable.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

constexpr int kClients = 8;
constexpr int kPersons = 40;
constexpr int kHistoriesOfAServer = 20;
constexpr int64_t kSearchSteps = 3'000'000;
constexpr absl::Duration kAnswersIn = absl::Seconds(3);
constexpr absl::Duration kAnswersLost = absl::Milliseconds(1);
constexpr absl::Duration kAnswersInTheEnd = absl::Seconds(30);

int64_t Moment() { return absl::GetCurrentTimeNanos(); }

// One session and the clients that want it.
class History {
 public:
  History(Stage& stage, int number, unsigned seed, HistoryResult& result)
      : stage_(stage), number_(number), seed_(seed), result_(result) {}

  absl::Status Open() {
    Random random(seed_);
    capacity_ = 3 + static_cast<int>(Below(random, 5));
    places_v1::CreateSessionRequest request;
    request.set_parent("workshops/health-equity-challenge");
    request.set_request_id(NewUuidV7(absl::Now()));
    auto& session = *request.mutable_session();
    session.set_date(absl::FormatCivilTime(absl::CivilDay(2021, 10, 1) + number_));
    session.set_start("09:00");
    session.set_end("11:30");
    session.set_time_zone("Europe/London");
    session.set_platform("Zoom");
    session.set_capacity(capacity_);
    client::CallOptions calls = stage_.calls();
    calls.max_tries = 0;
    ASSIGN_OR_RETURN(const auto response, client::SessionsClient(Connect(stage_.port()), calls).CreateSession(request));
    session_ = response.session().name();
    first_version_ = response.session().version();
    return absl::OkStatus();
  }

  void Begin(int operations) {
    left_ = operations;
    for (int i = 0; i < kClients; ++i) {
      threads_.emplace_back([this, i] { Client(seed_ * 100 + static_cast<unsigned>(i)); });
    }
  }
  int left() const { return left_; }

  // Waits for the clients and judges. Whether all is well.
  absl::StatusOr<bool> Finish() {
    for (std::thread& thread : threads_) thread.join();
    client::CallOptions calls = stage_.calls();
    calls.max_tries = 0;
    places_v1::GetSessionRequest request;
    request.set_name(session_);
    ASSIGN_OR_RETURN(const auto last, client::SessionsClient(Connect(stage_.port()), calls).GetSession(request));
    result_.operations += static_cast<int64_t>(history_.size());
    ++result_.histories;
    int unknown = 0;
    for (const Operated& each : history_) unknown += each.answered == Operated::kNever;
    result_.unknown += unknown;
    for (const std::string& wrong : wrong_) Wrong(wrong);
    int stuck_at = 0;
    switch (FindOrder(history_, capacity_, kSearchSteps, &stuck_at)) {
      case Finding::kLinearizable:
        break;
      case Finding::kNotLinearizable:
        Wrong(absl::StrCat("there is no order of its operations: stuck after ", stuck_at, " of ", history_.size()));
        break;
      case Finding::kGaveUp:
        ++result_.gave_up;
        Wrong("the search gave up");
    }
    const std::string versions = CheckVersions(history_, first_version_, last.session().version(), unknown);
    if (!versions.empty()) Wrong(versions);
    return result_.verdict.ok();
  }

 private:
  void Wrong(const std::string& what) {
    result_.verdict.broken.push_back(absl::StrCat("history ", number_, ", seed ", seed_, ": ", what));
  }
  void Note(const Operated& operation) {
    std::lock_guard lock(mutex_);
    history_.push_back(operation);
  }
  void NoteWrong(const std::string& what) {
    std::lock_guard lock(mutex_);
    wrong_.push_back(what);
  }
  client::CallOptions In(absl::Duration deadline) const {
    client::CallOptions calls = stage_.calls();
    calls.deadline = deadline;
    return calls;
  }
  // The number of a booking.
  int NumberOf(const std::string& name) {
    std::lock_guard lock(mutex_);
    return numbers_.try_emplace(name, static_cast<int>(numbers_.size())).first->second;
  }

  // Calls until there is an answer that says what was done, or the caller gives up. `call` gets a deadline.
  template <class Call>
  auto Until(Random& random, Operated& operation, Call call) {
    operation.sent = Moment();
    const absl::Time give_up = absl::Now() + kAnswersInTheEnd;
    // Some are never heard of again when the first answer does not come.
    const bool abandons = OneIn(random, 20);
    while (true) {
      const bool loses = OneIn(random, 25);
      auto response = call(loses ? kAnswersLost : kAnswersIn);
      if (response.ok() || response.status().code() == absl::StatusCode::kFailedPrecondition) {
        operation.answered = Moment();
        return response;
      }
      if (absl::IsNotFound(response.status()) || absl::IsInvalidArgument(response.status()) ||
          (absl::IsInternal(response.status()) && !status::Reason(response.status()).empty())) {
        NoteWrong(response.status().ToString());
      }
      if (abandons || absl::Now() > give_up) return response;
      absl::SleepFor(absl::Milliseconds(3));
    }
  }

  struct Mine {
    client::BookingsClient& bookings;
    client::BookingsClient& twin;  // by another connection
    client::SessionsClient& sessions;
    Random& random;
    std::vector<std::pair<std::string, int>> booked;  // names and numbers
    places_v1::BookPlaceRequest last;                 // that was answered
    std::string last_answer;
    bool was_away = false;  // the server, since then
  };

  void Client(unsigned seed) {
    Random random(seed);
    client::BookingsClient bookings(Connect(stage_.port()), stage_.calls()),
        twin(Connect(stage_.port()), stage_.calls());
    client::SessionsClient sessions(Connect(stage_.port()), stage_.calls());
    Mine mine{bookings, twin, sessions, random, {}, {}, {}};
    while (left_-- > 0) {
      const size_t dice = Below(random, 100);
      if (dice < 45) {
        Book(mine);
      } else if (dice < 75) {
        Cancel(mine);
      } else if (dice < 80) {
        SetCapacity(mine);
      } else {
        Look(mine);
      }
      // What was answered before a server went must be answered so again.
      if (!mine.last_answer.empty() && (mine.was_away || OneIn(random, 12))) Repeat(mine);
    }
  }

  template <class Request, class Response>
  auto Try(Mine& mine, Operated& operation, const Request& request,
           absl::StatusOr<Response> (client::BookingsClient::*method)(Request,
                                                                      const client::BookingsClient::Options&)) {
    return Until(mine.random, operation, [&](absl::Duration deadline) {
      auto response = (mine.bookings.*method)(request, In(deadline));
      if (absl::IsUnavailable(response.status())) mine.was_away = true;
      return response;
    });
  }

  void Book(Mine& mine) {
    Operated operation{.kind = Operated::Kind::kBook};
    operation.person = static_cast<int>(Below(mine.random, kPersons));
    operation.waits = !OneIn(mine.random, 4);
    places_v1::BookPlaceRequest request;
    request.set_participant(stage_.scene().people[static_cast<size_t>(operation.person)]);
    request.set_session(session_);
    request.set_on_full(operation.waits ? places_v1::ON_FULL_WAITLIST : places_v1::ON_FULL_REJECT);
    request.set_request_id(NewUuidV7(absl::Now()));
    std::thread at_once;
    std::string twin_answer;
    if (OneIn(mine.random, 15)) {
      at_once = std::thread([&] {
        const auto response = mine.twin.BookPlace(request, In(kAnswersIn));
        if (response.ok()) twin_answer = response->SerializeAsString();
      });
    }
    const auto response = Try(mine, operation, request, &client::BookingsClient::BookPlace);
    // The twin of one that was refused may come later, and have an effect of its own time.
    if (at_once.joinable()) at_once.join();
    if (response.ok()) {
      NoteBooked(mine, request, operation, *response);
      if (!twin_answer.empty() && twin_answer != mine.last_answer) NoteWrong("twins got two answers");
      return;
    }
    places_v1::BookPlaceResponse twin;
    twin.ParseFromString(twin_answer);
    if (operation.answered != Operated::kNever) {
      operation.refused = true;
      if (!absl::SimpleAtoi(status::Detail(response.status(), "version"), &operation.version)) {
        NoteWrong("a refusal without a version");
      }
      Note(operation);
      // One of two that were sent at once was refused, the other was not: two operations, as a refusal is none.
      if (twin_answer.empty()) return;
    } else if (twin_answer.empty()) {
      return Note(operation);
    }
    operation.answered = Moment();
    operation.refused = false;
    NoteBooked(mine, request, operation, twin);
  }

  void NoteBooked(Mine& mine, const places_v1::BookPlaceRequest& request, Operated operation,
                  const places_v1::BookPlaceResponse& response) {
    const places_v1::Booking& booking = response.booking();
    operation.booking = NumberOf(booking.name());
    operation.existed = response.existed();
    operation.position = booking.waiting_position();
    operation.version = booking.version();
    if (!operation.existed) mine.booked.emplace_back(booking.name(), operation.booking);
    mine.last = request;
    mine.last_answer = response.SerializeAsString();
    Note(operation);
  }

  void Cancel(Mine& mine) {
    if (mine.booked.empty()) return Look(mine);
    const size_t which = Below(mine.random, mine.booked.size());
    Operated operation{.kind = Operated::Kind::kCancel, .booking = mine.booked[which].second};
    places_v1::CancelBookingRequest request;
    request.set_name(mine.booked[which].first);
    request.set_request_id(NewUuidV7(absl::Now()));
    // Now and then again, by another request.
    if (!OneIn(mine.random, 10)) mine.booked.erase(mine.booked.begin() + static_cast<std::ptrdiff_t>(which));
    const auto response = Try(mine, operation, request, &client::BookingsClient::CancelBooking);
    if (response.ok()) {
      operation.promoted = response->promoted();
      operation.version = response->booking().version();
    }
    Note(operation);
  }

  void SetCapacity(Mine& mine) {
    Operated operation{.kind = Operated::Kind::kSetCapacity};
    operation.capacity = 2 + static_cast<int>(Below(mine.random, 7));
    places_v1::UpdateSessionRequest request;
    request.mutable_session()->set_name(session_);
    request.mutable_session()->set_capacity(operation.capacity);
    request.mutable_update_mask()->add_paths("capacity");
    request.set_request_id(NewUuidV7(absl::Now()));
    const auto response = Until(mine.random, operation, [&](absl::Duration deadline) {
      return mine.sessions.UpdateSession(request, In(deadline));
    });
    if (response.ok()) {
      operation.taken = response->session().places_taken();
      operation.waiting = response->session().waiting();
      operation.version = response->session().version();
    } else {
      operation.refused = true;
      if (operation.answered != Operated::kNever &&
          !absl::SimpleAtoi(status::Detail(response.status(), "version"), &operation.version)) {
        NoteWrong("a refusal without a version");
      }
    }
    Note(operation);
  }

  void Look(Mine& mine) {
    Operated operation;
    places_v1::GetSessionRequest request;
    request.set_name(session_);
    const auto response = Until(mine.random, operation, [&](absl::Duration deadline) {
      return mine.sessions.GetSession(request, In(deadline));
    });
    // One without an answer says nothing.
    if (!response.ok()) return;
    operation.capacity = response->session().capacity();
    operation.taken = response->session().places_taken();
    operation.waiting = response->session().waiting();
    operation.version = response->session().version();
    Note(operation);
  }

  void Repeat(Mine& mine) {
    const auto response = mine.twin.BookPlace(mine.last, In(kAnswersIn));
    if (!response.ok()) return;
    mine.was_away = false;
    if (response->SerializeAsString() != mine.last_answer) NoteWrong("a request sent again got another answer");
  }

  Stage& stage_;
  const int number_;
  const unsigned seed_;
  HistoryResult& result_;
  int capacity_ = 0;
  std::string session_;
  int first_version_ = 0;
  std::atomic<int> left_ = 0;
  std::mutex mutex_;
  std::vector<Operated> history_;
  std::vector<std::string> wrong_;
  std::map<std::string, int> numbers_;  // of bookings
  std::vector<std::thread> threads_;
};

absl::Status CheckFiles(Stage& stage, const std::string& scratch, Verdict& verdict) {
  ASSIGN_OR_RETURN(const Stored stored, ReadStores(stage.data(), scratch));
  CheckRules(stored, verdict);
  const Ledger::Snapshot scene = stage.ledger().Take();
  std::set<std::string> setting = scene.others;
  for (const Operation& operation : scene.operations) setting.insert(operation.id);
  for (const auto& [id, answers] : stored.answers) {
    if (answers.size() > 1) verdict.doubled.push_back("request " + id);
  }
  for (const auto& [id, rows] : stored.audited) {
    if (setting.contains(id)) continue;
    if (rows > 1) verdict.doubled.push_back("request " + id + ", in the audit trail");
    if (!stored.answers.contains(id)) verdict.broken.push_back("request " + id + " is stored by half");
  }
  return absl::OkStatus();
}

// Histories on one server, which is killed in the middle of each.
absl::Status PlayHistories(const DrillOptions& options, int first, int count, HistoryResult& result) {
  Random random(options.seed + static_cast<unsigned>(first));
  ServerProcess* server = nullptr;
  Stage stage(options, options.serves_itself ? StartSelf(options, server) : StartProcess(options, server));
  RETURN_IF_ERROR(stage.Open());
  for (int i = 0; i < count && result.verdict.ok(); ++i) {
    History history(stage, i, options.seed * 1'000 + static_cast<unsigned>(first + i), result);
    RETURN_IF_ERROR(history.Open());
    history.Begin(options.operations);
    const int until = static_cast<int>(Below(random, static_cast<size_t>(options.operations)));
    while (history.left() > until) absl::SleepFor(absl::Milliseconds(1));
    server->Kill();
    ++result.kills;
    if (OneIn(random, 4)) RETURN_IF_ERROR(CheckFiles(stage, options.folder + "/copy", result.verdict));
    RETURN_IF_ERROR(stage.Start());
    RETURN_IF_ERROR(stage.AwaitReady());
    RETURN_IF_ERROR(history.Finish().status());
  }
  server->Kill();
  return CheckFiles(stage, options.folder + "/copy", result.verdict);
}

}  // namespace

absl::StatusOr<HistoryResult> HistoryDrill(const DrillOptions& options) {
  HistoryResult result;
  for (int first = 0; first < options.count && result.verdict.ok(); first += kHistoriesOfAServer) {
    DrillOptions own = options;
    own.folder = absl::StrCat(options.folder, "/", first);
    std::filesystem::create_directories(own.folder);
    RETURN_IF_ERROR(PlayHistories(own, first, std::min(kHistoriesOfAServer, options.count - first), result));
    if (result.verdict.ok()) std::filesystem::remove_all(own.folder);
  }
  return result;
}

}  // namespace equity::faults

// What was sent and what was answered, kept by who sends: the truth that a server's stores are compared with.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "equity/participants/v1/registrations.pb.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "tests/faults/random.h"

namespace equity::faults {

namespace people_v1 = participants::v1;
namespace places_v1 = workshops::v1;

// A request; each time that it is sent it has the same id and says the same.
struct Request {
  std::variant<places_v1::BookPlaceRequest, places_v1::CancelBookingRequest> message;
  // How often it was sent, by what came of it.
  int acknowledged = 0;
  int refused = 0;            // answered, and not done
  int unknown = 0;            // not answered, or nothing is known of its effect: it may have been done
  std::string answer;         // the bytes of the first acknowledgement
  int64_t answered = 0;       // when that was, by the ledger's clock
  bool contradicted = false;  // by a later acknowledgement

  const std::string& id() const {
    return std::visit([](const auto& message) -> const std::string& { return message.request_id(); }, message);
  }
};

// A run over a list of staff. Each time that it is sent it has the same id and rows.
struct Operation {
  std::string id;
  std::vector<people_v1::RegistrationRow> rows;
  std::map<int, people_v1::RegistrationOutcome> outcomes;  // acknowledged ones, by row
  std::map<int, int64_t> answered;                         // when those were, by the ledger's clock
  bool contradicted = false;
};

// Thread-safe. What it hands out lives as long as it does, and is changed by it alone.
class Ledger {
 public:
  // What a moment is, such as a position in the log of a disk.
  using Clock = std::function<int64_t()>;
  struct Snapshot {
    std::vector<Request> requests;
    std::vector<Operation> operations;
    std::set<std::string> others;
  };

  explicit Ledger(Clock clock = [] { return int64_t{0}; }) : clock_(std::move(clock)) {}
  // One that goes on where another one stood.
  explicit Ledger(const Snapshot& snapshot) : Ledger() { Restore(snapshot); }

  Request& Add(places_v1::BookPlaceRequest message);
  Request& Add(places_v1::CancelBookingRequest message);
  Operation& Add(Operation operation);
  // A request that sets the scene, known by its id alone.
  void AddOther(const std::string& request_id);

  // Enters what came of sending it once. Whether that is definite.
  bool Settle(Request& request, const absl::Status& status, const std::string& answer);
  void Settle(Operation& operation, const people_v1::RegistrationOutcome& outcome);

  // Any request that was sent before; null where there is none.
  Request* Any(Random& random);
  // All of them.
  std::vector<Request*> Requests();
  std::vector<Operation*> Operations();

  int64_t served() const;        // definite answers
  int64_t acknowledged() const;  // of them, acknowledgements: requests and rows, each counted once
  // What a server must never answer, such as INTERNAL.
  std::vector<std::string> scandals() const;

  // As of now.
  Snapshot Take() const;

 private:
  void Restore(const Snapshot& snapshot);

  const Clock clock_;
  mutable std::mutex mutex_;
  std::deque<Request> requests_;
  std::deque<Operation> operations_;
  std::set<std::string> others_;
  int64_t served_ = 0;
  int64_t acknowledged_ = 0;
  std::vector<std::string> scandals_;
};

// What it was at a moment: what was answered later had not been answered.
Ledger::Snapshot AsOf(Ledger::Snapshot snapshot, int64_t moment);

}  // namespace equity::faults

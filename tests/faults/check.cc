#include "tests/faults/check.h"

#include "absl/strings/str_cat.h"

namespace equity::faults {
namespace {

using people_v1::RegistrationOutcome;

constexpr int kActive = 1;
constexpr size_t kMostLines = 5;

// What the ledger says that stores may hold, and what the stores' own answers say that they hold.
class LedgerCheck {
 public:
  LedgerCheck(const Ledger::Snapshot& ledger, const Stored& stored, Moment moment, Verdict& verdict)
      : ledger_(ledger), stored_(stored), settled_(moment == Moment::kSettled), verdict_(verdict) {}

  void Run() {
    for (const Request& request : ledger_.requests) CheckRequest(request);
    for (const Operation& operation : ledger_.operations) CheckOperation(operation);
    CheckBookings();
    CheckPeople();
    for (const auto& [id, answers] : stored_.answers) {
      if (!sent_.contains(id)) verdict_.unasked.push_back("an answer to request " + id);
    }
    for (const auto& [id, rows] : stored_.audited) {
      if (!sent_.contains(id)) verdict_.unasked.push_back("an audit row for request " + id);
    }
  }

 private:
  void CheckRequest(const Request& request) {
    const std::string& id = request.id();
    sent_.insert(id);
    const auto answers = stored_.answers.find(id);
    const bool is_stored = answers != stored_.answers.end();
    const auto audited = stored_.audited.find(id);
    const int audits = audited == stored_.audited.end() ? 0 : audited->second;
    if (request.contradicted) verdict_.doubled.push_back("request " + id + " was answered in two ways");
    if (request.acknowledged > 0) {
      if (!is_stored) {
        verdict_.lost.push_back("request " + id);
      } else if (answers->second[0] != request.answer) {
        verdict_.broken.push_back("request " + id + " was answered otherwise than is stored");
      }
    } else if (settled_ && request.unknown == 0 && is_stored) {
      verdict_.broken.push_back("request " + id + " was refused, and is stored");
    }
    if (!is_stored && audits == 0) return;
    if (!is_stored || audits == 0) verdict_.broken.push_back("request " + id + " is stored by half");
    if (audits > 1 || (is_stored && answers->second.size() > 1)) verdict_.doubled.push_back("request " + id);
    if (is_stored) CheckEffect(request, answers->second[0]);
  }

  void CheckEffect(const Request& request, const std::string& answer) {
    if (const auto* cancel = std::get_if<places_v1::CancelBookingRequest>(&request.message)) {
      cancelled_.insert(cancel->name());
      const auto booking = stored_.bookings.find(cancel->name());
      if (booking == stored_.bookings.end() || booking->second.state <= 2) {
        verdict_.lost.push_back("the cancellation of " + cancel->name());
      }
      return;
    }
    const auto& book = std::get<places_v1::BookPlaceRequest>(request.message);
    places_v1::BookPlaceResponse response;
    if (!response.ParseFromString(answer)) return verdict_.broken.push_back("the answer to request " + request.id());
    const std::string& name = response.booking().name();
    const auto booking = stored_.bookings.find(name);
    if (booking == stored_.bookings.end()) return verdict_.lost.push_back("booking " + name);
    if (response.existed()) return;
    if (!made_.insert(name).second) verdict_.doubled.push_back("two requests made booking " + name);
    if (booking->second.participant != book.participant() || booking->second.requested_session != book.session()) {
      verdict_.broken.push_back("booking " + name + " is not what was asked for");
    }
  }

  void CheckOperation(const Operation& operation) {
    sent_.insert(operation.id);
    if (operation.contradicted) {
      verdict_.doubled.push_back("operation " + operation.id + " was answered in two ways");
    }
    complete_ = complete_ && operation.outcomes.size() == operation.rows.size();
    for (const people_v1::RegistrationRow& row : operation.rows) refs_.insert(row.external_ref());
    for (const auto& [row, outcome] : operation.outcomes) {
      if (outcome.kind() == RegistrationOutcome::KIND_REJECTED) continue;
      accepted_.insert(outcome.external_ref());
      const std::string what = absl::StrCat("row ", row, " of operation ", operation.id);
      const auto person = stored_.people.find(outcome.participant());
      if (person == stored_.people.end() || person->second.state != kActive ||
          person->second.external_ref != outcome.external_ref()) {
        verdict_.lost.push_back("the person of " + what);
      }
      if (outcome.booking().empty()) continue;
      registered_.insert(outcome.booking());
      const auto booking = stored_.bookings.find(outcome.booking());
      if (booking == stored_.bookings.end() || booking->second.participant != outcome.participant()) {
        verdict_.lost.push_back("the place of " + what);
      }
    }
  }

  void CheckBookings() {
    for (const auto& [name, booking] : stored_.bookings) {
      if (!booking.of_registration && !made_.contains(name)) verdict_.unasked.push_back("booking " + name);
      if (booking.of_registration && settled_ && complete_ && !registered_.contains(name)) {
        verdict_.unasked.push_back("booking " + name + " of a registration");
      }
      if (booking.state > 2 && !cancelled_.contains(name)) {
        verdict_.unasked.push_back("the cancellation of " + name);
      }
    }
  }

  void CheckPeople() {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& [name, person] : stored_.people) {
      const std::string organisation = name.substr(0, name.find("/participants/"));
      if (!seen.emplace(organisation, person.external_ref).second) verdict_.doubled.push_back("person " + name);
      if (!refs_.contains(person.external_ref)) verdict_.unasked.push_back("person " + name);
      const auto told = stored_.registrations.find(name);
      const int times = told == stored_.registrations.end() ? 0 : told->second;
      if (times > 1) verdict_.doubled.push_back("the registration of " + name + ", in the feed");
      if (times == 0 && person.state == kActive) {
        verdict_.lost.push_back("the registration of " + name + ", in the feed");
      }
      if (!settled_ || !complete_) continue;
      if (!accepted_.contains(person.external_ref)) verdict_.unasked.push_back("person " + name + ", who was refused");
      if (person.state != kActive) verdict_.broken.push_back("person " + name + " was left undecided");
      const auto projected = stored_.projected.find(name);
      if (projected == stored_.projected.end() || projected->second != kActive) {
        verdict_.lost.push_back("person " + name + ", to workshops");
      }
    }
    if (!settled_ || !complete_) return;
    if (stored_.open_segments != 0) verdict_.broken.push_back("registrations were left undecided");
    for (const auto& [name, state] : stored_.projected) {
      if (!stored_.people.contains(name)) verdict_.unasked.push_back("person " + name + ", to workshops");
    }
  }

  const Ledger::Snapshot& ledger_;
  const Stored& stored_;
  const bool settled_;
  Verdict& verdict_;
  std::set<std::string> sent_ = ledger_.others;
  std::set<std::string> made_;        // bookings, by the answers to BookPlace
  std::set<std::string> registered_;  // bookings, by outcomes of rows
  std::set<std::string> cancelled_;   // bookings
  std::set<std::string> refs_;        // of people who were sent
  std::set<std::string> accepted_;    // of people who were accepted at least once
  bool complete_ = true;              // every row of every operation has its outcome
};

void AppendLines(const char* title, const std::vector<std::string>& lines, std::string& text) {
  for (size_t i = 0; i < lines.size() && i < kMostLines; ++i) absl::StrAppend(&text, title, ": ", lines[i], "\n");
  if (lines.size() > kMostLines) absl::StrAppend(&text, title, ": ... and ", lines.size() - kMostLines, " more\n");
}

}  // namespace

std::string Verdict::Text() const {
  std::string text;
  AppendLines("lost", lost, text);
  AppendLines("doubled", doubled, text);
  AppendLines("unasked", unasked, text);
  AppendLines("broken", broken, text);
  return text;
}

void Verdict::Add(const Verdict& other) {
  for (const auto member : {&Verdict::lost, &Verdict::doubled, &Verdict::unasked, &Verdict::broken}) {
    (this->*member).insert((this->*member).end(), (other.*member).begin(), (other.*member).end());
  }
}

void CheckLedger(const Ledger::Snapshot& ledger, const Stored& stored, Moment moment, Verdict& verdict) {
  LedgerCheck(ledger, stored, moment, verdict).Run();
}

void CheckView(const ApiView& view, const Stored& stored, Verdict& verdict) {
  const auto differs = [&](const std::string& what) {
    verdict.broken.push_back("the server says otherwise of " + what);
  };
  std::map<std::string, std::map<int64_t, std::string>> queues;  // of each session, by ticket
  for (const auto& [name, booking] : stored.bookings) {
    if (booking.state == 2) queues[booking.session][booking.ticket] = name;
  }
  std::map<std::string, int> positions;
  for (const auto& [session, queue] : queues) {
    int position = 0;
    for (const auto& [ticket, name] : queue) positions[name] = ++position;
  }
  if (view.bookings.size() != stored.bookings.size()) differs("how many bookings there are");
  for (const auto& [name, booking] : stored.bookings) {
    const auto said = view.bookings.find(name);
    if (said == view.bookings.end() || said->second.participant() != booking.participant ||
        said->second.session() != booking.session || said->second.state() != booking.state ||
        said->second.waiting_position() != positions[name]) {
      differs(name);
    }
  }
  std::set<std::string> active;
  for (const auto& [name, person] : stored.people) {
    if (person.state == kActive) active.insert(name);
  }
  if (active != view.people) differs("the people");
  for (const auto& cell : view.summary.funnel()) {
    if (cell.category() == "people.registered" && cell.value() != static_cast<int>(active.size())) {
      differs("how many people are registered, in its statistics");
    }
  }
  for (const auto& [name, session] : stored.sessions) {
    const auto said = view.sessions.find(name);
    if (said == view.sessions.end() || said->second.places_taken() != session.taken ||
        said->second.waiting() != session.waiting || said->second.capacity() != session.capacity) {
      differs(name);
    }
    bool counted = false;
    for (const auto& numbers : view.summary.sessions()) {
      counted |= numbers.session() == name && numbers.seated() == session.taken && numbers.waiting() == session.waiting;
    }
    if (!counted) differs(name + ", in its statistics");
  }
}

}  // namespace equity::faults

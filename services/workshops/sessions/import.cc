// ImportSessions: rows of text, each with an answer of its own.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "common/rpc/method.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/programme/programme.h"
#include "services/workshops/programme/store.h"
#include "services/workshops/sessions/sessions.h"

namespace equity::workshops {
namespace {

using Result = v1::ImportedSessionResult;

// What is made where no challenge is there to add a workshop to.
constexpr char kDefaultChallenge[] = "health-equity";
constexpr char kDefaultChallengeName[] = "100 Day Health Equity Challenge";

constexpr int kLargestCapacity = 100000;
constexpr int kLongestPlatform = 200;

// A row, read. `session` has no end where the row gave none.
struct Row {
  std::string workshop;
  v1::Session session;
  std::string capacity;
};

struct Fault {
  std::string code;
  std::string field;
  std::string description;
};

Row Trimmed(const v1::ImportedSession& given) {
  const auto trim = [](const std::string& text) { return std::string(text::Trim(text)); };
  Row row;
  row.workshop = trim(given.workshop());
  row.session.set_date(trim(given.date()));
  row.session.set_start(trim(given.start()));
  row.session.set_end(trim(given.end()));
  row.session.set_time_zone(trim(given.time_zone()));
  if (!text::IsBlank(given.platform())) row.session.set_platform(text::Nfc(text::Trim(given.platform())));
  row.capacity = trim(given.capacity());
  return row;
}

class Faults {
 public:
  // Of a text that must be there and well-formed.
  void Check(const char* field, const std::string& text, bool needed, common::v1::Format format,
             const char* code = "INVALID_VALUE") {
    if (text.empty()) {
      if (needed) Add("MISSING_FIELD", field, "must be given");
    } else if (std::string fault = rpc::FormatFault(format, text); !fault.empty()) {
      Add(code, field, std::move(fault));
    }
  }
  void Add(std::string code, std::string field, std::string description) {
    faults_.push_back({std::move(code), std::move(field), std::move(description)});
  }
  bool empty() const { return faults_.empty(); }
  // Code and field of the first, the message of all.
  Result AsResult() const {
    Result result;
    result.set_outcome(Result::OUTCOME_REJECTED);
    result.set_code(faults_.front().code);
    result.set_field(faults_.front().field);
    for (const Fault& fault : faults_) {
      result.mutable_message()->append(result.message().empty() ? "" : "; ");
      result.mutable_message()->append(fault.field + " " + fault.description);
    }
    result.mutable_message()->append(".");
    return result;
  }

 private:
  std::vector<Fault> faults_;
};

void CheckCapacity(Row& row, Faults& faults) {
  int capacity = 0;
  if (row.capacity.empty()) {
    faults.Add("MISSING_FIELD", "capacity", "must be given");
  } else if (!absl::SimpleAtoi(row.capacity, &capacity) || capacity < 1 || capacity > kLargestCapacity) {
    faults.Add("INVALID_VALUE", "capacity", "must be a whole number from 1 to " + std::to_string(kLargestCapacity));
  }
  row.session.set_capacity(capacity);
}

// The faults of the fields by themselves, in the order of the columns.
Faults Check(Row& row) {
  Faults faults;
  faults.Check("workshop", row.workshop, true, common::v1::FORMAT_RESOURCE_ID);
  faults.Check("date", row.session.date(), true, common::v1::FORMAT_DATE, "INVALID_DATE");
  faults.Check("start", row.session.start(), true, common::v1::FORMAT_TIME_OF_DAY);
  faults.Check("end", row.session.end(), false, common::v1::FORMAT_TIME_OF_DAY);
  faults.Check("time_zone", row.session.time_zone(), false, common::v1::FORMAT_TIME_ZONE);
  if (text::CodePoints(row.session.platform()) > kLongestPlatform || text::HasControl(row.session.platform()) ||
      text::TurnsDirection(row.session.platform())) {
    faults.Add(
        "INVALID_VALUE", "platform",
        "must be at most 200 characters, without line breaks, tabs and marks that turn the direction of writing");
  }
  CheckCapacity(row, faults);
  return faults;
}

// A refusal of ChangeSession as the answer of a row.
Result Refused(const absl::Status& status) {
  const std::string reason = status::Reason(status);
  Result result;
  result.set_outcome(Result::OUTCOME_REJECTED);
  result.set_code(reason);
  result.set_field(reason == "CAPACITY_BELOW_TAKEN" ? "capacity" : "date");
  result.set_message(std::string(status.message()));
  return result;
}

// Brings a session up to date with a row. What the row leaves empty stays; its times cannot change.
Result Update(rpc::WriteContext& context, sql::Transaction& transaction, const store::Session& known, const Row& row) {
  Faults faults;
  const auto differs = [](const std::string& given, const std::string& kept) {
    return !given.empty() && given != kept;
  };
  const char* kFixed = "of a session that is there cannot be changed; cancel the session and create another one";
  if (differs(row.session.end(), known.message.end())) faults.Add("INVALID_VALUE", "end", kFixed);
  if (differs(row.session.time_zone(), known.message.time_zone())) faults.Add("INVALID_VALUE", "time_zone", kFixed);
  if (!faults.empty()) return faults.AsResult();
  SessionChange change;
  if (row.session.capacity() != known.places.capacity) change.capacity = row.session.capacity();
  if (differs(row.session.platform(), known.message.platform())) change.platform = row.session.platform();
  Result result;
  result.set_session(known.message.name());
  result.set_outcome(Result::OUTCOME_UNCHANGED);
  if (!change.capacity && !change.platform) return result;
  const auto changed = ChangeSession(context, transaction, known, change);
  if (!changed.ok()) return Refused(changed.status());
  result.set_outcome(Result::OUTCOME_UPDATED);
  return result;
}

// The challenge that workshops are added to: the one opened last, or the default one, which then began with the first
// session.
std::string ChallengeFor(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& first_date) {
  if (auto newest = store::NewestChallenge(transaction)) return *std::move(newest);
  v1::Challenge challenge;
  challenge.set_display_name(kDefaultChallengeName);
  challenge.set_launch_date(first_date);
  AddChallenge(context, transaction, kDefaultChallenge, challenge);
  return kDefaultChallenge;
}

// A workshop takes its name from its id.
void AddWorkshopOf(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& id,
                   const std::string& first_date) {
  v1::Workshop workshop;
  workshop.set_challenge(ChallengeName(ChallengeFor(context, transaction, first_date)));
  workshop.set_display_name(NameFromId(id));
  AddWorkshop(context, transaction, id, workshop);
}

Result Create(rpc::WriteContext& context, sql::Transaction& transaction, Row& row, const std::string& first_date) {
  if (row.session.time_zone().empty()) row.session.set_time_zone(kDefaultTimeZone);
  const auto known = store::FindWorkshop(transaction, row.workshop);
  const int minutes = known ? known->duration_minutes() : kDurationMinutes;
  const SessionTimes times = ResolveTimes(row.session.date(), row.session.start(), row.session.end(),
                                          row.session.time_zone(), absl::Minutes(minutes));
  Faults faults;
  if (std::string fault = DateFault(row.session.date(), context.now()); !fault.empty()) {
    faults.Add("INVALID_DATE", "date", std::move(fault));
  }
  if (!times.fault.empty()) faults.Add("INVALID_VALUE", times.field, times.fault);
  if (!faults.empty()) return faults.AsResult();
  if (!known) AddWorkshopOf(context, transaction, row.workshop, first_date);
  Result result;
  result.set_session(AddSession(context, transaction, row.workshop, row.session, times).message.name());
  result.set_outcome(Result::OUTCOME_CREATED);
  return result;
}

Result ImportRow(rpc::WriteContext& context, sql::Transaction& transaction, Row& row, const std::string& first_date) {
  const Faults faults = Check(row);
  if (!faults.empty()) return faults.AsResult();
  const auto find = [&](bool cancelled) {
    return store::FindSessionAt(transaction, row.workshop, row.session.date(), row.session.start(), cancelled);
  };
  if (const auto standing = find(false)) return Update(context, transaction, *standing, row);
  // A file that is imported again does not bring back what was cancelled meanwhile; CreateSession can.
  if (const auto fallen = find(true)) return Refused(errors::SessionCancelled(fallen->places));
  return Create(context, transaction, row, first_date);
}

}  // namespace

absl::StatusOr<v1::ImportSessionsResponse> ImportSessions(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::ImportSessionsRequest& request) {
  std::vector<Row> rows;
  std::string first_date;
  for (const v1::ImportedSession& given : request.sessions()) {
    const std::string& date = rows.emplace_back(Trimmed(given)).session.date();
    const bool is_date = !date.empty() && rpc::FormatFault(common::v1::FORMAT_DATE, date).empty();
    if (is_date && (first_date.empty() || date < first_date)) first_date = date;
  }
  v1::ImportSessionsResponse response;
  for (Row& row : rows) *response.add_results() = ImportRow(context, transaction, row, first_date);
  context.SetResource("workshops/-");
  return response;
}

}  // namespace equity::workshops

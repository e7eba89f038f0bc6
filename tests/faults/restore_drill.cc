// The restore drill: backups of a server under full load, each restored into a new folder, looked into, and served
// from. What must be in a backup is known exactly: a booking says in its answer at which version of its session it was
// made, and a session in the backup says at which version it stands.
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/operations.h"
#include "clients/cpp/participants.h"
#include "common/backup/backup.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/load.h"
#include "tests/faults/server_process.h"

namespace equity::faults {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr char kErasedName[] = "Tobeforgotten";

struct Taken {
  backup::Manifest manifest;
  Ledger::Snapshot before;  // what was acknowledged when the backup was asked for
  Stored stored;            // what was restored
  std::string erased;       // somebody who was erased after it
};

// Feed and audit trail up to a sequence, as one text.
std::string History(const std::string& file, const std::string& table, int64_t last) {
  SQLite::Database database("file:" + file + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  const std::string columns = table == "feed"
                                  ? "time || ',' || organisation || ',' || hex(event)"
                                  : "time || ',' || actor || ',' || method || ',' || resource || ',' || request_id";
  SQLite::Statement rows(
      database, "SELECT sequence || ',' || " + columns + " FROM " + table + " WHERE sequence <= ? ORDER BY sequence");
  rows.bind(1, last);
  std::string text;
  while (rows.executeStep()) absl::StrAppend(&text, rows.getColumn(0).getString(), "\n");
  return text;
}

int64_t LastOf(const std::string& file, const std::string& table) {
  SQLite::Database database("file:" + file + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  return database.execAndGet("SELECT coalesce(max(sequence), 0) FROM " + table).getInt64();
}

class RestoreDrill {
 public:
  explicit RestoreDrill(DrillOptions options)
      : options_(std::move(options)), data_(options_.folder + "/data"), port_(FreePort()) {}

  absl::StatusOr<DrillResult> Run() {
    ASSIGN_OR_RETURN(server_, Start(data_, port_, "equityd"));
    ASSIGN_OR_RETURN(calls_, Credentials(data_));
    ASSIGN_OR_RETURN(scene_, SetScene(Connect(port_), calls_, ledger_));
    load_ = std::make_unique<Load>(scene_, ledger_, calls_, port_, LoadOptions{.seed = options_.seed});
    calls_ = Patient(calls_);
    Random random(options_.seed);
    for (int i = 0; i < options_.count && verdict_.ok(); ++i) {
      absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int>(100, 600)(random)));
      RETURN_IF_ERROR(Once(i));
    }
    if (!load_->Finish(kPatience)) return absl::DeadlineExceededError("not every request got its answer in the end");
    if (server_->Terminate(kPatience) != 0) return absl::InternalError("the server did not stop in order");
    for (const Taken& taken : taken_) CompareExactly(taken);
    for (const std::string& scandal : ledger_.scandals()) verdict_.broken.push_back("answered " + scandal);
    return DrillResult{.count = static_cast<int>(taken_.size()),
                       .acknowledged = ledger_.acknowledged(),
                       .served = ledger_.served(),
                       .verdict = verdict_};
  }

 private:
  absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const std::string& data, int port, const std::string& name) {
    ASSIGN_OR_RETURN(auto server,
                     ServerProcess::Start({options_.program, "--data", data, "--backups", Backups(), "--port",
                                           absl::StrCat(port), "--admin-port", "0", "--dev-issuer", "--demo-now",
                                           kDrillNow, "--log-file", absl::StrCat(options_.folder, "/", name, ".log")}));
    RETURN_IF_ERROR(server->AwaitReady(kPatience));
    return server;
  }
  // What the drill asks for itself, it asks for until it has it: a connection is not always made at once.
  static client::CallOptions Patient(client::CallOptions calls) {
    calls.deadline = absl::Seconds(10);
    calls.max_tries = 0;
    return calls;
  }
  std::string Backups() const { return options_.folder + "/backups"; }

  // Somebody who is there when the backup is made, and is erased when it was made.
  absl::StatusOr<std::string> Register(client::ParticipantsClient& people, int number) {
    people_v1::RegisterParticipantRequest request;
    request.set_request_id(NewUuidV7(absl::Now()));
    ledger_.AddOther(request.request_id());
    request.set_parent(scene_.organisations[0]);
    request.mutable_participant()->set_external_ref(absl::StrCat("erased-later-", number));
    request.mutable_participant()->set_family_name(kErasedName);
    request.mutable_participant()->set_email(absl::StrCat("erased-", number, "@example.org"));
    ASSIGN_OR_RETURN(const auto response, people.RegisterParticipant(request));
    registered_.insert("person " + response.participant().name());
    return response.participant().name();
  }

  absl::Status Once(int number) {
    Taken taken;
    client::ParticipantsClient people(Connect(port_), calls_);
    ASSIGN_OR_RETURN(taken.erased, Register(people, number));
    taken.before = ledger_.Take();
    client::OperationsClient operations(Connect(port_), calls_);
    ASSIGN_OR_RETURN(const auto response, operations.CreateBackup({}));
    taken.manifest = response.backups(0);
    people_v1::EraseParticipantRequest erase;
    erase.set_name(taken.erased);
    erase.set_request_id(NewUuidV7(absl::Now()));
    ledger_.AddOther(erase.request_id());
    RETURN_IF_ERROR(people.EraseParticipant(erase).status());
    const std::string folder = absl::StrCat(options_.folder, "/restored-", number);
    RETURN_IF_ERROR(
        backup::Restore({.backup = Backups() + "/" + taken.manifest.name(), .data_folder = folder, .keys = data_})
            .status());
    ASSIGN_OR_RETURN(taken.stored, ReadStores(folder, options_.folder + "/copy"));
    CheckRules(taken.stored, verdict_);
    RETURN_IF_ERROR(ServeRestored(folder, taken));
    fs::remove_all(folder);
    taken_.push_back(std::move(taken));
    return absl::OkStatus();
  }

  // It serves, all that must hold does, and the erased person is erased.
  absl::Status ServeRestored(const std::string& folder, const Taken& taken) {
    const int port = FreePort();
    ASSIGN_OR_RETURN(const auto server, Start(folder, port, "restored"));
    ASSIGN_OR_RETURN(auto calls, Credentials(folder));
    calls = Patient(calls);
    client::OperationsClient operations(Connect(port), calls);
    ASSIGN_OR_RETURN(const auto check, operations.CheckInvariants({}));
    for (const auto& violation : check.violations()) {
      verdict_.broken.push_back(absl::StrCat("restored: ", violation.rule(), ": ", violation.message()));
    }
    if (!check.totals_compared()) verdict_.broken.push_back("restored: the statistics do not catch up");
    people_v1::GetParticipantRequest request;
    request.set_name(taken.erased);
    ASSIGN_OR_RETURN(const auto person, client::ParticipantsClient(Connect(port), calls).GetParticipant(request));
    if (person.participant().state() != people_v1::Participant::STATE_ERASED ||
        !person.participant().family_name().empty()) {
      verdict_.broken.push_back("restored: " + taken.erased + " is there again");
    }
    if (server->Terminate(kPatience) != 0) return absl::InternalError("the restored server did not stop in order");
    return absl::OkStatus();
  }

  // Against the ledger and the histories as they are when all is over.
  void CompareExactly(const Taken& taken) {
    Verdict of_before;
    CheckLedger(taken.before, taken.stored, Moment::kUnderway, of_before);
    verdict_.lost.insert(verdict_.lost.end(), of_before.lost.begin(), of_before.lost.end());
    Verdict of_all;
    Ledger::Snapshot all = ledger_.Take();
    CheckLedger(all, taken.stored, Moment::kUnderway, of_all);
    verdict_.doubled.insert(verdict_.doubled.end(), of_all.doubled.begin(), of_all.doubled.end());
    for (const std::string& line : of_all.unasked) {
      if (!registered_.contains(line)) verdict_.unasked.push_back(line);
    }
    for (const Request& request : all.requests) CompareRequest(request, taken.stored);
    for (const auto& store : taken.manifest.stores()) {
      const std::string copy = absl::StrCat(Backups(), "/", taken.manifest.name(), "/", store.file());
      for (const char* table : {"feed", "audit"}) {
        const int64_t last = LastOf(copy, table);
        if (History(copy, table, last) != History(absl::StrCat(data_, "/", store.file()), table, last)) {
          verdict_.broken.push_back(
              absl::StrCat("the ", table, " of ", store.service(), " is another one in the backup"));
        }
      }
    }
  }

  // What was acknowledged is in the backup exactly when its version is not above that of the session there.
  void CompareRequest(const Request& request, const Stored& stored) {
    if (request.acknowledged == 0) return;
    places_v1::Booking booking;
    const bool books = std::holds_alternative<places_v1::BookPlaceRequest>(request.message);
    if (books) {
      places_v1::BookPlaceResponse response;
      if (!response.ParseFromString(request.answer) || response.existed()) return;
      booking = response.booking();
    } else {
      places_v1::CancelBookingResponse response;
      if (!response.ParseFromString(request.answer)) return;
      booking = response.booking();
    }
    const auto session = stored.sessions.find(booking.session());
    const bool within = session != stored.sessions.end() && booking.version() <= session->second.version;
    const auto found = stored.bookings.find(booking.name());
    const bool there = found != stored.bookings.end() && (books || found->second.state >= 3);
    ++compared_;
    if (within && !there) verdict_.lost.push_back(booking.name() + ", which is within the backup");
    if (there && !within) verdict_.unasked.push_back(booking.name() + ", which is after the backup");
  }

 public:
  int64_t compared() const { return compared_; }

 private:
  const DrillOptions options_;
  const std::string data_;
  const int port_;
  client::CallOptions calls_;
  Ledger ledger_;
  Verdict verdict_;
  Scene scene_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Load> load_;
  std::vector<Taken> taken_;
  std::set<std::string> registered_;  // by the drill, as the ledger would call them
  int64_t compared_ = 0;
};

int RestoreMain(int argc, char** argv) {
  DrillOptions options;
  options.program = fs::canonical("/proc/self/exe").parent_path().parent_path() / "bin/equityd";
  options.count = argc > 1 ? std::atoi(argv[1]) : 2;
  options.seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::random_device()();
  if (options.count < 1) {
    std::fprintf(stderr, "restore-drill [COUNT [SEED]]\n");
    return 2;
  }
  options.folder = fs::temp_directory_path() / "restore-drill-XXXXXX";
  if (mkdtemp(options.folder.data()) == nullptr) return 1;
  RestoreDrill drill(options);
  const auto result = drill.Run();
  if (!result.ok() || !result->verdict.ok()) {
    std::fprintf(stderr, "restore-drill: %s\nSeed %u; data and logs are in %s\n",
                 result.ok() ? result->verdict.Text().c_str() : result.status().ToString().c_str(), options.seed,
                 options.folder.c_str());
    return 1;
  }
  fs::remove_all(options.folder);
  std::printf("%d restores under load, %lld requests acknowledged, %lld compared, 0 lost, 0 too many\n", result->count,
              static_cast<long long>(result->acknowledged), static_cast<long long>(drill.compared()));
  return 0;
}

}  // namespace
}  // namespace equity::faults

int main(int argc, char** argv) { return equity::faults::RestoreMain(argc, argv); }

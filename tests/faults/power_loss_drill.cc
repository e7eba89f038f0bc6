// The real services write to a disk that remembers everything; then the power fails, again and again, at every moment
// of what they did.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/hosted_server.h"
#include "tests/faults/image_vfs.h"
#include "tests/faults/stage.h"
#include "tests/faults/vfs_shim.h"

namespace equity::faults {
namespace {

namespace fs = std::filesystem;

// What is recorded at a time: small stores, so that many images are looked into in a second.
constexpr int64_t kAcknowledged = 500;
constexpr int kImagesOfARecording = 5'000;
// In each of so many images all stores are compared with everything that was said and must hold; in the others one.
constexpr int kWholeImages = 20;
constexpr int kCheckpointPages = 150;
constexpr absl::Duration kSyncTakes = absl::Microseconds(300);
constexpr absl::Duration kRecordingTakes = absl::Seconds(60);
constexpr absl::Duration kRecovering = absl::Seconds(60);
constexpr const char* kLosses[] = {"nothing", "all", "the tail", "any sectors", "any sectors, and others damaged"};

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// What was acknowledged and must be in a store, by its key there, in the order of the acknowledgements.
class Promises {
 public:
  explicit Promises(const Ledger::Snapshot& ledger) {
    for (const Request& request : ledger.requests) {
      if (request.acknowledged == 0) continue;
      Add("workshops", request.answered, absl::StrReplaceAll(request.id(), {{"-", ""}}));
      places_v1::BookPlaceResponse response;
      if (std::holds_alternative<places_v1::BookPlaceRequest>(request.message) &&
          response.ParseFromString(request.answer)) {
        Add("workshops", request.answered, IdOf(response.booking().name()));
      }
    }
    for (const Operation& operation : ledger.operations) {
      for (const auto& [row, outcome] : operation.outcomes) {
        const int64_t answered = operation.answered.at(row);
        if (outcome.kind() == people_v1::RegistrationOutcome::KIND_REJECTED) continue;
        Add("participants", answered, IdOf(outcome.participant()));
        if (!outcome.booking().empty()) Add("workshops", answered, IdOf(outcome.booking()));
      }
    }
    for (auto& [store, promised] : promised_) std::sort(promised.begin(), promised.end());
  }

  // Those that were made by then and are not kept.
  std::vector<std::string> Broken(const std::string& store, int64_t moment,
                                  const std::unordered_set<std::string>& stored) const {
    std::vector<std::string> broken;
    const auto found = promised_.find(store);
    if (found == promised_.end()) return broken;
    for (const auto& [answered, key] : found->second) {
      if (answered > moment) break;
      if (!stored.contains(key)) broken.push_back(absl::StrCat(store, " ", key));
    }
    return broken;
  }

 private:
  void Add(const std::string& store, int64_t answered, std::string key) {
    promised_[store].emplace_back(answered, std::move(key));
  }

  std::map<std::string, std::vector<std::pair<int64_t, std::string>>> promised_;
};

// Opens a store of the image that was loaded. Adds the keys of what it holds; says what is wrong with it.
std::string LookInto(const std::string& store, std::unordered_set<std::string>& keys) {
  try {
    SQLite::Database database("/" + store + ".db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, "image");
    database.exec("PRAGMA locking_mode=EXCLUSIVE");
    SQLite::Statement integrity(database, "PRAGMA integrity_check(1)");
    if (!integrity.executeStep() || integrity.getColumn(0).getString() != "ok")
      return integrity.getColumn(0).getString();
    std::vector<std::string> selects;
    SQLite::Statement tables(database, "SELECT name FROM sqlite_master WHERE type = 'table'");
    while (tables.executeStep()) {
      const std::string table = tables.getColumn(0).getString();
      if (table.starts_with("request_day_")) selects.push_back("SELECT lower(hex(request_id)) FROM " + table);
      if (table == "bookings") selects.push_back("SELECT id FROM bookings");
      if (table == "participants") selects.push_back("SELECT id FROM participants WHERE state = 1");
    }
    for (const std::string& select : selects) {
      SQLite::Statement rows(database, select);
      while (rows.executeStep()) keys.insert(rows.getColumn(0).getString());
    }
    return "";
  } catch (const SQLite::Exception& error) {
    return error.what();
  }
}

void Save(const Image& image, const std::string& folder) {
  for (const auto& [name, content] : image) std::ofstream(folder + "/" + name, std::ios::binary) << content;
}

// The real services over a disk that is recorded, and images of that disk.
class Recording {
 public:
  Recording(const DrillOptions& options, bool without_syncs, PowerLossResult& result)
      : options_(options), random_(options.seed), log_(kSyncTakes, without_syncs), result_(result) {}

  absl::Status Record() {
    FaultyVfs vfs("recorded");
    vfs.Record(&log_);
    Stage stage(
        options_,
        [&](const ServerPlace& place) {
          return HostedServer::StartWith(place, [&](exec::StoreOptions& store) {
            store.vfs = vfs.name();
            store.checkpoint_pages = kCheckpointPages;
          });
        },
        [&] { return log_.position(); });
    RETURN_IF_ERROR(stage.Open());
    scene_set_ = log_.position();
    stage.Begin({.staff = 20, .pause = absl::Milliseconds(50)});
    const absl::Time until = absl::Now() + kRecordingTakes;
    while (stage.ledger().acknowledged() < kAcknowledged) {
      if (absl::Now() > until) return absl::FailedPreconditionError("too few answers to say anything");
      absl::SleepFor(absl::Milliseconds(2));
    }
    stage.Halt();
    data_ = stage.data();
    port_ = stage.port();
    calls_ = stage.calls();
    scene_ = stage.scene();
    ledger_ = stage.ledger().Take();
    result_.acknowledged += stage.ledger().acknowledged();
    return absl::OkStatus();
  }

  void LoseThePower(int images) {
    const Promises promises(ledger_);
    Disk disk(log_);
    const int64_t end = log_.position();
    result_.moments += end;
    for (int i = 0; i < images && result_.verdict.broken.size() + result_.verdict.lost.size() < kMostWrong; ++i) {
      moment_ =
          1 + (end - 1) * i / images + static_cast<int64_t>(Below(random_, static_cast<size_t>(end / images + 1)));
      moment_ = std::min(std::max(moment_, last_), end);
      last_ = moment_;
      disk.Advance(moment_);
      loss_ = static_cast<Loss>(i % static_cast<int>(std::size(kLosses)));
      ++result_.images;
      if (i % kWholeImages == 0 && moment_ >= scene_set_) {
        LookIntoAll(disk.After(loss_, "", random_));
      } else {
        LookIntoOne(disk, promises);
      }
    }
  }

  // Starts the services on what a loss of power left, sends everything again, and compares everything.
  absl::Status Recover() {
    Disk disk(log_);
    moment_ = scene_set_ + static_cast<int64_t>(Below(random_, static_cast<size_t>(log_.position() - scene_set_)));
    disk.Advance(moment_);
    loss_ = static_cast<Loss>(Below(random_, std::size(kLosses)));
    for (const auto& entry : fs::directory_iterator(data_)) {
      if (entry.path().string().find(".db") != std::string::npos) fs::remove(entry.path());
    }
    Save(disk.After(loss_, "", random_), data_);
    ASSIGN_OR_RETURN(const auto server, HostedServer::StartWith({data_, options_.folder + "/again.log", port_}, {}));
    Ledger ledger(AsOf(ledger_, moment_));
    RETURN_IF_ERROR(SendAllAgain(port_, calls_, ledger, kRecovering));
    RETURN_IF_ERROR(
        Conclude({*server, port_, data_, options_.folder + "/copy"}, calls_, scene_, ledger, result_.verdict));
    ++result_.recovered;
    return absl::OkStatus();
  }

 private:
  // Without syncs most images are wrong; a few will do.
  static constexpr size_t kMostWrong = 1'000;

  std::string Where() const {
    return absl::StrCat(" (", kLosses[static_cast<int>(loss_)], " lost at ", moment_, " of ", log_.position(), ")");
  }
  void Corrupt(const std::string& what) {
    ++result_.corrupt;
    result_.verdict.broken.push_back(what + Where());
  }
  void Lost(const std::string& what) {
    ++result_.lost;
    result_.verdict.lost.push_back(what + Where());
  }

  // The store that was written to at that moment.
  void LookIntoOne(const Disk& disk, const Promises& promises) {
    const std::string& file = log_.files()[static_cast<size_t>(log_.entries()[static_cast<size_t>(moment_ - 1)].file)];
    const std::string store = file.substr(0, file.find('.'));
    vfs_.Load(disk.After(loss_, store + ".db", random_));
    std::unordered_set<std::string> keys;
    if (const std::string damage = LookInto(store, keys); !damage.empty()) return Corrupt(store + ": " + damage);
    const auto broken = promises.Broken(store, moment_, keys);
    if (!broken.empty()) Lost(broken.front());
  }

  void LookIntoAll(Image image) {
    vfs_.Load(std::move(image));
    const auto stored = ReadImage();
    if (!stored.ok()) return Corrupt(stored.status().ToString());
    Verdict verdict;
    CheckRules(*stored, verdict);
    CheckLedger(AsOf(ledger_, moment_), *stored, Moment::kUnderway, verdict);
    if (!verdict.lost.empty()) Lost(verdict.lost.front());
    for (const auto* wrong : {&verdict.broken, &verdict.doubled, &verdict.unasked}) {
      if (!wrong->empty()) return Corrupt(wrong->front());
    }
  }

  const DrillOptions options_;
  Random random_;
  DiskLog log_;
  ImageVfs vfs_;
  PowerLossResult& result_;
  int64_t scene_set_ = 0;
  int64_t moment_ = 0;
  int64_t last_ = 0;
  Loss loss_ = Loss::kNothing;
  std::string data_;
  int port_ = 0;
  client::CallOptions calls_;
  Scene scene_;
  Ledger::Snapshot ledger_;
};

}  // namespace

absl::StatusOr<PowerLossResult> PowerLossDrill(const DrillOptions& options, bool without_syncs) {
  PowerLossResult result;
  for (int round = 0; result.images < options.count && (without_syncs || result.verdict.ok()); ++round) {
    DrillOptions own = options;
    own.seed = options.seed + static_cast<unsigned>(round);
    own.folder = absl::StrCat(options.folder, "/", round);
    fs::create_directories(own.folder);
    Recording recording(own, without_syncs, result);
    RETURN_IF_ERROR(recording.Record());
    const int before = result.images;
    recording.LoseThePower(std::min(options.count - result.images, kImagesOfARecording));
    if (!without_syncs && result.verdict.ok()) RETURN_IF_ERROR(recording.Recover());
    if (result.images == before) break;
    if (result.verdict.ok()) fs::remove_all(own.folder);
  }
  return result;
}

}  // namespace equity::faults

#include "tests/bench/overload.h"

#include <fstream>
#include <map>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/workshops.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "tests/bench/open_load.h"
#include "tests/bench/workloads.h"

namespace equity::bench {
namespace {

constexpr int kGreedy = 0;  // organisations
constexpr int kPolite = 1;
constexpr int kPeople = 500;
constexpr absl::Duration kSettling = absl::Seconds(1);
constexpr std::chrono::milliseconds kStormPatience(5);
// What is cut off where times are written in milliseconds.
constexpr absl::Duration kRounding = absl::Milliseconds(2);

// The calls of one organisation: its people in turn, each on one session after the other.
class Caller {
 public:
  Caller(const Site& site, int organisation, std::vector<std::string> people, const std::vector<std::string>& sessions)
      : site_(site), organisation_(organisation), people_(std::move(people)), sessions_(sessions) {}

  struct Sent {
    std::string participant;
    std::string session;
    std::string request_id;
  };

  BookWorkload Workload(std::vector<Sent>* sent = nullptr) {
    return {.fill =
                [this, sent](workshops::v1::BookPlaceRequest& request, grpc::ClientContext& context) {
                  request.set_participant(people_[next_ % people_.size()]);
                  request.set_session(sessions_[1 + next_ / people_.size() % (sessions_.size() - 1)]);
                  request.set_request_id(NewUuidV7(absl::Now()));
                  context.AddMetadata("authorization", "Bearer " + site_.partner(organisation_));
                  ++next_;
                  if (sent == nullptr) return;
                  sent->push_back({request.participant(), request.session(), request.request_id()});
                },
            .check = [](const workshops::v1::BookPlaceResponse&) { return absl::OkStatus(); }};
  }

 private:
  const Site& site_;
  const int organisation_;
  const std::vector<std::string> people_;
  const std::vector<std::string>& sessions_;
  size_t next_ = 0;
};

absl::StatusOr<int> UnknownFailures(const OpenResult& result, std::initializer_list<absl::StatusCode> known) {
  int count = 0;
  for (const auto& [code, times] : result.failures) {
    if (std::find(known.begin(), known.end(), code) == known.end()) {
      return absl::InternalError(absl::StrCat(times, " calls failed with ", absl::StatusCodeToString(code)));
    }
    count += static_cast<int>(times);
  }
  return count;
}

std::string Field(const std::string& line, const std::string& before, char after) {
  const size_t at = line.find(before);
  return at == line.npos ? ""
                         : line.substr(at + before.size(), line.find(after, at + before.size()) - at - before.size());
}

std::string Dropped(const char* reason) {
  return absl::StrCat("equity_writer_dropped_total{reason=\"", reason, "\",store=\"workshops\"}");
}

class Overload {
 public:
  Overload(const OverloadOptions& options, Figures& figures) : options_(options), figures_(figures) {}

  absl::Status Run() {
    RETURN_IF_ERROR(Prepare());
    for (int round = 0; round < options_.rounds; ++round) {
      RETURN_IF_ERROR(Alone());
      RETURN_IF_ERROR(Beside());
    }
    const double alone = Quantile(alone_, 0.99);
    const double beside = Quantile(beside_, 0.99);
    figures_.Add("polite_alone_p50_ms", Quantile(alone_, 0.5));
    figures_.Add("polite_beside_p50_ms", Quantile(beside_, 0.5));
    figures_.Add("polite_alone_p99_ms", alone);
    figures_.Add("polite_beside_p99_ms", beside);
    figures_.Add("polite_ratio", beside / alone);
    figures_.Add("polite_refused", static_cast<double>(polite_refused_));
    figures_.Add("refused_without_pause", static_cast<double>(refused_without_pause_));
    return Storm();
  }

 private:
  absl::Status Prepare() {
    const std::string folder = options_.folder + "/overload";
    std::vector<std::string> greedy, storm, polite;
    {
      ASSIGN_OR_RETURN(const auto site, Site::Start(folder));
      ASSIGN_OR_RETURN(sessions_, site->Load());
      ASSIGN_OR_RETURN(auto registered, site->Register(kGreedy, MakeStaff(0, 2 * kPeople, /*first_session=*/0, 1)));
      greedy = std::move(registered.participants);
      storm.assign(greedy.begin() + kPeople, greedy.end());
      greedy.resize(kPeople);
      ASSIGN_OR_RETURN(registered, site->Register(kPolite, MakeStaff(0, kPeople, /*first_session=*/0, 1)));
      polite = std::move(registered.participants);
      RETURN_IF_ERROR(site->Stop());
    }
    ASSIGN_OR_RETURN(site_, Site::Start(folder, {"--slow-writer", absl::StrCat(options_.writer)}));
    greedy_ = std::make_unique<Caller>(*site_, kGreedy, std::move(greedy), sessions_);
    storm_ = std::make_unique<Caller>(*site_, kGreedy, std::move(storm), sessions_);
    polite_ = std::make_unique<Caller>(*site_, kPolite, std::move(polite), sessions_);
    return absl::OkStatus();
  }

  Arrivals At(double per_second) const {
    return {.per_second = per_second, .length = kSettling + absl::Seconds(options_.seconds), .unmeasured = kSettling};
  }

  absl::Status Alone() {
    const OpenResult polite = MeasureOpen(site_->server(), At(options_.polite()), polite_->Workload());
    RETURN_IF_ERROR(UnknownFailures(polite, {}).status());
    alone_.insert(alone_.end(), polite.latencies_ms.begin(), polite.latencies_ms.end());
    return absl::OkStatus();
  }

  absl::Status Beside() {
    OpenResult greedy;
    const BookWorkload calls = greedy_->Workload();
    const double cpu = site_->server().CpuSeconds();
    std::thread other([&] { greedy = MeasureOpen(site_->server(), At(options_.offered), calls); });
    const OpenResult polite = MeasureOpen(site_->server(), At(options_.polite()), polite_->Workload());
    other.join();
    RETURN_IF_ERROR(UnknownFailures(polite, {absl::StatusCode::kResourceExhausted}).status());
    ASSIGN_OR_RETURN(const int refused, UnknownFailures(greedy, {absl::StatusCode::kResourceExhausted}));
    beside_.insert(beside_.end(), polite.latencies_ms.begin(), polite.latencies_ms.end());
    figures_.Add("offered_per_s", static_cast<double>(greedy.sent + polite.sent) / options_.seconds);
    figures_.Add("goodput_per_s", greedy.per_second + polite.per_second);
    figures_.Add("goodput_ratio", (greedy.per_second + polite.per_second) / options_.writer);
    figures_.Add("overload_cpu_part", (site_->server().CpuSeconds() - cpu) / absl::ToDoubleSeconds(At(1).length));
    figures_.Add("greedy_p99_ms", Quantile(greedy.latencies_ms, 0.99));
    figures_.Add("refused_part", static_cast<double>(refused) / static_cast<double>(greedy.sent));
    refused_without_pause_ += greedy.refused_without_pause;
    polite_refused_ += polite.failed();
    return absl::OkStatus();
  }

  // Calls that give up after 5 ms, behind a queue of a fifth of a second: who is served must have been so in time.
  absl::Status Storm() {
    ASSIGN_OR_RETURN(const double expired, site_->server().Metric(Dropped("expired")));
    ASSIGN_OR_RETURN(const double unwanted, site_->server().Metric(Dropped("unwanted")));
    const Arrivals arrivals{.per_second = static_cast<double>(options_.offered),
                            .length = absl::Seconds(static_cast<double>(options_.storm) / options_.offered)};
    OpenResult queued;
    const BookWorkload calls = greedy_->Workload();
    const Arrivals before{.per_second = 2.0 * options_.writer, .length = kSettling + arrivals.length};
    std::thread queue([&] { queued = MeasureOpen(site_->server(), before, calls); });
    absl::SleepFor(kSettling);
    std::vector<Caller::Sent> sent;
    const OpenResult storm = MeasureOpen(site_->server(), arrivals, storm_->Workload(&sent), kStormPatience);
    queue.join();
    using Code = absl::StatusCode;
    RETURN_IF_ERROR(UnknownFailures(queued, {Code::kResourceExhausted}).status());
    RETURN_IF_ERROR(
        UnknownFailures(storm, {Code::kDeadlineExceeded, Code::kResourceExhausted, Code::kCancelled}).status());
    figures_.Add("storm_calls", static_cast<double>(storm.sent));
    figures_.Add("storm_answered", static_cast<double>(storm.latencies_ms.size()));
    ASSIGN_OR_RETURN(const double expired_now, site_->server().Metric(Dropped("expired")));
    ASSIGN_OR_RETURN(const double unwanted_now, site_->server().Metric(Dropped("unwanted")));
    figures_.Add("storm_dropped", expired_now - expired + unwanted_now - unwanted);
    return CountLate(sent);
  }

  // The bookings that were made for those calls, and of them those that were made when it was too late: the id of a
  // booking says when it was made, and the log when the server saw the call, from which on it counts the deadline.
  absl::Status CountLate(const std::vector<Caller::Sent>& sent) {
    std::map<std::pair<std::string, std::string>, absl::Time> booked;
    workshops::v1::ListBookingsRequest request;
    request.set_parent(Site::OrganisationName(kGreedy));
    const auto channel = client::Connect({.address = site_->server().target()});
    client::BookingsClient bookings(channel, {.bearer_token = site_->partner(kGreedy)});
    RETURN_IF_ERROR(bookings.ForEachBooking(request, [&](const workshops::v1::Booking& booking) {
      const auto made = UuidV7Time(booking.name().substr(booking.name().rfind('/') + 1));
      if (!made) return absl::InternalError("not the id of a booking: " + booking.name());
      booked[{booking.participant(), booking.session()}] = *made;
      return absl::OkStatus();
    }));
    std::map<std::string, absl::Time> made;  // by request_id
    for (const Caller::Sent& each : sent) {
      const auto found = booked.find({each.participant, each.session});
      if (found != booked.end()) made[each.request_id] = found->second;
    }
    RETURN_IF_ERROR(site_->Stop());  // so that all is in the log
    int late = 0;
    int seen = 0;
    std::ifstream log(options_.folder + "/overload.log");
    for (std::string line; std::getline(log, line);) {
      const auto found = made.find(Field(line, "\"request_id\":\"", '"'));
      if (found == made.end()) continue;
      ++seen;
      absl::Time end;
      double took = 0;
      if (!absl::ParseTime(absl::RFC3339_full, Field(line, "\"ts\":\"", '"'), &end, nullptr) ||
          !absl::SimpleAtod(Field(line, "\"latency_ms\":", ','), &took)) {
        return absl::InternalError("not understood: " + line);
      }
      const absl::Time deadline = end - absl::Milliseconds(took) + absl::FromChrono(kStormPatience);
      if (found->second > deadline + kRounding) ++late;
    }
    if (seen < static_cast<int>(made.size())) return absl::InternalError("a call is not in the log");
    figures_.Add("storm_bookings", static_cast<double>(made.size()));
    figures_.Add("storm_late", late);
    return absl::OkStatus();
  }

  const OverloadOptions options_;
  Figures& figures_;
  std::vector<std::string> sessions_;
  std::unique_ptr<Site> site_;
  std::unique_ptr<Caller> greedy_;
  std::unique_ptr<Caller> storm_;
  std::unique_ptr<Caller> polite_;
  std::vector<double> alone_;
  std::vector<double> beside_;
  int64_t polite_refused_ = 0;
  int64_t refused_without_pause_ = 0;
};

}  // namespace

absl::Status MeasureOverload(const OverloadOptions& options, Figures& figures) {
  return Overload(options, figures).Run();
}

}  // namespace equity::bench

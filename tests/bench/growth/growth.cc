#include "tests/bench/growth/growth.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "clients/cpp/call.h"
#include "clients/cpp/channel.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"
#include "equity/changes/v1/changes.pb.h"
#include "equity/operations/v1/operations.pb.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "equity/workshops/v1/workshops.pb.h"
#include "tests/bench/growth/prefill.h"

namespace equity::bench {
namespace {

constexpr double kMegabyte = 1024 * 1024;
// Up to so many bookings, the read model is also built anew from the feeds and compared: some seconds each 100,000.
constexpr int64_t kFewToCountAgain = 10'000;
constexpr int kQueries = 50;

template <class Response, class Request>
absl::StatusOr<Response> Ask(const Site& site, Request request, absl::Duration patience = absl::Seconds(10)) {
  const auto channel = client::Connect({.address = site.server().target()});
  Response response;
  RETURN_IF_ERROR(
      client::Call(channel, {.deadline = patience, .bearer_token = site.central_team()}, request, &response));
  return response;
}

// One more challenge, with a workshop of the same id and its sessions.
absl::StatusOr<std::vector<std::string>> AddChallenge(const Site& site, int64_t number) {
  const std::string id = absl::StrFormat("bench-%02d", number);
  workshops::v1::CreateChallengeRequest challenge;
  challenge.set_challenge_id(id);
  challenge.mutable_challenge()->set_display_name(id);
  challenge.mutable_challenge()->set_launch_date("2021-06-01");
  RETURN_IF_ERROR(Ask<workshops::v1::CreateChallengeResponse>(site, challenge).status());
  workshops::v1::CreateWorkshopRequest workshop;
  workshop.set_workshop_id(id);
  workshop.mutable_workshop()->set_challenge("challenges/" + id);
  workshop.mutable_workshop()->set_display_name(id);
  workshop.mutable_workshop()->set_duration_minutes(150);
  RETURN_IF_ERROR(Ask<workshops::v1::CreateWorkshopResponse>(site, workshop).status());
  ASSIGN_OR_RETURN(const auto imported, Ask<workshops::v1::ImportSessionsResponse>(site, SessionsToImport(id)));
  std::vector<std::string> names;
  for (const auto& result : imported.results()) names.push_back(result.session());
  return names;
}

// One booking after the other, as `next` says; everyone must get a place.
BookWorkload BookOn(const Site& site, const Population& population, const std::vector<std::string>& sessions,
                    std::function<Population::Booking()> next) {
  return {.fill =
              [&site, &population, &sessions, next = std::move(next)](workshops::v1::BookPlaceRequest& request,
                                                                      grpc::ClientContext& context) {
                const Population::Booking pair = next();
                request.set_participant(population.PersonName(pair.person));
                request.set_session(sessions[pair.session]);
                request.set_request_id(NewUuidV7(absl::Now()));
                context.AddMetadata("authorization", "Bearer " + site.partner(population.OrganisationOf(pair.person)));
              },
          .check =
              [](const workshops::v1::BookPlaceResponse& response) {
                return !response.existed() && response.booking().state() == workshops::v1::Booking::STATE_SEATED
                           ? absl::OkStatus()
                           : absl::InternalError("not a new place: " + response.ShortDebugString());
              }};
}

// The middle of how long a query takes that was asked a few times before, one after the other.
template <class Response, class Request>
absl::StatusOr<double> QueryTime(const Site& site, const Request& request) {
  const auto channel = client::Connect({.address = site.server().target()});
  std::vector<double> times;
  for (int i = -5; i < kQueries; ++i) {
    Request copy = request;
    Response response;
    const auto begin = LoadClock::now();
    RETURN_IF_ERROR(client::Call(channel, {.bearer_token = site.central_team()}, copy, &response));
    if (i >= 0) times.push_back(std::chrono::duration<double, std::milli>(LoadClock::now() - begin).count());
  }
  std::nth_element(times.begin(), times.begin() + kQueries / 2, times.end());
  return times[kQueries / 2];
}

// The size of all files of a folder whose names end so.
double Megabytes(const std::string& folder, std::string_view end, bool only_largest) {
  double all = 0;
  double largest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file() || !entry.path().string().ends_with(end)) continue;
    const double size = static_cast<double>(entry.file_size()) / kMegabyte;
    all += size;
    largest = std::max(largest, size);
  }
  return only_largest ? largest : all;
}

}  // namespace

absl::Status Growth::Run() {
  figures_.Add("bookings", static_cast<double>(options_.bookings));
  Grown small{.name = "small", .population = Population(kFew)};
  Grown big{.name = "big", .population = Population(options_.bookings)};
  for (Grown* grown : {&small, &big}) {
    grown->folder = absl::StrCat(options_.folder, "/", grown->name);
    RETURN_IF_ERROR(Fill(*grown));
  }
  RETURN_IF_ERROR(Check(small));
  if (options_.bookings <= 200'000) RETURN_IF_ERROR(Check(big));
  for (int round = 0; round < options_.rounds; ++round) {
    for (Grown* grown : {&small, &big}) RETURN_IF_ERROR(Book(*grown, grown->book, grown->name));
    RETURN_IF_ERROR(Book(big, big.book_scattered, "scattered"));
    figures_.AddRatio("growth_ratio", "big_book_per_s", "small_book_per_s");
    figures_.AddRatio("scattered_ratio", "scattered_book_per_s", "small_book_per_s");
    for (Grown* grown : {&small, &big}) RETURN_IF_ERROR(Query(*grown));
  }
  figures_.Add("rss_mb", big.site->server().HighestMemory() / kMegabyte);
  figures_.Add("wal_mb", std::max(small.wal_mb, big.wal_mb));
  for (Grown* grown : {&small, &big}) RETURN_IF_ERROR(grown->site->Stop());
  return absl::OkStatus();
}

absl::Status Growth::Fill(Grown& grown) {
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(grown.site, Site::Start(grown.folder, {}, Population::kLoadTime));
  RETURN_IF_ERROR(Load(grown));
  RETURN_IF_ERROR(grown.site->Stop());
  RETURN_IF_ERROR(Prefill(grown.population, grown.sessions, grown.folder, absl::Now()));
  sync();  // or the first commits wait for what was filled in
  ASSIGN_OR_RETURN(grown.site, Site::Start(grown.folder));
  const Population& population = grown.population;
  grown.book = BookOn(*grown.site, population, grown.sessions,
                      [&population, next = population.bookings()]() mutable { return population.At(next++); });
  grown.book_scattered = BookOn(*grown.site, population, grown.sessions,
                                [&population, next = int64_t{0}]() mutable { return population.ScatteredAt(next++); });
  figures_.Add(grown.name + "_store_mb", Megabytes(grown.folder, ".db", false));
  figures_.Add(grown.name + "_fill_s", absl::ToDoubleSeconds(absl::Now() - begin));
  return absl::OkStatus();
}

absl::Status Growth::Load(Grown& grown) {
  ASSIGN_OR_RETURN(grown.sessions, grown.site->Load());
  for (int64_t number = 1; number < grown.population.challenges(); ++number) {
    ASSIGN_OR_RETURN(const auto names, AddChallenge(*grown.site, number));
    grown.sessions.insert(grown.sessions.end(), names.begin(), names.end());
  }
  ASSIGN_OR_RETURN(const auto position,
                   Ask<changes::v1::GetFeedPositionResponse>(*grown.site, changes::v1::GetFeedPositionRequest()));
  statistics::v1::GetSummaryRequest summary;
  summary.set_challenge("challenges/health-equity");
  summary.set_min_feed_position(position.position());
  return Ask<statistics::v1::GetSummaryResponse>(*grown.site, summary).status();
}

absl::Status Growth::Check(const Grown& grown) {
  absl::Time until = absl::Now() + absl::Seconds(20);
  operations::v1::CheckInvariantsResponse checked;
  do {
    ASSIGN_OR_RETURN(
        checked, Ask<operations::v1::CheckInvariantsResponse>(*grown.site, operations::v1::CheckInvariantsRequest()));
    if (!checked.violations().empty()) {
      return absl::InternalError("what must always hold does not: " + checked.violations(0).ShortDebugString());
    }
  } while (!checked.totals_compared() && absl::Now() < until);
  if (!checked.totals_compared()) return absl::InternalError("the totals could not be compared");
  if (grown.population.bookings() > kFewToCountAgain) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto rebuilt, Ask<statistics::v1::RebuildReadModelResponse>(
                                           *grown.site, statistics::v1::RebuildReadModelRequest()));
  return rebuilt.equal() ? absl::OkStatus() : absl::InternalError("the statistics do not follow from the feeds");
}

absl::Status Growth::Book(Grown& grown, BookWorkload& calls, const std::string& name) {
  const Site& site = *grown.site;
  ASSIGN_OR_RETURN(const Rate rate, Measure(site.server(), Window{.length = absl::Seconds(options_.seconds)}, calls));
  figures_.Add(name + "_book_per_s", rate.per_second);
  figures_.Add(name + "_p50_ms", rate.p50_ms);
  figures_.Add(name + "_p99_ms", rate.p99_ms);
  figures_.Add(name + "_cpu_us", rate.cpu_us);
  // A log keeps its file, so that the largest is still there.
  grown.wal_mb = std::max(grown.wal_mb, Megabytes(grown.folder, "-wal", true));
  Settle(site.server());
  return absl::OkStatus();
}

absl::Status Growth::Query(const Grown& grown) {
  statistics::v1::GetSummaryRequest summary;
  summary.set_challenge("challenges/health-equity");
  ASSIGN_OR_RETURN(const double summary_ms, QueryTime<statistics::v1::GetSummaryResponse>(*grown.site, summary));
  statistics::v1::QueryTableRequest table;
  table.set_challenge("challenges/health-equity");
  table.set_measure("people.seated");
  table.add_dimensions(statistics::v1::DIMENSION_ORGANISATION);
  table.add_dimensions(statistics::v1::DIMENSION_SESSION);
  ASSIGN_OR_RETURN(const double table_ms, QueryTime<statistics::v1::QueryTableResponse>(*grown.site, table));
  figures_.Add(grown.name + "_summary_ms", summary_ms);
  figures_.Add(grown.name + "_table_ms", table_ms);
  figures_.Add(grown.name + "_stat_query_ms", std::max(summary_ms, table_ms));
  return absl::OkStatus();
}

}  // namespace equity::bench

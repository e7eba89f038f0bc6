#include "tests/bench/curves.h"

#include <cmath>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/macros.h"
#include "tests/bench/open_load.h"
#include "tests/bench/workloads.h"

namespace equity::bench {
namespace {

constexpr int kInFlight[] = {1, 4, 16, 64, 256};
constexpr absl::Duration kUnmeasured = absl::Milliseconds(500);

std::string Open(double fraction) { return absl::StrCat("open_", std::lround(100 * fraction)); }

absl::Status Closed(const Site& site, double seconds, const BookWorkload& calls, Figures& figures) {
  double most = 0;
  for (const int in_flight : kInFlight) {
    const Window window{.length = absl::Seconds(seconds), .in_flight = in_flight};
    ASSIGN_OR_RETURN(const Rate rate, Measure(site.server(), window, calls));
    const std::string key = absl::StrCat("closed_", in_flight);
    figures.Add(key + "_per_s", rate.per_second);
    figures.Add(key + "_p50_ms", rate.p50_ms);
    figures.Add(key + "_p99_ms", rate.p99_ms);
    figures.Add(key + "_cpu_us", rate.cpu_us);
    most = std::max(most, rate.per_second);
  }
  figures.Add("closed_most_per_s", most);
  return absl::OkStatus();
}

absl::Status AtRate(const Site& site, double seconds, double fraction, double most, const BookWorkload& calls,
                    Figures& figures) {
  const Arrivals arrivals{
      .per_second = fraction * most, .length = kUnmeasured + absl::Seconds(seconds), .unmeasured = kUnmeasured};
  const double cpu = site.server().CpuSeconds();
  OpenResult result = MeasureOpen(site.server(), arrivals, calls);
  const double cpu_used = site.server().CpuSeconds() - cpu;
  const auto refused = result.failures[absl::StatusCode::kResourceExhausted];
  if (refused < result.failed()) return absl::InternalError("calls failed that were not refused");
  const std::string key = Open(fraction);
  figures.Add(key + "_offered_per_s", arrivals.per_second);
  figures.Add(key + "_per_s", result.per_second);
  figures.Add(key + "_p50_ms", Quantile(result.latencies_ms, 0.5));
  figures.Add(key + "_p99_ms", Quantile(result.latencies_ms, 0.99));
  figures.Add(key + "_p999_ms", Quantile(result.latencies_ms, 0.999));
  figures.Add(key + "_refused_part", static_cast<double>(refused) / static_cast<double>(result.sent));
  figures.Add(key + "_cpu_us", cpu_used / (arrivals.per_second * absl::ToDoubleSeconds(arrivals.length)) * 1e6);
  return absl::OkStatus();
}

// Of all stores, in MB.
double LogMb(const std::string& folder) {
  double bytes = 0;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator(folder, gone)) {
    if (entry.path().extension() == ".db-wal") bytes += static_cast<double>(entry.file_size(gone));
  }
  return bytes / 1e6;
}

}  // namespace

absl::Status MeasureCurves(const CurveOptions& options, Figures& figures) {
  const std::string folder = options.folder + "/curves";
  ASSIGN_OR_RETURN(const auto site, Site::Start(folder));
  ASSIGN_OR_RETURN(const auto sessions, site->Load());
  ASSIGN_OR_RETURN(const BookWorkload calls, MakeBook(*site, sessions));
  RETURN_IF_ERROR(Closed(*site, options.seconds, calls, figures));
  const double most = figures.Medians().back().second;
  double log = 0;
  for (const double fraction : options.fractions) {
    RETURN_IF_ERROR(AtRate(*site, options.seconds, fraction, most, calls, figures));
    log = std::max(log, LogMb(folder));
  }
  figures.Add("resident_mb", site->server().ResidentMb());
  figures.Add("highest_mb", site->server().HighestMb());
  figures.Add("wal_mb", log);
  return site->Stop();
}

std::string CurveSummary(const Figures& figures) {
  const auto medians = figures.Medians();
  std::map<std::string, double> values(medians.begin(), medians.end());
  std::string text = "  in flight     ", rates = "\n  bookings a s  ", p99 = "\n  p99 ms        ";
  for (const int in_flight : kInFlight) {
    const std::string key = absl::StrCat("closed_", in_flight);
    absl::StrAppendFormat(&text, "%9d", in_flight);
    absl::StrAppendFormat(&rates, "%9.0f", values[key + "_per_s"]);
    absl::StrAppendFormat(&p99, "%9.1f", values[key + "_p99_ms"]);
  }
  absl::StrAppend(&text, rates, p99, "\n");
  for (const auto& [key, offered] : medians) {
    if (!absl::EndsWith(key, "_offered_per_s")) continue;
    const std::string point = key.substr(0, key.size() - std::string("_offered_per_s").size());
    absl::StrAppendFormat(&text, "  %3s %% %6.0f/s: p50 %7.2f  p99 %7.2f  p99.9 %7.2f ms, %4.1f %% refused\n",
                          point.substr(5), offered, values[point + "_p50_ms"], values[point + "_p99_ms"],
                          values[point + "_p999_ms"], 100 * values[point + "_refused_part"]);
  }
  absl::StrAppendFormat(&text, "  server: %.0f us of processor a booking, %.0f MB, log at most %.0f MB\n",
                        values["closed_64_cpu_us"], values["resident_mb"], values["wal_mb"]);
  return text;
}

}  // namespace equity::bench

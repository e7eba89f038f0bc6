#include "common/obs/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace equity::obs {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Fields of /proc/self/stat that are wanted, see proc(5).
struct Stat {
  double cpu_ticks = 0;       // 14 and 15
  double start_ticks = 0;     // 22, since boot
  double virtual_bytes = 0;   // 23
  double resident_pages = 0;  // 24
};

std::optional<Stat> ReadStat() {
  const std::string text = ReadFile("/proc/self/stat");
  const size_t name_end = text.rfind(')');  // the name may hold spaces and brackets
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
  if (fields.size() < 22) return std::nullopt;
  const auto field = [&](int number) { return std::strtod(fields[number - 3].c_str(), nullptr); };
  return Stat{field(14) + field(15), field(22), field(23), field(24)};
}

std::optional<double> BootTime() {
  std::istringstream lines(ReadFile("/proc/stat"));
  for (std::string word; lines >> word;) {
    double seconds;
    if (word == "btime" && lines >> seconds) return seconds;
  }
  return std::nullopt;
}

std::optional<double> OpenFiles() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
  double count = -1;  // the listing itself has one open
  for (; !error && entry != end; entry.increment(error)) ++count;
  return error ? std::nullopt : std::optional(count);
}

MetricFamily Family(const char* name, const char* help, MetricType type, double value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return {name, help, type, {metric}};
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics() {
  std::vector<MetricFamily> families;
  const auto gauge = [&](const char* name, const char* help, double value) {
    families.push_back(Family(name, help, MetricType::Gauge, value));
  };
  const double ticks = sysconf(_SC_CLK_TCK);
  if (const auto stat = ReadStat()) {
    families.push_back(Family("process_cpu_seconds_total", "CPU time spent, user and system, in seconds.",
                              MetricType::Counter, stat->cpu_ticks / ticks));
    gauge("process_virtual_memory_bytes", "Virtual memory in bytes.", stat->virtual_bytes);
    gauge("process_resident_memory_bytes", "Resident memory in bytes.", stat->resident_pages * sysconf(_SC_PAGESIZE));
    if (const auto boot = BootTime()) {
      gauge("process_start_time_seconds", "Start of the process, in Unix seconds.", *boot + stat->start_ticks / ticks);
    }
  }
  if (const auto open = OpenFiles()) gauge("process_open_fds", "Open file descriptors.", *open);
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    gauge("process_max_fds", "File descriptors that may be open.", static_cast<double>(limit.rlim_cur));
  }
  return families;
}

}  // namespace equity::obs

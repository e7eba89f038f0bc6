#include "tests/bench/load.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/call.h"

namespace equity::bench {
namespace {

constexpr absl::Duration kWarmUp = absl::Milliseconds(200);

// What was seen between two answers, the first after the warm-up and the first after the end.
class Meter {
 public:
  Meter(LoadClock::time_point begin, LoadClock::time_point end, const Child& server)
      : begin_(begin), end_(end), server_(server) {}

  void Answer(LoadClock::time_point began, LoadClock::time_point now) {
    if (now < begin_ || ended_) return;
    if (!begun_) {
      begun_ = true;
      begin_ = now;
      cpu_ = server_.CpuSeconds();
      return;
    }
    latencies_.push_back(Milliseconds(now - began));
    if (now < end_) return;
    ended_ = true;
    end_ = now;
    cpu_ = server_.CpuSeconds() - cpu_;
  }

  absl::StatusOr<Rate> Result() {
    if (!ended_) return absl::DeadlineExceededError("too few calls were answered to measure anything");
    const auto count = static_cast<double>(latencies_.size());
    return Rate{.per_second = count / Milliseconds(end_ - begin_) * 1e3,
                .p50_ms = Quantile(latencies_, 0.50),
                .p99_ms = Quantile(latencies_, 0.99),
                .cpu_us = cpu_ / count * 1e6};
  }

 private:
  LoadClock::time_point begin_;
  LoadClock::time_point end_;
  const Child& server_;
  bool begun_ = false;
  bool ended_ = false;
  double cpu_ = 0;
  std::vector<double> latencies_;
};

}  // namespace

double Milliseconds(LoadClock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double Quantile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  const auto nth = values.begin() + static_cast<int64_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

void Settle(const Child& server) {
  const absl::Time until = absl::Now() + absl::Seconds(10);
  double before = -1;
  for (double now = 0; now > before + 0.01 && absl::Now() < until; now = server.CpuSeconds()) {
    before = now;
    absl::SleepFor(absl::Milliseconds(100));
  }
}

std::string PathOf(const google::protobuf::Descriptor& request) {
  const auto& method = client::MethodOf(request);
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

std::vector<std::shared_ptr<grpc::Channel>> OpenConnections(const std::string& target, int count) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    // Otherwise channels to one target share one connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

absl::StatusOr<Rate> Drive(const std::vector<std::unique_ptr<Slot>>& slots, absl::Duration length,
                           const Child& server) {
  const auto begin = LoadClock::now() + absl::ToChronoNanoseconds(kWarmUp);
  const auto end = begin + absl::ToChronoNanoseconds(length);
  Meter meter(begin, end, server);
  grpc::CompletionQueue queue;
  for (const auto& slot : slots) slot->Start(queue);
  size_t open = slots.size();
  absl::Status failure;
  void* tag = nullptr;
  bool ok = false;
  LoadClock::time_point now;
  while (open > 0 && queue.Next(&tag, &ok)) {
    auto& slot = *static_cast<Slot*>(tag);
    now = LoadClock::now();
    failure.Update(slot.Check());
    meter.Answer(slot.began, now);
    if (now < end && failure.ok()) {
      slot.Start(queue);
    } else {
      --open;
    }
  }
  if (!failure.ok()) return failure;
  return meter.Result();
}

}  // namespace equity::bench

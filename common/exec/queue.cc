#include "common/exec/queue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"

namespace equity::exec {
namespace {

using std::chrono::milliseconds;

// A line as short as this is never too slow: what a connection may have open is not refused for one long commit.
constexpr int kAlwaysRoom = 64;
// With jobs that have waited for longer, batches are short until all was taken again.
constexpr milliseconds kOverload(50);
// A batch is worth so many commits.
constexpr double kCommitsWorth = 4;
// What takes so much longer than it usually does was held up by something else, and is not believed at once.
constexpr double kOutlier = 8;
constexpr double kLeastOutlier = 1e6;
// No call lives longer than 10 s, so that there is no use in asking anybody to wait for longer.
constexpr milliseconds kLongestPause(10'000);
// Lines that are kept although nothing waits in them.
constexpr size_t kIdleLines = 1'000;

// What counts for the limit.
int CallsOf(const auto& line) { return line.count[static_cast<size_t>(Work::kCall)]; }

double Believed(JobQueue::Duration took, double usual) {
  return std::clamp(static_cast<double>(took.count()), 0.0, std::max(kOutlier * usual, kLeastOutlier));
}

constexpr auto kHadMore = [](const auto* one, const auto* other) { return one->given > other->given; };

absl::Status CallerGone() {
  return status::Error(absl::StatusCode::kCancelled, "CALLER_GONE",
                       "The caller went away before the work was begun. Nothing was changed.");
}

}  // namespace

absl::Status TooLate() {
  return status::Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                       "The deadline passed before the work was begun. Nothing was changed.");
}

absl::Status JobQueue::Turned::Status() const {
  switch (why) {
    case Why::kFull:
      return status::QueueFull(absl::FromChrono(pause), absl::StrCat(waiting));
    case Why::kSlow:
      return status::QueueSlow(absl::FromChrono(pause), absl::StrCat(waiting));
    case Why::kExpired:
      return TooLate();
    case Why::kUnwanted:
      return CallerGone();
  }
  return absl::OkStatus();
}

double JobQueue::WeightOf(const Line& line) const {
  if (line.weight > 0) return line.weight;
  double others = 0;
  for (const Line* each : ready_) others += each->weight;
  return std::max(others, 1.0);
}

void JobQueue::Count(Line& line, Work work, int by) {
  line.count[static_cast<size_t>(work)] += by;
  size_ += by;
  if (work == Work::kCall) calls_ += by;
}

// How long the next one would wait: until the line was served, by turns with the others; and no less than its first one
// has waited by now, whatever was expected.
JobQueue::Duration JobQueue::WaitIn(const Line& line, Clock::time_point now) const {
  const auto work_in = [](const Line& each) {
    double work = 0;
    for (size_t kind = 0; kind < each.cost.size(); ++kind) work += each.count[kind] * each.cost[kind];
    return work;
  };
  // Of each other line as much as its weight allows meanwhile, or all of it.
  const double own = work_in(line) / WeightOf(line);
  double work = 0;
  for (const Line* each : ready_) work += std::min(work_in(*each), own * WeightOf(*each));
  const double batch = BatchWork();
  const Duration expected(static_cast<int64_t>(work * (batch + commit_) / batch));
  if (line.jobs.empty()) return expected;
  return std::max<Duration>(expected, now - line.jobs.front().since);
}

double JobQueue::BatchWork() const {
  const Duration work = is_overloaded_ ? options_.short_batch : options_.batch;
  return std::max(static_cast<double>(work.count()), kCommitsWorth * commit_);
}

JobQueue::Line& JobQueue::LineOf(const Job& job) {
  if (job.work == Work::kOwn) return own_;
  std::unique_ptr<Line>& line = lines_[job.organisation];
  if (line == nullptr) {
    const auto weight = options_.weights.find(job.organisation);
    line = std::make_unique<Line>(weight == options_.weights.end() ? 1 : weight->second, usual_cost_);
  }
  return *line;
}

JobQueue::Turned JobQueue::Push(std::unique_ptr<Job> job, Clock::time_point now) {
  Line& line = LineOf(*job);
  Turned turned{};
  if (job->work == Work::kCall) {
    if (CallsOf(line) >= kAlwaysRoom && WaitIn(line, now) > options_.patience) {
      return Refuse(line, std::move(job), Why::kSlow, now);
    }
    if (calls_ >= options_.limit) {
      Line& longest = Longest(line);
      if (&longest == &line) return Refuse(line, std::move(job), Why::kFull, now);
      std::unique_ptr<Job> last = TakeLastCall(longest);
      turned = Refuse(longest, std::move(last), Why::kFull, now);
    }
  }
  Count(line, job->work, 1);
  line.jobs.push_back({std::move(job), now});
  if (line.jobs.size() == 1) {
    line.given = std::max(line.given, given_);
    line.next = now;
    ready_.push_back(&line);
    std::push_heap(ready_.begin(), ready_.end(), kHadMore);
  }
  return turned;
}

// The line that is longest by its weight, were the job in the one that it joins.
JobQueue::Line& JobQueue::Longest(Line& joining) {
  const auto length = [&](const Line& line) {
    return (CallsOf(line) + (&line == &joining ? 1.0 : 0.0)) / std::max(line.weight, 1);
  };
  Line* longest = &joining;
  for (Line* line : ready_) {
    if (length(*line) > length(*longest)) longest = line;
  }
  return *longest;
}

std::unique_ptr<Job> JobQueue::TakeLastCall(Line& line) {
  auto last = std::prev(line.jobs.end());
  while (last->job->work != Work::kCall) --last;
  std::unique_ptr<Job> job = std::move(last->job);
  line.jobs.erase(last);
  Count(line, Work::kCall, -1);
  if (line.jobs.empty()) {
    std::erase(ready_, &line);
    std::make_heap(ready_.begin(), ready_.end(), kHadMore);
  }
  return job;
}

// Those who are refused are asked to come back one after the other, at the pace at which the line goes: as though they
// stood in it. All at once, they would be most of the load.
JobQueue::Turned JobQueue::Refuse(Line& line, std::unique_ptr<Job> job, Why why, Clock::time_point now) {
  const Duration wait = WaitIn(line, now);
  const Duration pace = wait / std::max<int64_t>(static_cast<int64_t>(line.jobs.size()), 1);
  line.next = std::max(line.next, now + std::max(wait, options_.patience)) + pace;
  const Duration pause = std::min<Duration>(line.next - now, kLongestPause);
  line.next = now + pause;
  return {std::move(job), why, pause, static_cast<int>(line.jobs.size())};
}

void JobQueue::Take(int most, Clock::time_point now, absl::Time wall_clock, std::vector<std::unique_ptr<Job>>& batch,
                    std::vector<Turned>& turned) {
  taken_.clear();
  waits_.clear();
  for (const Line* line : ready_) is_overloaded_ |= now - line->jobs.front().since > kOverload;
  double left = BatchWork();
  while (!ready_.empty() && static_cast<int>(batch.size()) < most) {
    Line& line = *ready_.front();
    const auto kind = static_cast<size_t>(line.jobs.front().job->work);
    const double cost = line.cost[kind];
    if (!batch.empty() && left < cost) break;
    std::pop_heap(ready_.begin(), ready_.end(), kHadMore);
    given_ = std::max(given_, line.given);
    Waiting first = std::move(line.jobs.front());
    line.jobs.pop_front();
    Count(line, first.job->work, -1);
    if (first.job->deadline < wall_clock) {
      turned.push_back({std::move(first.job), Why::kExpired});
    } else if (!first.job->IsWanted()) {
      turned.push_back({std::move(first.job), Why::kUnwanted});
    } else {
      left -= cost;
      Charged(line, cost);
      taken_.push_back({&line, kind, cost});
      waits_.push_back(std::chrono::duration<double>(now - first.since).count());
      batch.push_back(std::move(first.job));
    }
    if (line.jobs.empty()) {
      ready_.pop_back();
    } else {
      std::push_heap(ready_.begin(), ready_.end(), kHadMore);
    }
  }
  if (ready_.empty()) is_overloaded_ = false;
}

void JobQueue::Settle(absl::Span<const Duration> took, Duration commit) {
  const size_t known = std::min(took.size(), taken_.size());
  for (size_t i = 0; i < known; ++i) {
    const auto& [line, kind, charged] = taken_[i];
    double& usual = line->cost[kind];
    const double cost = Believed(took[i], usual);
    Charged(*line, cost - charged);
    usual += (cost - usual) / 8;
    usual_cost_[kind] += (cost - usual_cost_[kind]) / 8;
  }
  if (known > 0) commit_ += (Believed(commit, commit_) - commit_) / 8;
  taken_.clear();
  std::make_heap(ready_.begin(), ready_.end(), kHadMore);
  if (lines_.size() > kIdleLines) ForgetIdle();
}

// Those that would begin where the others are anyhow.
void JobQueue::ForgetIdle() {
  absl::erase_if(lines_, [&](const auto& each) { return each.second->jobs.empty() && each.second->given <= given_; });
}

}  // namespace equity::exec

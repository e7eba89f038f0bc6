// What waits for a store's writer: bounded, and fair between organisations.
//
// Each organisation has a line of its own, first come first served. The writer takes from the line that has had least
// of its time so far, by the weight of the organisation: start-time fair queuing, by time that was measured, so that a
// registration of 500 rows counts for what it is. A line that was empty begins where the others are: nobody saves up.
// Nothing here knows a thread or a clock: the store guards it, and says what time it is.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "common/exec/job.h"

namespace equity::exec {

// What a caller is told whose deadline had passed before its turn came.
absl::Status TooLate();

class JobQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::nanoseconds;

  struct Options {
    // Calls that wait in all. Beyond, the last one of the longest line goes, be it the one that comes.
    int limit = 2000;
    // A line in which a call would wait for longer is joined by no more calls.
    Duration patience = std::chrono::milliseconds(200);
    // The work of a batch, and that of one when jobs have waited for long; more where commits take so long that it
    // would hardly be worth one.
    Duration batch = std::chrono::milliseconds(20);
    Duration short_batch = std::chrono::milliseconds(1);
    // How much of the writer an organisation gets beside others; 1 where nothing is said.
    std::map<std::string, int> weights;
  };

  enum class Why { kFull, kSlow, kExpired, kUnwanted };
  // A job that is not to be run.
  struct Turned {
    std::unique_ptr<Job> job;
    Why why;
    Duration pause{0};  // when to come back, of what is refused
    int waiting = 0;    // how many stood in its line
    // What its caller is told.
    absl::Status Status() const;
  };

  explicit JobQueue(Options options) : options_(std::move(options)) {}

  // Lines a job up. What is refused for it, the job itself or another one; empty as a rule.
  Turned Push(std::unique_ptr<Job> job, Clock::time_point now);

  // Takes the jobs of a batch, `most` of them at most: all there are as a rule, and no more than a little while's work
  // when there is too much, so that who comes then does not wait behind a long batch of others'. What nobody waits for
  // any more goes to `turned` instead.
  void Take(int most, Clock::time_point now, absl::Time wall_clock, std::vector<std::unique_ptr<Job>>& batch,
            std::vector<Turned>& turned);
  // How long each job of that batch took, in the same order, and the commit.
  void Settle(absl::Span<const Duration> took, Duration commit);
  // How long each job of that batch had waited, in seconds.
  const std::vector<double>& waits() const { return waits_; }

  int size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Waiting {
    std::unique_ptr<Job> job;
    Clock::time_point since;
  };
  // By kind of work, in ns: a step of a stream does hundreds of rows.
  using Costs = std::array<double, 3>;
  struct Line {
    Line(int weight, const Costs& cost) : weight(weight), cost(cost) {}
    std::deque<Waiting> jobs;
    std::array<int, 3> count{};  // of those, by kind of work
    const int weight;            // 0: as much as all others together
    double given = 0;            // time of the writer, in ns for each 1 of weight
    Costs cost;                  // of one of its jobs lately
    Clock::time_point next;      // when the one that is refused next is asked to come back
  };
  struct Charge {
    Line* line;
    size_t kind;
    double cost;
  };

  Line& LineOf(const Job& job);
  double WeightOf(const Line& line) const;
  Duration WaitIn(const Line& line, Clock::time_point now) const;
  void Charged(Line& line, double cost) { line.given += cost / WeightOf(line); }
  Line& Longest(Line& joining);
  Turned Refuse(Line& line, std::unique_ptr<Job> job, Why why, Clock::time_point now);
  double BatchWork() const;
  void Count(Line& line, Work work, int by);
  std::unique_ptr<Job> TakeLastCall(Line& line);
  void ForgetIdle();

  const Options options_;
  Costs usual_cost_ = {100e3, 5e6, 1e6};
  Line own_{0, usual_cost_};
  absl::flat_hash_map<std::string, std::unique_ptr<Line>> lines_;
  std::vector<Line*> ready_;  // lines with jobs: a heap, with the one that has had least on top
  std::vector<Charge> taken_;
  std::vector<double> waits_;
  int size_ = 0;
  int calls_ = 0;
  double given_ = 0;            // what the line had that was taken from last
  double commit_ = 0;           // ns, of a commit lately
  bool is_overloaded_ = false;  // jobs have waited for long, and never since was all taken
};

}  // namespace equity::exec

// A server as a child process, which never outlives this one.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace equity::bench {

class Child {
 public:
  // Starts a program and waits for its line `ready target=...`.
  static absl::StatusOr<std::unique_ptr<Child>> Start(std::vector<std::string> command);
  // Starts a program that says nothing of the kind, with its output in a file, and waits until it answers.
  static absl::StatusOr<std::unique_ptr<Child>> Start(std::vector<std::string> command, const std::string& output_file,
                                                      std::string target, std::function<bool(const Child&)> answers);
  // Kills every child there is. Afterwards none can be started.
  static void KillAll();

  ~Child();
  // Asks it to end and waits until it has; an error when it did not end well.
  absl::Status Stop();

  const std::string& target() const { return target_; }
  // A figure of its metrics by name and labels, such as `equity_writer_jobs_total{store="workshops"}`; 0 where it has
  // none.
  absl::StatusOr<double> Metric(const std::string& name) const;
  // The memory that it has, and had at most, in MB.
  double ResidentMb() const { return StatusMb("VmRSS:"); }
  double HighestMb() const { return StatusMb("VmHWM:"); }
  // What it has used so far, all threads, in user and system mode.
  double CpuSeconds() const;
  // The most memory that it ever had, in bytes.
  double HighestMemory() const;

 private:
  explicit Child(std::string program) : program_(std::move(program)) {}
  absl::Status WaitUntilReady(int output);
  double StatusMb(const std::string& key) const;

  std::string program_;
  pid_t pid_ = -1;  // -1 once it has ended
  std::string target_;
  std::string admin_;
};

}  // namespace equity::bench

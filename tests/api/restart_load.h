// Clients that book, register, read and count without minding which service is being restarted: each call must succeed
// in the end, as the client library tries again until the call's deadline.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "tests/api/environment.h"

namespace equity::api {

struct LoadFigures {
  int calls = 0;
  int failed = 0;
  std::vector<std::string> failures;  // the first 20
  absl::Duration slowest;
};

class RestartLoad {
 public:
  // Sets the scene, before anything is restarted.
  explicit RestartLoad(Environment& environment);
  ~RestartLoad();

  void Begin();
  // Waits for the calls in progress.
  LoadFigures End();
  // What is stored and was not acknowledged, or the other way round; for after End.
  std::vector<std::string> Differences();

 private:
  void Book(int booker);
  void Register();
  void StreamRows();
  void Count();
  void Read();
  // Makes one call and counts it. Whether it succeeded.
  bool Call(const char* what, const std::function<absl::Status()>& call);
  participants::v1::RegistrationRow NewRow(int number);

  Environment& environment_;
  const client::CallOptions central_;
  std::vector<std::string> sessions_;
  std::vector<std::string> people_;
  std::atomic<bool> ending_ = false;
  std::atomic<int> next_row_ = 0;
  std::atomic<int> seated_ = 0;      // places that were acknowledged and not given back
  std::atomic<int> registered_ = 0;  // people who were acknowledged
  std::mutex mutex_;
  LoadFigures figures_;
  std::vector<std::thread> threads_;
};

}  // namespace equity::api

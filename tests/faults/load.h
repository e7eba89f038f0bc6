// Load that does not mind when its server dies: it sends again what it got no answer for, with the same request_id.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "clients/cpp/workshops.h"
#include "tests/faults/ledger.h"
#include "tests/faults/scene.h"

namespace equity::faults {

struct LoadOptions {
  int clients = 8;                                 // threads that book and cancel
  int registrars = 1;                              // threads that register staff
  int staff = 100;                                 // in a list
  absl::Duration pause = absl::Milliseconds(200);  // between two lists
  unsigned seed = 1;
  absl::Duration patience = absl::Minutes(1);  // of a registrar without any answer
  int requests = 0;                            // so many by all clients, and it ends; 0 is no end
  int lists = 0;                               // the same of lists of staff
};

class Load {
 public:
  // `port` says where the server is.
  Load(const Scene& scene, Ledger& ledger, client::CallOptions calls, int port, LoadOptions options);
  // Ends without waiting for what is not settled.
  ~Load();

  // Nothing new is begun; ends when everything has a definite answer, but for what was given up on purpose. False when
  // that takes too long.
  bool Finish(absl::Duration patience);
  // Whether anything is still to come.
  bool is_running() const { return running_ > 0; }
  // Nothing is begun or sent again.
  void Abandon();

 private:
  void Client(int index);
  Request* Choose(Random& random);
  Request& NewBooking(Random& random);
  Request* NewCancellation(Random& random);
  Request* TakeEcho();
  void Send(client::BookingsClient& bookings, Request& request, Random& random);
  void MayBeCancelled(const std::string& booking);

  void Registrar(int index);
  // Whether every row has its outcome.
  bool Register(Operation& operation, Random& random);
  void Run(void (Load::*client)(int), int count);
  void Join();

  const Scene& scene_;
  Ledger& ledger_;
  const client::CallOptions calls_;
  const int port_;
  const LoadOptions options_;

  std::atomic<bool> finishing_ = false;
  std::atomic<bool> abandoned_ = false;
  std::mutex mutex_;
  std::deque<Request*> echoes_;      // being sent now: somebody else sends them too
  std::vector<std::string> booked_;  // names of bookings that may be cancelled
  std::atomic<int> requests_ = 0;
  std::atomic<int> lists_ = 0;
  std::atomic<int> running_ = 0;
  std::vector<std::thread> threads_;
};

// Sends a request once. `answer` becomes the bytes of the answer, `booking` the booking that was asked for and made.
absl::Status SendOnce(client::BookingsClient& bookings, const Request& request, std::string& answer,
                      std::string& booking);

// Sends everything again, whatever was answered, until each has a definite answer: nothing is new after this.
absl::Status SendAllAgain(int port, const client::CallOptions& calls, Ledger& ledger, absl::Duration patience);

}  // namespace equity::faults

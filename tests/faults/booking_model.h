// What the booking and registering of staff should do, as simply as it can be said: one workshop, its sessions in the
// order of their dates, and people of one organisation. Single-threaded; knows nothing of how the services do it.
#pragma once

#include <string>
#include <vector>

namespace equity::faults {

enum class ModelOnFull { kReject, kWait, kNextDate };

struct ModelBooking {
  int person = 0;
  int session = 0;
  int requested = 0;
  int state = 1;  // the contract's: 1 seated, 2 waiting, 3 cancelled, 4 by the organiser

  bool is_live() const { return state <= 2; }
};

struct ModelSession {
  int capacity = 0;
  bool cancelled = false;
  std::vector<int> queue;  // bookings that wait, in order
  int changes = 0;         // of its places
};

enum class ModelPerson { kUnknown, kActive, kLeft };

// What is answered: a code where it is refused, or the booking that was made, changed or found.
struct ModelAnswer {
  std::string refusal;
  int booking = -1;
  bool existed = false;
  bool promoted = false;
};

// A row of a list of staff; without a session where that is negative.
struct ModelRow {
  int person = 0;
  int session = -1;
  ModelOnFull on_full = ModelOnFull::kReject;
};

// A kind of the contract's RegistrationOutcome, such as "SEATED"; REJECTED has a code.
struct ModelOutcome {
  std::string kind;
  std::string code;
  int booking = -1;
};

class BookingModel {
 public:
  BookingModel(std::vector<int> capacities, int people);

  ModelAnswer Book(int person, int session, ModelOnFull on_full);
  ModelAnswer Cancel(int booking);
  ModelAnswer Substitute(int booking, int person);
  ModelAnswer SetCapacity(int session, int capacity);
  void CancelSession(int session);
  void Leave(int person);
  std::vector<ModelOutcome> Register(const std::vector<ModelRow>& rows, bool atomic);

  int Taken(int session) const;
  // The position of a booking that waits, from 1; 0 otherwise.
  int Position(int booking) const;

  const std::vector<ModelBooking>& bookings() const { return bookings_; }
  const std::vector<ModelSession>& sessions() const { return sessions_; }
  ModelPerson person(int number) const { return people_[static_cast<size_t>(number)]; }

 private:
  ModelBooking& At(int booking) { return bookings_[static_cast<size_t>(booking)]; }
  ModelSession& Of(int session) { return sessions_[static_cast<size_t>(session)]; }
  bool HasFree(int session) const;
  int Held(int person, int session, bool asked) const;
  ModelAnswer Give(int person, int session, int requested);
  bool Promote(int session);
  bool Release(int booking, int state);
  ModelOutcome RegisterOne(const ModelRow& row);

  std::vector<ModelBooking> bookings_;
  std::vector<ModelSession> sessions_;
  std::vector<ModelPerson> people_;
};

}  // namespace equity::faults

// Who is registered, to a row that is being looked at, and what that makes of the row. A dry run asks the same
// questions of a roster that has the rows before it in mind.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/participants/registrations/ledger.h"
#include "services/participants/registrations/rules.h"

namespace equity::participants::registrations {

struct Known {
  std::string id;
  store::State state = store::State::kActive;
  Person person;
};

class Roster {
 public:
  // Who has an address: the person, and whether that is settled or hangs on a row that has no outcome yet.
  struct Holder {
    std::string id;
    bool settled = true;
  };

  virtual ~Roster() = default;
  // The organisations that a text can mean.
  virtual std::vector<std::string> Organisations(const std::string& text) = 0;
  virtual std::optional<Known> Find(const std::string& organisation, const std::string& external_ref) = 0;
  virtual std::optional<Holder> EmailHolder(const std::string& organisation, const std::string& email_key) = 0;
  // Whether an earlier row of this operation about the person was accepted.
  virtual bool Accepted(const std::string& participant) = 0;
};

// What is in the store.
class StoreRoster final : public Roster {
 public:
  StoreRoster(sql::ReadTransaction& transaction, std::string operation)
      : transaction_(transaction), operation_(std::move(operation)) {}

  std::vector<std::string> Organisations(const std::string& text) override;
  std::optional<Known> Find(const std::string& organisation, const std::string& external_ref) override;
  std::optional<Holder> EmailHolder(const std::string& organisation, const std::string& email_key) override;
  bool Accepted(const std::string& participant) override;

 private:
  sql::ReadTransaction& transaction_;
  const std::string operation_;  // empty in a dry run, which is no operation
  std::map<std::string, std::vector<std::string>> organisations_;
};

// What a row comes to as far as this service can say: refused, or somebody to be registered.
struct Classified {
  std::vector<Fault> faults;
  std::string organisation;    // an id
  std::string participant;     // an id; of somebody new, for the caller to give
  Person person;               // the details as they will be
  std::optional<Known> known;  // nothing for somebody new
  bool changed = false;        // whether the details of somebody known are others
  std::string holder;          // the id of somebody else who has the address

  // Whether the row makes the person one of the organisation's people.
  bool Joins() const { return !known || known->state != store::State::kActive; }
  // Whether the row hangs on what becomes of one of these people.
  bool HangsOn(const std::set<std::string>& people) const {
    return people.contains(participant) || people.contains(holder);
  }
};
Classified Classify(Roster& roster, const std::string& tenant, const Reading& reading);

// What is below, with what rows that are not in the store would have changed: those of a dry run, and the earlier ones
// of a batch that stands or falls as one.
class OverlayRoster final : public Roster {
 public:
  // `frees_addresses`: whether an address that its holder gives up is free for the rows that follow. It is not while
  // the rows are undecided.
  explicit OverlayRoster(bool frees_addresses) : frees_addresses_(frees_addresses) {}

  // Where to look below, for as long as a transaction lasts.
  void Attach(Roster* below) { below_ = below; }
  // Takes a row as accepted.
  void Accept(const Classified& row);
  // Whether this person exists in such rows only.
  bool IsImagined(const std::string& participant) const { return imagined_.contains(participant); }

  std::vector<std::string> Organisations(const std::string& text) override { return below_->Organisations(text); }
  std::optional<Known> Find(const std::string& organisation, const std::string& external_ref) override;
  std::optional<Holder> EmailHolder(const std::string& organisation, const std::string& email_key) override;
  bool Accepted(const std::string& participant) override {
    return accepted_.contains(participant) || below_->Accepted(participant);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // organisation and what follows

  const bool frees_addresses_;
  Roster* below_ = nullptr;
  std::map<Key, Known> people_;         // by external_ref
  std::map<Key, std::string> holders_;  // by address; an empty holder where it has become free
  std::set<std::string> accepted_;
  std::set<std::string> imagined_;
};

}  // namespace equity::participants::registrations

#include "services/participants/registrations/roster.h"

#include <algorithm>

#include "common/text/text.h"

namespace equity::participants::registrations {

using store::State;

std::vector<std::string> StoreRoster::Organisations(const std::string& text) {
  const auto [found, is_new] = organisations_.try_emplace(text);
  if (is_new) found->second = store::FindOrganisations(transaction_, text);
  return found->second;
}

std::optional<Known> StoreRoster::Find(const std::string& organisation, const std::string& external_ref) {
  auto registered = store::FindByExternalRef(transaction_, organisation, external_ref);
  if (!registered) return std::nullopt;
  return Known{std::move(registered->id), registered->state, std::move(registered->person)};
}

std::optional<Roster::Holder> StoreRoster::EmailHolder(const std::string& organisation, const std::string& email_key) {
  auto id = store::EmailHolder(transaction_, organisation, email_key);
  if (!id) return std::nullopt;
  const auto registered = store::FindParticipant(transaction_, organisation, *id);
  const bool settled = registered && registered->state == State::kActive && registered->EmailKey() == email_key;
  return Holder{.id = *id, .settled = settled || Accepted(*id)};
}

bool StoreRoster::Accepted(const std::string& participant) {
  return !operation_.empty() && ledger::Concerns(transaction_, operation_, participant);
}

namespace {

// The organisation's id, or empty with a fault.
std::string ResolveOrganisation(Roster& roster, const std::string& tenant, const Reading& reading,
                                std::vector<Fault>& faults) {
  if (reading.organisation.empty() && tenant.empty()) {
    AddFault(faults, NoOrganisationNamed());
    return "";
  }
  auto found = roster.Organisations(reading.organisation.empty() ? tenant : reading.organisation);
  // To a partner, the others are as if they were missing.
  if (!tenant.empty()) std::erase_if(found, [&](const std::string& id) { return id != tenant; });
  if (found.size() == 1) return found.front();
  // An id is one organisation's own; that another one has it as a code takes nothing from it.
  if (std::find(found.begin(), found.end(), reading.organisation) != found.end()) return reading.organisation;
  AddFault(faults, found.empty() ? NoSuchOrganisation() : AmbiguousOrganisation());
  return "";
}

// That nobody else of the organisation has the address.
void CheckEmail(Roster& roster, Classified& row) {
  const std::string key = text::Fold(row.person.email);
  const bool holds_it = row.known && row.known->state == State::kActive && text::Fold(row.known->person.email) == key;
  if (holds_it) return;
  const auto holder = roster.EmailHolder(row.organisation, key);
  if (!holder || (row.known && row.known->id == holder->id)) return;
  row.holder = holder->id;
  row.faults.push_back(holder->settled ? EmailInUse() : EmailInProgress());
}

}  // namespace

Classified Classify(Roster& roster, const std::string& tenant, const Reading& reading) {
  Classified row{.faults = reading.faults, .person = reading.person};
  const bool unreadable = std::any_of(row.faults.begin(), row.faults.end(),
                                      [](const Fault& fault) { return fault.field == "organisation"; });
  if (!unreadable) row.organisation = ResolveOrganisation(roster, tenant, reading, row.faults);
  if (!row.faults.empty()) return row;
  row.known = roster.Find(row.organisation, row.person.external_ref);
  if (row.known) {
    if (row.known->state == State::kMoved) {
      row.faults.push_back(ParticipantMoved());
      return row;
    }
    row.participant = row.known->id;
    row.person = Merge(row.known->person, row.person);
    row.changed = row.person != row.known->person;
    if (row.changed && roster.Accepted(row.known->id)) {
      row.faults.push_back(DuplicateInFile());
      return row;
    }
  }
  CheckEmail(roster, row);
  return row;
}

void OverlayRoster::Accept(const Classified& row) {
  if (!row.known) imagined_.insert(row.participant);
  if (frees_addresses_ && row.known && row.known->state == State::kActive) {
    holders_[{row.organisation, text::Fold(row.known->person.email)}] = "";
  }
  holders_[{row.organisation, text::Fold(row.person.email)}] = row.participant;
  accepted_.insert(row.participant);
  people_[{row.organisation, row.person.external_ref}] = {row.participant, State::kActive, row.person};
}

std::optional<Known> OverlayRoster::Find(const std::string& organisation, const std::string& external_ref) {
  const auto found = people_.find({organisation, external_ref});
  return found != people_.end() ? found->second : below_->Find(organisation, external_ref);
}

std::optional<Roster::Holder> OverlayRoster::EmailHolder(const std::string& organisation,
                                                         const std::string& email_key) {
  const auto found = holders_.find({organisation, email_key});
  if (found == holders_.end()) return below_->EmailHolder(organisation, email_key);
  if (found->second.empty()) return std::nullopt;
  return Holder{.id = found->second};
}

}  // namespace equity::participants::registrations

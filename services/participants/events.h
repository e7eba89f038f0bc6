// What this service says to the change feed.
#pragma once

#include <string>

#include "common/rpc/context.h"
#include "equity/changes/v1/changes.pb.h"
#include "equity/participants/v1/organisations.pb.h"
#include "services/participants/store.h"

namespace equity::participants {

using changes::v1::ParticipantEvent;

inline void Emit(rpc::WriteContext& context, const v1::Organisation& organisation) {
  changes::v1::Change change;
  change.set_organisation(organisation.name());
  auto* event = change.mutable_organisation_event();
  event->set_organisation(organisation.name());
  event->set_sector(SectorName(organisation.sector()));
  event->set_place(PlaceName(organisation.place()));
  context.Emit(std::move(change));
}

inline void Emit(rpc::WriteContext& context, ParticipantEvent::Kind kind, const std::string& organisation,
                 const std::string& name, const std::string& moved_from = "") {
  changes::v1::Change change;
  change.set_organisation("organisations/" + organisation);
  auto* event = change.mutable_participant_event();
  event->set_participant(name);
  event->set_kind(kind);
  event->set_moved_from(moved_from);
  context.Emit(std::move(change));
}

inline void Emit(rpc::WriteContext& context, ParticipantEvent::Kind kind, const store::Registered& registered,
                 const std::string& moved_from = "") {
  Emit(context, kind, registered.organisation, registered.Name(), moved_from);
}

}  // namespace equity::participants

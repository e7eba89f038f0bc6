#include "tests/faults/api_view.h"

#include "absl/time/clock.h"
#include "clients/cpp/changes.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/statistics.h"
#include "clients/cpp/workshops.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"

namespace equity::faults {
namespace {

// Registers somebody without a place, of whom workshops learns from the change feed only, and books one: the feed comes
// in order, so that everybody registered before is known by then.
absl::Status AwaitWorkshops(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options,
                            const Scene& scene, Ledger& ledger) {
  people_v1::SubmitRegistrationsRequest registration;
  registration.set_request_id(NewUuidV7(absl::Now()));
  people_v1::RegistrationRow& row = *registration.add_rows();
  row.set_row(1);
  row.set_organisation("T0");
  row.set_external_ref("the-last-" + registration.request_id());
  row.set_given_name("Last");
  row.set_email(registration.request_id() + "@example.org");
  Operation& operation = ledger.Add(Operation{.id = registration.request_id(), .rows = {row}});
  ASSIGN_OR_RETURN(const auto registered,
                   client::RegistrationsClient(channel, options).SubmitRegistrations(registration));
  ledger.Settle(operation, registered.outcomes(0));
  places_v1::BookPlaceRequest message;
  message.set_participant(registered.outcomes(0).participant());
  message.set_session(scene.sessions.back());
  message.set_on_full(places_v1::ON_FULL_WAITLIST);
  message.set_request_id(NewUuidV7(absl::Now()));
  Request& request = ledger.Add(message);
  const auto booked = client::BookingsClient(channel, options).BookPlace(message);
  ledger.Settle(request, booked.status(), booked.ok() ? booked->SerializeAsString() : "");
  return booked.status();
}

}  // namespace

absl::StatusOr<ApiView> ViewThroughApi(const std::shared_ptr<grpc::Channel>& channel, client::CallOptions options,
                                       const Scene& scene, Ledger& ledger) {
  options.max_tries = 0;
  options.deadline = absl::Seconds(20);
  RETURN_IF_ERROR(AwaitWorkshops(channel, options, scene, ledger));
  ApiView view;
  places_v1::ListBookingsRequest bookings;
  bookings.set_parent("organisations/-");
  bookings.set_show_cancelled(true);
  const auto keep = [](auto& map) {
    return [&map](const auto& item) {
      map[item.name()] = item;
      return absl::OkStatus();
    };
  };
  RETURN_IF_ERROR(client::BookingsClient(channel, options).ForEachBooking(bookings, keep(view.bookings)));
  client::SessionsClient sessions(channel, options);
  for (const std::string& name : scene.sessions) {
    places_v1::GetSessionRequest request;
    request.set_name(name);
    ASSIGN_OR_RETURN(const auto response, sessions.GetSession(request));
    view.sessions[name] = response.session();
  }
  client::ParticipantsClient participants(channel, options);
  for (const std::string& name : scene.organisations) {
    people_v1::ListParticipantsRequest request;
    request.set_parent(name);
    RETURN_IF_ERROR(participants.ForEachParticipant(request, [&](const people_v1::Participant& participant) {
      view.people.insert(participant.name());
      return absl::OkStatus();
    }));
  }
  ASSIGN_OR_RETURN(const auto position, client::ChangesClient(channel, options).GetFeedPosition({}));
  statistics::v1::GetSummaryRequest summary;
  summary.set_tier(statistics::v1::TIER_OPERATIONAL);
  summary.set_min_feed_position(position.position());
  ASSIGN_OR_RETURN(view.summary, client::StatisticsClient(channel, options).GetSummary(summary));
  return view;
}

}  // namespace equity::faults

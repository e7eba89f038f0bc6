// equityctl bookings
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cli/sessions_lookup.h"
#include "clients/cpp/workshops.h"

namespace equity::cli {
namespace {

using workshops::v1::Booking;

const std::vector<std::string> kBookingColumns = {"booking", "participant",      "organisation", "session_date",
                                                  "state",   "waiting_position", "version"};

std::vector<Cell> Cells(const Booking& booking) {
  return {booking.name(),
          booking.participant(),
          FirstId(booking.name()),
          booking.session_date(),
          EnumName(booking.state()),
          PositiveCell(booking.waiting_position()),
          int64_t{booking.version()}};
}

ExitCode Show(Context& context, const Booking& booking) {
  const auto report = context.NewReport(Shape::kOne, kBookingColumns);
  report->Add(booking, Cells(booking));
  report->Finish();
  return kDone;
}

struct ListArguments {
  std::string organisation;
  std::string session;
  std::string participant;
  bool cancelled = false;
};

absl::StatusOr<ExitCode> List(Context& context, const ListArguments& arguments) {
  std::string organisation = arguments.organisation.empty() ? context.options().as : arguments.organisation;
  if (organisation.empty()) organisation = "-";  // all, for those who may
  workshops::v1::ListBookingsRequest request;
  request.set_parent(OrganisationName(organisation));
  request.set_participant(arguments.participant);
  request.set_show_cancelled(arguments.cancelled);
  if (!arguments.session.empty()) {
    ASSIGN_OR_RETURN(auto sessions, context.Connect<client::SessionsClient>());
    ASSIGN_OR_RETURN(*request.mutable_session(), FindSession(sessions, arguments.session, ""));
  }
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BookingsClient>());
  const auto report = context.NewReport(Shape::kList, kBookingColumns);
  RETURN_IF_ERROR(client.ForEachBooking(request, [&](const Booking& booking) {
    report->Add(booking, Cells(booking));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> Book(Context& context, const std::string& participant, const std::string& session,
                              const std::string& on_full) {
  workshops::v1::BookPlaceRequest request;
  request.set_participant(participant);
  if (!on_full.empty()) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<workshops::v1::OnFull>("--on-full", on_full));
    request.set_on_full(value);
  }
  ASSIGN_OR_RETURN(auto sessions, context.Connect<client::SessionsClient>());
  ASSIGN_OR_RETURN(*request.mutable_session(), FindSession(sessions, session, ""));
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BookingsClient>());
  ASSIGN_OR_RETURN(const auto response, client.BookPlace(std::move(request)));
  if (response.existed()) context.streams().err << "The booking stood already." << std::endl;
  return Show(context, response.booking());
}

absl::StatusOr<ExitCode> Cancel(Context& context, const std::string& booking) {
  workshops::v1::CancelBookingRequest request;
  request.set_name(booking);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BookingsClient>());
  ASSIGN_OR_RETURN(const auto response, client.CancelBooking(std::move(request)));
  if (response.promoted()) context.streams().err << "Somebody who waited got the place." << std::endl;
  return Show(context, response.booking());
}

absl::StatusOr<ExitCode> Substitute(Context& context, const std::string& booking, const std::string& participant) {
  workshops::v1::SubstituteBookingRequest request;
  request.set_name(booking);
  request.set_participant(participant);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BookingsClient>());
  ASSIGN_OR_RETURN(const auto response, client.SubstituteBooking(std::move(request)));
  return Show(context, response.booking());
}

}  // namespace

void AddBookings(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("bookings", "Places and waiting lists")->require_subcommand(1);

  auto* list = group->add_subcommand("list", "Bookings, oldest first");
  auto arguments = std::make_shared<ListArguments>();
  list->add_option("--organisation", arguments->organisation, "Only its; that of --as, or all, unless given");
  list->add_option("--session", arguments->session, "Only of this session: its name or its date");
  list->add_option("--participant", arguments->participant, "Only of this person");
  list->add_flag("--cancelled", arguments->cancelled, "Also those that were cancelled");
  context.On(list, [&context, arguments] { return List(context, *arguments); });

  auto participant = std::make_shared<std::string>();
  auto session = std::make_shared<std::string>();
  auto on_full = std::make_shared<std::string>();
  auto* book = group->add_subcommand("book", "Book a place for a person");
  book->add_option("participant", *participant, "organisations/{id}/participants/{uuid}")->required();
  book->add_option("session", *session, "Its name or, where that is enough, its date")->required();
  book->add_option("--on-full", *on_full, "REJECT, WAITLIST or NEXT_DATE; REJECT unless given");
  context.On(book,
             [&context, participant, session, on_full] { return Book(context, *participant, *session, *on_full); });

  auto booking = std::make_shared<std::string>();
  auto* cancel = group->add_subcommand("cancel", "Give a place or a wait up");
  cancel->add_option("booking", *booking, "organisations/{id}/bookings/{uuid}")->required();
  context.On(cancel, [&context, booking] { return Cancel(context, *booking); });

  auto* substitute = group->add_subcommand("substitute", "Hand a place over to a colleague");
  substitute->add_option("booking", *booking, "organisations/{id}/bookings/{uuid}")->required();
  substitute->add_option("participant", *participant, "The colleague")->required();
  context.On(substitute, [&context, booking, participant] { return Substitute(context, *booking, *participant); });
}

}  // namespace equity::cli

// equityctl bookings
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cli/sessions_lookup.h"
#include "equity/workshops/v1/bookings.pb.h"

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
  return context.Show(booking, kBookingColumns, Cells(booking));
}

struct BookingsArguments {
  std::string organisation;
  std::string session;
  std::string participant;
  std::string on_full;
  std::string booking;
  bool cancelled = false;
};

absl::StatusOr<ExitCode> List(Context& context, const BookingsArguments& arguments) {
  std::string organisation = arguments.organisation.empty() ? context.options().as : arguments.organisation;
  if (organisation.empty()) organisation = "-";  // all, for those who may
  workshops::v1::ListBookingsRequest request;
  request.set_parent(OrganisationName(organisation));
  request.set_participant(arguments.participant);
  request.set_show_cancelled(arguments.cancelled);
  if (!arguments.session.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_session(), FindSession(context, arguments.session, ""));
  }
  workshops::v1::ListBookingsResponse page;
  return context.ShowPages(request, &page, kBookingColumns, [&](Report& report) {
    for (const Booking& booking : page.bookings()) report.Add(booking, Cells(booking));
  });
}

absl::StatusOr<ExitCode> Book(Context& context, const BookingsArguments& arguments) {
  workshops::v1::BookPlaceRequest request;
  request.set_participant(arguments.participant);
  if (!arguments.on_full.empty()) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<workshops::v1::OnFull>("--on-full", arguments.on_full));
    request.set_on_full(value);
  }
  ASSIGN_OR_RETURN(*request.mutable_session(), FindSession(context, arguments.session, ""));
  workshops::v1::BookPlaceResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  if (response.existed()) context.streams().err << "The booking stood already." << std::endl;
  return Show(context, response.booking());
}

absl::StatusOr<ExitCode> Cancel(Context& context, const BookingsArguments& arguments) {
  workshops::v1::CancelBookingRequest request;
  request.set_name(arguments.booking);
  workshops::v1::CancelBookingResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  if (response.promoted()) context.streams().err << "Somebody who waited got the place." << std::endl;
  return Show(context, response.booking());
}

absl::StatusOr<ExitCode> Substitute(Context& context, const BookingsArguments& arguments) {
  workshops::v1::SubstituteBookingRequest request;
  request.set_name(arguments.booking);
  request.set_participant(arguments.participant);
  workshops::v1::SubstituteBookingResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.booking());
}

}  // namespace

void AddBookings(CLI::App& app, Context& context) {
  Group<BookingsArguments> group(app, context, "bookings", "Places and waiting lists");
  BookingsArguments& arguments = group.arguments();

  auto* list = group.New("list", "Bookings, oldest first", List);
  list->add_option("--organisation", arguments.organisation, "Only its; that of --as, or all, unless given");
  list->add_option("--session", arguments.session, "Only of this session: its name or its date");
  list->add_option("--participant", arguments.participant, "Only of this person");
  list->add_flag("--cancelled", arguments.cancelled, "Also those that were cancelled");

  auto* book = group.New("book", "Book a place for a person", Book);
  book->add_option("participant", arguments.participant, "organisations/{id}/participants/{uuid}")->required();
  book->add_option("session", arguments.session, "Its name or, where that is enough, its date")->required();
  book->add_option("--on-full", arguments.on_full, "REJECT, WAITLIST or NEXT_DATE; REJECT unless given");

  auto* cancel = group.New("cancel", "Give a place or a wait up", Cancel);
  cancel->add_option("booking", arguments.booking, "organisations/{id}/bookings/{uuid}")->required();

  auto* substitute = group.New("substitute", "Hand a place over to a colleague", Substitute);
  substitute->add_option("booking", arguments.booking, "organisations/{id}/bookings/{uuid}")->required();
  substitute->add_option("participant", arguments.participant, "The colleague")->required();
}

}  // namespace equity::cli

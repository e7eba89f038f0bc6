// Lists without the pages.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "common/status/macros.h"

namespace equity::client {

// Visits the items of every page until a visit or a page fails. `list` asks for a page, `items` are its items.
template <class Request, class List, class Items, class Visit>
absl::Status ForEachItem(Request request, List list, Items items, Visit visit) {
  if (request.page_size() == 0) request.set_page_size(1'000);  // the most that a server gives
  do {
    ASSIGN_OR_RETURN(const auto page, list(request));
    for (const auto& item : (page.*items)()) RETURN_IF_ERROR(visit(item));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

}  // namespace equity::client

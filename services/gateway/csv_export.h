// A list as a CSV file: the gateway follows the pages to the end, unless the client asks for one page.
#pragma once

#include <memory>

#include "google/protobuf/message.h"
#include "services/gateway/contract.h"
#include "services/gateway/csv_form.h"
#include "services/gateway/http.h"
#include "services/gateway/routes.h"
#include "services/gateway/upstream.h"

namespace equity::gateway {

void ExportCsv(const ExchangePtr& exchange, Upstream& upstream, const Contract& contract, const Operation& operation,
               const CsvForm& form, Outgoing outgoing, std::unique_ptr<google::protobuf::Message> request);

}  // namespace equity::gateway

// The addresses of google.api.http: JSON, CSV for tables, server-sent events for streams.
#pragma once

#include <map>
#include <memory>

#include "services/gateway/binding.h"
#include "services/gateway/contract.h"
#include "services/gateway/csv_form.h"
#include "services/gateway/http.h"
#include "services/gateway/routes.h"
#include "services/gateway/upstream.h"

namespace equity::gateway {

class Rest {
 public:
  Rest(const Contract& contract, const Routes& routes, Upstream& upstream);

  void Handle(const ExchangePtr& exchange, const Routes::Match& match, Query query) const;
  // Null where the answer of the RPC is no table.
  const CsvForm* Csv(const Operation& operation) const;

 private:
  void ReplyWithJson(const ExchangePtr& exchange, const Operation& operation, const Outgoing& outgoing) const;
  void ReplyWithEvents(const ExchangePtr& exchange, const Operation& operation, Outgoing outgoing) const;

  const Contract& contract_;
  Upstream& upstream_;
  std::map<const Operation*, std::unique_ptr<CsvForm>> csv_forms_;
};

}  // namespace equity::gateway

// One hash over everything that a model says, whatever numbers its rows were given: equal models have equal digests.
#pragma once

#include <string>

#include "common/sql/sql.h"

namespace equity::statistics {

std::string Digest(sql::ReadTransaction& transaction, int64_t generation);

}  // namespace equity::statistics

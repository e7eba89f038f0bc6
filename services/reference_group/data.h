// The files of data/, compiled in.
#pragma once

#include <string>

namespace equity::referencegroup::data {

std::string Policy();
std::string Synonyms();

}  // namespace equity::referencegroup::data

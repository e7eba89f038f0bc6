// Sessions as they are answered.
#pragma once

#include "services/workshops/sessions/store.h"

namespace equity::workshops {

v1::Session::State StateAt(const store::Session& session, absl::Time now);

// The session with its state at that time.
v1::Session Answer(store::Session session, absl::Time now);

}  // namespace equity::workshops

#pragma once

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"

namespace millrace {

// What a file from elsewhere says, made what the store keeps.

// Valid UTF-8; counts, a cost and times that a page can work with.
void MakeStorable(Session& session);
// The same, and finished: one that is not ends here, as interrupted, at `now`.
void MakeStorable(Message& message, TimeMs now);

// `status`, for the person who chose the file.
Status AboutImportedFile(const Status& status);

}  // namespace millrace

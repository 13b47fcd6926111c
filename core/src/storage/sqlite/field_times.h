#pragma once

#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/replica.h"

namespace millrace {

// The SQL of the columns `times`: when the fields that two machines can change were changed last.
// A field that was never changed has no time: it is as old as its row.
//
//   message_notes.times   {"<member of the metadata>": "<stamp>", …}
//   sessions.times        {"title": "<stamp>", "archived": …, "summaryMessageId": …,
//                          "metadata": {"<member>": "<stamp>", …}}
//
// A stamp is a time and the name of the copy that made the change, see Replica. A member that was
// removed keeps its time.
class FieldTimes {
 public:
  FieldTimes(Connection& connection, Replica& replica)
      : connection_(connection), replica_(replica) {}

  // To be called before what is stored becomes `after`.
  Status Note(const Session& before, const Session& after);
  Status Note(const Message& after);

 private:
  Connection& connection_;
  Replica& replica_;
};

}  // namespace millrace

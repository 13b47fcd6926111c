#include "storage/sqlite/message_notes.h"

#include <string_view>

namespace millrace {

Status MessageNotes::Put(const Message& message) {
  if (!Has(message)) {
    return connection_
        .Prepare(
            "UPDATE message_notes SET metadata = NULL, input_tokens = NULL, output_tokens = NULL, "
            "cached_input_tokens = NULL, reasoning_tokens = NULL, cost = NULL, resume = NULL "
            "WHERE seq = ?")
        .Bind(message.seq)
        .Run();
  }
  Query put = connection_.Prepare(
      "INSERT INTO message_notes(seq, metadata, resume, input_tokens, output_tokens, "
      "cached_input_tokens, reasoning_tokens, cost) VALUES(?,?,?,?,?,?,?,?) "
      "ON CONFLICT(seq) DO UPDATE SET metadata = excluded.metadata, resume = excluded.resume, "
      "input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, "
      "cached_input_tokens = excluded.cached_input_tokens, "
      "reasoning_tokens = excluded.reasoning_tokens, cost = excluded.cost");
  put.Bind(message.seq);
  const auto bind = [&put](std::string_view json) {
    json.empty() ? put.BindNull() : put.Bind(json);
  };
  bind(message.metadata);
  bind(message.resume);
  if (!message.usage) {
    return put.BindNull().BindNull().BindNull().BindNull().BindNull().Run();
  }
  const Usage& usage = *message.usage;
  put.Bind(usage.input_tokens)
      .Bind(usage.output_tokens)
      .Bind(usage.cached_input_tokens)
      .Bind(usage.reasoning_tokens);
  return (usage.cost ? put.Bind(*usage.cost) : put.BindNull()).Run();
}

Status MessageNotes::Delete(std::int64_t seq) {
  return connection_.Prepare("DELETE FROM message_notes WHERE seq = ?").Bind(seq).Run();
}

}  // namespace millrace

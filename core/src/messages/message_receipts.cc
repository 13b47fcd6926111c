// How MessageService goes on with the writers of clients that outlive an opening of the store (M2).
//
//   create, open, begin a reply ──▶ the writer's receipt: it counts from here
//   each commit with its writes ──▶ the receipt, in the same commit: it has counted up to here
//   the store opens again ────────▶ what the client sends again is skipped up to its receipt

#include <string>
#include <utility>

#include "messages/commit_cycle.h"
#include "millrace/messages/message_service.h"

namespace millrace {

Result<Receipt> MessageService::ReceiptOf(const std::string& writer,
                                          const LiveMessage& live) const {
  Result<std::optional<Receipt>> receipt =
      cycle_.committed().ReadReceipt(cycle_.caller().client, writer);
  if (!receipt.ok()) return receipt.status();
  if (!receipt->has_value() || (*receipt)->seq != live.accepted.seq) {
    return NotFound("this writer has not written to message '" + live.accepted.id.value + "'");
  }
  return **std::move(receipt);
}

Status MessageService::RestoreCount(LiveMessage& live, const std::string& writer) const {
  if (cycle_.caller().client.empty()) return Status::Ok();
  Result<Receipt> receipt = ReceiptOf(writer, live);
  if (!receipt.ok()) {
    // It may have begun before receipts were kept for its client.
    return receipt.status().code() == Code::kNotFound ? Status::Ok() : receipt.status();
  }
  live.writers[writer] = {receipt->number, false, receipt->client};
  return Status::Ok();
}

Result<Message> MessageService::Adopt(const MessageId& id, const Origin& origin, bool stream) {
  Turn turn(cycle_.turns());
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return open;
  if (const Status running = CheckRun(origin.run); !running.ok()) return running;
  const Result<LiveMessage*> found = cycle_.Load(id);
  if (!found.ok()) return found.status();
  LiveMessage& live = **found;
  // What it has written since its receipt is known here, if this is the opening it wrote to.
  const bool known = live.writers.contains(origin.writer);
  if (!known) {
    Result<Receipt> receipt = ReceiptOf(origin.writer, live);
    if (!receipt.ok()) return receipt.status();
    live.writers[origin.writer] = {receipt->number, false, receipt->client};
  }
  const bool claims = stream && !live.accepted.finished();
  if (claims && !live.stream.empty() && live.stream != origin.writer) {
    return Status(Code::kInUse, "another stream is writing into message '" + id.value + "'");
  }
  if (claims) live.stream = origin.writer;
  // What was finished before may be sent again: it is skipped, and no error.
  live.writers[origin.writer].had_stream = claims;
  AddToRun(origin.run, id);
  return live.accepted;
}

bool MessageService::BegunBefore(const MessageId& id, const Origin& origin, bool stream,
                                 const DoneMessage& done) {
  const bool writes = !origin.writer.empty();
  const Result<std::optional<Receipt>> receipt =
      cycle_.DoneBefore(writes ? origin.writer : std::to_string(cycle_.caller().call));
  if (receipt.ok() && !receipt->has_value()) return false;
  const Result<Message> message = [&]() -> Result<Message> {
    if (!receipt.ok()) return receipt.status();
    if (writes) return Adopt(id, origin, stream);
    const Result<LiveMessage*> live = cycle_.Load(id);
    if (!live.ok()) return live.status();
    return (*live)->accepted;
  }();
  cycle_.Defer([done, message] { done(message); });
  return true;
}

void MessageService::BeginCount(LiveMessage& live, const std::string& writer,
                                const std::string& client, DoneMessage done) {
  if (!writer.empty()) live.BeginCount(writer, client);
  if (writer.empty() || client.empty()) {
    return cycle_.Defer([done = std::move(done), now = live.accepted] { done(now); });
  }
  Request request;
  request.receipts.push_back({client, writer, live.accepted.version + 1, live.accepted.seq});
  request.settle = [this, now = live.accepted, done = std::move(done)](const Status& status,
                                                                       std::vector<Event>&) {
    cycle_.Defer([now, done, status] { status.ok() ? done(now) : done(status); });
  };
  cycle_.Submit(std::move(request));
}

}  // namespace millrace

// What Store does about those who wrote when it was last open: it finishes what the dead left (S4),
// and keeps for the living what they go on with (M2).

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "messages/commit_cycle.h"
#include "millrace/messages/store.h"
#include "millrace/model/mutation.h"

namespace millrace {
namespace {

bool IsOneOf(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void AddOnce(std::vector<std::string>& names, const std::string& name) {
  if (!IsOneOf(names, name)) names.push_back(name);
}

// Whether a writer of some wanted client writes the message.
template <typename Wanted>
bool IsWritten(const std::vector<Receipt>& receipts, std::int64_t seq, const Wanted& wanted) {
  return std::any_of(receipts.begin(), receipts.end(), [&](const Receipt& receipt) {
    return receipt.seq == seq && wanted(receipt.client);
  });
}

}  // namespace

void Store::Interrupt(const MessageId& id, const SessionId& session_id) {
  MessageWrite write;
  Finish finish;
  finish.reason = FinishReason::kInterrupted;
  write.mutations.emplace_back(std::move(finish));
  if (messages_.Write(id, std::move(write)).ok()) recovered_.push_back({id, session_id});
}

void Store::SubmitReceipts(std::vector<Receipt> receipts, std::vector<DeleteReceipts> useless,
                           Done done) {
  Request request;
  request.receipts = std::move(receipts);
  request.useless = std::move(useless);
  request.settle = [this, done = OrNobody(std::move(done))](const Status& status,
                                                            std::vector<Event>&) {
    cycle_->Defer([done, status] { done(status); });
  };
  cycle_->Submit(std::move(request));
}

void Store::Recover(Done done) {
  const Result<std::vector<Receipt>> receipts = storage_->committed().ReadReceipts();
  if (!receipts.ok()) return done(receipts.status());
  for (const Receipt& receipt : *receipts) AddOnce(clients_, receipt.client);
  Result<std::vector<Message>> unfinished = storage_->committed().ReadUnfinished();
  if (!unfinished.ok()) return done(unfinished.status());
  const auto anybody = [](const std::string&) { return true; };
  std::erase_if(*unfinished,
                [&](const Message& message) { return IsWritten(*receipts, message.seq, anybody); });
  if (unfinished->empty()) return done(Status::Ok());

  Turn turn(cycle_->turns());
  for (Message& message : *unfinished) {
    const RecoveredMessage recovered{message.id, message.session_id};
    cycle_->live().Adopt(std::move(message), true, cycle_->now());
    Interrupt(recovered.id, recovered.session_id);
  }
  messages_.FlushAll(kNever, std::move(done));
}

void Store::EndClient(const std::string& client, Done done) {
  Turn turn(cycle_->turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](const Status& status) { cycle_->Defer([done, status] { done(status); }); };
  if (const Status open = cycle_->CheckAccepting(); !open.ok()) return fail(open);
  const Result<std::vector<Receipt>> receipts = storage_->committed().ReadReceipts();
  if (!receipts.ok()) return fail(receipts.status());
  Result<std::vector<Message>> unfinished = storage_->committed().ReadUnfinished();
  if (!unfinished.ok()) return fail(unfinished.status());
  const auto is_client = [&](const std::string& name) { return name == client; };
  const auto is_other = [&](const std::string& name) { return name != client; };
  // What is on its way has no receipt yet; and the store's own writers never have one.
  const auto writes_live = [&](const MessageId& id, const auto& wanted) {
    const LiveMessage* live = cycle_->live().Find(id);
    return live != nullptr &&
           std::any_of(live->writers.begin(), live->writers.end(),
                       [&](const auto& writer) { return wanted(writer.second.client); });
  };

  std::vector<RecoveredMessage> left;
  for (const Message& message : *unfinished) {
    const bool its = IsWritten(*receipts, message.seq, is_client);
    if (its && !IsWritten(*receipts, message.seq, is_other)) {
      left.push_back({message.id, message.session_id});
    }
  }
  for (const auto& [id, live] : cycle_->live()) {
    if (writes_live(id, is_client)) left.push_back({id, live->accepted.session_id});
  }
  std::erase_if(left,
                [&](const RecoveredMessage& message) { return writes_live(message.id, is_other); });
  for (const RecoveredMessage& message : left) {
    const Result<LiveMessage*> live = cycle_->Load(message.id);
    if (live.ok() && !(*live)->accepted.finished()) Interrupt(message.id, message.session_id);
  }
  for (const auto& entry : cycle_->live()) {
    LiveMessage& live = *entry.second;
    std::erase_if(live.writers, [&](const auto& writer) {
      const bool gone = writer.second.client == client;
      if (gone && live.stream == writer.first) live.stream.clear();
      return gone;
    });
  }
  SubmitReceipts({}, {{client}}, std::move(done));
}

namespace {

bool Contains(const std::vector<Store::Writer>& writers, const MessageId& message,
              const std::string& name) {
  return std::any_of(writers.begin(), writers.end(), [&](const Store::Writer& writer) {
    return writer.message == message && writer.name == name;
  });
}

}  // namespace

void Store::HandOver(const std::vector<Writer>& writers, Done done) {
  Turn turn(cycle_->turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle_->CheckAccepting(); !open.ok()) {
    return cycle_->Defer([done = std::move(done), open] { done(open); });
  }
  for (const Writer& writer : writers) {
    const Result<LiveMessage*> live = cycle_->Load(writer.message);
    // A message leaves memory when all its writers have counted up to its version.
    if (live.ok() && !(*live)->writers.contains(writer.name)) (*live)->BeginCount(writer.name);
  }
  std::vector<MessageId> streams;
  for (const auto& [id, live] : cycle_->live()) {
    if (live->stream.empty()) continue;
    const auto writer = live->writers.find(live->stream);
    const bool of_another = writer != live->writers.end() && !writer->second.client.empty();
    const bool goes_on = Contains(writers, id, live->stream);
    if (!of_another && !goes_on) streams.push_back(id);
  }
  for (const MessageId& id : streams) Interrupt(id, cycle_->live().Find(id)->accepted.session_id);
  std::vector<Receipt> receipts;
  for (const auto& [id, live] : cycle_->live()) {
    if (live->accepted.finished()) continue;
    for (const auto& [name, writer] : live->writers) {
      if (!writer.client.empty()) continue;
      receipts.push_back({cycle_->home(), name, writer.next, live->accepted.seq});
    }
  }
  SubmitReceipts(std::move(receipts), {}, {});
  messages_.FlushAll(kNever, std::move(done));
}

}  // namespace millrace

#include "crash/store_life.h"

#include <algorithm>
#include <utility>

#include "storage/storage_script.h"
#include "support/host_time.h"

namespace millrace {

std::string WholeText(const Message& message) {
  std::string text;
  for (const Part& part : message.parts) {
    if (const auto* piece = std::get_if<TextPart>(&part)) text += piece->text;
  }
  return text;
}

Status StoreLife::Open() {
  Result<std::unique_ptr<Storage>> storage = OpenForScript(disk_.Files());
  if (!storage.ok()) return storage.status();
  Status status(Code::kIo, "did not complete");
  StoreOptions options;
  options.window_ms = window_ms_;
  Store::Open(*std::move(storage), options, now_, [&](Result<std::unique_ptr<Store>> opened) {
    status = opened.status();
    if (opened.ok()) store_ = *std::move(opened);
  });
  if (!status.ok()) return status;
  trouble_at_opening_ = store_->stats().pending > 0;
  feed_ = store_->OpenFeed([this](const std::vector<Event>& batch) {
    for (const Event& event : batch) Hear(event);
    return true;
  });
  return status;
}

void StoreLife::Run(const std::function<bool()>& stop) {
  for (const std::function<void()>& step : Script()) {
    if (stop()) return;
    step();
  }
}

void StoreLife::RunFor(DurationMs by) { PassTime(*store_, now_, by); }

Status StoreLife::FlushAll() {
  std::map<std::string, std::size_t> before;
  for (const auto& [id, known] : messages_) before[id] = known.text.size();
  Status result(Code::kTimeout, "did not complete");
  store_->messages().FlushAll(kNever, [&](const Status& status) { result = status; });
  if (result.ok()) {
    for (auto& [id, known] : messages_) known.synced = std::max(known.synced, before[id]);
  }
  return result;
}

void StoreLife::Hear(const Event& event) {
  if (std::holds_alternative<StorageError>(event)) ++storage_errors_;
  if (std::holds_alternative<StorageRecovered>(event)) ++storage_recoveries_;
  const auto* updated = std::get_if<MessageUpdated>(&event);
  if (updated == nullptr) return;
  const auto known = messages_.find(updated->id.value);
  if (known == messages_.end()) return;  // a recovered message
  if (!updated->saved) ++unsaved_updates_;
  const auto& lengths = lengths_[updated->id.value];
  const auto length = lengths.find(updated->version);
  if (updated->saved && length != lengths.end()) {
    known->second.saved = std::max(known->second.saved, length->second);
  }
}

void StoreLife::CreateSession(const std::string& id) {
  Session session;
  session.id = SessionId(id);
  store_->sessions().Create(session, {});
}

void StoreLife::Create(const std::string& id, const std::string& session, const std::string& text) {
  Message init;
  init.id = MessageId(id);
  init.session_id = SessionId(session);
  if (!text.empty()) {
    init.role = Role::kUser;
    init.parts.emplace_back(TextPart{text, false, ""});
  }
  Known& known = messages_[id];
  known.session = session;
  known.text = text;
  known.finishing = !text.empty();
  store_->messages().Create(init, [&known](const Result<Message>& created) {
    if (!created.ok()) return;
    known.created = true;
    known.finished = known.finishing;
    known.saved = known.synced = known.text.size();
  });
}

void StoreLife::Append(const std::string& id, const std::string& text) {
  Known& known = messages_[id];
  const std::size_t pieces = window_ms_ > 0 ? 1 : 6;
  MessageWrite write;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t begin = text.size() * i / pieces;
    const std::size_t end = text.size() * (i + 1) / pieces;
    write.mutations.emplace_back(AppendText{text.substr(begin, end - begin), false});
    // This comes before the call, because without a window the events come during it.
    lengths_[id][known.version + static_cast<std::int64_t>(i) + 1] = known.text.size() + end;
  }
  const Result<std::int64_t> version = store_->messages().Write(MessageId(id), std::move(write));
  if (!version.ok()) return;  // its creation failed
  known.version = *version;
  known.text += text;
  known.accepted[now_] = known.text.size();
  RunFor(kStep);
}

void StoreLife::CallTool(const std::string& id) {
  Known& known = messages_[id];
  MessageWrite write;
  write.mutations.emplace_back(PutToolCall{{"call", "search", "{}", true, false, ""}});
  const Result<std::int64_t> version = store_->messages().Write(
      MessageId(id), std::move(write), [&known, length = known.text.size()](const Status& status) {
        if (status.ok()) known.synced = std::max(known.synced, length);
      });
  if (version.ok()) known.version = *version;
}

void StoreLife::Finish(const std::string& id) {
  Known& known = messages_[id];
  MessageWrite write;
  write.mutations.emplace_back(millrace::Finish{});
  known.finishing = true;
  (void)store_->messages().Write(MessageId(id), std::move(write), [&known](const Status& status) {
    if (!status.ok()) return;
    known.finished = true;
    known.synced = known.text.size();
  });
}

void StoreLife::Flush(const std::string& id) {
  Known& known = messages_[id];
  store_->messages().Flush(MessageId(id), kNever,
                           [&known, length = known.text.size()](const Status& status) {
                             if (status.ok()) known.synced = std::max(known.synced, length);
                           });
}

void StoreLife::Delete(const std::string& id) {
  Known& known = messages_[id];
  known.deleting = true;
  store_->messages().Delete(MessageId(id), [&known](const Status& status) {
    if (status.ok()) known.deleted = true;
  });
}

void StoreLife::DeleteSession(const std::string& id) {
  std::vector<Known*> leaving;
  for (auto& [name, known] : messages_) {
    if (known.session == id) leaving.push_back(&known);
  }
  for (Known* known : leaving) known->deleting = true;
  store_->sessions().Delete(SessionId(id), [leaving](const Status& status) {
    for (Known* known : leaving) known->deleted = known->deleted || status.ok();
  });
}

StoreLife::Steps StoreLife::Script() {
  // Without a window each append is a write, so a third of them makes as many writes.
  const int part = window_ms_ > 0 ? 1 : 3;
  Steps steps;
  const auto step = [&steps](std::function<void()> call) { steps.push_back(std::move(call)); };
  step([this] { CreateSession("a"); });
  step([this] { CreateSession("b"); });
  step([this] { Create("question", "a", "What does a millrace do?"); });
  step([this] { Create("first", "a"); });
  for (int i = 0; i < 24 / part; ++i) step([this] { Append("first", std::string(90, 'f')); });
  step([this] { Create("second", "b"); });
  for (int i = 0; i < 20 / part; ++i) {
    step([this] { Append("first", "more of the first, "); });
    step([this] { Append("second", std::string(200, 's')); });
    if (i == 7 / part) step([this] { Flush("second"); });
    if (i == 12 / part) step([this] { CallTool("first"); });
  }
  step([this] { Finish("first"); });
  step([this] { Append("second", std::string(60'000, 'l')); });
  step([this] { Delete("question"); });
  step([this] { Create("third", "a"); });
  for (int i = 0; i < 10 / part; ++i) step([this] { Append("third", std::string(300, 't')); });
  step([this] { (void)FlushAll(); });
  step([this] { DeleteSession("b"); });
  for (int i = 0; i < 10 / part; ++i) step([this] { Append("third", "the last windows "); });
  return steps;
}

}  // namespace millrace

#include "millrace/messages/message_service.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "messages/commit_cycle.h"
#include "messages/deletion.h"
#include "messages/fresh_path.h"
#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/model/event.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"

namespace millrace {
namespace {

// A message with another role than assistant, or with a finish part: no stream will write into it.
std::optional<TimeMs> FinishedFromTheStart(const Message& message, TimeMs now) {
  if (message.role != Role::kAssistant || FinishOf(message) != nullptr) return now;
  return std::nullopt;
}

// What the newest patch of `live` is saved with. `next`: the version that the writer makes next.
void NoteReceipts(LiveMessage& live, const MessageWrite& write, std::int64_t next) {
  if (write.receipt) live.Note(*write.receipt);
  if (write.version == 0) return;
  const auto count = live.writers.find(write.writer);
  if (count == live.writers.end() || count->second.client.empty()) return;
  live.Note({count->second.client, write.writer, next, live.accepted.seq});
}

}  // namespace

void MessageService::Create(NewMessage init, DoneMessage done, const Origin& origin) {
  CreateMessage(std::move(init), origin, /*for_stream=*/false, std::move(done));
}

Status MessageService::Prepare(Message& message) const {
  if (message.id.empty()) return InvalidArgument("a message needs an id");
  if (message.session_id.empty()) return InvalidArgument("a message needs a session");
  if (cycle_.live().Find(message.id) != nullptr) {
    return InvalidArgument("message id '" + message.id.value + "' is taken");
  }
  for (Part& part : message.parts) {
    if (Status fits = NormalizePart(part); !fits.ok()) return fits;
  }
  Result<std::string> metadata = CheckMetadata(message.metadata);
  if (!metadata.ok()) return metadata.status();
  message.metadata = *std::move(metadata);
  if (message.usage) message.usage = Bounded(*message.usage);
  if (message.created_at == 0) message.created_at = cycle_.now();
  message.updated_at = message.created_at;
  message.finished_at = FinishedFromTheStart(message, message.created_at);
  message.version = 1;
  return Status::Ok();
}

void MessageService::CreateMessage(NewMessage init, const Origin& origin, bool for_stream,
                                   DoneMessage done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](Status status) {
    cycle_.Defer([done = std::move(done), status = std::move(status)] { done(status); });
  };
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return fail(open);
  if (const Status running = CheckRun(origin.run); !running.ok()) return fail(running);
  if (BegunBefore(init.content.id, origin, for_stream, done)) return;
  if (Status fits = Prepare(init.content); !fits.ok()) return fail(fits);
  // The head may be another one when the message is saved, if what comes before it fails.
  const Result<MessageId> parent =
      init.parent ? Result<MessageId>(*init.parent) : FreshHead(cycle_, init.content.session_id);
  if (!parent.ok()) return fail(parent.status());

  init.content.seq = cycle_.TakeSeq();
  init.content.parent_id = *parent;
  auto created = std::make_shared<Message>(std::move(init.content));
  LiveMessage& adopted = cycle_.live().Adopt(*created, false, cycle_.now());
  adopted.follows_head = !init.parent;
  cycle_.live().SetNewHead(*created);
  if (for_stream) adopted.stream = origin.writer;
  Request request;
  if (!origin.writer.empty()) {
    const std::string client = cycle_.kept_client();
    adopted.BeginCount(origin.writer, client);
    if (!client.empty()) {
      request.receipts.push_back(
          {client, origin.writer, adopted.accepted.version + 1, adopted.accepted.seq});
    }
  }
  AddToRun(origin.run, created->id);

  request.build = [this, created, parent = std::move(init.parent),
                   tab = cycle_.caller().client](BatchBuilder& builder) {
    Status status = cycle_.CheckNames(created->parts);
    if (status.ok()) status = builder.Create(created, parent);
    if (!status.ok()) return status;
    if (!created->finished()) builder.Put(PutWriter{created->seq, tab});
    cycle_.live().Find(created->id)->accepted.parent_id = created->parent_id;
    return status;
  };
  request.settle = [this, created, run = origin.run, done = std::move(done)](
                       const Status& status, std::vector<Event>& events) {
    cycle_.live().LetGoOfHead(*created);
    if (status.ok()) {
      LiveMessage& live = *cycle_.live().Find(created->id);
      live.on_disk = true;
      live.saved_version = std::max(live.saved_version, created->version);
      live.row_whole = created->finished();
      events.emplace_back(MessageCreated{created});
      if (live.evictable() && created->finished() && !cycle_.live().IsLeaving(*created)) {
        cycle_.live().Erase(created->id);
      }
    }
    cycle_.Defer([created, done, status] { status.ok() ? done(*created) : done(status); });
    if (status.ok()) return;
    // Its creator hears of the failure first, then those who wrote to it meanwhile.
    cycle_.DropTargets(created->id);
    cycle_.live().Erase(created->id);
    RemoveFromRun(run, created->id);
  };
  cycle_.Submit(std::move(request));
}

void MessageService::Open(const MessageId& id, bool resume, DoneMessage done,
                          const std::string& writer) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  const auto finish = [&](Result<Message> result) {
    cycle_.Defer([done = std::move(done), result = std::move(result)] { done(result); });
  };
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return finish(open);
  if (BegunBefore(id, {writer, kNoRun}, /*stream=*/false, done)) return;
  const Result<LiveMessage*> live = cycle_.Load(id);
  if (!live.ok()) return finish(live.status());
  if (!(*live)->accepted.finished()) {
    return BeginCount(**live, writer, cycle_.kept_client(), std::move(done));
  }
  if (!resume) {
    return finish(Status(Code::kFinished,
                         "message '" + id.value + "' is finished: resume it, or create another"));
  }
  auto shared = std::make_shared<DoneMessage>(std::move(done));
  MessageWrite write;
  write.mutations.emplace_back(Resume{});
  const Result<std::int64_t> accepted =
      Write(id, std::move(write),
            [this, id, writer, client = cycle_.kept_client(), shared](const Status& status) {
              LiveMessage* resumed = cycle_.live().Find(id);
              if (!status.ok()) return (*shared)(status);
              if (resumed == nullptr) return (*shared)(NotFound("no message '" + id.value + "'"));
              BeginCount(*resumed, writer, client, *shared);
            });
  if (!accepted.ok()) {
    cycle_.Defer([shared, status = accepted.status()] { (*shared)(status); });
  }
}

Result<std::int64_t> MessageService::Write(const MessageId& id, MessageWrite write, Done done) {
  Turn turn(cycle_.turns());
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return open;
  Result<LiveMessage*> found = cycle_.Load(id);
  if (!found.ok()) return found.status();
  LiveMessage& live = **found;
  const Result<bool> terminal = ApplyAll(live, std::move(write));
  if (!terminal.ok()) return terminal.status();
  const std::int64_t version = live.accepted.version;
  if (*terminal) {
    if (done) {
      Waiter waiter;
      waiter.targets.emplace_back(id, live.patched_version);
      waiter.done = std::move(done);
      waiter.if_deleted = NotFound("message '" + id.value + "' was deleted");
      cycle_.Wait(std::move(waiter));
    }
  } else if (done) {
    cycle_.Defer([done = std::move(done)] { done(Status::Ok()); });
  }
  return version;
}

void MessageService::CountUnchanged(LiveMessage& live) {
  ++live.accepted.version;
  if (!live.can_extend()) return;
  live.pending.back().patch->to_version = live.patched_version = live.accepted.version;
}

Status MessageService::CheckNames(const LiveMessage& live, const Mutation& mutation) const {
  if (const auto* add = std::get_if<AddPart>(&mutation)) {
    // Other parts may be long, and are not copied.
    const bool file = std::holds_alternative<FilePart>(add->part);
    return file ? cycle_.CheckNames({add->part}) : Status::Ok();
  }
  if (const auto* replace = std::get_if<Replace>(&mutation)) {
    return cycle_.CheckNames(replace->parts, live.accepted.parts);
  }
  return Status::Ok();
}

// Applies one mutation. Returns its effect; kNone if nothing changed. `with_last`: as a part of the
// last change.
Result<Effect> MessageService::ApplyOne(LiveMessage& live, Mutation&& mutation, bool with_last) {
  // All changes of a coalescing window go into one patch. Without a window each makes its own.
  const bool merge = (with_last || cycle_.coalesces()) && live.can_extend();
  Patch fresh;
  Patch& patch = merge ? *live.pending.back().patch : fresh;
  if (Status named = CheckNames(live, mutation); !named.ok()) return named;
  const bool resumes = std::holds_alternative<Resume>(mutation);
  const bool is_update = !std::holds_alternative<SetResume>(mutation);
  Result<Effect> effect =
      Apply(std::move(mutation), cycle_.now(), live.accepted, patch, live.calls);
  if (!effect.ok() || *effect == Effect::kNone) return effect;
  if (resumes) live.resumed_by = cycle_.caller().client;
  if (!merge) {
    fresh.from_version = live.patched_version;
    live.PatchForChange(false) = std::move(fresh);
  }
  live.patched_version = live.accepted.version;
  cycle_.MarkDirty(live, *effect == Effect::kTerminal, is_update ? 1 : 0);
  return effect;
}

// Applies the new mutations of `write`. Returns whether the write must be on disk before it is
// acknowledged: it has a terminal mutation, or a part of it was sent before.
Result<bool> MessageService::ApplyAll(LiveMessage& live, MessageWrite write) {
  const bool counted = write.version != 0;
  if (counted && !live.writers.contains(write.writer)) {
    if (Status restored = RestoreCount(live, write.writer); !restored.ok()) return restored;
  }
  const Result<std::size_t> skip = live.Skip(write);
  if (!skip.ok()) return skip.status();
  bool any_terminal = *skip > 0;
  std::int64_t applied = 0;
  Status error;
  for (std::size_t i = *skip; i < write.mutations.size() && error.ok(); ++i) {
    const bool with_last = !write.resume.empty() && applied > 0;
    const Result<Effect> effect = ApplyOne(live, std::move(write.mutations[i]), with_last);
    if (!effect.ok()) {
      error = effect.status();
      break;
    }
    if (*effect == Effect::kNone) {
      // A counted mutation makes its version even if it changes nothing; otherwise the counts of
      // writer and message would drift apart. Nothing is written for it, so a finished message is
      // left out: it leaves memory as it was saved.
      if (!counted) continue;
      if (!live.accepted.finished()) CountUnchanged(live);
    } else {
      NoteReceipts(live, write, write.version + static_cast<std::int64_t>(i) + 1);
      any_terminal |= *effect == Effect::kTerminal;
    }
    ++applied;
  }
  // The usage is the provider's word beside the writer's mutations, and does not count; nor does
  // the resume point. They are saved and heard of with the last of them. What was sent again, and
  // was done, had them then.
  const bool done_before = *skip > 0 && *skip == write.mutations.size();
  if (error.ok() && write.usage && !done_before) {
    error = ApplyOne(live, SetUsage{*write.usage}, applied > 0).status();
  }
  if (error.ok() && !write.resume.empty() && !done_before) {
    error = ApplyOne(live, SetResume{std::move(write.resume)}, applied > 0).status();
  }
  if (applied > 0 && counted) {
    live.CountTo(write.writer, write.version + static_cast<std::int64_t>(*skip) + applied);
  }
  if (live.accepted.finished()) live.stream.clear();
  if (!error.ok()) return error;
  return any_terminal;
}

void MessageService::Update(Message snapshot, DoneMessage done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](Status status) {
    cycle_.Defer([done = std::move(done), status = std::move(status)] { done(status); });
  };
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return fail(open);
  const Result<LiveMessage*> found = cycle_.Load(snapshot.id);
  if (!found.ok()) return fail(found.status());
  LiveMessage& live = **found;
  const Result<bool> before = cycle_.CallDoneBefore();
  if (!before.ok()) return fail(before.status());
  if (*before) {
    return cycle_.Defer([done = std::move(done), now = live.accepted] { done(now); });
  }
  MessageWrite write;
  Replace replace;
  WrittenHeader(replace) = WrittenHeader(snapshot);
  replace.parts = std::move(snapshot.parts);
  if (!snapshot.metadata.empty()) replace.metadata = std::move(snapshot.metadata);
  replace.usage = snapshot.usage;
  replace.version = snapshot.version;
  write.mutations.emplace_back(std::move(replace));
  write.receipt = cycle_.ReceiptOfCall();
  auto state = std::make_shared<Message>();
  auto shared = std::make_shared<DoneMessage>(std::move(done));
  const Result<std::int64_t> accepted =
      Write(snapshot.id, std::move(write), [state, shared](const Status& status) {
        status.ok() ? (*shared)(std::move(*state)) : (*shared)(status);
      });
  if (accepted.ok()) {
    *state = live.accepted;  // completions run at the end of the turn, so this comes first
  } else {
    cycle_.Defer([shared, status = accepted.status()] { (*shared)(status); });
  }
}

void MessageService::SetMetadata(const MessageId& id, std::string patch, DoneMessage done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  const auto fail = [&](Status status) {
    cycle_.Defer([done = std::move(done), status = std::move(status)] { done(status); });
  };
  if (const Status open = cycle_.CheckAccepting(); !open.ok()) return fail(open);
  const Result<LiveMessage*> live = cycle_.Load(id);
  if (!live.ok()) return fail(live.status());
  const Result<bool> before = cycle_.CallDoneBefore();
  if (!before.ok()) return fail(before.status());
  MessageWrite write;
  if (!*before) write.mutations.emplace_back(millrace::SetMetadata{std::move(patch)});
  write.receipt = cycle_.ReceiptOfCall();
  const Result<std::int64_t> accepted = Write(id, std::move(write));
  if (!accepted.ok()) return fail(accepted.status());
  WhenSaved(id, [done = std::move(done), now = (*live)->accepted](const Status& status) {
    status.ok() ? done(now) : done(status);
  });
}

void MessageService::Delete(const MessageId& id, Done done, bool branch) {
  Deletion deletion;
  if (branch) deletion.scope = Deletion::Scope::kBranch;
  deletion.message_id = id;
  SubmitDeletion(cycle_, std::move(deletion), std::move(done));
}

void MessageService::DeleteAll(const SessionId& session_id, Done done) {
  Deletion deletion;
  deletion.scope = Deletion::Scope::kAllOfSession;
  deletion.session_id = session_id;
  SubmitDeletion(cycle_, std::move(deletion), std::move(done));
}

void MessageService::Flush(const MessageId& id, TimeMs deadline, Done done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  Status status = cycle_.CheckOpen();
  Waiter waiter;
  if (status.ok()) {
    // A message that is not live has nothing pending, but it must exist.
    const Result<LiveMessage*> live = cycle_.Load(id);
    status = live.status();
    if (live.ok()) waiter.targets.emplace_back(id, (*live)->patched_version);
  }
  if (!status.ok()) {
    return cycle_.Defer([done = std::move(done), status] { done(status); });
  }
  waiter.deadline = deadline;
  waiter.done = std::move(done);
  cycle_.Wait(std::move(waiter));
}

void MessageService::WhenSaved(const MessageId& id, Done done) {
  Turn turn(cycle_.turns());
  Waiter waiter;
  waiter.patient = true;
  waiter.done = OrNobody(std::move(done));
  const LiveMessage* live = cycle_.live().Find(id);
  if (live != nullptr) waiter.targets.emplace_back(id, live->patched_version);
  // Of what is saved already no commit is going to tell.
  if (live == nullptr || (live->on_disk && live->clean())) {
    return cycle_.Defer([done = std::move(waiter.done)] { done(Status::Ok()); });
  }
  cycle_.Wait(std::move(waiter));
}

void MessageService::FlushAll(TimeMs deadline, Done done) {
  Turn turn(cycle_.turns());
  done = OrNobody(std::move(done));
  if (const Status open = cycle_.CheckOpen(); !open.ok()) {
    return cycle_.Defer([done = std::move(done), open] { done(open); });
  }
  Waiter waiter;
  for (const auto& [id, live] : cycle_.live()) {
    if (!live->clean() || !live->on_disk) waiter.targets.emplace_back(id, live->patched_version);
  }
  waiter.deadline = deadline;
  waiter.done = std::move(done);
  cycle_.Wait(std::move(waiter));
}

}  // namespace millrace

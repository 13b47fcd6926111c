// What each step of a trace does to the store and to the model. The model changes first, because
// the listeners hear of a call's effects before the call returns.

#include <algorithm>
#include <utility>

#include "model/mutation_source.h"
#include "traces/trace_player.h"

namespace millrace {
namespace {

using Op = Step::Op;

const char* WriterOf(unsigned choice) {
  constexpr const char* kWriters[] = {"a", "b", "c"};
  return kWriters[choice % 3];
}

MutationSource SourceOf(std::minstd_rand& random) {
  return MutationSource(
      [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); });
}

// Mostly the mutations of a reply, and now and then any other.
Mutation MakeMutation(const Message& message, std::minstd_rand& random) {
  const std::string text(1 + random() % 12, static_cast<char>('a' + random() % 26));
  switch (random() % 12) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return AppendText{text, false};
    case 5:
      return AppendReasoning{text};
    case 6:
      return AppendToolInput{"c1", text};
    default:
      return SourceOf(random).Next(message);
  }
}

}  // namespace

void TracePlayer::Do(const Step& step) {
  std::minstd_rand random(step.seed | 1U);
  random.discard(4);
  switch (step.op) {
    case Op::kCreateSession:
    case Op::kRenameSession:
    case Op::kDeleteMessages:
    case Op::kDeleteSession:
      return DoSessionStep(step);
    case Op::kAdvance:
    case Op::kSleep:
    case Op::kHold:
    case Op::kRelease:
    case Op::kFail:
    case Op::kBreak:
    case Op::kHeal:
    case Op::kGrant:
    case Op::kStumble:
    case Op::kLeave:
    case Op::kCallIn:
    case Op::kSettle:
    case Op::kKill:
    case Op::kReopen:
      return DoDisturbance(step, random);
    default:
      return DoMessageStep(step, random);
  }
}

void TracePlayer::DoMessageStep(const Step& step, std::minstd_rand& random) {
  const MessageId id = IdIn(step.message);
  // Half of the flushes have a deadline.
  const TimeMs deadline = step.seed % 2 == 0 ? kNever : now_ + step.seed % 60;
  switch (step.op) {
    case Op::kWrite:
      return Write(id, MakeWrite(id, random));
    case Op::kCountedWrite:
      return WriteCounted(id, random);
    case Op::kResume: {
      MessageWrite write;
      write.mutations.emplace_back(Resume{});
      return Write(id, std::move(write));
    }
    case Op::kSnapshot:
      return TakeSnapshot(step, id);
    case Op::kUpdate:
      return Update(step, id, random);
    case Op::kEndRun:
      return EndRun(id, static_cast<RunExit>(step.seed % 3));
    case Op::kCreate:
      return Create(step, random);
    case Op::kDelete:
      return Delete(id);
    case Op::kFlush:
      return Flush(id, deadline);
    default:
      return FlushAll(deadline);
  }
}

void TracePlayer::DoSessionStep(const Step& step) {
  switch (step.op) {
    case Op::kCreateSession:
      return CreateSession(step);
    case Op::kRenameSession:
      return RenameSession(SessionIn(step.session), "title " + std::to_string(step.seed));
    case Op::kDeleteMessages:
      return DeleteMessages(SessionIn(step.session));
    default:
      return DeleteSession(SessionIn(step.session));
  }
}

void TracePlayer::DoDisturbance(const Step& step, std::minstd_rand& random) {
  const Status full(step.seed % 2 == 0 ? Code::kQuotaExceeded : Code::kIo, "test");
  switch (step.op) {
    case Op::kHold:
      calm_ = false;
      return storage_->set_hold(true);
    case Op::kRelease:
      if (storage_->held() > 0) storage_->ReleaseOne();
      return;
    case Op::kFail:
      if (storage_->held() > 0) storage_->FailOne(full);
      return;
    case Op::kBreak:
      calm_ = false;
      return storage_->set_failure(full);
    case Op::kHeal:
      return Quiet();
    case Op::kGrant:
      return slow_.Grant(1);
    case Op::kStumble:
      return clumsy_.set_stumbles(step.seed % 2 == 0);
    case Op::kLeave:
      if (!restless_.joined()) return restless_.Join();
      return restless_.set_next([this] { restless_.Leave(); });
    case Op::kCallIn:
      return CallIn(step);
    case Op::kSettle:
      return Settle();
    case Op::kKill:
      return Kill();
    case Op::kReopen:
      return Reopen();
    default:
      return PassTime(step.op == Op::kSleep ? 130'000 : static_cast<DurationMs>(random() % 60),
                      step.op == Op::kSleep || random() % 2 == 0);
  }
}

// Stops at each deadline, as a host does; or jumps, as after a page was frozen.
void TracePlayer::PassTime(DurationMs by, bool deadline_by_deadline) {
  const TimeMs end = now_ + by;
  if (by > 1000) nosy_.set_next({});  // idle messages may leave memory on the way
  while (deadline_by_deadline && store_->NextDeadline() <= end) {
    now_ = std::max(now_, store_->NextDeadline());
    store_->AdvanceTo(now_);
  }
  now_ = end;
  store_->AdvanceTo(now_);
}

MessageId TracePlayer::IdIn(unsigned slot) const {
  const auto found = slots_.messages.find(slot);
  return found == slots_.messages.end() ? MessageId("nobody") : found->second;
}

SessionId TracePlayer::SessionIn(unsigned slot) const {
  const auto found = slots_.sessions.find(slot);
  return found == slots_.sessions.end() ? SessionId("none") : found->second;
}

// ---- writing

MessageWrite TracePlayer::MakeWrite(const MessageId& id, std::minstd_rand& random) const {
  MessageWrite write;
  const ModelMessage* model = Known(id);
  const Message message = model == nullptr ? Message() : model->now;
  for (auto i = 1 + random() % 2; i > 0; --i)
    write.mutations.push_back(MakeMutation(message, random));
  return write;
}

void TracePlayer::Write(const MessageId& id, MessageWrite write) {
  const auto found = messages_.find(id);
  if (closing_ || found == messages_.end() || !found->second.visible()) {
    const auto refused = store_->messages().Write(id, std::move(write));
    const Code expected = closing_ ? Code::kClosed : Code::kNotFound;
    if (refused.status().code() != expected) Fail("C6, C14: a write to nothing is accepted");
    return;
  }
  ModelMessage& model = found->second;
  const std::optional<Prediction> prediction = PredictWrite(model, write, now_);
  if (!prediction) return;
  Accept(model, *prediction, write, now_);
  const std::string what = "write to " + id.value;
  Done done = [this, what](const Status&) { Fail(what + ": refused, and completed"); };
  if (prediction->status.ok() && prediction->terminal) {
    done = Expect(
        what,
        [this, id, what, version = prediction->changed](const Status& status) {
          if (!status.ok()) return;
          CheckSynced(id, version, "C2: " + what);
          if (!messages_.at(id).visible()) return;
          if (page_.VersionOf(id) < version) Fail("C2: " + what + ": completed before it was told");
        },
        [this, id](Code code) { return code == Code::kNotFound && !messages_.at(id).visible(); });
  } else if (prediction->status.ok()) {
    ++due_this_step_;
    done = Expect(what, [this](const Status&) { --due_this_step_; });
  }
  const Result<std::int64_t> accepted = store_->messages().Write(id, std::move(write), done);
  if (accepted.status().code() != prediction->status.code()) {
    return Fail(what + ": answers " + std::string(CodeName(accepted.status().code())) + ", not " +
                std::string(CodeName(prediction->status.code())));
  }
  if (accepted.ok() && *accepted != prediction->after.version) Fail(what + ": another version");
}

void TracePlayer::WriteCounted(const MessageId& id, std::minstd_rand& random) {
  MessageWrite write = MakeWrite(id, random);
  write.writer = WriterOf(static_cast<unsigned>(random()));
  const ModelMessage* model = Known(id);
  if (model != nullptr) {
    const auto known = model->remembered.next.find(write.writer);
    const bool counts = known != model->remembered.next.end();
    if (!counts) OpenAs(id, write.writer);
    const std::int64_t next = counts ? known->second : model->now.version + 1;
    const auto kind = random() % 8;
    write.version = kind == 0 ? std::max<std::int64_t>(next - 1, 1) : next + (kind == 1 ? 1 : 0);
  }
  Write(id, std::move(write));
}

// Opens a message that is not finished, as a draft begins.
void TracePlayer::OpenAs(const MessageId& id, const std::string& writer) {
  const auto found = messages_.find(id);
  const bool visible = found != messages_.end() && found->second.visible();
  if (closing_ || !visible || found->second.now.finished()) return;
  const Message now = found->second.now;
  BeginCount(found->second, writer);
  store_->messages().Open(
      id, /*resume=*/false,
      [this, now](const Result<Message>& opened) {
        if (!opened.ok() || !Alike(*opened, now)) Fail("C11: open: another state");
      },
      writer);
}

void TracePlayer::TakeSnapshot(const Step& step, const MessageId& id) {
  const ModelMessage* model = Known(id);
  if (model != nullptr && model->visible()) slots_.snapshots[step.message] = model->now;
}

void TracePlayer::Update(const Step& step, const MessageId& id, std::minstd_rand& random) {
  const auto kept = slots_.snapshots.find(step.message);
  const ModelMessage* known = Known(id);
  Message snapshot;
  snapshot.id = id;
  if (known != nullptr) snapshot = known->now;
  if (kept != slots_.snapshots.end() && random() % 2 == 0) snapshot = kept->second;
  switch (random() % 4) {
    case 0:
      break;  // identical: writes nothing
    case 1:
      snapshot.parts.push_back(SourceOf(random).NextPart());
      break;
    default:
      for (Part& part : snapshot.parts) {
        if (std::string* body = BodyOf(part)) body->append("more");
      }
  }
  const std::string what = "update of " + snapshot.id.value;
  const auto found = messages_.find(snapshot.id);
  Code expected = Code::kNotFound;
  std::optional<Prediction> prediction;
  if (found != messages_.end() && found->second.visible()) {
    prediction = PredictUpdate(found->second, snapshot, now_);
    Accept(found->second, *prediction, MessageWrite(), now_);
    expected = prediction->status.code();
  }
  Message made = prediction ? prediction->after : Message();
  const bool terminal = prediction && prediction->terminal;
  if (!terminal) ++due_this_step_;
  auto done = std::make_shared<Done>(Expect(
      what,
      [this, expected, terminal, what](const Status& status) {
        if (!terminal) --due_this_step_;
        if (expected != Code::kOk && status.code() != expected) {
          Fail("C6: " + what + ": answers " + std::string(CodeName(status.code())) + ", not " +
               std::string(CodeName(expected)));
        }
      },
      [this, expected, id = snapshot.id](Code code) {
        const ModelMessage* model = Known(id);
        return code == expected ||
               (code == Code::kNotFound && model != nullptr && !model->visible());
      }));
  const std::int64_t version = prediction ? prediction->changed : 0;
  store_->messages().Update(snapshot,
                            [this, done, made, version, terminal](const Result<Message>& result) {
                              (*done)(result.status());
                              if (!result.ok()) return;
                              if (!Alike(*result, made))
                                Fail("update: completed with another state");
                              if (terminal) CheckSynced(made.id, version, "C2: update");
                            });
}

// A run continues the message and is over before that is saved.
void TracePlayer::EndRun(const MessageId& id, RunExit how) {
  constexpr FinishReason kReasons[] = {FinishReason::kUnknown, FinishReason::kError,
                                       FinishReason::kCanceled};
  const auto found = messages_.find(id);
  const bool visible = found != messages_.end() && found->second.visible();
  const SessionId session = visible ? found->second.now.session_id : SessionId("none");
  const Result<RunId> run = store_->messages().BeginRun(session);
  if (!run.ok()) return;
  std::int64_t version = 0;
  if (visible) {
    ModelMessage& model = found->second;
    const auto write = [&](Mutation mutation) {
      MessageWrite one;
      one.mutations.push_back(std::move(mutation));
      const Prediction prediction = *PredictWrite(model, one, now_);
      Accept(model, prediction, one, now_);
      return prediction.status.ok();
    };
    const bool begins = !model.now.finished() || write(Resume{});
    ReplyStart start{session, id, /*resume=*/true, "", "", {"stream", *run}};
    const auto begun = std::make_shared<Done>(Expect(
        "begin of a reply", [](const Status&) {},
        [this, id](Code code) {
          return code == Code::kFinished ||
                 (code == Code::kNotFound && !messages_.at(id).visible());
        }));
    store_->messages().BeginReply(std::move(start), [begun, this](const Result<Message>& reply) {
      if (reply.ok() && reply->finished()) Fail("C14: a reply that its run has ended begins");
      (*begun)(reply.status());
    });
    Finish finish;
    finish.reason = kReasons[static_cast<std::size_t>(how)];
    if (begins && write(finish)) version = model.changed;
  }
  store_->messages().EndRun(*run, how,
                            Expect("end of a run", [this, id, version](const Status& status) {
                              if (status.ok() && version > 0)
                                CheckSynced(id, version, "C14: end of a run");
                            }));
}

}  // namespace millrace

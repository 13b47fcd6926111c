#include "stream_host.h"

#include <string>
#include <utility>
#include <variant>

#include "callback.h"
#include "js_value.h"
#include "value_codec.h"

namespace millrace::wasm {
StreamHost::StreamHost(std::shared_ptr<StoreHost> host, StreamFormat format)
    : host_(std::move(host)), format_(format) {}

void StreamHost::Begin(const val& start, const val& done) {
  const TimerPump::TimedCall timed(host_->pump());
  auto reply = ReadReplyStart(start);
  if (!reply.ok()) return CallBack(done, reply.status());
  id_ = reply->id;
  writer_ = reply->origin.writer;
  // Weak, because what waits in the store must not keep the store alive, and the stream may be
  // released earlier.
  host_->store().messages().BeginReply(
      *std::move(reply), [stream = weak_from_this(), done](const Result<Message>& message) {
        const auto alive = stream.lock();
        if (alive && message.ok()) alive->Begun(*message);
        CallBack(done, message);
      });
}

void StreamHost::Begun(const Message& message) {
  next_version_ = message.version + 1;
  reader_ = MakeStreamReader(format_, message.parts);
}

bool StreamHost::Feed(const val& bytes) {
  const TimerPump::TimedCall timed(host_->pump());
  if (KindOf(bytes) != Kind::kBytes) {
    Run([this](auto& out) { reader_->Fail(InvalidArgument("a chunk must be a Uint8Array"), out); });
    return false;
  }
  const std::string chunk = BytesOf(bytes);
  Run([this, &chunk](auto& out) { reader_->Push(chunk, out); });
  return !reader_->done() && !last_write_->status;
}

bool StreamHost::FileStored(const val& blob) {
  const TimerPump::TimedCall timed(host_->pump());
  const Result<std::string> id = ReadWord(blob, "the blob");
  Run([this, &id](auto& out) { reader_->FileStored(id.ok() ? *id : std::string(), out); });
  return !reader_->done() && !last_write_->status;
}

void StreamHost::Finish(const val& done) {
  const TimerPump::TimedCall timed(host_->pump());
  Run([this](auto& out) { reader_->Finish(out); });
  ReportWhenEnded(done);
}

void StreamHost::Fail(const val& error, const val& done) {
  const TimerPump::TimedCall timed(host_->pump());
  Run([this, &error](auto& out) { reader_->Fail(ReadError(error), out); });
  ReportWhenEnded(done);
}

void StreamHost::Run(const Step& step) {
  if (reader_->done()) return;
  std::vector<Mutation> mutations;
  step(mutations);
  const bool last = reader_->done();
  if (last_write_->status || (mutations.empty() && !last)) return;
  const auto versions = static_cast<std::int64_t>(mutations.size());
  MessageWrite write{.mutations = std::move(mutations),
                     .writer = writer_,
                     .version = std::exchange(next_version_, next_version_ + versions),
                     .usage = {}};
  Done done;
  if (last) {
    write.usage = reader_->outcome().usage;
    done = [ending = last_write_](const Status& status) { SetStatus(*ending, status); };
  }
  const auto accepted = host_->store().messages().Write(id_, std::move(write), std::move(done));
  if (accepted.ok()) return;
  // A reply that the message cannot hold ends here. Otherwise the message was deleted, or its run
  // finished it.
  if (accepted.status().code() == Code::kInvalidArgument) FinishRefused(accepted.status());
  SetStatus(*last_write_, accepted.status());
}

void StreamHost::FinishRefused(const Status& why) {
  MessageWrite write;
  write.writer = writer_;
  millrace::Finish finish;
  finish.reason = FinishReason::kError;
  finish.message = why.message();
  write.mutations.emplace_back(std::move(finish));
  (void)host_->store().messages().Write(id_, std::move(write));
}

void StreamHost::ReportWhenEnded(const val& done) {
  // Weak, because what waits in the store must not keep the store alive.
  last_write_->report = [host = std::weak_ptr<StoreHost>(host_), id = id_,
                         end = EndToJs(reader_->outcome()), done](const Status& status) mutable {
    const auto alive = host.lock();
    if (!status.ok() || !alive) return CallBack(done, status);
    const auto message = alive->store().messages().Get(id);
    if (!message.ok()) return CallBack(done, message.status());
    if (!*message) return CallBack(done, NotFound("the message was deleted"));
    end.Set("message", ToJs(**message));
    CallJs(done, val::null(), end.Take());
  };
  if (last_write_->status) last_write_->report(*last_write_->status);
}

void StreamHost::SetStatus(LastWrite& last, const Status& status) {
  last.status = status;
  if (last.report) last.report(status);
}

}  // namespace millrace::wasm

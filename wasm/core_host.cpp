#include "core_host.h"

#include <emscripten/console.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "call_arguments.h"
#include "callback.h"
#include "calls.h"
#include "handle_block_file.h"
#include "host_storage.h"
#include "js_value.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

struct OpenOptions : StoreOptions {
  std::string place;  // SqliteOptions::place
};

Result<OpenOptions> ReadOptions(const val& options) {
  ObjectReader in(options, "options");
  OpenOptions result;
  // A part of a millisecond is still a window. Rounded down to 0 it would be none.
  if (const auto window = in.MaybeNumber("windowMs")) {
    result.window_ms = static_cast<DurationMs>(std::ceil(*window));
  }
  if (const auto timeout = in.MaybeCount("mustDeliverTimeoutMs")) {
    result.broker.must_deliver_timeout_ms = static_cast<DurationMs>(*timeout);
  }
  if (const auto capacity = in.MaybeCount("mailboxCapacity")) {
    if (*capacity == 0) in.Fail("mailboxCapacity", "must be at least 1");
    result.broker.mailbox_capacity = *capacity;
  }
  result.home = in.StringOrEmpty("home");
  result.place = in.StringOrEmpty("place");
  result.broker.on_must_deliver_drop = [] {
    emscripten_console_warn(
        "millrace: a listener has taken nothing for too long; events were dropped for it, and its "
        "next batch begins with 'lagged'");
  };
  if (!in.ok()) return in.status();
  return result;
}

// Returns the value. If there is none, tells `done` what is wrong and returns nullopt.
template <typename T>
std::optional<T> Take(Result<T> read, const val& done) {
  if (read.ok()) return std::move(read).value();
  CallBack(done, read.status());
  return std::nullopt;
}

}  // namespace

void StoreHost::Open(const val& files, const val& options, const val& done) {
  auto store_options = Take(ReadOptions(options), done);
  if (!store_options) return;
  HostClock clock;
  // Empty until the store is open. Until then no timer is needed.
  const auto opened_host = std::make_shared<std::weak_ptr<StoreHost>>();
  const InTurn in_turn = [opened_host](const std::function<void()>& completion) {
    const std::shared_ptr<StoreHost> host = opened_host->lock();
    if (host == nullptr) return completion();
    const TimerPump::TimedCall timed(host->pump());
    completion();
  };
  auto storage = OpenHostStorage(files, store_options->place, in_turn);
  if (!storage.ok()) return CallBack(done, storage.status());
  Store::Open(*std::move(storage), *store_options, clock.Now(),
              [clock, done, opened_host](Result<std::unique_ptr<Store>> opened) {
                if (!opened.ok()) return CallBack(done, opened.status());
                auto host = std::make_shared<StoreHost>(*std::move(opened), clock);
                *opened_host = host;
                // Arms the timer for what recovery has left to do.
                const TimerPump::TimedCall timed(host->pump());
                CallJs(done, val::null(), ToJs(host));
              });
}

StoreHost::StoreHost(std::unique_ptr<Store> store, HostClock clock)
    : clock_(clock), store_(std::move(store)), pump_(*store_, clock_) {}

val StoreHost::Recovered() const { return ToJs(store_->recovered()); }

val StoreHost::Clients() const { return ToJs(store_->clients()); }

void StoreHost::Call(const val& name, const val& arguments, const val& done, const val& caller) {
  const TimerPump::TimedCall timed(pump_);
  const Store::CallsOf calls(*store_, ReadCaller(caller));
  const auto word = Take(ReadWord(name, "the call"), done);
  if (word) Answer(*store_, clock_.Now(), *word, arguments, done);
}

void StoreHost::Write(const val& id, const val& writer, double version, const val& mutations,
                      const val& done, const val& others) {
  const TimerPump::TimedCall timed(pump_);
  const bool plain = KindOf(others) == Kind::kAbsent;
  const Store::CallsOf calls(*store_, plain ? Caller() : ReadCaller(PropertyOf(others, "caller")));
  auto message = Take(ReadArgument<MessageId>(id), done);
  if (!message) return;
  auto writer_name = Take(ReadArgument<WriterName>(writer), done);
  if (!writer_name) return;
  auto list = Take(ReadMutations(mutations), done);
  if (!list) return;
  auto usage = Take(
      plain ? Result<std::optional<Usage>>(std::nullopt) : ReadUsage(PropertyOf(others, "usage")),
      done);
  if (!usage) return;
  const val point = plain ? val::undefined() : PropertyOf(others, "resume");
  // The answer needs two things: the version that the call returns, and the completion. Either may
  // come first.
  struct Outcome {
    val done;
    std::optional<std::int64_t> version;
    std::optional<Status> status;
    void Report() const {
      if (!version || !status) return;
      if (!status->ok()) return CallBack(done, *status);
      CallJs(done, val::null(), val(static_cast<double>(*version)));
    }
  };
  const auto outcome = std::make_shared<Outcome>(Outcome{done, {}, {}});
  const auto accepted =
      store_->messages().Write(*std::move(message),
                               {.mutations = *std::move(list),
                                .writer = std::move(writer_name->name),
                                .version = static_cast<std::int64_t>(version),
                                .usage = *usage,
                                .resume = KindOf(point) == Kind::kString ? StringOf(point) : ""},
                               [outcome](const Status& status) {
                                 outcome->status = status;
                                 outcome->Report();
                               });
  if (!accepted.ok()) return CallBack(outcome->done, accepted.status());
  outcome->version = *accepted;
  outcome->Report();
}

void StoreHost::Export(const val& into, const val& done) {
  const TimerPump::TimedCall timed(pump_);
  auto file = std::make_shared<HandleBlockFile>(into, "the exported file");
  store_->Export(std::move(file), [done](const Result<std::uint64_t>& size) {
    CallBack(done, size.ok() ? Status::Ok() : size.status());
  });
}

void StoreHost::Import(const val& from, const val& done, const val& caller) {
  const TimerPump::TimedCall timed(pump_);
  const Store::CallsOf calls(*store_, ReadCaller(caller));
  store_->Import(std::make_shared<HandleBlockFile>(from, "the file to import"), Completion(done));
}

// ---- feeds

std::shared_ptr<FeedHost> StoreHost::Subscribe(const val& filters, const val& deliver,
                                               int credits) {
  return std::make_shared<FeedHost>(shared_from_this(), ReadFilters(filters), deliver, credits);
}

FeedHost::FeedHost(std::shared_ptr<StoreHost> host, std::vector<EventFilter> filters,
                   const val& deliver, int credits)
    : host_(std::move(host)) {
  const TimerPump::TimedCall timed(host_->pump());
  feed_ = host_->store().OpenFeed(
      [deliver](const std::vector<Event>& batch) {
        return CallJs(deliver, ToJs(batch), val::undefined());
      },
      credits, std::move(filters));
}

FeedHost::~FeedHost() {
  const TimerPump::TimedCall timed(host_->pump());
  feed_.reset();
}

void FeedHost::Grant(int credits) {
  const TimerPump::TimedCall timed(host_->pump());
  feed_->Grant(credits);
}

void FeedHost::Forget(const val& message_id) {
  const auto id = ReadWord(message_id, "the message's id");
  if (id.ok()) feed_->Forget(MessageId(*id));
}

void FeedHost::SetFilters(const val& filters) { feed_->SetFilters(ReadFilters(filters)); }

}  // namespace millrace::wasm

#pragma once

#include <emscripten/val.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "millrace/messages/store.h"
#include "timer_pump.h"

namespace millrace::wasm {

class FeedHost;
class StreamHost;

// The store as JavaScript sees it (CoreStore in web/src/core-module.ts, which documents each
// method): reads the arguments, makes the one call of the core inside a turn, hands the outcome to
// the callback. It decides nothing.
//
// Every argument is an unchecked JavaScript value: a wrong one is kInvalidArgument, told to the
// callback like any other error. `done` is (error | null, value?) => void.
class StoreHost : public std::enable_shared_from_this<StoreHost> {
 public:
  using val = emscripten::val;

  // `files`: { database, wal, journal } sync access handles; undefined: in memory.
  static void Open(val files, val options, val done);

  StoreHost(std::unique_ptr<Store> store, HostClock clock);

  val Recovered() const;
  val Stats() const;

  void CreateSession(val init, val done);
  void GetSession(val id, val done);
  void ListSessions(val options, val done);
  void UpdateSession(val id, val change, val done);
  void DeleteSession(val id, val done);

  void CreateMessage(val session_id, val init, val done);
  void OpenMessage(val id, bool resume, val done);
  void Write(val id, val writer, double version, val mutations, val done);
  void UpdateMessage(val message, val writer, val done);
  void GetMessage(val id, bool committed, val done);
  void ListMessages(val session_id, val options, val done);
  void ListUser(val session_id, val limit, val done);
  void LastAssistant(val session_id, val done);
  void DeleteMessage(val id, val done);
  void DeleteAll(val session_id, val done);

  void Flush(val id, double timeout_ms, val done);
  void FlushAll(double timeout_ms, val done);

  void BeginRun(val session_id, val done);
  void AddToRun(int run, val message_id);
  void EndRun(int run, val how, val done);

  // nullptr for a format the core does not know.
  std::shared_ptr<StreamHost> OpenStream(val message_id, val format);
  std::shared_ptr<FeedHost> Subscribe(val deliver, int credits);

  void Close(double timeout_ms, val done);

  // For the streams and feeds of this store.
  Store& store() { return *store_; }
  TimerPump& pump() { return pump_; }

 private:
  TimeMs Deadline(double timeout_ms);

  HostClock clock_;
  std::unique_ptr<Store> store_;
  std::unordered_map<int, std::unique_ptr<RunScope>> runs_;
  int last_run_ = 0;
  TimerPump pump_;  // last: its timer ends before what it drives
};

// A subscription (CoreFeed).
class FeedHost {
 public:
  FeedHost(std::shared_ptr<StoreHost> host, emscripten::val deliver, int credits);
  ~FeedHost();

  void Grant(int credits);
  void Forget(emscripten::val message_id);

 private:
  std::shared_ptr<StoreHost> host_;  // a feed ends before its store
  std::unique_ptr<Feed> feed_;
};

}  // namespace millrace::wasm

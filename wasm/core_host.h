#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "js_value.h"
#include "millrace/messages/store.h"
#include "timer_pump.h"

namespace millrace::wasm {

class FeedHost;

// The store as JavaScript sees it (CoreStore in web/src/core-module.ts, which documents each
// method). A method reads its arguments, makes one call of the core inside a turn, and gives the
// outcome to the callback. It decides nothing.
//
// Every argument is an unchecked JavaScript value. A wrong one is kInvalidArgument, which the
// callback gets like any other error. `done` is (error | null, value?) => void.
class StoreHost : public std::enable_shared_from_this<StoreHost> {
 public:
  // `files`: see OpenHostStorage.
  static void Open(const val& files, const val& options, const val& done);

  StoreHost(std::unique_ptr<Store> store, HostClock clock);

  // One turn for all calls between BeginTurn and EndTurn. These are two methods, so that no frame
  // of JavaScript is between two of C++.
  void BeginTurn() { held_turn_.emplace(pump_, *store_); }
  void EndTurn() { held_turn_.reset(); }

  val Recovered() const;
  val Clients() const;

  // Every call except those below; see calls.h.
  // `caller`: a CoreCaller; undefined: the store's own client.
  void Call(const val& name, const val& arguments, const val& done, const val& caller);

  // The hot path, which does not use the table.
  // `others`: { caller?, usage?, resume? }, or undefined.
  void Write(const val& id, const val& writer, double version, const val& mutations,
             const val& done, const val& others);

  // `into`, `from`: files with the calls of a FileSystemSyncAccessHandle, wherever their bytes are.
  void Export(const val& into, const val& done);
  void Import(const val& from, const val& done, const val& caller);

  // nullptr for a format that the core does not know.
  std::shared_ptr<FeedHost> Subscribe(const val& filters, const val& deliver, int credits);

  // For the streams and feeds of this store.
  Store& store() { return *store_; }
  TimerPump& pump() { return pump_; }

 private:
  struct HeldTurn {
    HeldTurn(TimerPump& pump, Store& store) : timed(pump), turn(store) {}
    TimerPump::TimedCall timed;
    Store::HeldTurn turn;
  };

  HostClock clock_;
  std::unique_ptr<Store> store_;
  TimerPump pump_;  // its timer ends before the store that it drives
  std::optional<HeldTurn> held_turn_;
};

// A subscription (CoreFeed).
class FeedHost {
 public:
  FeedHost(std::shared_ptr<StoreHost> host, std::vector<EventFilter> filters, const val& deliver,
           int credits);
  ~FeedHost();

  void Grant(int credits);
  void Forget(const val& message_id);
  void SetFilters(const val& filters);

 private:
  std::shared_ptr<StoreHost> host_;  // a feed ends before its store
  std::unique_ptr<EventFeed> feed_;
};

val ToJs(const std::shared_ptr<StoreHost>& store);  // a CoreStore
val ToJs(const std::shared_ptr<FeedHost>& feed);    // a CoreFeed

}  // namespace millrace::wasm

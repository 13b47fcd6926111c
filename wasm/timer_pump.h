#pragma once

#include "millrace/base/time.h"
#include "millrace/messages/store.h"

namespace millrace::wasm {

// Milliseconds since the epoch that never run backwards: the wall clock of the first call, carried
// on by the monotonic clock, so that no setting of the clock stops a window. The monotonic clock
// may stand still while a machine sleeps; then the wall clock is ahead and is caught up with.
class HostClock {
 public:
  HostClock();
  TimeMs Now();

 private:
  double origin_;  // wall clock minus monotonic clock
};

// The one timer that drives a store. Around each call from JavaScript stands a TimedCall: it tells
// the store the time before the call and arms the timer for the store's next deadline after it.
//
//   begins ─▶ AdvanceTo(now) ─▶ the call ─▶ ends ─▶ timer at NextDeadline()
//                                                        │
//   AdvanceTo(now), arm again  ◀────── fires ────────────┘
//
// Invariant: outside a call a timer is armed at or before NextDeadline(), unless that is kNever.
class TimerPump {
 public:
  // `store` outlives the pump.
  TimerPump(Store& store, HostClock& clock) : store_(store), clock_(clock) {}
  ~TimerPump() { Disarm(); }
  TimerPump(const TimerPump&) = delete;
  TimerPump& operator=(const TimerPump&) = delete;

  class TimedCall {
   public:
    explicit TimedCall(TimerPump& pump);
    ~TimedCall();
    TimedCall(const TimedCall&) = delete;
    TimedCall& operator=(const TimedCall&) = delete;

   private:
    TimerPump& pump_;
  };

 private:
  static void OnTimer(void* pump);
  void Arm();
  void Disarm();

  Store& store_;
  HostClock& clock_;
  int depth_ = 0;  // a callback of the core may call in again: only the outermost one counts
  int timer_ = 0;
  TimeMs armed_for_ = kNever;  // kNever: not armed
};

}  // namespace millrace::wasm

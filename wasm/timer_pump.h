#pragma once

#include "millrace/base/time.h"
#include "millrace/messages/store.h"

namespace millrace::wasm {

// Milliseconds since the epoch that never run backwards. It starts with the wall clock and
// continues with the monotonic clock, so that setting the clock stops no window. The monotonic
// clock may stand still while a machine sleeps. Then the wall clock is ahead, and this clock jumps
// to it.
class HostClock {
 public:
  HostClock();
  TimeMs Now();

 private:
  double origin_;  // wall clock minus monotonic clock
};

// The one timer that drives a store. A TimedCall surrounds each call from JavaScript. Before the
// call it tells the store the time; after the call it arms the timer for the store's next deadline.
//
//   begins ─▶ AdvanceTo(now) ─▶ the call ─▶ ends ─▶ timer at NextDeadline()
//                                                        │
//   AdvanceTo(now), arm again  ◀────── fires ────────────┘
//
// Invariant: outside a call a timer is armed at or before NextDeadline(), unless that is kNever.
class TimerPump {
 public:
  // `store` must outlive the pump.
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
  int depth_ = 0;  // a callback of the core may call in again; only the outermost call counts
  int timer_ = 0;
  TimeMs armed_for_ = kNever;  // kNever: not armed
};

}  // namespace millrace::wasm

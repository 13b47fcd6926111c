#include "timer_pump.h"

#include <emscripten/emscripten.h>
#include <emscripten/eventloop.h>

#include <algorithm>
#include <cmath>

// Defined in library_millrace.js.
extern "C" double millrace_wall_clock();
extern "C" int millrace_set_timer(void (*callback)(void*), void* data, double delay);

namespace millrace::wasm {
namespace {

// How far the wall clock may be ahead before HostClock jumps to it. This is far more than the drift
// of a clock that is being adjusted, and far less than a sleep that anybody notices.
constexpr double kCatchUpMs = 1000;
// A longer time-out overflows the browser's 32-bit timer. This one just wakes up and arms the timer
// again.
constexpr TimeMs kLongestTimerMs = 3'600'000;

}  // namespace

HostClock::HostClock() : origin_(millrace_wall_clock() - emscripten_get_now()) {}

TimeMs HostClock::Now() {
  const double monotonic = emscripten_get_now();
  const double ahead = millrace_wall_clock() - (origin_ + monotonic);
  if (ahead > kCatchUpMs) origin_ += ahead;
  return static_cast<TimeMs>(std::floor(origin_ + monotonic));
}

TimerPump::TimedCall::TimedCall(TimerPump& pump) : pump_(pump) {
  if (pump_.depth_++ == 0) pump_.store_.AdvanceTo(pump_.clock_.Now());
}

TimerPump::TimedCall::~TimedCall() {
  if (--pump_.depth_ == 0) pump_.Arm();
}

void TimerPump::OnTimer(void* pump) {
  auto* self = static_cast<TimerPump*>(pump);
  self->armed_for_ = kNever;
  const TimedCall timed(*self);
}

void TimerPump::Arm() {
  const TimeMs deadline = store_.NextDeadline();
  if (deadline == armed_for_) return;
  Disarm();
  if (deadline == kNever) return;
  const TimeMs delay = std::clamp<TimeMs>(deadline - clock_.Now(), 0, kLongestTimerMs);
  timer_ = millrace_set_timer(OnTimer, this, static_cast<double>(delay));
  armed_for_ = deadline;
}

void TimerPump::Disarm() {
  if (armed_for_ == kNever) return;
  emscripten_clear_timeout(timer_);
  armed_for_ = kNever;
}

}  // namespace millrace::wasm

#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/pubsub/broker_state.h"
#include "millrace/pubsub/subscription.h"

namespace millrace {

// Hands events to subscribers, each at its own speed, and never makes the publisher wait (contracts
// B1 to B6). It does not know what the events mean. Traits tell it:
//
//   using Event;  using Filter;                                copyable; copies share, cheaply
//   static std::string Key(const Event&);                      events of one key conflate
//   static bool MustDeliver(const Event&);                     false: the event is lossy
//   static bool Matches(const Filter&, const Event&);
//   static void Conflate(Event& older, Event newer);           same key; older becomes both
//   static std::vector<std::string> Subjects(const Event&);    what to name if the event is lost
//   static Event MakeLagged(std::int64_t dropped, std::vector<std::string> subjects);
//
// A conflated event keeps the place of the older one. So it may overtake events of other keys about
// the same subject. Choose keys so that nothing is lost by that.
//
//   Publish ─▶ mailbox of each subscriber ─┬─ credit ─▶ Deliver(one batch), in the same call
//                                          └─ none ───▶ waits and conflates (mailbox.h)
//
// Credits: each batch that Deliver takes uses one credit. A batch always carries everything that
// waits. So a subscriber with credit has an empty mailbox between calls and hears of each event. A
// subscriber without credit is behind. For it, events of one key conflate and at most
// mailbox_capacity distinct keys wait. As many must-deliver events may wait for room, each until
// must_deliver_timeout_ms after its Publish. Anything beyond that is lost, and counted. The next
// batch says so: it begins with MakeLagged and the newest states (see Mailbox::Take for the order).
// MakeLagged gets no names if no lost event has a subject, or if more than kMaxLaggedSubjects have
// one; the subscriber must then read everything again.
//
// Turn rule: confined to one thread. Callbacks run before the outermost call returns. Inside a
// callback, everything may be called and takes effect at once, except deliveries: they follow when
// the callback has returned. Only Newest must not call the broker.
template <typename Traits>
class Broker {
 public:
  using Event = typename Traits::Event;
  using Filter = typename Traits::Filter;
  // Returns false if the subscriber failed to take the batch. The batch then uses no credit and
  // counts as lost; the subscriber is told so with its next event or its next grant.
  using Deliver = typename BrokerState<Traits>::DeliverCallback;
  // Returns the newest state of a subject as an event; nullopt if the subject is gone. It must be
  // no older than what was published about the subject, and nothing published later may be older.
  using Newest = typename BrokerState<Traits>::Newest;

  Broker(BrokerOptions options, Newest newest)
      : state_(std::make_shared<BrokerState<Traits>>(std::move(options), std::move(newest))) {}
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker() { Shutdown(); }

  // The subscriber hears what is published from now on. REQUIRES: deliver is callable; credits >= 0
  // or kUnlimitedCredits. After Shutdown the returned subscription is closed from the start.
  Subscription Subscribe(Filter filter, Deliver deliver, int credits = kUnlimitedCredits) {
    return state_->Subscribe(std::move(filter), std::move(deliver), credits);
  }

  // Publishes one batch. It is in every matching mailbox before the first callback runs; then it is
  // delivered where there is credit. Never waits. A no-op after Shutdown.
  void Publish(std::vector<Event> events) { KeptAlive()->Publish(events); }

  // Sets the time. Drops must-deliver events that found no room until `now`.
  void AdvanceTo(TimeMs now) { state_->AdvanceTo(now); }
  // When the next such event is due; kNever if none waits.
  TimeMs NextDeadline() const { return state_->NextDeadline(); }

  // Closes every subscription and drops what waits for it. A second call is fine.
  void Shutdown() { KeptAlive()->Shutdown(); }

  BrokerCounters counters() const { return state_->counters(); }

 private:
  // Returns a copy, because a callback may destroy the broker during the call.
  std::shared_ptr<BrokerState<Traits>> KeptAlive() const { return state_; }

  const std::shared_ptr<BrokerState<Traits>> state_;
};

}  // namespace millrace

#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/pubsub/broker_state.h"
#include "millrace/pubsub/subscription.h"

namespace millrace {

// Hands events to subscribers, each at its own speed, without ever making the publisher wait
// (contracts B1 to B6). It knows nothing of what the events say; Traits tell it:
//
//   using Event;  using Filter;                                copyable; copies share, cheaply
//   static std::string Key(const Event&);                      events of one key conflate
//   static bool MustDeliver(const Event&);                     the class; all others are lossy
//   static bool Matches(const Filter&, const Event&);
//   static void Conflate(Event& older, Event newer);           same key; older becomes both
//   static std::vector<std::string> Subjects(const Event&);    what a loss of it must name
//   static Event MakeLagged(std::int64_t dropped, std::vector<std::string> subjects);
//
// A conflated event stands where the older one stood, so keys are to be chosen such that an event
// loses nothing by overtaking those of other keys about the same subject.
//
//   Publish ─▶ mailbox of each subscriber ─┬─ credit ─▶ Deliver(one batch), in the same call
//                                          └─ none ───▶ waits and conflates (mailbox.h)
//
// Credits: a batch that Deliver takes uses one. A batch always carries everything that waits, so a
// subscriber with credit has an empty mailbox between calls, and hears of each event. One without
// credit is behind: events of one key conflate, and for it
// mailbox_capacity distinct keys wait, and as many must-deliver events wait for room, each until
// must_deliver_timeout_ms after its Publish. What is lost beyond that is counted, and told: the
// next batch begins with MakeLagged and the newest states (see Mailbox::Take for the order). The
// names are empty when nothing lost has a subject, or more than kMaxLaggedSubjects have: such a
// subscriber has to read again whatever it holds.
//
// Turn rule: confined to one thread. Callbacks run before the outermost call returns. Inside one,
// everything may be called: it takes effect at once, but for deliveries, which follow when the
// callback has returned. Only Newest must not call the broker.
template <typename Traits>
class Broker {
 public:
  using Event = typename Traits::Event;
  using Filter = typename Traits::Filter;
  // false: the subscriber failed to take the batch. It uses no credit and counts as lost for it:
  // told with the next event it gets or the next grant.
  using Deliver = typename BrokerState<Traits>::DeliverCallback;
  // The newest state of a subject, as an event; nullopt when it is gone. It must be no older than
  // what was published of the subject, and nothing published later may be older than it.
  using Newest = typename BrokerState<Traits>::Newest;

  Broker(BrokerOptions options, Newest newest)
      : state_(std::make_shared<BrokerState<Traits>>(std::move(options), std::move(newest))) {}
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker() { Shutdown(); }

  // Hears what is published from now on. REQUIRES: deliver is callable; credits >= 0 or
  // kUnlimitedCredits. After Shutdown the subscription is closed from the start.
  Subscription Subscribe(Filter filter, Deliver deliver, int credits = kUnlimitedCredits) {
    return state_->Subscribe(std::move(filter), std::move(deliver), credits);
  }

  // One batch: in every matching mailbox before the first callback runs, then delivered where
  // there is credit. Never waits. A no-op after Shutdown.
  void Publish(std::vector<Event> events) { KeptAlive()->Publish(events); }

  // Time passes: must-deliver events that found no room until `now` are dropped.
  void AdvanceTo(TimeMs now) { state_->AdvanceTo(now); }
  // When the next such event is due; kNever if none waits.
  TimeMs NextDeadline() const { return state_->NextDeadline(); }

  // Closes every subscription; what waits for them is dropped. Doing it twice is fine.
  void Shutdown() { KeptAlive()->Shutdown(); }

  BrokerCounters counters() const { return state_->counters(); }

 private:
  // A copy: a callback may destroy the broker while its call is under way.
  std::shared_ptr<BrokerState<Traits>> KeptAlive() const { return state_; }

  const std::shared_ptr<BrokerState<Traits>> state_;
};

}  // namespace millrace

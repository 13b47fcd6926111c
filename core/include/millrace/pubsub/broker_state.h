#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/base/time.h"
#include "millrace/pubsub/broker_options.h"
#include "millrace/pubsub/mailbox.h"
#include "millrace/pubsub/subscriber.h"
#include "millrace/pubsub/subscription.h"

namespace millrace {

// The state behind a Broker (see broker.h for the rules). Calls under way share it, so that a
// callback may destroy the broker itself.
//
// Turn rule: put first, deliver last. Only the outermost call runs callbacks, in Deliver(), and it
// holds no iterator while it does. Calls from inside callbacks change the state and queue
// subscribers on ready_.
template <typename Traits>
class BrokerState : public std::enable_shared_from_this<BrokerState<Traits>> {
 public:
  using Subscriber = millrace::Subscriber<Traits>;
  using Event = typename Traits::Event;
  using Filter = typename Traits::Filter;
  using DeliverCallback = typename Subscriber::DeliverCallback;
  using Newest = typename Mailbox<Traits>::Newest;

  BrokerState(BrokerOptions options, Newest newest)
      : options_(std::move(options)), newest_(std::move(newest)) {}

  Subscription Subscribe(Filter filter, DeliverCallback deliver, int credits) {
    if (shut_down_) return {};
    auto subscriber =
        std::make_shared<Subscriber>(this->weak_from_this(), std::move(filter), std::move(deliver),
                                     credits, options_.mailbox_capacity);
    subscribers_.push_back(subscriber);
    return Subscription(std::move(subscriber));
  }

  void Publish(const std::vector<Event>& events) {
    const TimeMs timeout = std::max<DurationMs>(options_.must_deliver_timeout_ms, 0);
    const TimeMs deadline = timeout < kNever - 1 - now_ ? now_ + timeout : kNever - 1;
    for (const Event& event : events) {
      const std::string key = Traits::Key(event);
      for (const auto& subscriber : subscribers_) {
        if (Traits::Matches(subscriber->filter, event)) Put(*subscriber, key, event, deadline);
      }
    }
    for (const auto& subscriber : subscribers_) {
      if (std::exchange(subscriber->touched, false)) MakeReady(subscriber);
    }
    Deliver();
  }

  void AdvanceTo(TimeMs now) {
    now_ = std::max(now_, now);
    if (NextDeadline() > now_) return;
    for (const auto& subscriber : subscribers_) {
      CountMustDeliverDrops(*subscriber, subscriber->mailbox.Expire(now_));
    }
    next_deadline_.reset();
  }

  TimeMs NextDeadline() const {
    if (!next_deadline_) {
      next_deadline_ = kNever;
      for (const auto& subscriber : subscribers_) {
        next_deadline_ = std::min(*next_deadline_, subscriber->mailbox.NextDeadline());
      }
    }
    return *next_deadline_;
  }

  void Shutdown() {
    shut_down_ = true;
    ready_.clear();
    for (const auto& subscriber : std::exchange(subscribers_, {})) subscriber->End();
    next_deadline_.reset();
  }

  BrokerCounters counters() const {
    BrokerCounters counters = counters_;
    counters.subscriber_count = static_cast<std::int64_t>(subscribers_.size());
    return counters;
  }

 private:
  friend Subscriber;

  // A subscriber with credit gets its batch in this turn, so nothing waits for it. No bound
  // applies: one batch may be larger than a mailbox. The subscriber hears of each event separately.
  void Put(Subscriber& subscriber, const std::string& key, const Event& event, TimeMs deadline) {
    using Result = typename Mailbox<Traits>::PutResult;
    const bool bounded = subscriber.credits == 0;
    const Result result = subscriber.mailbox.Put(key, event, bounded, deadline);
    counters_.conflated_count += result == Result::kConflated;
    counters_.drop_count += result == Result::kDropped;
    CountMustDeliverDrops(subscriber, result == Result::kMustDeliverDropped ? 1 : 0);
    if (result == Result::kWaits && next_deadline_) {
      next_deadline_ = std::min(*next_deadline_, deadline);
    }
    subscriber.touched = true;
  }

  void CountMustDeliverDrops(Subscriber& subscriber, std::int64_t dropped) {
    counters_.must_deliver_drop_count += dropped;
    if (dropped == 0 || std::exchange(subscriber.reported, true)) return;
    if (options_.on_must_deliver_drop) options_.on_must_deliver_drop();
  }

  void MakeReady(const std::shared_ptr<Subscriber>& subscriber) {
    if (subscriber->credits != 0 && !std::exchange(subscriber->ready, true)) {
      ready_.push_back(subscriber);
    }
  }

  void Deliver() {
    if (delivering_) return;
    const auto self = this->shared_from_this();
    delivering_ = true;
    while (!ready_.empty()) {
      const auto subscriber = std::move(ready_.front());
      ready_.pop_front();
      subscriber->ready = false;
      if (subscriber->is_closed || subscriber->mailbox.empty()) continue;
      DeliverTo(*subscriber);
      // Delivers what came in meanwhile for a subscriber that got its credit back.
      if (!subscriber->is_closed && subscriber->mailbox.has_entries()) MakeReady(subscriber);
    }
    delivering_ = false;
  }

  void DeliverTo(Subscriber& subscriber) {
    if (subscriber.mailbox.has_overflow()) next_deadline_.reset();
    auto batch = subscriber.mailbox.Take([this, &subscriber](const std::string& subject) {
      std::optional<Event> state = newest_(subject);
      if (state && !Traits::Matches(subscriber.filter, *state)) state.reset();
      return state;
    });
    const bool metered = subscriber.credits != kUnlimitedCredits;
    if (metered) --subscriber.credits;
    subscriber.running = true;
    const bool delivered = subscriber.deliver(std::move(batch.events));
    subscriber.running = false;
    if (subscriber.is_closed) return subscriber.End();
    if (delivered) {
      ++counters_.delivered_batches;
      subscriber.reported = false;
      return;
    }
    // The loss is told with the next event or grant, not at once. Otherwise a subscriber that
    // always fails would be called for ever.
    counters_.drop_count += batch.lossy;
    CountMustDeliverDrops(subscriber, batch.must_deliver);
    subscriber.mailbox.Remember(batch.if_lost);
    if (metered) subscriber.AddCredits(1);
  }

  void Remove(const std::shared_ptr<Subscriber>& subscriber) {
    const auto found = std::find(subscribers_.begin(), subscribers_.end(), subscriber);
    if (found == subscribers_.end()) return;
    subscribers_.erase(found);
    next_deadline_.reset();
    subscriber->End();
  }

  const BrokerOptions options_;
  const Newest newest_;
  TimeMs now_ = 0;
  std::vector<std::shared_ptr<Subscriber>> subscribers_;  // the open ones
  std::list<std::shared_ptr<Subscriber>> ready_;          // each once; may hold closed ones
  BrokerCounters counters_;
  mutable std::optional<TimeMs> next_deadline_;  // unset: must be computed
  bool delivering_ = false;
  bool shut_down_ = false;
};

}  // namespace millrace

#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "millrace/pubsub/mailbox.h"
#include "millrace/pubsub/subscription.h"

namespace millrace {

template <typename Traits>
class BrokerState;

// One subscription, as its broker sees it. Owned by the broker while it is open, by the
// Subscription and by a delivery under way.
template <typename Traits>
struct Subscriber final : SubscriptionControl, std::enable_shared_from_this<Subscriber<Traits>> {
  using Event = typename Traits::Event;
  using Filter = typename Traits::Filter;
  using DeliverCallback = std::function<bool(std::vector<Event> batch)>;

  Subscriber(std::weak_ptr<BrokerState<Traits>> owner, Filter wanted, DeliverCallback callback,
             int initial_credits, std::size_t capacity)
      : broker(std::move(owner)),
        filter(std::move(wanted)),
        deliver(std::move(callback)),
        credits(initial_credits),
        mailbox(capacity) {}

  void Grant(int more) override {
    const auto owner = broker.lock();
    if (owner == nullptr || is_closed || credits == kUnlimitedCredits || more < 1) return;
    AddCredits(more);
    owner->MakeReady(this->shared_from_this());
    owner->Deliver();
  }

  void Close() override {
    if (const auto owner = broker.lock()) owner->Remove(this->shared_from_this());
  }

  bool closed() const override { return is_closed; }

  // REQUIRES: credits != kUnlimitedCredits
  void AddCredits(int more) {
    credits += std::min(more, std::numeric_limits<int>::max() - credits);
  }

  // Nothing is delivered any more. Frees what the callback holds, unless it is running: then the
  // broker does when it returns.
  void End() {
    is_closed = true;
    if (!running) deliver = nullptr;
  }

  const std::weak_ptr<BrokerState<Traits>> broker;
  const Filter filter;
  DeliverCallback deliver;
  int credits;  // batches it may still get, or kUnlimitedCredits
  Mailbox<Traits> mailbox;
  bool touched = false;   // the publish under way put something in
  bool reported = false;  // that it loses must-deliver events
  bool ready = false;     // the broker has it on its list of deliveries to make
  bool running = false;   // deliver is being called
  bool is_closed = false;
};

}  // namespace millrace

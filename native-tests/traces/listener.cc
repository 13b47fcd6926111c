#include "traces/listener.h"

#include <algorithm>
#include <utility>

#include "millrace/model/patch.h"

namespace millrace {

Listener::Listener(TraceWorld& world, Style style) : world_(world), style_(std::move(style)) {}

void Listener::Join() {
  copies_.clear();
  version_at_join_.clear();
  for (const auto& [id, model] : world_.known()) version_at_join_[id] = model.changed;
  feed_ = world_.store().OpenFeed(
      [this](std::vector<Event> batch) { return Take(std::move(batch)); }, style_.credits);
}

void Listener::Grant(int credits) {
  if (feed_ != nullptr) feed_->Grant(credits);
}

bool Listener::Take(std::vector<Event> batch) {
  if (stumbles_) return false;
  for (const Event& event : batch) {
    std::visit([this](const auto& e) { Hear(e); }, event);
  }
  CheckWhatIsLost();
  if (std::exchange(read_all_, false)) ReadAll();
  // Last, because it may end this listener's subscription.
  if (const auto action = std::exchange(next_, {})) action();
  return true;
}

void Listener::Check(bool holds, const MessageId& id, const std::string& what) const {
  if (!holds) world_.Fail(style_.name + " listener, message " + id.value + ": " + what);
}

void Listener::Hear(const MessageCreated& event) {
  const MessageId& id = event.message->id;
  Copy& copy = copies_[id];
  Check(copy.deleted == 0, id, "C7: created after deleted");
  Check(++copy.created == 1, id, "B3: created twice");
  const ModelMessage* model = world_.Known(id);
  if (model == nullptr) return Check(false, id, "created, but nobody asked for it");
  const auto state = model->history.find(event.message->version);
  Check(state != model->history.end() && Alike(state->second, *event.message), id,
        "C15: created with another state than it had");
  copy.message = *event.message;
  copy.version = event.message->version;
}

void Listener::Hear(const MessageUpdated& event) {
  Copy& copy = copies_[event.id];
  Check(copy.deleted == 0, event.id, "C6: updated after deleted");
  // This version may have been sent whole already. It is told again if the event is terminal, and
  // after a loss.
  const bool named = std::find(lost_.begin(), lost_.end(), event.id) != lost_.end();
  Check(
      event.version > copy.version || (event.version == copy.version && (event.terminal || named)),
      event.id,
      "C6: version " + std::to_string(event.version) + " after " + std::to_string(copy.version));
  Check((event.patch == nullptr) != (event.whole == nullptr), event.id, "neither patch nor whole");
  const ModelMessage* model = world_.Known(event.id);
  if (model == nullptr) return Check(false, event.id, "updated, but nobody asked for it");
  Follow(event, copy);
  copy.version = event.version;
  copy.terminal = event.terminal;
  const auto state = model->history.find(event.version);
  if (state == model->history.end()) return Check(false, event.id, "a version nobody made");
  Check(copy.message && Alike(*copy.message, state->second), event.id,
        "C10, C15: version " + std::to_string(event.version) + " differs from what was accepted");
  Check(!event.finished || state->second.finished(), event.id, "told as finished, but is not");
  Check(event.patch == nullptr || !event.saved || world_.SavedVersion(event.id) >= event.version,
        event.id, "C2: told as saved before it was");
}

void Listener::Follow(const MessageUpdated& event, Copy& copy) {
  if (event.whole != nullptr) {
    copy.message = *event.whole;
  } else if (!copy.message) {
    Check(false, event.id, "B4: a patch for a message it does not hold");
  } else if (event.patch != nullptr) {
    const Status applied = ApplyPatch(*event.patch, *copy.message);
    Check(applied.ok(), event.id, "the patch does not fit: " + applied.message());
  }
}

void Listener::Hear(const MessagesDeleted& event) {
  for (const MessageId& id : event.ids) {
    Copy& copy = copies_[id];
    Check(++copy.deleted == 1, id, "C7: deleted twice");
    const ModelMessage* model = world_.Known(id);
    Check(model != nullptr && (!model->deletions.empty() || !model->visible()), id,
          "deleted, but nobody asked for it");
  }
}

void Listener::Hear(const Lagged& event) {
  if (style_.misses_nothing) world_.Fail(style_.name + " listener: lagged, though it was not slow");
  lost_ = event.ids;
  read_all_ = event.ids.empty();
}

// Too many messages were lost to be named, so it reads all it holds again. Later events still
// follow earlier events.
void Listener::ReadAll() {
  for (const auto& [id, model] : world_.known()) {
    const auto fresh = world_.store().messages().Get(id);
    if (!fresh.ok() || !fresh->has_value()) continue;
    copies_[id].read = **fresh;
    copies_[id].lagged = true;
  }
}

// The newest state of a named message follows in the same batch, unless the message is gone.
void Listener::CheckWhatIsLost() {
  for (const MessageId& id : std::exchange(lost_, {})) {
    Copy& copy = copies_[id];
    copy.lagged = true;
    const ModelMessage* model = world_.Known(id);
    if (model == nullptr || !model->visible()) continue;
    Check(copy.version >= model->changed, id, "B4: no newest state after a loss");
  }
}

std::int64_t Listener::VersionOf(const MessageId& id) const {
  const auto copy = copies_.find(id);
  return copy == copies_.end() ? 0 : copy->second.version;
}

void Listener::CheckAtRest() const {
  if (feed_ == nullptr) return;
  for (const auto& [id, model] : world_.known()) CheckAtRest(id, model);
}

void Listener::CheckAtRest(const MessageId& id, const ModelMessage& model) const {
  const auto found = copies_.find(id);
  const auto joined = version_at_join_.find(id);
  const bool came_before = joined != version_at_join_.end();
  const bool there = model.state == ModelMessage::State::kThere;
  if (found == copies_.end()) {
    const bool nothing_to_tell = came_before && joined->second == model.changed;
    return Check(!there || nothing_to_tell, id, "B4: never heard of it");
  }
  const Copy& copy = found->second;
  if (!there) {
    const bool knew = copy.created > 0 || copy.version > 0;
    return Check(!knew || copy.deleted == 1 || copy.lagged, id, "C7: was not told of the delete");
  }
  Check(copy.deleted == 0, id, "told as deleted, but is there");
  // The newest copy from events, or the one it read when too many were lost to be named.
  const bool heard = copy.message && copy.version >= (copy.read ? copy.read->version : 0);
  const std::optional<Message>& newest = heard ? copy.message : copy.read;
  if (!newest) return Check(false, id, "B4: holds nothing");
  Check(newest->version >= model.changed, id,
        "B2: ended with version " + std::to_string(newest->version) + " of " +
            std::to_string(model.changed));
  const auto state = model.history.find(newest->version);
  Check(state != model.history.end() && Alike(*newest, state->second), id,
        "B4: holds another state than the newest");
  Check(!style_.misses_nothing || came_before || copy.created == 1, id, "B3: created was lost");
}

}  // namespace millrace

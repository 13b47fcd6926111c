#include "millrace/streams/merge_deltas.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace {
namespace {

// The text of `last` that `next` can go to; nullptr if they are no deltas of one place.
std::string* PlaceFor(const AppendText& next, AppendText& last) {
  return next.part == last.part && next.refusal == last.refusal ? &last.text : nullptr;
}
std::string* PlaceFor(const AppendReasoning& next, AppendReasoning& last) {
  return next.part == last.part ? &last.text : nullptr;
}
std::string* PlaceFor(const AppendToolInput& next, AppendToolInput& last) {
  return next.tool_call_id == last.tool_call_id ? &last.text : nullptr;
}

template <typename Delta>
bool MergeAs(const Mutation& next, Mutation& last) {
  const auto* from = std::get_if<Delta>(&next);
  auto* to = std::get_if<Delta>(&last);
  if (from == nullptr || to == nullptr) return false;
  std::string* place = PlaceFor(*from, *to);
  if (place != nullptr) place->append(from->text);
  return place != nullptr;
}

bool Merge(const Mutation& next, Mutation& last) {
  return MergeAs<AppendText>(next, last) || MergeAs<AppendReasoning>(next, last) ||
         MergeAs<AppendToolInput>(next, last);
}

}  // namespace

void MergeDeltas(std::vector<Mutation>& mutations) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < mutations.size(); ++i) {
    if (Merge(mutations[i], mutations[kept])) continue;
    if (++kept != i) mutations[kept] = std::move(mutations[i]);
  }
  if (!mutations.empty()) mutations.resize(kept + 1);
}

}  // namespace millrace

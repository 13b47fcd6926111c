#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/part.h"
#include "streams/reply_parts.h"

namespace millrace {

// The state and the activities of AG-UI, which come as snapshots and as patches of them. Each is
// one custom part with the newest value.
//
// A patch that fails changes nothing, and so does a snapshot of more than kMaxPatchedBytes. Without
// a snapshot, a state is {}, and an activity cannot be patched.
class AgUiState {
 public:
  // `parts`: those from before this reply. `written` must outlive this.
  AgUiState(ReplyParts& written, const std::vector<Part>& parts);

  // STATE_SNAPSHOT or STATE_DELTA. Returns false if it could not be applied.
  bool TakeState(std::string_view event);
  // ACTIVITY_SNAPSHOT or ACTIVITY_DELTA
  bool TakeActivity(std::string_view event);

 private:
  struct Activity {
    std::string type;
    std::string content;  // JSON
  };

  static bool Patch(std::string& json, std::string_view patch);

  ReplyParts& written_;
  std::string state_ = "{}";
  std::map<std::string, Activity> activities_;
};

}  // namespace millrace

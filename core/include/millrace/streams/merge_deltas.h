#pragma once

#include <vector>

#include "millrace/model/mutation.h"

namespace millrace {

// Makes one of neighbouring appends that go to the same place, as a window would do later. For a
// reader whose mutations have a way to go: it keeps each delta of the provider as a mutation of its
// own. Linear.
void MergeDeltas(std::vector<Mutation>& mutations);

}  // namespace millrace

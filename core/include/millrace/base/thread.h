#pragma once

namespace millrace {

// An address that is the same for every call on one thread. It is enough to assert that an object
// stays on its thread.
inline const void* ThisThread() {
  thread_local const char here = 0;
  return &here;
}

}  // namespace millrace

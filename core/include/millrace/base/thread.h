#pragma once

namespace millrace {

// The same address for every call on one thread: enough to assert that a thread is kept to.
inline const void* ThisThread() {
  thread_local const char here = 0;
  return &here;
}

}  // namespace millrace
